import type { StepContext } from '../context.ts';
import { setConnectionSlice } from './state.ts';

/** A token this close to its expiry is not used, in ms. */
const expiryMargin = 1_000;

export function hasToken(context: StepContext): boolean {
  const { expiresAt } = context.state.token;
  return expiresAt !== null && expiresAt - expiryMargin > context.clock.now;
}

export function fetchToken(context: StepContext): void {
  const { requestId: pendingRequestId, pausedUntil } = context.state.token;
  if (pendingRequestId !== null) return;
  const pause = Math.max(0, (pausedUntil ?? 0) - context.clock.now);
  if (pause > 0) {
    // Requests that need a token stay parked meanwhile.
    context.setTimer('token-retry', pause);
    context.raise({ type: 'token-paused', pause });
    return;
  }
  const requestId = context.nextId();
  setConnectionSlice(context, {
    token: { ...context.state.token, requestId, requestedAt: context.clock.now },
  });
  const isFresh = context.policy?.needsFreshToken(context) ?? false;
  const guest = context.policy?.guestOf(context) ?? null;
  context.emit({
    type: 'fetch-token',
    requestId,
    isFresh,
    ...(guest === null ? {} : { guest }),
  });
}

/** The `token-retry` timer: the broker may be asked again. */
export function tokenPauseOver(context: StepContext): void {
  const { requests, token } = context.state;
  if (token.isRenewing || requests.some((request) => request.isParked)) fetchToken(context);
}

/** The next token must be that of a new session. */
export function requireFreshToken(context: StepContext): void {
  setConnectionSlice(context, { token: { ...context.state.token, refusals: 0, needsFresh: true } });
}

/** Ignores the pending token request, which is for the previous session. */
export function cancelTokenRequest(context: StepContext): void {
  setConnectionSlice(context, { token: { ...context.state.token, requestId: null } });
}

/** The gateway no longer accepts the token. */
export function dropRefusedToken(context: StepContext): void {
  dropToken(context, true);
}

/** The visitor is gone, and with them the token, which may still be valid. */
export function dropToken(context: StepContext, isRefused = false): void {
  context.clearTimer('renew');
  setConnectionSlice(context, {
    token: { ...context.state.token, expiresAt: null, isRenewing: false },
  });
  context.emit({ type: 'discard-token', isRefused });
}

/**
 * Schedules the renewal while the old token still works: it lives for `life` ms from `since` on.
 */
export function scheduleRenewal(context: StepContext, life: number, since: number): void {
  if (life === Number.POSITIVE_INFINITY) return;
  const renewAfter = Math.max(0.5 * life, Math.min(0.8 * life, life - 60_000));
  context.setTimer(
    'renew',
    Math.max(0, renewAfter * (1 - 0.1 * context.random()) - (context.clock.now - since)),
  );
}

/** A renewal that was due while there was no socket is scheduled now. */
export function keepRenewed(context: StepContext): void {
  const { expiresAt, requestId } = context.state.token;
  if (expiresAt === null || requestId !== null || context.hasTimer('renew')) return;
  scheduleRenewal(context, expiresAt - context.clock.now, context.clock.now);
}

/** The `renew` timer. */
export function renew(context: StepContext): void {
  setConnectionSlice(context, {
    token: { ...context.state.token, isRenewing: context.state.connection.phase === 'online' },
  });
  if (context.state.connection.phase === 'online') fetchToken(context);
}
