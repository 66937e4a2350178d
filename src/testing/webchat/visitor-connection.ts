import type { RawData, WebSocket } from 'ws';
import type { FaultTarget } from '../faults/faults.ts';
import type { FaultySocket } from '../faults/faulty-socket.ts';
import { Keepalive } from '../gateway/keep-alive.ts';
import type { CountedSocket, GatewayStats } from '../gateway/stats.ts';
import type { Claims, TokenAuthority } from '../gateway/tokens.ts';
import { type Decoded, decodeClientFrame, type ServerFrame } from './frames.ts';
import { type SessionContext, VisitorSession } from './visitor-session.ts';

export interface ConnectionContext extends SessionContext {
  readonly tokens: TokenAuthority;
  readonly stats: GatewayStats;
  /** Called after the close event. */
  readonly left: (connection: VisitorConnection) => void;
}

type Phase =
  | { readonly name: 'pending' }
  /** The token is being verified. Frames that arrive meanwhile count as sent before auth. */
  | { readonly name: 'checking' }
  | { readonly name: 'ready'; readonly claims: Claims; readonly session: VisitorSession }
  | { readonly name: 'expired' | 'closing'; readonly subject: string | null };

const framesBeforeAuth = 3;
// Timeout for the client's close frame, in ms.
const closeTimeout = 3_000;
// The maximum delay of Node's timers.
const longestTimer = 2 ** 31 - 1;

/** One visitor's socket, from the upgrade to its close event. */
export class VisitorConnection implements CountedSocket, FaultTarget {
  readonly connection: number;
  readonly #context: ConnectionContext;
  readonly #socket: WebSocket;
  readonly #faultySocket: FaultySocket;
  readonly #keepalive: Keepalive;
  #phase: Phase = { name: 'pending' };
  #early = 0;
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
    this.#keepalive = new Keepalive({
      interval: context.settings.pingInterval,
      timeout: context.settings.pongTimeout,
      clock: context.settings.clock,
      ping: (payload) => this.send({ type: 'ping', payload }),
      onMissed: () => {
        context.checker.violation(this.#actor, 'missed-pong', 'no pong within the timeout');
        this.close(4008, 'no pong');
      },
    });
    context.stats.opened(this);
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    socket.on('error', (error) => this.#broken(error));
    socket.on('close', (code) => this.#closed(code));
  }

  get subject(): string | null {
    if (this.#phase.name === 'ready') return this.#phase.claims.subject;
    return 'subject' in this.#phase ? this.#phase.subject : null;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  get bytes(): { readonly in: number; readonly out: number } {
    return this.#faultySocket.bytes;
  }

  /** Sends a frame, after faults apply. */
  send(frame: ServerFrame): void {
    const { type } = frame;
    this.#context.faults.frames.pass(
      {
        direction: 'to-client',
        connection: this.connection,
        subject: this.subject,
        type,
        frame: { ...frame },
      },
      () => this.#write(JSON.stringify(frame), type),
    );
  }

  /** Handles a pong. `false` if no pending ping has this payload. */
  pong(payload: unknown): boolean {
    return this.#keepalive.pong(payload);
  }

  close(code: number, reason: string): void {
    this.#stop();
    this.#socket.close(code, reason);
    this.#timer = setTimeout(() => this.#socket.terminate(), closeTimeout);
  }

  cut(): void {
    this.#stop();
    this.#faultySocket.cut();
  }

  setSilent(silent: boolean): void {
    if (this.#faultySocket.silent === silent) return;
    this.#faultySocket.setSilent(silent);
    if (silent) {
      // A silent connection has no timers: it must stay as it is until the client closes it.
      this.#keepalive.stop();
      this.#clearTimer();
    } else if (this.#phase.name === 'ready') {
      this.#keepalive.start();
      this.#armExpiry(this.#phase.claims);
    }
  }

  sendRaw(text: string): void {
    this.#write(text, '?');
  }

  /** Sends TOKEN_EXPIRED, and closes after a delay. */
  expire(): void {
    if (this.#phase.name !== 'ready' || this.#faultySocket.silent) return;
    this.#phase.session.end();
    this.#phase = { name: 'expired', subject: this.subject };
    this.#keepalive.stop();
    this.#clearTimer();
    this.send({ type: 'error', code: 'TOKEN_EXPIRED', message: 'The token has expired.' });
    this.#timer = setTimeout(
      () => this.close(4001, 'token expired'),
      this.#context.settings.expiryGrace,
    );
  }

  get #actor() {
    return { connection: this.connection, subject: this.subject };
  }

  #write(text: string, type: string): void {
    if (!this.isOpen || this.#faultySocket.silent) return;
    this.#context.stats.record({ kind: 'sent', ...this.#actor, type });
    // A broken connection emits `error` and `close`.
    this.#socket.send(text);
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (this.#faultySocket.silent || this.#phase.name === 'closing') return;
    const decoded: Decoded = isBinary
      ? {
          kind: 'invalid',
          type: null,
          reason: 'Frame is binary.',
          conversationId: undefined,
          messageId: undefined,
        }
      : decodeClientFrame(data.toString());
    const type = decoded.kind === 'frame' ? decoded.frame.type : (decoded.type ?? '?');
    this.#context.stats.record({ kind: 'received', ...this.#actor, type });
    if (decoded.kind === 'frame' && this.#phase.name === 'ready') {
      this.#context.checker.arrived(
        { connection: this.connection, subject: this.#phase.claims.subject },
        decoded.frame,
      );
    }
    this.#context.faults.frames.pass(
      {
        direction: 'from-client',
        connection: this.connection,
        subject: this.subject,
        type,
        frame: decoded.kind === 'frame' ? { ...decoded.frame } : {},
      },
      () => this.#handle(decoded),
    );
  }

  #handle(decoded: Decoded): void {
    switch (this.#phase.name) {
      case 'pending':
        if (decoded.kind === 'frame' && decoded.frame.type === 'auth') {
          this.#phase = { name: 'checking' };
          this.#authenticate(decoded.frame.token).catch((error: unknown) => {
            this.#context.settings.logger.error('gateway: failed to verify a token', error);
            this.close(1011, 'Internal gateway error.');
          });
        } else if (decoded.kind === 'invalid' && decoded.type === 'auth') {
          this.#fail('INVALID_TOKEN', decoded.reason);
        } else this.#tooEarly(decoded);
        return;
      case 'checking':
        this.#tooEarly(decoded);
        return;
      case 'ready':
        this.#phase.session.accept(decoded);
        return;
      case 'expired':
      case 'closing':
        return;
    }
  }

  #tooEarly(decoded: Decoded): void {
    this.#early += 1;
    const type = decoded.kind === 'frame' ? decoded.frame.type : (decoded.type ?? '?');
    this.#context.checker.violation(this.#actor, 'frame-before-auth', type);
    if (this.#early >= framesBeforeAuth) this.close(4003, 'frames before auth');
  }

  async #authenticate(token: string): Promise<void> {
    const { faults, tokens, stats, settings } = this.#context;
    const refused = faults.takeAuthRefusal();
    if (refused !== null) {
      this.#fail(refused, 'refused');
      return;
    }
    const verdict = await tokens.verify(token);
    if (this.#phase.name !== 'checking' || !this.isOpen) return;
    if (!verdict.ok) {
      this.#fail(verdict.code, verdict.message);
      return;
    }
    const { claims } = verdict;
    if (!claims.scopes.has('webchat:send') || !claims.scopes.has('webchat:read')) {
      this.#fail('INSUFFICIENT_SCOPE', 'Scopes webchat:send and webchat:read required.');
      return;
    }
    const session = new VisitorSession(this.#context, this, claims.subject);
    this.#phase = { name: 'ready', claims, session };
    stats.authenticatedNow(this, claims.subject);
    this.send({
      type: 'auth',
      status: 'success',
      serverTime: new Date(settings.clock()).toISOString(),
    });
    if (this.#faultySocket.silent) return;
    this.#keepalive.start();
    this.#armExpiry(claims);
  }

  #fail(code: string, message: string): void {
    this.#context.stats.record({ kind: 'auth-failed', connection: this.connection, code });
    this.send({ type: 'auth', status: 'failed', code, message });
    this.close(4001, 'auth failed');
  }

  #armExpiry(claims: Claims): void {
    this.#clearTimer();
    const left = claims.expiresAt - this.#context.settings.clock();
    this.#timer = setTimeout(() => this.expire(), Math.min(Math.max(0, left), longestTimer));
  }

  #clearTimer(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #broken(error: Error): void {
    if ('code' in error && error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') {
      this.#context.checker.violation(this.#actor, 'frame-too-big', error.message);
    }
    // Other errors end the connection and emit `close`.
    this.#stop();
  }

  #stop(): void {
    this.#keepalive.stop();
    this.#clearTimer();
    if (this.#phase.name === 'ready') this.#phase.session.end();
    this.#phase = { name: 'closing', subject: this.subject };
  }

  #closed(code: number): void {
    this.#stop();
    this.#context.checker.closed(this.connection);
    this.#context.stats.closed(this, code);
    this.#context.left(this);
  }
}
