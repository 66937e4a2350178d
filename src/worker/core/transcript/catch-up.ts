import type { RestFailure, RestResult, RestValue } from '../../../protocol/gateway/rest.ts';
import { jittered, retryDelay } from '../backoff.ts';
import { cancelRequest, request, restPause } from '../connection/rest-requests.ts';
import { setSocketStage } from '../connection/state.ts';
import type { StepContext } from '../context.ts';
import { onFinalCatchUp, onNotFound, onPartialConversation } from '../conversation/conversation.ts';
import { reachedEnd } from '../conversation/previous-conversations.ts';
import { updateAndStore } from '../conversation/state.ts';
import { beginCatchUp, isLastPage, setActiveCatchUp } from './active-catch-up.ts';
import { normalizeAll } from './normalize.ts';
import { catchUpPrevious, isOfPrevious, onPreviousResult } from './previous-catch-up.ts';
import { stopWaiting } from './reorder-buffer.ts';
import { type ActiveCatchUp, setTranscriptSlice } from './state.ts';
import { inOrderOfSending, orderTies } from './ties.ts';
import { receive } from './transcript.ts';
import { flushCurrentUnsequenced } from './unsequenced-buffer.ts';

/** Failed catch-ups after which buffered messages are shown with gap markers. */
export const maximumFailures = 3;

/**
 * Fetches everything since the last message up to which nothing is missing. One catch-up runs at a
 * time. If it is requested again meanwhile, another one follows, since the first may have passed
 * that place already.
 */
export function catchUp(context: StepContext): void {
  if (isInactive(context)) return;
  const { catchUps, conversation } = context.state;
  if (!conversation) {
    catchUpPrevious(context);
    // Without a conversation no other catch-up follows that would fetch the rest, so one is scheduled.
    if (context.state.previousConversations.length > 0) scheduleReconcile(context);
    return;
  }
  if (catchUps.active && !isOfPrevious(context, catchUps.active)) {
    setTranscriptSlice(context, { catchUps: { ...catchUps, isRequested: true } });
    return;
  }
  // The token for a session's history comes with its connection.
  if (context.policyTraits.restNeedsConnection && context.state.connection.phase !== 'online')
    return;
  const pause = restPause(context);
  if (pause > 0) {
    context.setTimer('rest-retry', pause);
    return;
  }
  context.clearTimer('rest-retry');
  const { conversationId } = conversation.details;
  const since = conversation.completeUntil;
  setTranscriptSlice(context, {
    catchUps: { ...catchUps, lastCatchUpId: catchUps.lastCatchUpId + 1, isRequested: false },
  });
  beginCatchUp(context, conversationId, since);
}

/** Whether no catch-up is needed: the next connection begins with one. */
function isInactive({ state: { connection, isSteppingDown } }: StepContext): boolean {
  return isSteppingDown || connection.phase === 'idle' || connection.phase === 'signed-out';
}

/** Schedules the next REST attempt for the catch-up and the outbox. */
export function scheduleRestRetry(context: StepContext, delay: number): void {
  if (!isInactive(context)) context.setTimer('rest-retry', Math.max(restPause(context), delay));
}

/** Starts over on a new socket: the running catch-up may hang on the previous network. */
export function restartCatchUp(context: StepContext): void {
  const { active } = context.state.catchUps;
  // The old request may be parked, and would be sent as well.
  if (active) cancelRequest(context, active.requestId);
  setActiveCatchUp(context, null);
  catchUp(context);
}

export function onCatchUpResult(context: StepContext, requestId: number, result: RestResult): void {
  const { active } = context.state.catchUps;
  if (!active || active.requestId !== requestId) return;
  if (isOfPrevious(context, active)) {
    if (!onPreviousResult(context, active, result)) return;
    setActiveCatchUp(context, null);
    if (result.ok) continueCatchUp(context);
    else if (context.state.catchUps.isRequested) catchUp(context);
    return;
  }
  if (active.conversationId !== context.state.conversation?.details.conversationId) {
    setActiveCatchUp(context, null);
    if (context.state.catchUps.isRequested) catchUp(context);
    return;
  }
  if (!result.ok) onFailure(context, result.failure);
  else if (result.value.type === 'history') onPage(context, active, result.value);
  else if (result.value.type === 'conversation') onStatus(context, result.value);
}

function onPage(
  context: StepContext,
  active: ActiveCatchUp,
  page: Extract<RestValue, { type: 'history' }>,
): void {
  if (page.invalidCount > 0)
    context.note('invalid', `${page.invalidCount} invalid messages in the history ignored`);
  let { newest } = active;
  flushCurrentUnsequenced(context);
  const messages = inOrderOfSending(
    context,
    normalizeAll(context, page.messages, active.conversationId),
  );
  for (const message of messages) {
    receive(context, message, 'rest');
    newest = Math.max(newest, message.timestamp);
  }
  const tied = orderTies(context, messages, active.tied);
  const { conversationId, since } = active;
  const isLast = isLastPage(active, page);
  if (isLast && !context.policyTraits.statusByRest) {
    // The socket reports the status.
    completeCatchUp(context, { ...active, newest });
    return;
  }
  const call = isLast
    ? ({ type: 'conversation', conversationId } as const)
    : ({ type: 'history-since', conversationId, since, cursor: page.nextCursor } as const);
  const requestId = request(context, call);
  setActiveCatchUp(context, {
    ...active,
    requestId,
    newest,
    tied,
    cursor: page.nextCursor,
    pages: active.pages + 1,
  });
}

function onStatus(context: StepContext, value: Extract<RestValue, { type: 'conversation' }>): void {
  const { active } = context.state.catchUps;
  if (active) completeCatchUp(context, active);
  onPartialConversation(context, value.conversation, false);
}

function completeCatchUp(context: StepContext, { newest, begunAt }: ActiveCatchUp): void {
  const { catchUps, conversation } = context.state;
  if (conversation && !conversation.isReadToEnd && reachedEnd(conversation, begunAt)) {
    updateAndStore(context, { ...conversation, isReadToEnd: true });
  }
  setTranscriptSlice(context, {
    catchUps: { ...catchUps, active: null, failures: 0, completedAt: context.clock.now },
  });
  stopWaiting(context, newest);
  context.raise({ type: 'caught-up', catchUpId: catchUps.lastCatchUpId });
  onFinalCatchUp(context, catchUps.lastCatchUpId);
  afterCatchUp(context);
}

function onFailure(context: StepContext, failure: RestFailure): void {
  if (failure.kind === 'not-found') {
    setActiveCatchUp(context, null);
    onNotFound(context);
    return;
  }
  const failures = context.state.catchUps.failures + 1;
  setTranscriptSlice(context, {
    catchUps: { ...context.state.catchUps, active: null, isRequested: false, failures },
  });
  if (failure.kind === 'invalid')
    context.note('invalid', `Invalid history ignored: ${failure.message}`);
  else context.note('server-problem', `Catch-up failed: ${failure.kind}`);
  if (failures >= maximumFailures) {
    stopWaiting(context, null);
    onFinalCatchUp(context, context.state.catchUps.lastCatchUpId);
    context.policy?.onHistoryUnreachable(context, failure);
  }
  scheduleRestRetry(context, retryDelay(context, failures - 1));
  markCaughtUp(context);
}

function afterCatchUp(context: StepContext): void {
  if (!context.state.catchUps.isRequested) {
    markCaughtUp(context);
    scheduleReconcile(context);
  }
  continueCatchUp(context);
}

function continueCatchUp(context: StepContext): void {
  if (context.state.catchUps.isRequested) catchUp(context);
  else context.raise({ type: 'catch-up-idle' });
}

/** Fetches the last messages of a previous conversation when no other catch-up is requested. */
export function catchUpInBackground(context: StepContext): void {
  if (!isInactive(context)) catchUpPrevious(context);
}

/** Lets new messages out: what was missed has been fetched, or can't be. */
function markCaughtUp(context: StepContext): void {
  const { connection } = context.state;
  if (connection.phase !== 'online' || connection.session.stage !== 'conversation') return;
  if (!connection.session.isCaughtUp) {
    setSocketStage(context, { stage: 'conversation', isCaughtUp: true });
  }
}

/** A loss without any symptom is found by a periodic catch-up while a page is visible. */
export function scheduleReconcile(context: StepContext): void {
  context.setTimer('reconcile', jittered(context, context.state.settings.timing.reconcile));
}

/** The `reconcile` timer. */
export function reconcile(context: StepContext): void {
  if (context.state.connection.phase !== 'online') return;
  if (!context.state.tabs.some((tab) => tab.isVisible)) {
    return;
  }
  catchUp(context);
}

/** A page has become visible. Without a visible page nothing was reconciled. */
export function onBecameVisible(context: StepContext): void {
  const { completedAt } = context.state.catchUps;
  if (context.state.connection.phase !== 'online' || completedAt === null) return;
  if (context.clock.now - completedAt > maximumAge) catchUp(context);
}

/** A catch-up this recent, in ms, is not repeated when a page becomes visible. */
const maximumAge = 15_000;
