import type { ConnectionEnd, GatewayAdapter } from '../../protocol/gateway/adapter.ts';
import type { GatewayCommand } from '../../protocol/gateway/commands.ts';
import type { GatewayEvent } from '../../protocol/gateway/events.ts';
import type { GatewayExtension } from '../../protocol/gateway/extension.ts';
import type { Log } from '../host/log.ts';

export interface SocketEvents {
  opened(socketId: number): void;
  closed(socketId: number, meaning: ConnectionEnd): void;
  gateway(socketId: number, event: GatewayEvent): void;
}

/** Sees commands and events before the core does, and may keep them from it: secrets, for example. */
type SocketExtension = Pick<
  GatewayExtension,
  'complete' | 'shouldSend' | 'onEvent' | 'isOriginRefused' | 'isInactive' | 'onConnectionClosed'
>;

/** Performs the core's WebSocket effects. The adapter encodes and decodes the frames. */
export class Sockets {
  readonly #sockets = new Map<number, WebSocket>();
  readonly #adapter: GatewayAdapter;
  readonly #token: () => string | null;
  readonly #events: SocketEvents;
  readonly #log: Pick<Log, 'note'>;
  readonly #extension: SocketExtension | null;
  /** The id of the current socket: a previous one may take a minute to close. */
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
    this.#extension?.onConnectionClosed();
    let hasOpened = false;
    socket.onopen = () => {
      hasOpened = true;
      this.#events.opened(socketId);
    };
    socket.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (typeof data !== 'string') {
        this.#log.note({ kind: 'invalid', detail: 'Binary frame dropped' });
        return;
      }
      for (const event of this.#adapter.decode(data)) {
        const remaining =
          this.#extension && socketId === this.#newest ? this.#extension.onEvent(event) : event;
        if (remaining && !isForEdge(remaining)) this.#events.gateway(socketId, remaining);
      }
    };
    // No `onerror`: an error is always followed by a close event, which has the code.
    socket.onclose = ({ code }) => {
      this.#sockets.delete(socketId);
      if (socketId === this.#newest) this.#extension?.onConnectionClosed();
      const meaning = this.#adapter.closeMeaning(code);
      if (hasOpened || !this.#extension?.isOriginRefused) {
        this.#events.closed(socketId, meaning);
        return;
      }
      void this.#extension.isOriginRefused().then((isRefused) => {
        const other = this.#extension?.isInactive?.() ? 'inactive' : meaning;
        this.#events.closed(socketId, isRefused ? 'origin-refused' : other);
      });
    };
  }

  /** Returns whether the command was sent. */
  send(socketId: number, command: GatewayCommand): boolean {
    const socket = this.#sockets.get(socketId);
    if (socket?.readyState !== WebSocket.OPEN) return false;
    const token = this.#token();
    if (token === null && command.type === 'authenticate') {
      // The token expired between opening and authenticating: the next attempt fetches another.
      socket.close(1000);
      return false;
    }
    // A session's socket may outlive its secret, while a hub steps down: then nothing is encoded.
    const completed = this.#extension?.complete?.(command) ?? command;
    const frames = this.#adapter.encode(completed, token);
    if (frames.length === 0 || this.#extension?.shouldSend(command) === false) return false;
    for (const text of frames) socket.send(text);
    return true;
  }

  /** Sends on the current socket. Returns whether the command was sent. */
  sendOnNewest(command: GatewayCommand): boolean {
    return this.send(this.#newest, command);
  }

  close(socketId: number): void {
    const socket = this.#sockets.get(socketId);
    if (!socket) return;
    // It may go on for a minute, beside another visitor's requests: nobody listens any more.
    socket.onmessage = null;
    socket.close(1000);
  }
}

/** Holds a secret, which the core and its observers must not see, whichever socket it came on. */
function isForEdge({ type }: GatewayEvent): boolean {
  return type === 'rest-token' || type === 'offer';
}
