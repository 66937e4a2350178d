import type { Problem } from '../../../protocol/errors.ts';
import type { RateLimits } from '../../../protocol/gateway/adapter.ts';
import type { RestCall } from '../../../protocol/gateway/rest.ts';
import type { StepContext } from '../context.ts';

/** A planned connection attempt replaces a socket that still works: tabs see `ready` meanwhile. */
export interface Attempt {
  readonly isPlanned: boolean;
}

/** The state of the hub's one connection. */
export type ConnectionState =
  /** No connection is needed. */
  | { readonly phase: 'idle' }
  /** The browser reports no network; retried now and then, since it can be wrong. */
  | { readonly phase: 'offline' }
  /** Waiting for the token broker. */
  | ({ readonly phase: 'token' } & Attempt)
  /** Waiting for the previous socket to close: there are never two authenticated sockets. */
  | ({ readonly phase: 'closing' } & Attempt)
  | ({ readonly phase: 'connecting'; readonly socketId: number } & Attempt)
  | ({ readonly phase: 'authenticating'; readonly socketId: number } & Attempt)
  | { readonly phase: 'online'; readonly socketId: number; readonly session: SocketStage }
  /** A planned reconnection: the outbox is paused until echoes have arrived. */
  | { readonly phase: 'draining'; readonly socketId: number }
  | { readonly phase: 'waiting'; readonly retryAt: number }
  /** The circuit is open: REST is polled, the socket is probed. */
  | { readonly phase: 'resting' }
  | { readonly phase: 'signed-out' }
  | { readonly phase: 'failed' }
  /** A newer build has taken over. */
  | ({ readonly phase: 'handed-over' } & Attempt);

/** All phases, for the page that documents them; tsc reports a missing one. */
export const connectionPhases: Readonly<Record<ConnectionState['phase'], true>> = {
  idle: true,
  offline: true,
  token: true,
  closing: true,
  connecting: true,
  authenticating: true,
  online: true,
  draining: true,
  waiting: true,
  resting: true,
  'signed-out': true,
  failed: true,
  'handed-over': true,
};

/** The use of an authenticated socket. */
export type SocketStage =
  | { readonly stage: 'ready' }
  | { readonly stage: 'resuming'; readonly repeats: number }
  /** `repeats`: how often the frame was repeated. `hasPast`: the session has been used before. */
  | { readonly stage: 'routing'; readonly repeats: number; readonly hasPast?: boolean }
  /** Messages are sent once a catch-up is done or has failed. */
  | { readonly stage: 'conversation'; readonly isCaughtUp: boolean };

export interface CircuitBreaker {
  /** Retries since the last authenticated socket. */
  readonly attempt: number;
  /** Open: REST polling replaces the socket. */
  readonly isOpen: boolean;
  /** Start of the last attempt, on the monotonic clock. */
  readonly lastAttemptAt: number | null;
}

export interface Token {
  readonly requestId: number | null;
  readonly requestedAt: number;
  /** On the monotonic clock; `null` without a usable token. */
  readonly expiresAt: number | null;
  /** Tokens refused by the gateway in a row. */
  readonly refusals: number;
  /** Failed token requests in a row. */
  readonly failures: number;
  /** The broker must not be asked before this, on the monotonic clock. */
  readonly pausedUntil: number | null;
  /** The token is requested to replace that of an open socket. */
  readonly isRenewing: boolean;
  /** The next token must be that of a new session. */
  readonly needsFresh: boolean;
}

export interface RestRequest {
  readonly requestId: number;
  readonly call: RestCall;
  /** Waiting for a token, or for the end of a pause. */
  readonly isParked: boolean;
  /** Its token was refused once. */
  readonly isRetried: boolean;
  /** It is not repeated if its token is refused. */
  readonly isWithdrawn?: boolean;
}

export type RateLimitKind = 'sends' | Exclude<keyof RateLimits, 'typing'>;

/** When each kind was used, on the monotonic clock, ascending. */
export type RateLimitLog = Readonly<Record<RateLimitKind, readonly number[]>>;

export const emptyRateLimitLog: RateLimitLog = {
  sends: [],
  pings: [],
  messages: [],
  requests: [],
  history: [],
};

/**
 * The socket, the token, REST requests, and rate limits. Invariants, as in docs/architecture.md:
 *
 * 1. There is never a second authenticated socket: a new one opens only when every earlier one is
 *    closed, or has had `timing.drain` to close.
 * 2. The connection is in exactly one phase.
 * 3. The timers of a socket end with it.
 * 4. While the circuit is closed, a retry waits at least `backoffFloor` and at most `backoffCap`,
 *    or as long as a server asks.
 * 5. A pause that REST or the broker asks for applies to all its requests, and outlives a sign-out.
 *    A pause that the gateway asks for ends with its visitor.
 * 6. The first refused token in a row is replaced; the second ends the session.
 * 7. A hub that is idle, signed out or stepping down opens no socket and starts no request.
 * 8. `handed-over` is final.
 */
export interface ConnectionSlice {
  readonly isOnline: boolean;
  readonly connection: ConnectionState;
  readonly breaker: CircuitBreaker;
  readonly token: Token;
  /** Sockets that we closed and that have not reported their end. */
  readonly closingSockets: readonly number[];
  /** A newer build takes over: this hub opens no more sockets, in any phase. */
  readonly isSteppingDown: boolean;
  readonly problem: Problem | null;
  readonly requests: readonly RestRequest[];
  /** REST is paused until then, on the monotonic clock. */
  readonly restPausedUntil: number | null;
  /** What was sent, for the rate limits. */
  readonly rateLimit: RateLimitLog;
}

export const initialToken: Token = {
  requestId: null,
  requestedAt: 0,
  expiresAt: null,
  refusals: 0,
  failures: 0,
  pausedUntil: null,
  isRenewing: false,
  needsFresh: false,
};

export const initialConnectionSlice: ConnectionSlice = {
  isOnline: true,
  connection: { phase: 'idle' },
  breaker: { attempt: 0, isOpen: false, lastAttemptAt: null },
  token: initialToken,
  closingSockets: [],
  isSteppingDown: false,
  problem: null,
  requests: [],
  restPausedUntil: null,
  rateLimit: emptyRateLimitLog,
};

/** Keeps what concerns the machine and the gateway; drops requests for the previous visitor. */
export function onVisitorChange(state: ConnectionSlice): ConnectionSlice {
  return {
    isOnline: state.isOnline,
    connection:
      'isPlanned' in state.connection
        ? { ...state.connection, isPlanned: false }
        : state.connection,
    // Its timers are cleared; the next failure opens it again.
    breaker: { ...state.breaker, isOpen: false },
    token: state.token,
    closingSockets: state.closingSockets,
    isSteppingDown: state.isSteppingDown,
    problem: null,
    requests: [],
    restPausedUntil: state.restPausedUntil,
    rateLimit: state.rateLimit,
  };
}

/** Timers of this slice that a visitor change clears. */
export const visitorTimers = ['poll', 'probe', 'close'] as const;

/** Whether an attempt replaces a socket that still worked when it began. */
export function isPlannedReconnect(connection: ConnectionState): boolean {
  return connection.phase === 'draining' || ('isPlanned' in connection && connection.isPlanned);
}

/** Only for files of this folder. */
export function setConnectionSlice(context: StepContext, part: Partial<ConnectionSlice>): void {
  context.write(part);
}

/** `handed-over` is final: the next hub has the socket. */
export function setConnection(context: StepContext, connection: ConnectionState): void {
  if (context.state.connection.phase !== 'handed-over') context.write({ connection });
}

export function setSocketStage(context: StepContext, session: SocketStage): void {
  const { connection } = context.state;
  if (connection.phase !== 'online') return;
  setConnection(context, { ...connection, session });
}

/** The problem that the visitor sees; `null`: none. */
export function setProblem(context: StepContext, problem: Problem | null): void {
  context.write({ problem });
}
