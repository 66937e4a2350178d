import type { RestCall, RestFailure, RestResult } from '../../../protocol/gateway/rest.ts';
import type { TokenResult } from '../../../protocol/gateway/tokens.ts';
import { delayed } from '../backoff.ts';
import type { StepContext } from '../context.ts';
import { countForRateLimit, rateLimitWait } from './rate-limit.ts';
import { type RestRequest, setConnectionSlice } from './state.ts';
import { dropToken, fetchToken, hasToken } from './token.ts';

/** A server that names a longer pause than this is not believed. */
const longestPause = 600_000;

/** 429 and 503 say how long to wait, and whatever else wants REST meanwhile waits too. */
function pauseRest(context: StepContext, retryAfter: number | null): void {
  if (retryAfter === null) return;
  const until = context.clock.now + Math.min(delayed(context, retryAfter), longestPause);
  setConnectionSlice(context, {
    restPausedUntil: Math.max(context.state.restPausedUntil ?? 0, until),
  });
}

/** How long REST must still be left alone, in ms. */
export function restPause(context: StepContext): number {
  return Math.max(0, (context.state.restPausedUntil ?? 0) - context.clock.now);
}

/** REST requests under way: parked until there is a token, repeated once when it is refused. */
export function request(context: StepContext, call: RestCall): number {
  const requestId = context.id();
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

/** There is a token, or the `rest-pause` timer: REST has been left alone for long enough. */
export function sendParked(context: StepContext): void {
  for (const request of context.state.requests) if (request.isParked) submit(context, request);
}

/** Its answer is wanted no more. */
export function cancelRequest(context: StepContext, requestId: number): void {
  setConnectionSlice(context, {
    requests: context.state.requests.filter((request) => request.requestId !== requestId),
  });
}

/** It has not been sent, and is not to be. */
export function cancelParkedRequest(context: StepContext, requestId: number): void {
  const isMatch = (request: RestRequest) => request.isParked && request.requestId === requestId;
  setConnectionSlice(context, {
    requests: context.state.requests.filter((request) => !isMatch(request)),
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
    if (request.isParked) finish(context, request, { ok: false, failure });
  }
}

export function onRest(context: StepContext, requestId: number, result: RestResult): void {
  const request = context.state.requests.find((candidate) => candidate.requestId === requestId);
  if (!result.ok) pauseRest(context, result.failure.retryAfter);
  if (!request || request.isParked) return;
  if (!result.ok && result.failure.kind === 'unauthorized' && !request.isRetried) {
    dropToken(context);
    submit(context, { ...request, isRetried: true });
    return;
  }
  finish(context, request, result);
}

function finish(context: StepContext, request: RestRequest, result: RestResult): void {
  setConnectionSlice(context, {
    requests: context.state.requests.filter((other) => other !== request),
  });
  context.raise({ type: 'rest-answered', request, result });
}
