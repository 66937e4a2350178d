import type { GatewayMessage } from '../../../protocol/gateway/messages.ts';
import type { StepContext } from '../context.ts';
import {
  type ConversationState,
  conversationAt,
  currentOrdinal,
  updateAndStore,
  updateConversation,
} from '../conversation/state.ts';
import {
  clearReorderTimer,
  countGapTries,
  gapsUpTo,
  hasOnlyAbandonedGaps,
  scheduleCatchUp,
  scheduleGapFill,
} from './gaps.ts';
import { rowOf, showRow, wasResentElsewhere } from './rows.ts';
import { flushUnsequenced } from './unsequenced-buffer.ts';

// Messages whose sequence is not the next one wait here for those before them.

export function bufferSequenced(
  context: StepContext,
  conversation: ConversationState,
  message: GatewayMessage,
  via: 'socket' | 'rest',
): void {
  if (!wasResentElsewhere(context, message)) {
    context.raise({ type: 'acknowledged', messageId: message.messageId, isShown: false });
  }
  if (conversation.reorderBuffer.some((buffered) => buffered.sequence === message.sequence)) return;
  const reorderBuffer = [...conversation.reorderBuffer, message].sort(bySequence);
  updateConversation(context, { ...conversation, reorderBuffer });
  if (reorderBuffer.length > context.state.settings.limits.reorderBuffer) {
    stopWaiting(context, null, conversation.ordinal);
    return;
  }
  // In a catch-up, a later page may have the missing message; its end flushes the buffer.
  if (via === 'socket') scheduleCatchUp(context, context.state.settings.timing.reorder);
}

function bySequence(a: GatewayMessage, b: GatewayMessage): number {
  return (a.sequence ?? 0) - (b.sequence ?? 0);
}

/** Shows everything in the reorder buffer that directly follows. */
export function releaseBuffered(context: StepContext, ordinal: number): void {
  for (;;) {
    const conversation = conversationAt(context, ordinal);
    const [next] = conversation?.reorderBuffer ?? [];
    if (!conversation || next?.sequence !== conversation.next) break;
    updateConversation(context, {
      ...conversation,
      reorderBuffer: conversation.reorderBuffer.slice(1),
    });
    showNext(context, ordinal, next, 0);
  }
  clearReorderTimer(context, ordinal);
}

/**
 * Stops waiting for what is missing, and shows the buffers with gap markers: a catch-up is over and
 * REST does not have it, catch-ups keep failing, the buffer is full, or the conversation is gone.
 *
 * @param newest timestamp of the newest fetched message; `null` when the catch-up failed
 */
export function stopWaiting(
  context: StepContext,
  newest: number | null,
  ordinal = currentOrdinal(context),
): void {
  if (newest !== null) countGapTries(context, ordinal);
  showBuffers(context, ordinal);
  const conversation = conversationAt(context, ordinal);
  if (!conversation) return;
  if (conversation.next === 1 && newest !== null && newest > conversation.completeUntil) {
    // Without sequences, only a catch-up shows that nothing is missing.
    updateAndStore(context, { ...conversation, completeUntil: newest });
  }
  scheduleGapFill(context, ordinal);
}

/** Shows everything in both buffers, with a marker at each gap. Nothing more is fetched for them here. */
export function showBuffers(context: StepContext, ordinal = currentOrdinal(context)): void {
  for (;;) {
    const conversation = conversationAt(context, ordinal);
    const next = conversation?.reorderBuffer[0];
    if (!conversation || !next || next.sequence === null) break;
    const reorderBuffer = conversation.reorderBuffer.slice(1);
    const gaps = gapsUpTo(conversation, next.sequence);
    updateAndStore(context, { ...conversation, reorderBuffer, gaps, next: next.sequence });
    showNext(context, ordinal, next, Math.max(0, next.sequence - conversation.next));
  }
  flushUnsequenced(context, ordinal);
}

/** Shows the message as the newest. */
export function showNext(
  context: StepContext,
  ordinal: number,
  message: GatewayMessage,
  missingBefore: number,
): void {
  // Messages without a sequence that came earlier are shown before it.
  flushUnsequenced(context, ordinal);
  const conversation = conversationAt(context, ordinal);
  if (!conversation) return;
  const sequence = message.sequence ?? conversation.next;
  updateAndStore(context, {
    ...conversation,
    next: sequence + 1,
    newest: Math.max(conversation.newest, message.timestamp),
    completeUntil: hasOnlyAbandonedGaps(conversation.gaps)
      ? message.timestamp
      : conversation.completeUntil,
  });
  if (wasResentElsewhere(context, message)) return;
  const row = rowOf(message, [conversation.ordinal, sequence, 0, 0]);
  showRow(context, ordinal, { ...row, missingBefore });
}
