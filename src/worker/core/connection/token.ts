import type { TokenResult } from '../../../protocol/gateway.ts';
import { retryDelay } from '../backoff.ts';
import type { Run } from '../context.ts';
import { confirm } from '../tabs/identity-gate.ts';
import { beginRenewal, connectWithToken, fail, signedOut, switchVisitor } from './connection.ts';
import { failParked, sendParked } from './rest-requests.ts';

/** A broker that names a longer pause than this is not believed, in ms. */
const longestPause = 600_000;

/** A token that would expire on the way is not used. */
const margin = 1_000;

export function hasToken(run: Run): boolean {
  const { expiresAt } = run.state.token;
  return expiresAt !== null && expiresAt - margin > run.clock.now;
}

export function fetchToken(run: Run): void {
  const { requestId: underWay, quietUntil } = run.state.token;
  if (underWay !== null) return;
  const pause = Math.max(0, (quietUntil ?? 0) - run.clock.now);
  if (pause > 0) {
    // Requests that wait for a token stay parked until it may be asked for.
    run.setTimer('token-retry', pause);
    if (run.state.link.phase === 'token') {
      fail(run, { code: 'unavailable', message: 'The site is busy.' }, { atLeast: pause });
    }
    return;
  }
  const requestId = run.id();
  run.set({ token: { ...run.state.token, requestId, requestedAt: run.clock.now } });
  const isFresh = run.rules?.wantsFreshToken(run) ?? false;
  run.emit({ type: 'fetch-token', requestId, isFresh });
}

/** The `token-retry` timer: the broker may be asked again, for whoever still waits. */
export function tokenPauseOver(run: Run): void {
  const { requests, token } = run.state;
  if (token.renewing || requests.some((request) => request.parked)) fetchToken(run);
}

/** The gateway would not have it any more. */
export function dropToken(run: Run): void {
  run.clearTimer('renew');
  run.set({ token: { ...run.state.token, expiresAt: null, renewing: false } });
  run.emit({ type: 'forget-token' });
}

/** Asks early, while the old token still works: for `life` ms from `since` on. */
function scheduleRenewal(run: Run, life: number, since: number): void {
  if (life === Number.POSITIVE_INFINITY) return;
  const renewAfter = Math.max(0.5 * life, Math.min(0.8 * life, life - 60_000));
  run.setTimer(
    'renew',
    Math.max(0, renewAfter * (1 - 0.1 * run.random()) - (run.clock.now - since)),
  );
}

/** A socket is there: its token may have been due while there was none to renew it for. */
export function keepRenewed(run: Run): void {
  const { expiresAt, requestId } = run.state.token;
  if (expiresAt === null || requestId !== null || run.hasTimer('renew')) return;
  scheduleRenewal(run, expiresAt - run.clock.now, run.clock.now);
}

/** The `renew` timer. */
export function renew(run: Run): void {
  run.set({ token: { ...run.state.token, renewing: run.state.link.phase === 'online' } });
  if (run.state.link.phase === 'online') fetchToken(run);
}

export function onToken(run: Run, requestId: number, result: TokenResult): void {
  const { token } = run.state;
  if (token.requestId !== requestId) {
    // Asked for before a sign-out: whose token it would be nobody knows, but the broker's wish holds.
    if (!result.ok) beQuietFor(run, result.retryAfter);
    return;
  }
  run.set({ token: { ...token, requestId: null } });
  if (!result.ok) {
    onFailure(run, result);
    return;
  }
  const life = result.expiresIn === null ? Number.POSITIVE_INFINITY : result.expiresIn * 1_000;
  const { renewing } = token;
  // Counted from the request, because the life began before the answer came.
  const expiresAt = token.requestedAt + life;
  // A wish to be left alone that came meanwhile, in answer to an earlier question, still holds.
  run.set({
    token: { ...run.state.token, expiresAt, failures: 0, renewing: false, wantsFresh: false },
  });
  scheduleRenewal(run, life, token.requestedAt);
  const { subject } = run.state.meta;
  if (subject !== null && subject !== result.subject) {
    switchVisitor(run, result.subject);
    confirm(run);
    return;
  }
  if (subject === null) {
    run.set({ meta: { ...run.state.meta, subject: result.subject } });
    // Tabs have to know whose conversation they show.
    run.change({ meta: true, reset: true });
  }
  confirm(run);
  sendParked(run);
  if (run.state.link.phase === 'token') connectWithToken(run);
  else if (renewing && run.state.link.phase === 'online' && !result.isSame) beginRenewal(run);
}

/** Returns for how long, in ms: as the broker has said, as far as it is believed. */
function beQuietFor(run: Run, retryAfter: number | null): number {
  const pause = Math.min(retryAfter ?? 0, longestPause);
  const quietUntil = pause > 0 ? run.clock.now + pause : null;
  run.set({ token: { ...run.state.token, quietUntil } });
  return pause;
}

function onFailure(run: Run, result: Extract<TokenResult, { ok: false }>): void {
  const failures = run.state.token.failures + 1;
  run.set({ token: { ...run.state.token, failures } });
  const pause = beQuietFor(run, result.retryAfter);
  if (result.kind === 'signed-out') {
    // Before the requests fail, so that nobody who hears of it sends another message.
    signedOut(run, result.message);
    failParked(run, result);
    run.clearTimer('rest-retry');
    return;
  }
  failParked(run, result);
  if (run.state.link.phase === 'token') {
    const fatal = result.kind === 'forbidden';
    fail(
      run,
      { code: fatal ? 'forbidden' : 'unavailable', message: result.message },
      { atLeast: pause, fatal },
    );
    return;
  }
  // The old token still works for a while: the living socket is left alone.
  if (run.state.token.renewing) {
    run.setTimer('renew', Math.max(pause, retryDelay(run, failures - 1)));
  }
}
