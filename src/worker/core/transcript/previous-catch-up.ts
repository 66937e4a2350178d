import type { RestResult } from '../../../protocol/gateway/rest.ts';
import { request } from '../connection/rest-requests.ts';
import type { StepContext } from '../context.ts';
import { closePrevious, reachedEnd } from '../conversation/previous-conversations.ts';
import type { ConversationState } from '../conversation/state.ts';
import { beginCatchUp, isLastPage, setActiveCatchUp } from './active-catch-up.ts';
import { normalizeAll } from './normalize.ts';
import { showBuffers } from './reorder-buffer.ts';
import type { ActiveCatchUp } from './state.ts';
import { inOrderOfSending, orderTies } from './ties.ts';
import { receive } from './transcript.ts';

/** Fetches the last messages of a previous conversation. Every other catch-up takes precedence. */
export function catchUpPrevious(context: StepContext): void {
  const { previousConversations, catchUps } = context.state;
  const previous = previousConversations.find((conversation) =>
    reachedEnd(conversation, context.clock.now),
  );
  // The history of a previous session is no longer available.
  if (!previous || catchUps.active || context.policyTraits.historyIsPerSession) return;
  beginCatchUp(context, previous.details.conversationId, previous.completeUntil);
}

export function isOfPrevious({ state }: StepContext, active: ActiveCatchUp): boolean {
  const { previousConversations } = state;
  return previousConversations.some(
    (conversation) => conversation.details.conversationId === active.conversationId,
  );
}

/** Returns whether this catch-up is over. */
export function onPreviousResult(
  context: StepContext,
  active: ActiveCatchUp,
  result: RestResult,
): boolean {
  const { conversationId, since } = active;
  if (!result.ok) {
    // It is tried again after the next catch-up.
    if (result.failure.kind === 'not-found') closePrevious(context, conversationId);
    return true;
  }
  if (result.value.type !== 'history') return true;
  const { messages, nextCursor } = result.value;
  const previous = previousOf(context, conversationId);
  if (!previous) return true;
  const ordered = inOrderOfSending(context, normalizeAll(context, messages, conversationId));
  for (const message of ordered) receive(context, message, 'rest', previous.ordinal);
  const tied = orderTies(context, ordered, active.tied);
  if (isLastPage(active, result.value)) {
    showBuffers(context, previous.ordinal);
    closePrevious(context, conversationId);
    return true;
  }
  const next = { type: 'history-since', conversationId, since, cursor: nextCursor } as const;
  const requestId = request(context, next);
  setActiveCatchUp(context, {
    ...active,
    requestId,
    tied,
    cursor: nextCursor,
    pages: active.pages + 1,
  });
  return false;
}

function previousOf({ state }: StepContext, conversationId: string): ConversationState | undefined {
  return state.previousConversations.find(
    (conversation) => conversation.details.conversationId === conversationId,
  );
}
