import type { GatewayMessage } from '../../../protocol/gateway/messages.ts';
import {
  comparePositions,
  type Message,
  type Position,
  withReadMark,
} from '../../../protocol/message.ts';
import type { StepContext } from '../context.ts';
import {
  type ConversationState,
  conversationAt,
  currentOrdinal,
  updateAndStore,
} from '../conversation/state.ts';
import { findInFlightCopy, matchDerived, withAliases } from './derived-messages.ts';
import { fillGap, gapsUpTo, isMissing } from './gaps.ts';
import { bufferSequenced, releaseBuffered, showNext } from './reorder-buffer.ts';
import { isSame, rowOf, showRow, wasResentElsewhere } from './rows.ts';
import { bufferUnsequenced, dropUnsequenced, placeUnsequenced } from './unsequenced-buffer.ts';
import { findShown, insertRow, publishOlder, removeRow, replaceRow } from './window.ts';

/**
 * A message has arrived, live or by REST. It is shown once, in its place, however often it arrives.
 */
export function receive(
  context: StepContext,
  received: GatewayMessage,
  via: 'socket' | 'rest',
  ordinal = currentOrdinal(context),
): void {
  const message = context.policy
    ? context.policy.onMessage(context, received)
    : matchDerived(context, received, via, ordinal);
  const conversation = conversationAt(context, ordinal);
  if (conversation?.details.conversationId !== message.conversationId) {
    context.note('invalid', 'Message of an unknown conversation ignored');
    return;
  }
  const isResent = wasResentElsewhere(context, message);
  if (isResent && message.sequence === null) return;
  const known = isResent
    ? undefined
    : findShown(context, (shown) => isSame(context, shown, message));
  if (known) {
    context.raise({ type: 'acknowledged', messageId: known.messageId, isShown: true });
    const aliases = context.policy
      ? known.sequence === null && context.policy.newAliases(known, message)
      : withAliases(known, [
          ...(message.aliases ?? []),
          ...acknowledgeCopy(context, known, message, via),
        ]);
    if (aliases) replaceRow(context, { ...known, aliases });
    if (known.sequence === null && message.sequence !== null)
      assignSequence(context, ordinal, known, message);
    // A shown message may still have to consume its sequence, so that there is no gap.
    if (known.sequence === null || !isMissing(conversation, message)) return;
  }
  if (message.sequence !== null) dropUnsequenced(context, ordinal, message.messageId);
  else if (conversation.reorderBuffer.some((buffered) => buffered.messageId === message.messageId))
    return;
  if (message.sequence === null) {
    if (via === 'socket') bufferUnsequenced(context, conversation, message);
    else placeUnsequenced(context, ordinal, message);
    return;
  }
  const latest = conversationAt(context, ordinal) ?? conversation;
  if (message.sequence > conversation.next) {
    bufferSequenced(context, latest, message, via);
    return;
  }
  if (message.sequence < conversation.next) {
    fillOrIgnore(context, latest, message, message.sequence);
    return;
  }
  showNext(context, ordinal, message, 0);
  releaseBuffered(context, ordinal);
}

/**
 * The row came in a history before the message was in the outbox, so it has another id. Returns the ids of
 * the message that it acknowledges.
 */
function acknowledgeCopy(
  context: StepContext,
  row: Message,
  message: GatewayMessage,
  via: 'socket' | 'rest',
): readonly string[] {
  if (row.messageId !== message.messageId && hasItem(context, message.messageId)) {
    dropItem(context, message.messageId);
    return [message.messageId];
  }
  const copy = via === 'socket' ? findInFlightCopy(context, row, message) : undefined;
  if (!copy) return [];
  dropItem(context, copy.messageId);
  return [copy.messageId];
}

function hasItem({ state }: StepContext, messageId: string): boolean {
  return state.outbox.some((item) => item.messageId === messageId);
}

function dropItem(context: StepContext, messageId: string): void {
  context.raise({ type: 'acknowledged', messageId, isShown: true });
  context.change({ removed: [...context.state.changes.removed, messageId] });
}

/** The row was shown without a sequence: now its place is known. */
function assignSequence(
  context: StepContext,
  ordinal: number,
  known: Message,
  message: GatewayMessage,
): void {
  const conversation = conversationAt(context, ordinal);
  if (!conversation || message.sequence === null) return;
  const { sequence } = message;
  removeRow(context, known);
  const row: Message = { ...known, sequence, position: [conversation.ordinal, sequence, 0, 0] };
  if (sequence < conversation.next) {
    const missingBefore = fillGap(context, conversation, sequence) ?? 0;
    insertRow(context, { ...row, missingBefore });
    return;
  }
  insertRow(context, { ...row, missingBefore: sequence - conversation.next });
  const gaps = gapsUpTo(conversation, sequence);
  const next = sequence + 1;
  const passed = conversation.reorderBuffer.filter((buffered) => (buffered.sequence ?? 0) < next);
  const reorderBuffer = conversation.reorderBuffer.filter((other) => !passed.includes(other));
  updateAndStore(context, { ...conversation, next, gaps, reorderBuffer });
  for (const buffered of passed) receive(context, buffered, 'rest', ordinal);
  releaseBuffered(context, ordinal);
}

/** The sequence is below the newest one: it fills a gap, or the message is known. */
function fillOrIgnore(
  context: StepContext,
  conversation: ConversationState,
  message: GatewayMessage,
  sequence: number,
): void {
  const position: Position = [conversation.ordinal, sequence, 0, 0];
  const row = rowOf(message, position);
  const missingBefore = fillGap(context, conversation, sequence);
  if (wasResentElsewhere(context, message)) return;
  if (missingBefore !== null) {
    showRow(context, conversation.ordinal, { ...row, missingBefore });
    return;
  }
  const [first] = context.state.window;
  // Messages in the window are known by id, so this is another one with the same sequence.
  if (first && comparePositions(position, first.position) >= 0) {
    showRow(context, conversation.ordinal, row);
  } else if (context.state.outbox.some((item) => item.messageId === message.messageId)) {
    context.raise({ type: 'acknowledged', messageId: message.messageId, isShown: true });
    // Tabs show it as pending at the end, but its place is older than the window.
    publishOlder(context, withReadMark(row, conversation.readMark));
  }
}
