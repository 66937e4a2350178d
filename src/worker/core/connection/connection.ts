import type { Problem } from '../../../protocol/errors.ts';
import type { CloseMeaning } from '../../../protocol/gateway.ts';
import { delayed, retryDelay } from '../backoff.ts';
import type { StepContext } from '../context.ts';
import { beginSession } from '../conversation/conversation.ts';
import { forgetOtherTyping } from '../conversation/typing.ts';
import { failStarting, failStoring } from '../outbox/outbox.ts';
import { markAllUnconfirmed } from '../outbox/unconfirmed.ts';
import { emptyMeta, noUnread } from '../records.ts';
import { initialCatchUps, initialRouting, initialToken, noChanges } from '../state.ts';
import { revokeIdentity } from '../tabs/identity-gate.ts';
import { closeCircuit, openCircuit } from './circuit-breaker.ts';
import { ping, startKeepAlive } from './keep-alive.ts';
import { dropToken, fetchToken, hasToken, keepRenewed } from './token.ts';

const networkProblem: Problem = {
  code: 'network',
  message: 'The chat server can’t be reached.',
};

/** What belongs to one socket, and ends with it. `isGone`: its close has been seen. */
function leaveSocket(context: StepContext, isGone = false): void {
  const { connection } = context.state;
  context.clearTimer('auth', 'ping', 'pong', 'answer', 'drain', 'echo', 'retry', 'reconcile');
  if ('socketId' in connection && !isGone) {
    context.emit({ type: 'close-socket', socketId: connection.socketId });
    context.set({ closingSockets: [...context.state.closingSockets, connection.socketId] });
  }
  if (connection.phase === 'online' || connection.phase === 'draining') {
    markAllUnconfirmed(context);
    context.set({ typing: { ...context.state.typing, told: false } });
  }
  forgetOtherTyping(context);
  if ('socketId' in connection) context.setConnection({ phase: 'closing' });
}

/** Starts a try, whatever the link was doing: it ends in `online` or in `fail`. */
export function connect(context: StepContext): void {
  leaveSocket(context);
  if (context.state.isLeaving) {
    leaveForGood(context);
    return;
  }
  if (context.policy?.needsConnection(context) === false) {
    context.policy.onIdle(context);
    context.clearTimer('close', 'rest-retry');
    context.set({ isRenewing: false, problem: null });
    context.setConnection({ phase: 'idle' });
    return;
  }
  context.set({ breaker: { ...context.state.breaker, lastTry: context.clock.now } });
  if (context.state.closingSockets.length > 0) {
    context.setConnection({ phase: 'closing' });
    context.setTimer('close', context.state.settings.timing.drain);
    return;
  }
  connectAlone(context);
}

/** The socket goes, and nothing is said of why. */
export function dropSocket(context: StepContext): void {
  leaveSocket(context);
  context.clearTimer('close');
}

function connectAlone(context: StepContext): void {
  context.clearTimer('close');
  if (context.state.isLeaving) {
    leaveForGood(context);
    return;
  }
  if (hasToken(context)) {
    connectWithToken(context);
    return;
  }
  context.setConnection({ phase: 'token' });
  fetchToken(context);
}

/** The `close` timer: the peer does not answer the close, and is as good as gone. */
export function closeOverdue(context: StepContext): void {
  if (context.state.connection.phase !== 'closing') return;
  context.set({ closingSockets: [] });
  connectAlone(context);
}

export function connectWithToken(context: StepContext): void {
  const socketId = context.id();
  context.setConnection({ phase: 'connecting', socketId });
  context.setTimer('auth', context.state.settings.timing.auth);
  context.emit({ type: 'open-socket', socketId });
}

export function onSocketOpened(context: StepContext, socketId: number): void {
  const { connection } = context.state;
  if (connection.phase !== 'connecting' || connection.socketId !== socketId) return;
  context.setConnection({ phase: 'authenticating', socketId });
  const startsNew = context.policy?.startsNew(context);
  const command = { type: 'authenticate', ...(startsNew ? { startsNew } : {}) } as const;
  context.emit({ type: 'send', socketId, command });
}

export function onAuthenticated(context: StepContext, serverTime: number | null): void {
  const { connection } = context.state;
  if (connection.phase !== 'authenticating') {
    // Who opens a session a second time is told so a second time.
    if (!context.isSession) context.note('invalid', 'an auth answer that nobody asked for');
    return;
  }
  context.clearTimer('auth');
  context.set({
    breaker: { ...context.state.breaker, attempt: 0 },
    token: { ...context.state.token, refusals: 0 },
    isRenewing: false,
    problem: null,
  });
  if (serverTime !== null) {
    context.set({ meta: { ...context.state.meta, clockOffset: serverTime - context.clock.wall } });
    context.change({ meta: true });
  }
  closeCircuit(context);
  startKeepAlive(context);
  keepRenewed(context);
  beginSession(context, connection.socketId);
}

/** The gateway does not accept the token: once may be chance, twice in a row is a refusal. */
function onRefused(context: StepContext, message: string): void {
  const refusals = context.state.token.refusals + 1;
  dropToken(context);
  context.set({ token: { ...context.state.token, refusals } });
  if (refusals < 2) connect(context);
  else if (!context.policy?.onRefused(context, message)) signedOut(context, message);
}

export function onRefusal(context: StepContext, message: string): void {
  if (context.state.connection.phase !== 'authenticating') {
    context.note('invalid', 'an auth failure that nobody asked for');
    return;
  }
  onRefused(context, message);
}

/** Pushed by the gateway, which drops every frame from now on. */
export function onTokenExpired(context: StepContext): void {
  const { connection } = context.state;
  if (connection.phase === 'authenticating') {
    onRefused(context, 'The chat server says that the session has expired.');
    return;
  }
  if (connection.phase !== 'online' && connection.phase !== 'draining') return;
  if (context.policy?.onExpired(context)) return;
  renewAtOnce(context);
}

/** The next token is asked for while the socket still closes; a hub that leaves needs none. */
function renewAtOnce(context: StepContext): void {
  context.set({ isRenewing: true });
  dropToken(context);
  if (!context.state.isLeaving) fetchToken(context);
  connect(context);
}

/** A new token for a living socket: hold the outbox, wait for echoes, then change sockets. */
export function beginRenewal(context: StepContext): void {
  const { connection } = context.state;
  if (connection.phase !== 'online') return;
  context.set({ isRenewing: true });
  context.setConnection({ phase: 'draining', socketId: connection.socketId });
  context.setTimer('drain', context.state.settings.timing.drain);
  drained(context);
}

/** A newer build takes over: echoes are waited for, then the socket is closed for good. */
export function stepDown(context: StepContext): void {
  const { connection, outbox } = context.state;
  context.set({ isLeaving: true, isRenewing: true });
  if (connection.phase === 'online' && outbox.some((item) => item.at.stage === 'sent')) {
    context.setConnection({ phase: 'draining', socketId: connection.socketId });
    context.setTimer('drain', context.state.settings.timing.drain);
  } else if (connection.phase !== 'draining') leaveForGood(context);
}

/** Two sockets there never are: the successor hears of it when ours has ended. */
function leaveForGood(context: StepContext): void {
  if (context.state.connection.phase === 'handed-over') return;
  leaveSocket(context);
  context.clearTimer('poll', 'probe', 'rest-retry', 'renew');
  if (context.state.closingSockets.length > 0) {
    context.setConnection({ phase: 'closing' });
    context.setTimer('close', context.state.settings.timing.drain);
    return;
  }
  context.setConnection({ phase: 'handed-over' });
  context.emit({ type: 'handed-over' });
}

/** Nothing is on its way any more: the socket can be changed. */
export function drained(context: StepContext): void {
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
  meaning: CloseMeaning,
): void {
  const { connection } = context.state;
  const closingSockets = context.state.closingSockets.filter((other) => other !== socketId);
  context.set({ closingSockets });
  if (!('socketId' in connection) || connection.socketId !== socketId) {
    if (connection.phase === 'closing' && closingSockets.length === 0) connectAlone(context);
    return;
  }
  const wasAlive = connection.phase === 'online' || connection.phase === 'draining';
  leaveSocket(context, true);
  switch (meaning) {
    case 'token':
      // A living session whose token ran out was no refusal of the next one.
      if (wasAlive) renewAtOnce(context);
      else onRefused(context, 'The chat server refuses the session.');
      return;
    case 'too-many-connections':
      fail(
        context,
        { code: 'rate-limited', message: 'The chat server has too many connections.' },
        { atLeast: context.state.settings.timing.backoffCap },
      );
      return;
    case 'client-bug':
      context.note('client-bug', 'the gateway calls a frame of ours invalid');
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

/** The try or the socket is over. What comes next: a wait, REST polling, or nothing. */
export function fail(
  context: StepContext,
  problem: Problem,
  options: { atLeast?: number; fatal?: boolean } = {},
): void {
  leaveSocket(context);
  if (context.state.isLeaving) {
    leaveForGood(context);
    return;
  }
  context.set({ problem, isRenewing: false });
  if (options.fatal) {
    context.setConnection({ phase: 'failed' });
    return;
  }
  if (isDeserted(context)) {
    context.setConnection({ phase: 'idle' });
    return;
  }
  const { timing } = context.state.settings;
  const asked = delayed(context, options.atLeast ?? 0);
  if (!context.state.isOnline) {
    // A browser can be wrong about having no network, and localhost needs none.
    context.setConnection({ phase: 'offline' });
    context.setTimer('retry', retryDelay(context, timing.attempts));
    return;
  }
  const { breaker } = context.state;
  if (breaker.isOpen || breaker.attempt >= timing.attempts) {
    context.setConnection({ phase: 'resting' });
    openCircuit(context, asked);
    return;
  }
  const delay = Math.max(retryDelay(context, breaker.attempt), asked);
  context.set({ breaker: { ...breaker, attempt: breaker.attempt + 1 } });
  context.setConnection({ phase: 'waiting', retryAt: context.clock.now + delay });
  context.setTimer('retry', delay);
}

/** No page has been there for a while: whichever comes wakes it. */
function isDeserted(context: StepContext): boolean {
  return context.state.tabs.length === 0 && !context.hasTimer('idle');
}

/** The `retry` timer. */
export function retry(context: StepContext): void {
  if (context.state.connection.phase === 'waiting' || context.state.connection.phase === 'offline')
    connect(context);
}

/** The visitor, or a network that came back, wants a try now; hurry never beats the shortest delay. */
export function reconnectNow(context: StepContext, isAsked = false): void {
  const { connection, breaker, settings, problem } = context.state;
  switch (connection.phase) {
    case 'signed-out':
    case 'failed':
      // It would let another one go, whose hub might do the same.
      if (problem?.code === 'evicted' && !isAsked) return;
      context.set({ token: { ...context.state.token, refusals: 0 }, problem: null });
      connect(context);
      return;
    case 'waiting':
    case 'offline':
    case 'resting': {
      const sinceLast = context.clock.now - (breaker.lastTry ?? Number.NEGATIVE_INFINITY);
      if (sinceLast >= settings.timing.backoffFloor) {
        connect(context);
        return;
      }
      const delay = settings.timing.backoffFloor - sinceLast;
      if (connection.phase === 'resting') context.setTimer('probe', delay);
      else {
        context.setConnection({ phase: 'waiting', retryAt: context.clock.now + delay });
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

export function onOnline(context: StepContext, isOnline: boolean): void {
  if (context.state.isOnline === isOnline) return;
  context.set({ isOnline });
  if (isOnline) {
    if (!isDeserted(context)) reconnectNow(context);
    return;
  }
  const { phase } = context.state.connection;
  if (phase === 'waiting' || phase === 'resting') {
    context.setConnection({ phase: 'offline' });
    context.setTimer('retry', retryDelay(context, context.state.settings.timing.attempts));
  } else if (phase === 'online') {
    // The answer tells whether the way to the gateway is open all the same.
    context.clearTimer('pong');
    ping(context, context.state.settings.timing.drain);
  }
}

/** Somebody is there to chat. */
export function wake(context: StepContext): void {
  context.clearTimer('idle');
  const { phase } = context.state.connection;
  if (phase === 'idle') connect(context);
  else if (phase === 'signed-out' || phase === 'failed') reconnectNow(context);
}

/** The `idle` timer: no tab has been here for a while. */
export function sleep(context: StepContext): void {
  dropSocket(context);
  context.clearTimer('poll', 'probe', 'rest-retry', 'renew');
  context.set({
    isRenewing: false,
    breaker: { ...context.state.breaker, attempt: 0, isOpen: false },
  });
  context.setConnection({ phase: 'idle' });
}

/** The session is over: the broker or the gateway said so, twice. */
export function signedOut(context: StepContext, message: string): void {
  dropSocket(context);
  context.clearTimer('poll', 'probe', 'rest-retry', 'renew', 'hold');
  dropToken(context);
  context.set({
    isRenewing: false,
    breaker: { ...context.state.breaker, attempt: 0, isOpen: false },
    problem: { code: 'signed-out', message },
  });
  context.setConnection({ phase: 'signed-out' });
  revokeIdentity(context);
  failStarting(context, { code: 'signed-out', message });
  if (context.state.isLeaving) leaveForGood(context);
}

/** Everything of the former visitor goes, and nothing late of theirs can come back. */
export function wipe(context: StepContext, subject: string | null): void {
  leaveSocket(context);
  context.clearTimer(
    'poll',
    'probe',
    'rest-retry',
    'hold',
    'short-hold',
    'rate',
    'typing-shown',
    'typing-sent',
    'routing',
    'queued',
    'close',
    'expiry',
  );
  const problem: Problem = { code: 'signed-out', message: 'The session has ended.' };
  failStarting(context, problem);
  failStoring(context, problem);
  for (const { callId } of context.state.paginations)
    context.answer(callId, { ok: false, problem });
  context.emit({ type: 'abort-rest' });
  context.set({
    generation: context.state.generation + 1,
    isRenewing: false,
    problem: null,
    // Its timers are gone: what fails next opens it anew.
    breaker: { ...context.state.breaker, isOpen: false },
    tabs: context.state.tabs.map((tab) => ({ ...tab, isTyping: false })),
    requests: [],
    meta: { ...emptyMeta, subject, resetCount: context.state.meta.resetCount + 1 },
    unread: noUnread,
    conversation: null,
    previousConversations: [],
    lastOrdinal: 0,
    window: [],
    hasEarlier: false,
    outbox: [],
    lookups: [],
    paginations: [],
    alertedUntil: null,
    lastOutboxOrdinal: 0,
    hiddenOutbox: 0,
    pausedUntil: null,
    receiptDue: null,
    // The names are the gateway's, whoever the visitor is.
    routing: { ...initialRouting, names: context.state.routing.names },
    sessionMemory: null,
    catchUps: { ...initialCatchUps, begun: context.state.catchUps.begun },
    typing: { other: null, told: false, toldAt: null },
    // For good: after a power cut it would be as if they had never left.
    changes: {
      ...noChanges,
      operations: [{ type: 'wipe' }],
      meta: true,
      reset: true,
      durable: true,
    },
  });
}

/** The token names somebody else than the one whose transcript this is. */
export function switchVisitor(context: StepContext, subject: string): void {
  wipe(context, subject);
  if (isDeserted(context)) context.setConnection({ phase: 'idle' });
  else connect(context);
}

export function signOut(context: StepContext): void {
  wipe(context, null);
  dropToken(context);
  context.emit({ type: 'end-session' });
  context.set({
    // A broker that wants to be left alone is, whoever asks.
    token: { ...initialToken, pausedUntil: context.state.token.pausedUntil },
    breaker: { ...context.state.breaker, attempt: 0, isOpen: false },
    problem: { code: 'signed-out', message: 'You have signed out.' },
  });
  context.setConnection({ phase: 'signed-out' });
  if (context.state.isLeaving) leaveForGood(context);
}
