import type { CloseMeaning, GatewayAdapter } from '../../protocol/gateway/adapter.ts';
import type { GatewayCommand } from '../../protocol/gateway/commands.ts';
import type { GatewayEvent } from '../../protocol/gateway/events.ts';
import type { GatewayExtension } from '../../protocol/gateway/extension.ts';
import type { Log } from '../host/log.ts';

export interface SocketEvents {
  opened(socketId: number): void;
  closed(socketId: number, meaning: CloseMeaning): void;
  gateway(socketId: number, event: GatewayEvent): void;
}

/** Hears secrets, and whatever else is none of the core's business. */
type SocketExtension = Pick<GatewayExtension, 'shouldSend' | 'onEvent' | 'forget'>;

/** Carries out what the core wants of WebSockets; the frames are the adapter's business. */
export class Sockets {
  readonly #sockets = new Map<number, WebSocket>();
  readonly #adapter: GatewayAdapter;
  readonly #token: () => string | null;
  readonly #events: SocketEvents;
  readonly #log: Pick<Log, 'note'>;
  readonly #extension: SocketExtension | null;
  /** Of the line that counts: a former one may take a minute to close. */
  #newest = 0;

  constructor(
    adapter: GatewayAdapter,
    token: () => string | null,
    events: SocketEvents,
    log: Pick<Log, 'note'>,
    extension: SocketExtension | null,
  ) {
    this.#extension = extension;
    this.#adapter = adapter;
    this.#token = token;
    this.#events = events;
    this.#log = log;
  }

  open(socketId: number): void {
    const socket = new WebSocket(this.#adapter.socketUrl);
    socket.binaryType = 'arraybuffer';
    this.#sockets.set(socketId, socket);
    this.#newest = socketId;
    this.#extension?.forget();
    socket.onopen = () => this.#events.opened(socketId);
    socket.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (typeof data !== 'string') {
        this.#log.note({ kind: 'invalid', detail: 'a binary frame' });
        return;
      }
      for (const event of this.#adapter.decode(data)) {
        const heard =
          this.#extension && socketId === this.#newest ? this.#extension.onEvent(event) : event;
        if (heard) this.#events.gateway(socketId, heard);
      }
    };
    // An error is always followed by a close, which says what there is to say.
    socket.onclose = ({ code }) => {
      this.#sockets.delete(socketId);
      if (socketId === this.#newest) this.#extension?.forget();
      this.#events.closed(socketId, this.#adapter.closeMeaning(code));
    };
  }

  send(socketId: number, command: GatewayCommand): void {
    const socket = this.#sockets.get(socketId);
    if (socket?.readyState !== WebSocket.OPEN) return;
    const token = this.#token();
    if (token === null && command.type === 'authenticate') {
      // The token ran out between opening and authenticating: the next try brings another.
      socket.close(1000);
      return;
    }
    if (this.#extension?.shouldSend(command) === false) return;
    for (const text of this.#adapter.encode(command, token ?? '')) socket.send(text);
  }

  /** On the one line that there is. Returns whether there is one. */
  sendAnywhere(command: GatewayCommand): boolean {
    if (this.#sockets.get(this.#newest)?.readyState !== WebSocket.OPEN) return false;
    this.send(this.#newest, command);
    return true;
  }

  close(socketId: number): void {
    this.#sockets.get(socketId)?.close(1000);
  }
}
