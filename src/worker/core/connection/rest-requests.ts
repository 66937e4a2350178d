import type { RestCall, RestFailure, RestResult } from '../../../protocol/gateway/rest.ts';
import type { TokenResult } from '../../../protocol/gateway/tokens.ts';
import { delayed, longestPause } from '../backoff.ts';
import type { StepContext } from '../context.ts';
import { countForRateLimit, rateLimitWait } from './rate-limit.ts';
import { type RestRequest, setConnectionSlice } from './state.ts';
import { dropRefusedToken, fetchToken, hasToken } from './token.ts';

/** Pauses all REST requests: a 429 or 503 answer says for how long. */
function pauseRest(context: StepContext, retryAfter: number | null): void {
  if (retryAfter === null) return;
  const until = context.clock.now + Math.min(delayed(context, retryAfter), longestPause);
  setConnectionSlice(context, {
    restPausedUntil: Math.max(context.state.restPausedUntil ?? 0, until),
  });
}

/** How long REST is still paused, in ms. */
export function restPause(context: StepContext): number {
  return Math.max(0, (context.state.restPausedUntil ?? 0) - context.clock.now);
}

/**
 * Starts a REST request. It is parked until there is a token, and repeated once if the token is
 * refused.
 */
export function request(context: StepContext, call: RestCall): number {
  const requestId = context.nextId();
  submit(context, { requestId, call, isParked: false, isRetried: false });
  return requestId;
}

function submit(context: StepContext, request: RestRequest): void {
  const others = context.state.requests.filter((other) => other.requestId !== request.requestId);
  const pause = Math.max(restPause(context), rateLimitWait(context, 'history'));
  const isParked = pause > 0 || !hasToken(context);
  setConnectionSlice(context, { requests: [...others, { ...request, isParked }] });
  if (pause > 0) context.setTimer('rest-pause', pause);
  else if (isParked) fetchToken(context);
  else {
    countForRateLimit(context, 'history');
    context.emit({ type: 'rest', requestId: request.requestId, call: request.call });
  }
}

/** There is a token, or the `rest-pause` timer: sends what was parked. */
export function sendParked(context: StepContext): void {
  for (const request of context.state.requests) if (request.isParked) submit(context, request);
}

/** Ignores the answer to this request. */
export function cancelRequest(context: StepContext, requestId: number): void {
  setConnectionSlice(context, {
    requests: context.state.requests.filter((request) => request.requestId !== requestId),
  });
}

/** Sends the request no more. If it has been sent, its answer still counts. */
export function withdrawRequest(context: StepContext, requestId: number): void {
  setConnectionSlice(context, {
    requests: context.state.requests.flatMap((request) => {
      if (request.requestId !== requestId) return [request];
      return request.isParked ? [] : [{ ...request, isWithdrawn: true }];
    }),
  });
}

export function failParked(
  context: StepContext,
  reason: Extract<TokenResult, { ok: false }>,
): void {
  const failure: RestFailure = {
    kind: reason.kind === 'signed-out' ? 'unauthorized' : 'unavailable',
    message: reason.message,
    retryAfter: reason.retryAfter,
  };
  for (const request of context.state.requests) {
    if (request.isParked) completeRequest(context, request, { ok: false, failure });
  }
}

export function onRest(context: StepContext, requestId: number, result: RestResult): void {
  const request = context.state.requests.find((candidate) => candidate.requestId === requestId);
  if (!result.ok) pauseRest(context, result.failure.retryAfter);
  if (!request || request.isParked) return;
  const isRepeatable = !request.isRetried && !request.isWithdrawn;
  if (!result.ok && result.failure.kind === 'unauthorized' && isRepeatable) {
    dropRefusedToken(context);
    submit(context, { ...request, isRetried: true });
    return;
  }
  completeRequest(context, request, result);
}

function completeRequest(context: StepContext, request: RestRequest, result: RestResult): void {
  setConnectionSlice(context, {
    requests: context.state.requests.filter((other) => other !== request),
  });
  context.raise({ type: 'rest-answered', request, result });
}
