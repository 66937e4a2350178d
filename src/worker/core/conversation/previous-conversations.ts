import type { StepContext } from '../context.ts';
import type { ConversationRecord } from '../records.ts';
import { type ConversationState, setConversationSlice } from './state.ts';

/** How long the last messages of a conversation may take to appear in REST's history, in ms. */
const historyDelay = 20_000;

/** Previous conversations whose last messages are still fetched. */
const maximumPrevious = 5;

export function conversationRecordOf(conversation: ConversationState): ConversationRecord {
  const {
    reorderBuffer: _b,
    unsequencedBuffer: _u,
    newest: _n,
    earlyReceipt: _r,
    finalCatchUp: _c,
    endedAt: _e,
    ...record
  } = conversation;
  return record;
}

/** Another conversation replaces this one. Its last messages are fetched later if needed. */
export function archive(context: StepContext, conversation: ConversationState): void {
  storeConversation(context, conversation);
  if (conversation.isReadToEnd) return;
  setConversationSlice(context, {
    previousConversations: [...context.state.previousConversations, conversation].slice(
      -maximumPrevious,
    ),
  });
}

function storeConversation(context: StepContext, conversation: ConversationState): void {
  context.store({ type: 'put-conversation', record: conversationRecordOf(conversation) });
}

/** Whether a catch-up begun at `begunAt` sees everything of an ended conversation. */
export function reachedEnd({ details, endedAt }: ConversationState, begunAt: number): boolean {
  if (details.status !== 'ended' || endedAt === null) return false;
  return begunAt - endedAt >= historyDelay;
}

/** All messages of a previous conversation have been fetched, or can't be. */
export function closePrevious(context: StepContext, conversationId: string): void {
  const previous = context.state.previousConversations.find(
    (candidate) => candidate.details.conversationId === conversationId,
  );
  if (!previous) return;
  setConversationSlice(context, {
    previousConversations: context.state.previousConversations.filter(
      (candidate) => candidate !== previous,
    ),
  });
  storeConversation(context, { ...previous, isReadToEnd: true });
}
