import type { TokenResult } from '../../../protocol/gateway/tokens.ts';
import { retryDelay } from '../backoff.ts';
import type { StepContext } from '../context.ts';
import { confirmIdentity } from '../visitor/identity-gate.ts';
import { updateMeta } from '../visitor/state.ts';
import { beginRenewal, connectWithToken, fail, signedOut, switchVisitor } from './connection.ts';
import { failParked, sendParked } from './rest-requests.ts';
import { setConnectionSlice } from './state.ts';
import { scheduleRenewal } from './token.ts';

/** A broker that names a longer pause than this is not believed, in ms. */
const longestPause = 600_000;

/** The broker has answered. */
export function onToken(context: StepContext, requestId: number, result: TokenResult): void {
  const { token } = context.state;
  if (token.requestId !== requestId) {
    // Asked for before a sign-out: whose token it would be nobody knows, but the broker's wish holds.
    if (!result.ok) pauseBroker(context, result.retryAfter);
    return;
  }
  setConnectionSlice(context, { token: { ...token, requestId: null } });
  if (!result.ok) {
    onFailure(context, result);
    return;
  }
  const life = result.expiresIn === null ? Number.POSITIVE_INFINITY : result.expiresIn * 1_000;
  const { isRenewing } = token;
  // Counted from the request, because the life began before the answer came.
  const expiresAt = token.requestedAt + life;
  // A wish to be left alone that came meanwhile, in answer to an earlier question, still holds.
  setConnectionSlice(context, {
    token: { ...context.state.token, expiresAt, failures: 0, isRenewing: false, needsFresh: false },
  });
  scheduleRenewal(context, life, token.requestedAt);
  const { subject } = context.state.meta;
  if (subject !== null && subject !== result.subject) {
    switchVisitor(context, result.subject);
    confirmIdentity(context);
    return;
  }
  if (subject === null) {
    updateMeta(context, { subject: result.subject });
    // Tabs have to know whose conversation they show.
    context.change({ reset: true });
  }
  confirmIdentity(context);
  sendParked(context);
  if (context.state.connection.phase === 'token') connectWithToken(context);
  else if (isRenewing && context.state.connection.phase === 'online' && !result.isSame)
    beginRenewal(context);
}

/** Returns for how long, in ms: as the broker has said, as far as it is believed. */
function pauseBroker(context: StepContext, retryAfter: number | null): number {
  const pause = Math.min(retryAfter ?? 0, longestPause);
  const pausedUntil = pause > 0 ? context.clock.now + pause : null;
  setConnectionSlice(context, { token: { ...context.state.token, pausedUntil } });
  return pause;
}

function onFailure(context: StepContext, result: Extract<TokenResult, { ok: false }>): void {
  const failures = context.state.token.failures + 1;
  setConnectionSlice(context, { token: { ...context.state.token, failures } });
  const pause = pauseBroker(context, result.retryAfter);
  if (result.kind === 'signed-out') {
    // Before the requests fail, so that nobody who hears of it sends another message.
    signedOut(context, result.message);
    failParked(context, result);
    context.clearTimer('rest-retry');
    return;
  }
  failParked(context, result);
  if (context.state.connection.phase === 'token') {
    const isFatal = result.kind === 'forbidden';
    fail(
      context,
      { code: isFatal ? 'forbidden' : 'unavailable', message: result.message },
      { minimumDelay: pause, isFatal },
    );
    return;
  }
  // The old token still works for a while: the living socket is left alone.
  if (context.state.token.isRenewing) {
    context.setTimer('renew', Math.max(pause, retryDelay(context, failures - 1)));
  }
}

/** The broker is to be left alone for that long, in ms, and a try that waits for it has failed. */
export function onTokenPaused(context: StepContext, pause: number): void {
  if (context.state.connection.phase !== 'token') return;
  fail(context, { code: 'unavailable', message: 'The site is busy.' }, { minimumDelay: pause });
}
