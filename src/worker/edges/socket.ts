import type {
  CloseMeaning,
  GatewayAdapter,
  GatewayCommand,
  GatewayEvent,
  Supply,
} from '../../protocol/gateway.ts';
import type { Log } from '../host/log.ts';

export interface SocketEvents {
  opened(socketId: number): void;
  closed(socketId: number, meaning: CloseMeaning): void;
  gateway(socketId: number, event: GatewayEvent): void;
}

/** Hears secrets, and whatever else is none of the core's business. */
type Aside = Pick<Supply, 'wants' | 'hear' | 'forget'>;

/** Carries out what the core wants of WebSockets; the frames are the adapter's business. */
export class Sockets {
  readonly #sockets = new Map<number, WebSocket>();
  readonly #adapter: GatewayAdapter;
  readonly #token: () => string | null;
  readonly #events: SocketEvents;
  readonly #log: Pick<Log, 'note'>;
  readonly #aside: Aside | null;
  /** Of the line that counts: a former one may take a minute to close. */
  #newest = 0;

  constructor(
    adapter: GatewayAdapter,
    token: () => string | null,
    events: SocketEvents,
    log: Pick<Log, 'note'>,
    aside: Aside | null,
  ) {
    this.#aside = aside;
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
    this.#aside?.forget();
    socket.onopen = () => this.#events.opened(socketId);
    socket.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (typeof data !== 'string') {
        this.#log.note({ kind: 'misfit', detail: 'a binary frame' });
        return;
      }
      for (const event of this.#adapter.decode(data)) {
        const heard = this.#aside && socketId === this.#newest ? this.#aside.hear(event) : event;
        if (heard) this.#events.gateway(socketId, heard);
      }
    };
    // An error is always followed by a close, which says what there is to say.
    socket.onclose = ({ code }) => {
      this.#sockets.delete(socketId);
      if (socketId === this.#newest) this.#aside?.forget();
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
    if (this.#aside?.wants(command) === false) return;
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
