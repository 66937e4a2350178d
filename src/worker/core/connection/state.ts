import type { Problem } from '../../../protocol/errors.ts';
import type { RateLimits } from '../../../protocol/gateway/adapter.ts';
import type { RestCall } from '../../../protocol/gateway/rest.ts';
import type { StepContext } from '../context.ts';

/** What the hub does about its one socket. */
export type ConnectionState =
  /** Nobody is there to chat. */
  | { readonly phase: 'idle' }
  /** The browser has no network; tried again now and then, since it can be wrong. */
  | { readonly phase: 'offline' }
  /** Waiting for the token broker. */
  | { readonly phase: 'token' }
  /** Waiting for the former socket's end, since never two may be authenticated. */
  | { readonly phase: 'closing' }
  | { readonly phase: 'connecting'; readonly socketId: number }
  | { readonly phase: 'authenticating'; readonly socketId: number }
  | { readonly phase: 'online'; readonly socketId: number; readonly session: Session }
  /** A controlled reconnection: the outbox is held, echoes are awaited. */
  | { readonly phase: 'draining'; readonly socketId: number }
  | { readonly phase: 'waiting'; readonly retryAt: number }
  /** Given up for a while: REST polling goes on, the socket is probed. */
  | { readonly phase: 'resting' }
  | { readonly phase: 'signed-out' }
  | { readonly phase: 'failed' }
  /** A newer build has taken over. */
  | { readonly phase: 'handed-over' };

/** Every phase of the link, for the page that describes them: tsc knows when one is missing. */
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

/** What an authenticated socket is used for. */
export type Session =
  | { readonly stage: 'ready' }
  | { readonly stage: 'resuming'; readonly repeats: number }
  /** `hasPast`: the session that answers has been used before. */
  | { readonly stage: 'routing'; readonly repeats: number; readonly hasPast?: boolean }
  /** In conversation; messages go out once REST has told what was missed, or can't tell. */
  | { readonly stage: 'conversation'; readonly isCaughtUp: boolean };

export interface CircuitBreaker {
  /** Retries since the last authenticated socket. */
  readonly attempt: number;
  /** Open: REST polling stands in for the socket. */
  readonly isOpen: boolean;
  /** When the socket was last tried. */
  readonly lastTry: number | null;
}

export interface Token {
  readonly requestId: number | null;
  readonly requestedAt: number;
  /** On the monotonic clock; `null` without a usable token. */
  readonly expiresAt: number | null;
  /** Tokens that the gateway refused in a row. */
  readonly refusals: number;
  /** Requests for a token that failed in a row. */
  readonly failures: number;
  /** The broker is left alone until then, because it said so. */
  readonly pausedUntil: number | null;
  /** The token is asked for to replace a living socket's. */
  readonly isRenewing: boolean;
  /** The session that it was is over: the next one is another session's. */
  readonly needsFresh: boolean;
}

export interface RestRequest {
  readonly requestId: number;
  readonly call: RestCall;
  /** Waiting for a token before it can be sent. */
  readonly isParked: boolean;
  /** It was refused once for its token. */
  readonly isRetried: boolean;
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

/** The socket, the token, REST, and what may go out how often. */
export interface ConnectionSlice {
  readonly isOnline: boolean;
  readonly connection: ConnectionState;
  readonly breaker: CircuitBreaker;
  readonly token: Token;
  /** Sockets that we closed and whose end we have not seen. */
  readonly closingSockets: readonly number[];
  /** A controlled reconnection is under way: tabs go on seeing 'ready'. */
  readonly isRenewing: boolean;
  /** A newer build takes over: this hub's socket is its last. */
  readonly isLeaving: boolean;
  readonly problem: Problem | null;
  readonly requests: readonly RestRequest[];
  /** REST is left alone until then, because it said so. */
  readonly restPausedUntil: number | null;
  /** What was used of what may go out. */
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
  breaker: { attempt: 0, isOpen: false, lastTry: null },
  token: initialToken,
  closingSockets: [],
  isRenewing: false,
  isLeaving: false,
  problem: null,
  requests: [],
  restPausedUntil: null,
  rateLimit: emptyRateLimitLog,
};

/** The machine's and the gateway's stays; what was asked for the former visitor goes. */
export function onVisitorChange(state: ConnectionSlice): ConnectionSlice {
  return {
    isOnline: state.isOnline,
    connection: state.connection,
    // Its timers are cleared: the next failure opens it again.
    breaker: { ...state.breaker, isOpen: false },
    token: state.token,
    closingSockets: state.closingSockets,
    isRenewing: false,
    isLeaving: state.isLeaving,
    problem: null,
    requests: [],
    restPausedUntil: state.restPausedUntil,
    rateLimit: state.rateLimit,
  };
}

/** Timers of this slice that a change of visitor clears. */
export const visitorTimers = ['poll', 'probe', 'close'] as const;

/** For the files of this folder alone. */
export function setConnectionSlice(context: StepContext, part: Partial<ConnectionSlice>): void {
  context.write(part);
}

/** A hub that was handed over stays so: the next one has the socket, whatever else comes. */
export function setConnection(context: StepContext, connection: ConnectionState): void {
  if (context.state.connection.phase !== 'handed-over') context.write({ connection });
}

/** What the authenticated socket is used for is the conversation's business. */
export function setSession(context: StepContext, session: Session): void {
  const { connection } = context.state;
  if (connection.phase !== 'online') return;
  setConnection(context, { ...connection, session });
}

/** What the visitor is told to be wrong; `null`: nothing. */
export function setProblem(context: StepContext, problem: Problem | null): void {
  context.write({ problem });
}
