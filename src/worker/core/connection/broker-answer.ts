import type { TokenResult } from '../../../protocol/gateway/tokens.ts';
import { longestPause, retryDelay } from '../backoff.ts';
import type { StepContext } from '../context.ts';
import { confirmIdentity } from '../visitor/identity-gate.ts';
import { adoptIdentity, updateMeta } from '../visitor/state.ts';
import {
  beginRenewal,
  connectWithToken,
  fail,
  onOtherSubject,
  requireSignIn,
} from './connection.ts';
import { failParked, sendParked } from './rest-requests.ts';
import { setConnectionSlice } from './state.ts';
import { scheduleRenewal } from './token.ts';

export function onToken(context: StepContext, requestId: number, result: TokenResult): void {
  const { token } = context.state;
  if (token.requestId !== requestId) {
    // The request was made before a sign-out, so its token may be another visitor's. A pause still applies.
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
  // Counted from the request, since the token's life began before the answer arrived.
  const expiresAt = token.requestedAt + life;
  // Keeps a pause that an answer to an earlier request has set meanwhile.
  setConnectionSlice(context, {
    token: { ...context.state.token, expiresAt, failures: 0, isRenewing: false, needsFresh: false },
  });
  scheduleRenewal(context, life, token.requestedAt);
  const { hasAnonymousDraft, meta } = context.state;
  const { subject } = meta;
  if (subject !== null && subject !== result.subject && result.steppedUpFrom === subject) {
    adoptIdentity(context, result.subject);
    context.raise({ type: 'stepped-up' });
  } else if (subject === null ? hasAnonymousDraft : subject !== result.subject) {
    onOtherSubject(context, result.subject);
    confirmIdentity(context);
    return;
  }
  if (subject === null) {
    updateMeta(context, { subject: result.subject });
    // Tabs must learn whose conversation they show.
    context.change({ needsSnapshot: true });
  }
  confirmIdentity(context);
  sendParked(context);
  const { connection } = context.state;
  if (connection.phase === 'token') connectWithToken(context, connection);
  else if (isRenewing && connection.phase === 'online' && !result.isSame) beginRenewal(context);
}

/** Pauses requests to the broker. Returns for how long, in ms. */
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
    // First, so that nothing is sent in reaction to the failed requests.
    requireSignIn(context, result.message);
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
  // The old token still works for a while, so the socket is kept.
  if (context.state.token.isRenewing) {
    context.setTimer('renew', Math.max(pause, retryDelay(context, failures - 1)));
  }
}

/**
 * The broker must not be asked for `pause` ms: a connection attempt that needs a token has failed.
 */
export function onTokenPaused(context: StepContext, pause: number): void {
  if (context.state.connection.phase !== 'token') return;
  fail(
    context,
    { code: 'unavailable', message: 'The site is busy. Try again later.' },
    { minimumDelay: pause },
  );
}
