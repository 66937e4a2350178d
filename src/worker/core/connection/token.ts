import type { TokenResult } from '../../../protocol/gateway.ts';
import { retryDelay } from '../backoff.ts';
import type { StepContext } from '../context.ts';
import { confirmIdentity } from '../tabs/identity-gate.ts';
import { beginRenewal, connectWithToken, fail, signedOut, switchVisitor } from './connection.ts';
import { failParked, sendParked } from './rest-requests.ts';

/** A broker that names a longer pause than this is not believed, in ms. */
const longestPause = 600_000;

/** A token that would expire on the way is not used. */
const margin = 1_000;

export function hasToken(context: StepContext): boolean {
  const { expiresAt } = context.state.token;
  return expiresAt !== null && expiresAt - margin > context.clock.now;
}

export function fetchToken(context: StepContext): void {
  const { requestId: underWay, pausedUntil } = context.state.token;
  if (underWay !== null) return;
  const pause = Math.max(0, (pausedUntil ?? 0) - context.clock.now);
  if (pause > 0) {
    // Requests that wait for a token stay parked until it may be asked for.
    context.setTimer('token-retry', pause);
    if (context.state.connection.phase === 'token') {
      fail(context, { code: 'unavailable', message: 'The site is busy.' }, { atLeast: pause });
    }
    return;
  }
  const requestId = context.id();
  context.set({ token: { ...context.state.token, requestId, requestedAt: context.clock.now } });
  const isFresh = context.policy?.wantsFreshToken(context) ?? false;
  context.emit({ type: 'fetch-token', requestId, isFresh });
}

/** The `token-retry` timer: the broker may be asked again, for whoever still waits. */
export function tokenPauseOver(context: StepContext): void {
  const { requests, token } = context.state;
  if (token.isRenewing || requests.some((request) => request.isParked)) fetchToken(context);
}

/** The gateway would not have it any more. */
export function dropToken(context: StepContext): void {
  context.clearTimer('renew');
  context.set({ token: { ...context.state.token, expiresAt: null, isRenewing: false } });
  context.emit({ type: 'forget-token' });
}

/** Asks early, while the old token still works: for `life` ms from `since` on. */
function scheduleRenewal(context: StepContext, life: number, since: number): void {
  if (life === Number.POSITIVE_INFINITY) return;
  const renewAfter = Math.max(0.5 * life, Math.min(0.8 * life, life - 60_000));
  context.setTimer(
    'renew',
    Math.max(0, renewAfter * (1 - 0.1 * context.random()) - (context.clock.now - since)),
  );
}

/** A socket is there: its token may have been due while there was none to renew it for. */
export function keepRenewed(context: StepContext): void {
  const { expiresAt, requestId } = context.state.token;
  if (expiresAt === null || requestId !== null || context.hasTimer('renew')) return;
  scheduleRenewal(context, expiresAt - context.clock.now, context.clock.now);
}

/** The `renew` timer. */
export function renew(context: StepContext): void {
  context.set({
    token: { ...context.state.token, isRenewing: context.state.connection.phase === 'online' },
  });
  if (context.state.connection.phase === 'online') fetchToken(context);
}

export function onToken(context: StepContext, requestId: number, result: TokenResult): void {
  const { token } = context.state;
  if (token.requestId !== requestId) {
    // Asked for before a sign-out: whose token it would be nobody knows, but the broker's wish holds.
    if (!result.ok) beQuietFor(context, result.retryAfter);
    return;
  }
  context.set({ token: { ...token, requestId: null } });
  if (!result.ok) {
    onFailure(context, result);
    return;
  }
  const life = result.expiresIn === null ? Number.POSITIVE_INFINITY : result.expiresIn * 1_000;
  const { isRenewing } = token;
  // Counted from the request, because the life began before the answer came.
  const expiresAt = token.requestedAt + life;
  // A wish to be left alone that came meanwhile, in answer to an earlier question, still holds.
  context.set({
    token: { ...context.state.token, expiresAt, failures: 0, isRenewing: false, wantsFresh: false },
  });
  scheduleRenewal(context, life, token.requestedAt);
  const { subject } = context.state.meta;
  if (subject !== null && subject !== result.subject) {
    switchVisitor(context, result.subject);
    confirmIdentity(context);
    return;
  }
  if (subject === null) {
    context.set({ meta: { ...context.state.meta, subject: result.subject } });
    // Tabs have to know whose conversation they show.
    context.change({ meta: true, reset: true });
  }
  confirmIdentity(context);
  sendParked(context);
  if (context.state.connection.phase === 'token') connectWithToken(context);
  else if (isRenewing && context.state.connection.phase === 'online' && !result.isSame)
    beginRenewal(context);
}

/** Returns for how long, in ms: as the broker has said, as far as it is believed. */
function beQuietFor(context: StepContext, retryAfter: number | null): number {
  const pause = Math.min(retryAfter ?? 0, longestPause);
  const pausedUntil = pause > 0 ? context.clock.now + pause : null;
  context.set({ token: { ...context.state.token, pausedUntil } });
  return pause;
}

function onFailure(context: StepContext, result: Extract<TokenResult, { ok: false }>): void {
  const failures = context.state.token.failures + 1;
  context.set({ token: { ...context.state.token, failures } });
  const pause = beQuietFor(context, result.retryAfter);
  if (result.kind === 'signed-out') {
    // Before the requests fail, so that nobody who hears of it sends another message.
    signedOut(context, result.message);
    failParked(context, result);
    context.clearTimer('rest-retry');
    return;
  }
  failParked(context, result);
  if (context.state.connection.phase === 'token') {
    const fatal = result.kind === 'forbidden';
    fail(
      context,
      { code: fatal ? 'forbidden' : 'unavailable', message: result.message },
      { atLeast: pause, fatal },
    );
    return;
  }
  // The old token still works for a while: the living socket is left alone.
  if (context.state.token.isRenewing) {
    context.setTimer('renew', Math.max(pause, retryDelay(context, failures - 1)));
  }
}
