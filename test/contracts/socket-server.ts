import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { CloseMeaning } from '../../src/protocol/gateway/adapter.ts';
import type { LineServer } from './socket.ts';

const codeOf: Readonly<Record<CloseMeaning, number>> = {
  network: 1012,
  token: 4001,
  'too-many-connections': 4029,
  'client-bug': 1008,
};

/** A gateway that says and hears what the case wants, over real sockets. */
export class SocketServer {
  readonly #server: WebSocketServer;
  readonly #accepted: AcceptedSocket[] = [];
  #taken = 0;
  readonly #waiting: (() => void)[] = [];

  private constructor(server: WebSocketServer) {
    this.#server = server;
    server.on('connection', (socket) => {
      this.#accepted.push(new AcceptedSocket(socket));
      for (const wake of this.#waiting.splice(0)) wake();
    });
  }

  static async start(): Promise<SocketServer> {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await new Promise((resolve) => server.once('listening', resolve));
    return new SocketServer(server);
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('no address');
    return `ws://127.0.0.1:${address.port}/`;
  }

  /** The next one. */
  async accept(): Promise<AcceptedSocket> {
    for (;;) {
      const next = this.#accepted[this.#taken];
      if (next) {
        this.#taken += 1;
        return next;
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  get last(): AcceptedSocket {
    const last = this.#accepted[this.#taken - 1];
    if (!last) throw new Error('nobody has come');
    return last;
  }

  /** Whatever has been sent before has been answered, where the other side still answers. */
  async settled(): Promise<void> {
    const open = this.#accepted.filter(({ socket }) => socket.readyState === socket.OPEN);
    await Promise.all(open.map(({ socket }) => answered(socket)));
  }

  close(): void {
    for (const { socket } of this.#accepted) socket.terminate();
    this.#server.close();
  }
}

function answered(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    const over = () => {
      socket.off('pong', over);
      socket.off('close', over);
      resolve();
    };
    socket.on('pong', over);
    socket.on('close', over);
    socket.ping();
  });
}

export class AcceptedSocket implements LineServer {
  readonly socket: WebSocket;
  readonly frames: string[] = [];
  /** With what the other side has closed it. */
  closedWith: number | null = null;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: RawData) => this.frames.push(String(data)));
    socket.on('close', (code) => {
      this.closedWith = code;
    });
  }

  async received(): Promise<readonly string[]> {
    return this.frames.map((text) => {
      const { type, payload } = JSON.parse(text);
      return payload === undefined ? type : `${type} ${payload}`;
    });
  }

  async push(payload: number): Promise<void> {
    this.socket.send(JSON.stringify({ type: 'ping', payload }));
  }

  async hangUp(meaning: CloseMeaning): Promise<void> {
    this.socket.close(codeOf[meaning]);
  }

  async vanish(): Promise<void> {
    this.socket.terminate();
  }

  async isOver(): Promise<boolean> {
    return this.closedWith !== null;
  }
}
