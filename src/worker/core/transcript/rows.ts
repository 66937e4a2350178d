import type { Problem } from '../../../protocol/errors.ts';
import type { GatewayMessage } from '../../../protocol/gateway/messages.ts';
import { type Message, type Position, withReadMark } from '../../../protocol/message.ts';
import type { StepContext } from '../context.ts';
import { conversationAt, currentOrdinal, updateAndStore } from '../conversation/state.ts';
import { clearRemoteTyping } from '../conversation/typing.ts';
import type { OutboxItem } from '../outbox/state.ts';
import { isSameMessage } from './derived-messages.ts';
import { markReadByOther } from './read-receipts.ts';
import { countUnread } from './unread.ts';
import {
  findShown,
  insertRow,
  isOlderThanWindow,
  publishOlder,
  replaceRow,
  shownRow,
} from './window.ts';

export function rowOf(message: GatewayMessage, position: Position): Message {
  return {
    messageId: message.messageId,
    conversationId: message.conversationId,
    sequence: message.sequence,
    from: message.from,
    text: message.text,
    timestamp: message.timestamp,
    status: message.from.role === 'visitor' ? 'delivered' : 'received',
    failure: null,
    missingBefore: 0,
    position,
    ...(message.content ? { content: message.content } : {}),
    ...(message.aliases ? { aliases: message.aliases } : {}),
  };
}

/** Shows the row in its place, unless it is shown already. */
export function showRow(context: StepContext, ordinal: number, row: Message): void {
  const conversation = conversationAt(context, ordinal);
  if (!conversation || shownRow(context, row.messageId)) return;
  const wasPending = context.state.outbox.some((item) => item.messageId === row.messageId);
  context.raise({ type: 'acknowledged', messageId: row.messageId, isShown: true });
  if (wasPending && conversation.newestOwn !== undefined) {
    const newestOwn = Math.max(conversation.newestOwn, row.timestamp);
    updateAndStore(context, { ...conversation, newestOwn });
  }
  const marked = withReadMark(row, conversation.readMark);
  // The store counts a row older than the window, and its answer publishes the row. A row that tabs
  // show as pending at the end must move at once.
  if (!isOlderThanWindow(context, row)) countUnread(context, row);
  else if (wasPending) publishOlder(context, marked);
  insertRow(context, marked);
  // Gateways may name who types and who writes differently, or not at all.
  const isOfOther = row.from.role === 'agent' || row.from.role === 'bot';
  if (isOfOther && ordinal === currentOrdinal(context)) clearRemoteTyping(context);
  if (conversation.earlyReceipt === row.messageId) markReadByOther(context, row.messageId, ordinal);
}

/** Marks a message of the visitor in the window as failed, under any of its ids. */
export function failRow(
  context: StepContext,
  messageIds: readonly string[],
  failure: Problem,
): void {
  const row = findShown(
    context,
    ({ messageId, aliases = [], from }) =>
      from.role === 'visitor' && [messageId, ...aliases].some((id) => messageIds.includes(id)),
  );
  if (row && row.status !== 'failed') replaceRow(context, { ...row, status: 'failed', failure });
}

/** Whether the row is this message, under any of its ids. */
export function isSame(context: StepContext, row: Message, message: GatewayMessage): boolean {
  return isSameMessage(row, message) || context.policy?.isSame(row, message) === true;
}

/**
 * Whether the visitor has sent the message again, in a later conversation. It is shown there only.
 * Its sequence here is still consumed, so that there is no gap.
 */
export function wasResentElsewhere(
  context: StepContext,
  { messageId, conversationId }: GatewayMessage,
): boolean {
  const { window, outbox } = context.state;
  const row =
    outbox.find((item) => item.messageId === messageId && mayHaveBeenSent(item)) ??
    window.find((shown) => shown.messageId === messageId);
  return row !== undefined && row.conversationId !== null && row.conversationId !== conversationId;
}

/**
 * A message that is only queued has not been sent in the later conversation yet: it has arrived
 * here and need not be sent again.
 */
function mayHaveBeenSent({ at }: OutboxItem): boolean {
  if (at.stage === 'storing') return at.isRepeat;
  return at.stage !== 'failed' && at.stage !== 'queued';
}
