import type { RestCall, RestFailure, RestResult, TokenResult } from '../../../protocol/gateway.ts';
import { delayed } from '../backoff.ts';
import type { Run } from '../context.ts';
import { onRoutingAnswer } from '../conversation/routing-check.ts';
import { onPosted } from '../outbox/send-queue.ts';
import type { RestRequest } from '../state.ts';
import { onRecoveryResult } from '../transcript/catch-up.ts';
import { onEarlierFetched } from '../transcript/pagination.ts';
import { countPace, paceWait } from './rate-limit.ts';
import { dropToken, fetchToken, hasToken } from './token.ts';

/** A server that names a longer pause than this is not believed. */
const longestPause = 600_000;

/** 429 and 503 say how long to wait, and whatever else wants REST meanwhile waits too. */
function pauseRest(run: Run, retryAfter: number | null): void {
  if (retryAfter === null) return;
  const until = run.clock.now + Math.min(delayed(run, retryAfter), longestPause);
  run.set({ restQuietUntil: Math.max(run.state.restQuietUntil ?? 0, until) });
}

/** How long REST must still be left alone, in ms. */
export function restPause(run: Run): number {
  return Math.max(0, (run.state.restQuietUntil ?? 0) - run.clock.now);
}

/** REST requests under way: parked until there is a token, repeated once when it is refused. */
export function request(run: Run, call: RestCall): number {
  const requestId = run.id();
  submit(run, { requestId, call, parked: false, retried: false });
  return requestId;
}

function submit(run: Run, request: RestRequest): void {
  const others = run.state.requests.filter((other) => other.requestId !== request.requestId);
  const pause = Math.max(restPause(run), paceWait(run, 'history'));
  const parked = pause > 0 || !hasToken(run);
  run.set({ requests: [...others, { ...request, parked }] });
  if (pause > 0) run.setTimer('rest-pause', pause);
  else if (parked) fetchToken(run);
  else {
    countPace(run, 'history');
    run.emit({ type: 'rest', requestId: request.requestId, call: request.call });
  }
}

/** There is a token, or the `rest-pause` timer: REST has been left alone for long enough. */
export function sendParked(run: Run): void {
  for (const request of run.state.requests) if (request.parked) submit(run, request);
}

/** Its answer is wanted no more. */
export function forgetRequest(run: Run, requestId: number): void {
  run.set({ requests: run.state.requests.filter((one) => one.requestId !== requestId) });
}

/** It has not been sent, and is not to be. */
export function forgetParked(run: Run, requestId: number): void {
  const isIt = (one: RestRequest) => one.parked && one.requestId === requestId;
  run.set({ requests: run.state.requests.filter((one) => !isIt(one)) });
}

export function failParked(run: Run, reason: Extract<TokenResult, { ok: false }>): void {
  const failure: RestFailure = {
    kind: reason.kind === 'signed-out' ? 'unauthorized' : 'unavailable',
    message: reason.message,
    retryAfter: reason.retryAfter,
  };
  for (const request of run.state.requests) {
    if (request.parked) finish(run, request, { ok: false, failure });
  }
}

export function onRest(run: Run, requestId: number, result: RestResult): void {
  const request = run.state.requests.find((candidate) => candidate.requestId === requestId);
  if (!result.ok) pauseRest(run, result.failure.retryAfter);
  if (!request || request.parked) return;
  if (!result.ok && result.failure.kind === 'unauthorized' && !request.retried) {
    dropToken(run);
    submit(run, { ...request, retried: true });
    return;
  }
  finish(run, request, result);
}

function finish(run: Run, request: RestRequest, result: RestResult): void {
  run.set({ requests: run.state.requests.filter((other) => other !== request) });
  switch (request.call.type) {
    case 'history-since':
    case 'conversation':
      onRecoveryResult(run, request.requestId, result);
      return;
    case 'history-before':
      onEarlierFetched(run, request.requestId, result);
      return;
    case 'send-message':
      onPosted(run, request.requestId, result);
      return;
    case 'skill-groups':
    case 'skill-coverage':
      onRoutingAnswer(run, request.requestId, result);
      return;
  }
}
