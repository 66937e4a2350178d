import type { Problem } from '../../../protocol/errors.ts';
import type { ConnectionEnd } from '../../../protocol/gateway/adapter.ts';
import { delayed, retryDelay } from '../backoff.ts';
import type { StepContext } from '../context.ts';
import { revokeIdentity } from '../visitor/identity-gate.ts';
import { updateMeta } from '../visitor/state.ts';
import { closeCircuit, openCircuit } from './circuit-breaker.ts';
import { ping, startKeepAlive } from './keep-alive.ts';
import { openingWait } from './rate-limit.ts';
import {
  type Attempt,
  initialToken,
  isPlannedReconnect,
  setConnection,
  setConnectionSlice,
} from './state.ts';
import {
  cancelTokenRequest,
  dropRefusedToken,
  dropToken,
  fetchToken,
  hasToken,
  keepRenewed,
  renew,
} from './token.ts';

const networkProblem: Problem = {
  code: 'network',
  message: 'The chat server can’t be reached.',
};

/** Closes the socket and ends what belongs to it. `isClosed`: it is closed already. */
export function leaveSocket(context: StepContext, isClosed = false): void {
  const { connection } = context.state;
  context.clearTimer('auth', 'ping', 'pong', 'answer', 'drain', 'echo', 'retry', 'reconcile');
  if ('socketId' in connection && !isClosed) {
    context.emit({ type: 'close-socket', socketId: connection.socketId });
    setConnectionSlice(context, {
      closingSockets: [...context.state.closingSockets, connection.socketId],
    });
  }
  const wasAlive = connection.phase === 'online' || connection.phase === 'draining';
  context.raise({ type: 'socket-left', wasAlive });
  if ('socketId' in connection)
    setConnection(context, { phase: 'closing', isPlanned: isPlannedReconnect(connection) });
}

/** Starts a connection attempt from any phase. It ends in `online` or in `fail`. */
export function connect(
  context: StepContext,
  attempt = { isPlanned: isPlannedReconnect(context.state.connection) },
): void {
  leaveSocket(context);
  if (context.state.isSteppingDown) {
    handOver(context, attempt);
    return;
  }
  if (context.policy?.needsConnection(context) === false) {
    context.policy.onIdle(context);
    context.clearTimer('close', 'rest-retry');
    setConnectionSlice(context, { problem: null });
    setConnection(context, { phase: 'idle' });
    return;
  }
  const wait = openingWait(context);
  if (wait > 0) {
    postpone(context, wait);
    return;
  }
  setConnectionSlice(context, {
    breaker: { ...context.state.breaker, lastAttemptAt: context.clock.now },
  });
  if (context.state.closingSockets.length > 0) {
    setConnection(context, { phase: 'closing', ...attempt });
    context.setTimer('close', context.state.settings.timing.drain);
    return;
  }
  connectNow(context, attempt);
}

/** The gateway's rate limit allows no further session yet. That is no failed attempt. */
function postpone(context: StepContext, wait: number): void {
  const { backoffFloor, backoffCap } = context.state.settings.timing;
  const delay = Math.min(Math.max(wait, backoffFloor), backoffCap);
  const message =
    'There were too many requests. The connection waits until the chat server allows more.';
  context.clearTimer('close');
  setConnectionSlice(context, { problem: { code: 'rate-limited', message } });
  setConnection(context, { phase: 'waiting', retryAt: context.clock.now + delay });
  context.setTimer('retry', delay);
}

/** Closes the socket without reporting a problem. */
export function dropSocket(context: StepContext): void {
  leaveSocket(context);
  context.clearTimer('close');
}

function connectNow(context: StepContext, attempt: Attempt): void {
  context.clearTimer('close');
  if (context.state.isSteppingDown) {
    handOver(context, attempt);
    return;
  }
  if (hasToken(context)) {
    connectWithToken(context, attempt);
    return;
  }
  setConnection(context, { phase: 'token', isPlanned: attempt.isPlanned });
  fetchToken(context);
}

/** The `close` timer: the peer has not answered the close, and counts as gone. */
export function closeOverdue(context: StepContext): void {
  const { connection } = context.state;
  if (connection.phase !== 'closing') return;
  setConnectionSlice(context, { closingSockets: [] });
  connectNow(context, connection);
}

export function connectWithToken(context: StepContext, { isPlanned }: Attempt): void {
  const socketId = context.nextId();
  setConnection(context, { phase: 'connecting', socketId, isPlanned });
  context.setTimer('auth', context.state.settings.timing.auth);
  context.emit({ type: 'open-socket', socketId });
}

export function onSocketOpened(context: StepContext, socketId: number): void {
  const { connection } = context.state;
  if (connection.phase !== 'connecting' || connection.socketId !== socketId) return;
  setConnection(context, { ...connection, phase: 'authenticating' });
  const startsNew = context.policy?.needsNewSession(context);
  const command = { type: 'authenticate', ...(startsNew ? { startsNew } : {}) } as const;
  context.emit({ type: 'send', socketId, command });
}

export function onAuthenticated(context: StepContext, serverTime: number | null): void {
  const { connection } = context.state;
  if (connection.phase !== 'authenticating') {
    if (!context.policyTraits.repeatsAuthentication)
      context.note('invalid', 'Unexpected authentication ignored');
    return;
  }
  context.clearTimer('auth');
  setConnectionSlice(context, {
    breaker: { ...context.state.breaker, attempt: 0 },
    token: { ...context.state.token, refusals: 0 },
    problem: null,
  });
  if (serverTime !== null) updateMeta(context, { clockOffset: serverTime - context.clock.wall });
  closeCircuit(context);
  startKeepAlive(context);
  keepRenewed(context);
  setConnection(context, {
    phase: 'online',
    socketId: connection.socketId,
    session: { stage: 'ready' },
  });
  context.raise({ type: 'connected' });
}

/**
 * The gateway has refused the token. The first time may be chance; the second time in a row is
 * final.
 */
function onTokenRefused(context: StepContext, message: string): void {
  const refusals = context.state.token.refusals + 1;
  dropRefusedToken(context);
  setConnectionSlice(context, { token: { ...context.state.token, refusals } });
  if (refusals < 2) connect(context);
  else if (!context.policy?.onRefused(context, message)) requireSignIn(context, message);
}

export function onAuthRefused(context: StepContext, message: string): void {
  if (context.state.connection.phase !== 'authenticating') {
    context.note('invalid', 'Unexpected authentication failure ignored');
    return;
  }
  onTokenRefused(context, message);
}

/** The gateway ignores every frame after this. */
export function onTokenExpired(context: StepContext): void {
  const { connection } = context.state;
  if (connection.phase === 'authenticating') {
    onTokenRefused(context, 'The session has expired.');
    return;
  }
  if (connection.phase !== 'online' && connection.phase !== 'draining') return;
  if (context.policy?.onExpired(context)) return;
  renewNow(context);
}

/** Fetches the next token while the socket still closes. A hub that steps down needs none. */
function renewNow(context: StepContext): void {
  dropRefusedToken(context);
  if (!context.state.isSteppingDown) fetchToken(context);
  connect(context, { isPlanned: true });
}

/**
 * There is a new token for an open socket: pauses the outbox, waits for echoes, then reconnects.
 */
export function beginRenewal(context: StepContext): void {
  const { connection } = context.state;
  if (connection.phase !== 'online') return;
  setConnection(context, { phase: 'draining', socketId: connection.socketId });
  context.setTimer('drain', context.state.settings.timing.drain);
  finishDraining(context);
}

/** A newer build takes over: waits for echoes, then closes the socket for good. */
export function stepDown(context: StepContext): void {
  const { connection, outbox } = context.state;
  setConnectionSlice(context, { isSteppingDown: true });
  if (connection.phase === 'online' && outbox.some((item) => item.at.stage === 'sent')) {
    setConnection(context, { phase: 'draining', socketId: connection.socketId });
    context.setTimer('drain', context.state.settings.timing.drain);
  } else if (connection.phase !== 'draining') handOver(context, { isPlanned: true });
}

/** There are never two sockets: the successor may connect only when ours is closed. */
function handOver(context: StepContext, { isPlanned }: Attempt): void {
  if (context.state.connection.phase === 'handed-over') return;
  leaveSocket(context);
  context.clearTimer('poll', 'probe', 'rest-retry', 'renew');
  if (context.state.closingSockets.length > 0) {
    setConnection(context, { phase: 'closing', isPlanned });
    context.setTimer('close', context.state.settings.timing.drain);
    return;
  }
  setConnection(context, { phase: 'handed-over', isPlanned });
  context.emit({ type: 'handed-over' });
}

/** Reconnects when no message is in flight any more. */
export function finishDraining(context: StepContext): void {
  if (context.state.connection.phase !== 'draining') return;
  if (context.state.outbox.some((item) => item.at.stage === 'sent')) return;
  connect(context);
}

/** The `drain` timer. */
export function drainOverdue(context: StepContext): void {
  if (context.state.connection.phase === 'draining') connect(context);
}

export function onSocketClosed(
  context: StepContext,
  socketId: number,
  meaning: ConnectionEnd,
): void {
  const { connection } = context.state;
  const closingSockets = context.state.closingSockets.filter((other) => other !== socketId);
  setConnectionSlice(context, { closingSockets });
  if (!('socketId' in connection) || connection.socketId !== socketId) {
    if (connection.phase === 'closing' && closingSockets.length === 0)
      connectNow(context, connection);
    return;
  }
  const wasAlive = connection.phase === 'online' || connection.phase === 'draining';
  leaveSocket(context, true);
  switch (meaning) {
    case 'token':
      // An expired token of a live session says nothing about the next token.
      if (wasAlive) renewNow(context);
      else onTokenRefused(context, 'The chat server refused the session.');
      return;
    case 'too-many-connections':
      fail(
        context,
        { code: 'rate-limited', message: 'The chat server has too many connections.' },
        { minimumDelay: context.state.settings.timing.backoffCap },
      );
      return;
    case 'origin-refused':
      fail(
        context,
        {
          code: 'origin-refused',
          message: 'This site is not among the deployment’s allowed domains.',
        },
        { isFatal: true },
      );
      return;
    case 'inactive':
      fail(
        context,
        { code: 'unavailable', message: 'The deployment is not active.' },
        { isFatal: true },
      );
      return;
    case 'client-bug':
      context.note('client-bug', 'The gateway could not parse a frame; please report it');
      fail(context, networkProblem);
      return;
    case 'network':
      fail(context, networkProblem);
      return;
  }
}

/** The `auth` timer. */
export function authOverdue(context: StepContext): void {
  fail(context, networkProblem);
}

/** The attempt or the socket has failed. What follows: a wait, REST polling, or nothing. */
export function fail(
  context: StepContext,
  problem: Problem,
  options: { minimumDelay?: number; isFatal?: boolean } = {},
): void {
  leaveSocket(context);
  if (context.state.isSteppingDown) {
    handOver(context, { isPlanned: isPlannedReconnect(context.state.connection) });
    return;
  }
  setConnectionSlice(context, { problem });
  if (options.isFatal) {
    setConnection(context, { phase: 'failed' });
    return;
  }
  if (hasNoTabs(context)) {
    setConnection(context, { phase: 'idle' });
    return;
  }
  const { timing } = context.state.settings;
  const requestedDelay = delayed(context, options.minimumDelay ?? 0);
  if (!context.state.isOnline) {
    // A browser can be wrong about being offline, and localhost needs no network.
    setConnection(context, { phase: 'offline' });
    context.setTimer('retry', retryDelay(context, timing.attempts));
    return;
  }
  const { breaker } = context.state;
  if (breaker.isOpen || breaker.attempt >= timing.attempts) {
    setConnection(context, { phase: 'resting' });
    openCircuit(context, requestedDelay);
    return;
  }
  const delay = Math.max(retryDelay(context, breaker.attempt), requestedDelay);
  setConnectionSlice(context, { breaker: { ...breaker, attempt: breaker.attempt + 1 } });
  setConnection(context, { phase: 'waiting', retryAt: context.clock.now + delay });
  context.setTimer('retry', delay);
}

/** No tab has been attached for a while. The next one connects. */
function hasNoTabs(context: StepContext): boolean {
  return context.state.tabs.length === 0 && !context.hasTimer('idle');
}

/** The `pong` timer. If it fired late, the machine slept, and the pong may have been lost. */
export function pongOverdue(context: StepContext, isLate: boolean): void {
  if (isLate) {
    ping(context);
    return;
  }
  fail(context, { code: 'network', message: 'The chat server stopped responding.' });
}

/** The `probe` timer: one connection attempt while polling goes on (half-open circuit). */
export function probe(context: StepContext): void {
  if (context.state.connection.phase === 'resting') connect(context);
}

/** The `retry` timer. */
export function retry(context: StepContext): void {
  if (context.state.connection.phase === 'waiting' || context.state.connection.phase === 'offline')
    connect(context);
}

/** The visitor or a restored network requests an attempt now, but not before the minimum delay. */
export function reconnectNow(context: StepContext, isManual = false): void {
  const { connection, breaker, settings, problem } = context.state;
  switch (connection.phase) {
    case 'signed-out':
    case 'failed':
      // Our connection would evict another one, whose hub might do the same to us.
      if (problem?.code === 'evicted' && !isManual) return;
      setConnectionSlice(context, {
        token: { ...context.state.token, refusals: 0 },
        problem: null,
      });
      connect(context);
      return;
    case 'waiting':
    case 'offline':
    case 'resting': {
      const sinceLast = context.clock.now - (breaker.lastAttemptAt ?? Number.NEGATIVE_INFINITY);
      if (sinceLast >= settings.timing.backoffFloor) {
        connect(context);
        return;
      }
      const delay = settings.timing.backoffFloor - sinceLast;
      if (connection.phase === 'resting') context.setTimer('probe', delay);
      else {
        setConnection(context, { phase: 'waiting', retryAt: context.clock.now + delay });
        context.setTimer('retry', delay);
      }
      return;
    }
    case 'online':
      ping(context);
      return;
    default:
      return;
  }
}

/** A page says that the visitor may have signed in: the site is asked who is there. */
export function identify(context: StepContext): void {
  const { connection } = context.state;
  // The answer to an earlier request may name the visitor before.
  cancelTokenRequest(context);
  switch (connection.phase) {
    case 'online':
      renew(context);
      return;
    case 'token':
      fetchToken(context);
      return;
    case 'signed-out':
    case 'failed':
      reconnectNow(context);
      return;
    case 'connecting':
    case 'authenticating':
      dropToken(context);
      connect(context);
      return;
    default:
      if (context.state.isSteppingDown) return;
      dropToken(context);
      // Without a connection, too: nothing of a guest is shown to another visitor meanwhile.
      fetchToken(context);
      return;
  }
}

export function onOnline(context: StepContext, isOnline: boolean): void {
  if (context.state.isOnline === isOnline) return;
  setConnectionSlice(context, { isOnline });
  if (isOnline) {
    if (!hasNoTabs(context)) reconnectNow(context);
    return;
  }
  const { phase } = context.state.connection;
  if (phase === 'waiting' || phase === 'resting') {
    setConnection(context, { phase: 'offline' });
    context.setTimer('retry', retryDelay(context, context.state.settings.timing.attempts));
  } else if (phase === 'online') {
    // A pong shows whether the gateway can still be reached.
    context.clearTimer('pong');
    ping(context, context.state.settings.timing.drain);
  }
}

/** A tab is attached. */
export function onTabAttached(context: StepContext): void {
  context.clearTimer('idle');
  const { phase } = context.state.connection;
  if (phase === 'idle') connect(context);
  else if (phase === 'signed-out' || phase === 'failed') reconnectNow(context);
}

/** No tab has been attached for a while. */
export function disconnectIdle(context: StepContext): void {
  dropSocket(context);
  context.clearTimer('poll', 'probe', 'rest-retry', 'renew');
  setConnectionSlice(context, {
    breaker: { ...context.state.breaker, attempt: 0, isOpen: false },
  });
  setConnection(context, { phase: 'idle' });
}

export function goIdle(context: StepContext): void {
  setConnection(context, { phase: 'idle' });
}

/** The broker or the gateway has ended the session. */
export function requireSignIn(context: StepContext, message: string): void {
  dropSocket(context);
  context.clearTimer('poll', 'probe', 'rest-retry', 'renew', 'reorder');
  dropToken(context);
  setConnectionSlice(context, {
    breaker: { ...context.state.breaker, attempt: 0, isOpen: false },
    problem: { code: 'signed-out', message },
  });
  setConnection(context, { phase: 'signed-out' });
  revokeIdentity(context);
  context.raise({ type: 'session-refused', message });
  if (context.state.isSteppingDown) handOver(context, { isPlanned: false });
}

/** The token names another visitor than the one whose transcript this is. */
export function onOtherSubject(context: StepContext, subject: string): void {
  context.raise({ type: 'visitor-changing', subject });
  if (hasNoTabs(context)) setConnection(context, { phase: 'idle' });
  else connect(context, { isPlanned: false });
}

export function signOut(context: StepContext): void {
  context.raise({ type: 'visitor-changing', subject: null });
  dropToken(context);
  context.emit({ type: 'end-session' });
  setConnectionSlice(context, {
    // A pause of the broker applies to every visitor.
    token: { ...initialToken, pausedUntil: context.state.token.pausedUntil },
    breaker: { ...context.state.breaker, attempt: 0, isOpen: false },
    problem: { code: 'signed-out', message: 'You have signed out.' },
  });
  setConnection(context, { phase: 'signed-out' });
  if (context.state.isSteppingDown) handOver(context, { isPlanned: false });
}
