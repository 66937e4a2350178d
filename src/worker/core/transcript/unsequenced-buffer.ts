import type { GatewayMessage } from '../../../protocol/gateway/messages.ts';
import type { Position } from '../../../protocol/message.ts';
import type { StepContext } from '../context.ts';
import {
  type ConversationState,
  conversationAt,
  currentOrdinal,
  type Unsequenced,
  updateConversation,
} from '../conversation/state.ts';
import { isSame, rowOf, showRow } from './rows.ts';
import { behindTied } from './ties.ts';

// Messages without a sequence are placed by their time.

/** Buffers the message briefly, since an earlier one may still be on its way. */
export function bufferUnsequenced(
  context: StepContext,
  conversation: ConversationState,
  message: GatewayMessage,
): void {
  const { unsequencedBuffer } = conversation;
  if (unsequencedBuffer.some((buffered) => buffered.message.messageId === message.messageId))
    return;
  context.raise({ type: 'acknowledged', messageId: message.messageId, isShown: false });
  const { timing, limits } = context.state.settings;
  const due = context.clock.now + timing.unsequenced;
  updateConversation(context, {
    ...conversation,
    unsequencedBuffer: [...unsequencedBuffer, { message, due }],
  });
  if (unsequencedBuffer.length >= limits.reorderBuffer)
    flushUnsequenced(context, conversation.ordinal);
  else if (!context.hasTimer('unsequenced')) context.setTimer('unsequenced', timing.unsequenced);
}

/** Drops the buffered copy of a message that has arrived with a sequence. */
export function dropUnsequenced(context: StepContext, ordinal: number, messageId: string): void {
  const conversation = conversationAt(context, ordinal);
  if (!conversation?.unsequencedBuffer.some((buffered) => buffered.message.messageId === messageId))
    return;
  const unsequencedBuffer = conversation.unsequencedBuffer.filter(
    (buffered) => buffered.message.messageId !== messageId,
  );
  updateConversation(context, { ...conversation, unsequencedBuffer });
}

/** The `unsequenced` timer: shows messages that have waited long enough, and those before them. */
export function onUnsequencedTimer(context: StepContext): void {
  const { conversation } = context.state;
  if (!conversation) return;
  const inOrder = [...conversation.unsequencedBuffer].sort(byTime);
  const last = inOrder.findLastIndex(({ due }) => due <= context.clock.now);
  placeBuffered(context, conversation, inOrder.slice(0, last + 1));
  const [next] = context.state.conversation?.unsequencedBuffer ?? [];
  if (next) context.setTimer('unsequenced', next.due - context.clock.now);
}

/** Shows everything in the unsequenced buffer of the current conversation. */
export function flushCurrentUnsequenced(context: StepContext): void {
  flushUnsequenced(context, currentOrdinal(context));
}

export function flushUnsequenced(context: StepContext, ordinal: number): void {
  const conversation = conversationAt(context, ordinal);
  if (!conversation || conversation.unsequencedBuffer.length === 0) return;
  placeBuffered(context, conversation, [...conversation.unsequencedBuffer].sort(byTime));
  context.clearTimer('unsequenced');
}

function placeBuffered(
  context: StepContext,
  conversation: ConversationState,
  shown: readonly Unsequenced[],
): void {
  const unsequencedBuffer = conversation.unsequencedBuffer.filter(
    (buffered) => !shown.includes(buffered),
  );
  updateConversation(context, { ...conversation, unsequencedBuffer });
  for (const { message } of shown) placeUnsequenced(context, conversation.ordinal, message);
}

function byTime({ message: a }: Unsequenced, { message: b }: Unsequenced): number {
  // Sorting is stable: messages of the same time stay in the order of their arrival.
  return a.timestamp - b.timestamp;
}

/** Places the message by its time: after the last sequenced row that is not newer. */
export function placeUnsequenced(
  context: StepContext,
  ordinal: number,
  message: GatewayMessage,
): void {
  const { window } = context.state;
  if (window.some((row) => isSame(context, row, message))) return;
  const { timestamp } = message;
  const before = window.findLast(
    (row) => row.position[0] === ordinal && row.sequence !== null && row.timestamp <= timestamp,
  );
  const [first] = window;
  // Without a sequenced row before it, it goes right before the window's first sequence.
  const lowest = first?.position[0] === ordinal ? Math.max(0, first.position[1] - 1) : 0;
  const position: Position = [ordinal, before?.sequence ?? lowest, 1, timestamp];
  showRow(context, ordinal, rowOf(message, behindTied(context, position)));
}
