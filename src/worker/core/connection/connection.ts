import type { Problem } from '../../../protocol/errors.ts';
import type { CloseMeaning } from '../../../protocol/gateway.ts';
import { delayed, retryDelay } from '../backoff.ts';
import type { Run } from '../context.ts';
import { beginSession } from '../conversation/conversation.ts';
import { forgetOtherTyping } from '../conversation/typing.ts';
import { failStarting, failStoring } from '../outbox/outbox.ts';
import { doubtEverything } from '../outbox/unconfirmed.ts';
import { emptyMeta, emptyReading } from '../records.ts';
import { initialRecovery, initialRouting, initialToken, noChanges } from '../state.ts';
import { unconfirm } from '../tabs/identity-gate.ts';
import { closeCircuit, openCircuit } from './circuit-breaker.ts';
import { ping, startKeepalive } from './keep-alive.ts';
import { dropToken, fetchToken, hasToken, keepRenewed } from './token.ts';

const networkProblem: Problem = {
  code: 'network',
  message: 'The chat server can’t be reached.',
};

/** What belongs to one socket, and ends with it. `isGone`: its close has been seen. */
function leaveSocket(run: Run, isGone = false): void {
  const { link } = run.state;
  run.clearTimer('auth', 'ping', 'pong', 'answer', 'drain', 'echo', 'retry', 'reconcile');
  if ('socketId' in link && !isGone) {
    run.emit({ type: 'close-socket', socketId: link.socketId });
    run.set({ lingering: [...run.state.lingering, link.socketId] });
  }
  if (link.phase === 'online' || link.phase === 'draining') {
    doubtEverything(run);
    run.set({ typing: { ...run.state.typing, told: false } });
  }
  forgetOtherTyping(run);
  if ('socketId' in link) run.setLink({ phase: 'closing' });
}

/** Starts a try, whatever the link was doing: it ends in `online` or in `fail`. */
export function connect(run: Run): void {
  leaveSocket(run);
  if (run.state.isLeaving) {
    leaveForGood(run);
    return;
  }
  if (run.rules?.needsLine(run) === false) {
    run.rules.idling(run);
    run.clearTimer('close', 'rest-retry');
    run.set({ renewal: false, problem: null });
    run.setLink({ phase: 'idle' });
    return;
  }
  run.set({ breaker: { ...run.state.breaker, lastTry: run.clock.now } });
  if (run.state.lingering.length > 0) {
    run.setLink({ phase: 'closing' });
    run.setTimer('close', run.state.settings.timing.drain);
    return;
  }
  connectAlone(run);
}

/** The socket goes, and nothing is said of why. */
export function letGo(run: Run): void {
  leaveSocket(run);
  run.clearTimer('close');
}

function connectAlone(run: Run): void {
  run.clearTimer('close');
  if (run.state.isLeaving) {
    leaveForGood(run);
    return;
  }
  if (hasToken(run)) {
    connectWithToken(run);
    return;
  }
  run.setLink({ phase: 'token' });
  fetchToken(run);
}

/** The `close` timer: the peer does not answer the close, and is as good as gone. */
export function closeOverdue(run: Run): void {
  if (run.state.link.phase !== 'closing') return;
  run.set({ lingering: [] });
  connectAlone(run);
}

export function connectWithToken(run: Run): void {
  const socketId = run.id();
  run.setLink({ phase: 'connecting', socketId });
  run.setTimer('auth', run.state.settings.timing.auth);
  run.emit({ type: 'open-socket', socketId });
}

export function onSocketOpened(run: Run, socketId: number): void {
  const { link } = run.state;
  if (link.phase !== 'connecting' || link.socketId !== socketId) return;
  run.setLink({ phase: 'authenticating', socketId });
  const startsNew = run.rules?.startsNew(run);
  const command = { type: 'authenticate', ...(startsNew ? { startsNew } : {}) } as const;
  run.emit({ type: 'send', socketId, command });
}

export function onAuthenticated(run: Run, serverTime: number | null): void {
  const { link } = run.state;
  if (link.phase !== 'authenticating') {
    // Who opens a session a second time is told so a second time.
    if (!run.isSession) run.note('misfit', 'an auth answer that nobody asked for');
    return;
  }
  run.clearTimer('auth');
  run.set({
    breaker: { ...run.state.breaker, attempt: 0 },
    token: { ...run.state.token, refusals: 0 },
    renewal: false,
    problem: null,
  });
  if (serverTime !== null) {
    run.set({ meta: { ...run.state.meta, clockOffset: serverTime - run.clock.wall } });
    run.change({ meta: true });
  }
  closeCircuit(run);
  startKeepalive(run);
  keepRenewed(run);
  beginSession(run, link.socketId);
}

/** The gateway does not accept the token: once may be chance, twice in a row is a refusal. */
function onRefused(run: Run, message: string): void {
  const refusals = run.state.token.refusals + 1;
  dropToken(run);
  run.set({ token: { ...run.state.token, refusals } });
  if (refusals < 2) connect(run);
  else if (!run.rules?.refused(run, message)) signedOut(run, message);
}

export function onRefusal(run: Run, message: string): void {
  if (run.state.link.phase !== 'authenticating') {
    run.note('misfit', 'an auth failure that nobody asked for');
    return;
  }
  onRefused(run, message);
}

/** Pushed by the gateway, which drops every frame from now on. */
export function onTokenExpired(run: Run): void {
  const { link } = run.state;
  if (link.phase === 'authenticating') {
    onRefused(run, 'The chat server says that the session has expired.');
    return;
  }
  if (link.phase !== 'online' && link.phase !== 'draining') return;
  if (run.rules?.expired(run)) return;
  renewAtOnce(run);
}

/** The next token is asked for while the socket still closes; a hub that leaves needs none. */
function renewAtOnce(run: Run): void {
  run.set({ renewal: true });
  dropToken(run);
  if (!run.state.isLeaving) fetchToken(run);
  connect(run);
}

/** A new token for a living socket: hold the outbox, wait for echoes, then change sockets. */
export function beginRenewal(run: Run): void {
  const { link } = run.state;
  if (link.phase !== 'online') return;
  run.set({ renewal: true });
  run.setLink({ phase: 'draining', socketId: link.socketId });
  run.setTimer('drain', run.state.settings.timing.drain);
  drained(run);
}

/** A newer build takes over: echoes are waited for, then the socket is closed for good. */
export function stepDown(run: Run): void {
  const { link, outbox } = run.state;
  run.set({ isLeaving: true, renewal: true });
  if (link.phase === 'online' && outbox.some((item) => item.at.stage === 'sent')) {
    run.setLink({ phase: 'draining', socketId: link.socketId });
    run.setTimer('drain', run.state.settings.timing.drain);
  } else if (link.phase !== 'draining') leaveForGood(run);
}

/** Two sockets there never are: the successor hears of it when ours has ended. */
function leaveForGood(run: Run): void {
  if (run.state.link.phase === 'left') return;
  leaveSocket(run);
  run.clearTimer('poll', 'probe', 'rest-retry', 'renew');
  if (run.state.lingering.length > 0) {
    run.setLink({ phase: 'closing' });
    run.setTimer('close', run.state.settings.timing.drain);
    return;
  }
  run.setLink({ phase: 'left' });
  run.emit({ type: 'left' });
}

/** Nothing is on its way any more: the socket can be changed. */
export function drained(run: Run): void {
  if (run.state.link.phase !== 'draining') return;
  if (run.state.outbox.some((item) => item.at.stage === 'sent')) return;
  connect(run);
}

/** The `drain` timer. */
export function drainOverdue(run: Run): void {
  if (run.state.link.phase === 'draining') connect(run);
}

export function onSocketClosed(run: Run, socketId: number, meaning: CloseMeaning): void {
  const { link } = run.state;
  const lingering = run.state.lingering.filter((other) => other !== socketId);
  run.set({ lingering });
  if (!('socketId' in link) || link.socketId !== socketId) {
    if (link.phase === 'closing' && lingering.length === 0) connectAlone(run);
    return;
  }
  const wasAlive = link.phase === 'online' || link.phase === 'draining';
  leaveSocket(run, true);
  switch (meaning) {
    case 'token':
      // A living session whose token ran out was no refusal of the next one.
      if (wasAlive) renewAtOnce(run);
      else onRefused(run, 'The chat server refuses the session.');
      return;
    case 'crowded':
      fail(
        run,
        { code: 'rate-limited', message: 'The chat server has too many connections.' },
        { atLeast: run.state.settings.timing.backoffCap },
      );
      return;
    case 'client-bug':
      run.note('client-bug', 'the gateway calls a frame of ours invalid');
      fail(run, networkProblem);
      return;
    case 'network':
      fail(run, networkProblem);
      return;
  }
}

/** The `auth` timer. */
export function authOverdue(run: Run): void {
  fail(run, networkProblem);
}

/** The try or the socket is over. What comes next: a wait, REST polling, or nothing. */
export function fail(
  run: Run,
  problem: Problem,
  options: { atLeast?: number; fatal?: boolean } = {},
): void {
  leaveSocket(run);
  if (run.state.isLeaving) {
    leaveForGood(run);
    return;
  }
  run.set({ problem, renewal: false });
  if (options.fatal) {
    run.setLink({ phase: 'failed' });
    return;
  }
  if (isDeserted(run)) {
    run.setLink({ phase: 'idle' });
    return;
  }
  const { timing } = run.state.settings;
  const asked = delayed(run, options.atLeast ?? 0);
  if (!run.state.online) {
    // A browser can be wrong about having no network, and localhost needs none.
    run.setLink({ phase: 'offline' });
    run.setTimer('retry', retryDelay(run, timing.attempts));
    return;
  }
  const { breaker } = run.state;
  if (breaker.open || breaker.attempt >= timing.attempts) {
    run.setLink({ phase: 'resting' });
    openCircuit(run, asked);
    return;
  }
  const delay = Math.max(retryDelay(run, breaker.attempt), asked);
  run.set({ breaker: { ...breaker, attempt: breaker.attempt + 1 } });
  run.setLink({ phase: 'waiting', retryAt: run.clock.now + delay });
  run.setTimer('retry', delay);
}

/** No page has been there for a while: whichever comes wakes it. */
function isDeserted(run: Run): boolean {
  return run.state.tabs.length === 0 && !run.hasTimer('idle');
}

/** The `retry` timer. */
export function retry(run: Run): void {
  if (run.state.link.phase === 'waiting' || run.state.link.phase === 'offline') connect(run);
}

/** The visitor, or a network that came back, wants a try now; hurry never beats the shortest delay. */
export function reconnectNow(run: Run, isAsked = false): void {
  const { link, breaker, settings, problem } = run.state;
  switch (link.phase) {
    case 'signed-out':
    case 'failed':
      // It would let another one go, whose hub might do the same.
      if (problem?.code === 'evicted' && !isAsked) return;
      run.set({ token: { ...run.state.token, refusals: 0 }, problem: null });
      connect(run);
      return;
    case 'waiting':
    case 'offline':
    case 'resting': {
      const sinceLast = run.clock.now - (breaker.lastTry ?? Number.NEGATIVE_INFINITY);
      if (sinceLast >= settings.timing.backoffFloor) {
        connect(run);
        return;
      }
      const delay = settings.timing.backoffFloor - sinceLast;
      if (link.phase === 'resting') run.setTimer('probe', delay);
      else {
        run.setLink({ phase: 'waiting', retryAt: run.clock.now + delay });
        run.setTimer('retry', delay);
      }
      return;
    }
    case 'online':
      ping(run);
      return;
    default:
      return;
  }
}

export function onOnline(run: Run, online: boolean): void {
  if (run.state.online === online) return;
  run.set({ online });
  if (online) {
    if (!isDeserted(run)) reconnectNow(run);
    return;
  }
  const { phase } = run.state.link;
  if (phase === 'waiting' || phase === 'resting') {
    run.setLink({ phase: 'offline' });
    run.setTimer('retry', retryDelay(run, run.state.settings.timing.attempts));
  } else if (phase === 'online') {
    // The answer tells whether the way to the gateway is open all the same.
    run.clearTimer('pong');
    ping(run, run.state.settings.timing.drain);
  }
}

/** Somebody is there to chat. */
export function wake(run: Run): void {
  run.clearTimer('idle');
  const { phase } = run.state.link;
  if (phase === 'idle') connect(run);
  else if (phase === 'signed-out' || phase === 'failed') reconnectNow(run);
}

/** The `idle` timer: no tab has been here for a while. */
export function sleep(run: Run): void {
  letGo(run);
  run.clearTimer('poll', 'probe', 'rest-retry', 'renew');
  run.set({ renewal: false, breaker: { ...run.state.breaker, attempt: 0, open: false } });
  run.setLink({ phase: 'idle' });
}

/** The session is over: the broker or the gateway said so, twice. */
export function signedOut(run: Run, message: string): void {
  letGo(run);
  run.clearTimer('poll', 'probe', 'rest-retry', 'renew', 'hold');
  dropToken(run);
  run.set({
    renewal: false,
    breaker: { ...run.state.breaker, attempt: 0, open: false },
    problem: { code: 'signed-out', message },
  });
  run.setLink({ phase: 'signed-out' });
  unconfirm(run);
  failStarting(run, { code: 'signed-out', message });
  if (run.state.isLeaving) leaveForGood(run);
}

/** Everything of the former visitor goes, and nothing late of theirs can come back. */
export function wipe(run: Run, subject: string | null): void {
  leaveSocket(run);
  run.clearTimer(
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
  failStarting(run, problem);
  failStoring(run, problem);
  for (const { callId } of run.state.earlier) run.answer(callId, { ok: false, problem });
  run.emit({ type: 'abort-rest' });
  run.set({
    generation: run.state.generation + 1,
    renewal: false,
    problem: null,
    // Its timers are gone: what fails next opens it anew.
    breaker: { ...run.state.breaker, open: false },
    tabs: run.state.tabs.map((tab) => ({ ...tab, isTyping: false })),
    requests: [],
    meta: { ...emptyMeta, subject, wipes: run.state.meta.wipes + 1 },
    reading: emptyReading,
    conversation: null,
    formers: [],
    lastOrdinal: 0,
    window: [],
    hasEarlier: false,
    outbox: [],
    lookups: [],
    earlier: [],
    alertedUntil: null,
    lastOutboxOrdinal: 0,
    hiddenOutbox: 0,
    quietUntil: null,
    receiptDue: null,
    // The names are the gateway's, whoever the visitor is.
    routing: { ...initialRouting, names: run.state.routing.names },
    guest: null,
    recovery: { ...initialRecovery, runs: run.state.recovery.runs },
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
export function switchVisitor(run: Run, subject: string): void {
  wipe(run, subject);
  if (isDeserted(run)) run.setLink({ phase: 'idle' });
  else connect(run);
}

export function signOut(run: Run): void {
  wipe(run, null);
  dropToken(run);
  run.emit({ type: 'end-session' });
  run.set({
    // A broker that wants to be left alone is, whoever asks.
    token: { ...initialToken, quietUntil: run.state.token.quietUntil },
    breaker: { ...run.state.breaker, attempt: 0, open: false },
    problem: { code: 'signed-out', message: 'You have signed out.' },
  });
  run.setLink({ phase: 'signed-out' });
  if (run.state.isLeaving) leaveForGood(run);
}
