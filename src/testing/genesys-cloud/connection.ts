import type { RawData, WebSocket } from 'ws';
import type { FaultTarget } from '../faults/faults.ts';
import type { FaultySocket } from '../faults/faulty-socket.ts';
import type { CountedSocket } from '../gateway/stats.ts';
import { answer, refusal, type SessionFrame } from './frames.ts';
import { Limit } from './limits.ts';
import { RequestHandler } from './request-handler.ts';
import { readRequest } from './requests.ts';
import type { SessionSocket } from './sessions.ts';
import type { SessionSocketsContext } from './sockets.ts';

/** Timeout for the client's close frame, in ms. */
const closeTimeout = 3_000;

export interface ConnectionContext extends SessionSocketsContext {
  readonly left: (connection: SessionConnection) => void;
}

/** One client's socket, from the upgrade to its close event. */
export class SessionConnection implements CountedSocket, FaultTarget, SessionSocket {
  readonly connection: number;
  readonly #context: ConnectionContext;
  readonly #socket: WebSocket;
  readonly #faultySocket: FaultySocket;
  readonly #requests: Limit;
  readonly #handler: RequestHandler;
  #timer: NodeJS.Timeout | null = null;

  constructor(
    context: ConnectionContext,
    connection: number,
    socket: WebSocket,
    faultySocket: FaultySocket,
  ) {
    this.#context = context;
    this.connection = connection;
    this.#socket = socket;
    this.#faultySocket = faultySocket;
    this.#requests = new Limit(60, 60_000, context.settings.clock);
    this.#handler = new RequestHandler(context, this);
    context.stats.opened(this);
    socket.on('message', (data) => this.#receive(data));
    socket.on('error', () => this.#socket.terminate());
    socket.on('close', (code) => this.#closed(code));
  }

  get subject(): string | null {
    return this.#handler.subject;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  get bytes(): { readonly in: number; readonly out: number } {
    return this.#faultySocket.bytes;
  }

  /** Sends a frame, after faults apply. */
  send(frame: SessionFrame): void {
    this.#context.faults.frames.pass(
      {
        direction: 'to-client',
        connection: this.connection,
        subject: this.subject,
        type: frame.class,
        frame: { ...frame },
      },
      () => this.#write(JSON.stringify(frame), frame.class),
    );
  }

  sendRaw(text: string): void {
    this.#write(text, '?');
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
    this.#timer ??= setTimeout(() => this.#socket.terminate(), closeTimeout);
  }

  cut(): void {
    this.#faultySocket.cut();
  }

  setSilent(silent: boolean): void {
    this.#faultySocket.setSilent(silent);
  }

  expire(): void {
    this.send(answer('SessionExpiredEvent', {}));
  }

  #write(text: string, type: string): void {
    if (!this.isOpen || this.#faultySocket.silent) return;
    const { connection, subject } = this;
    this.#context.stats.record({ kind: 'sent', connection, subject, type });
    this.#socket.send(text);
  }

  #receive(data: RawData): void {
    if (this.#faultySocket.silent) return;
    const read = readRequest(data.toString());
    const action = read.ok ? read.request.action : read.action;
    const { connection, subject } = this;
    this.#context.stats.record({ kind: 'received', connection, subject, type: action });
    const retryAfter = this.#requests.take();
    if (retryAfter !== null) {
      this.#handler.overLimit(`${action}: more than 60 requests a minute`, retryAfter);
      return;
    }
    if (!read.ok) {
      this.#context.checker.violation({ connection, subject }, 'invalid-frame', read.reason);
      this.send(refusal(400, `Request failed: ${read.reason}`));
      return;
    }
    const frame: Readonly<Record<string, unknown>> = { ...read.request };
    this.#context.faults.frames.pass(
      { direction: 'from-client', connection, subject, type: action, frame },
      () => {
        this.#handler.accept(read.request);
      },
    );
  }

  #closed(code: number): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#handler.leave();
    this.#context.stats.closed(this, code);
    this.#context.left(this);
  }
}
