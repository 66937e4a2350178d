import { isDerivedId, isUndatedId } from '../../../protocol/derived-id.ts';
import type { GatewayMessage } from '../../../protocol/gateway/messages.ts';
import type { Message } from '../../../protocol/message.ts';
import type { StepContext } from '../context.ts';
import { conversationAt, updateConversation } from '../conversation/state.ts';
import type { OutboxItem } from '../outbox/state.ts';

/** Recognises messages that the gateway sends without an id, so that theirs is derived. */

/** How much earlier than it was written a message may have arrived by the gateway's clock, in ms. */
const clockTolerance = 5_000;

/** Either the ids are the same, or one was derived and all that it is derived from is the same. */
export function isSameMessage(
  row: Message | GatewayMessage,
  message: Message | GatewayMessage,
): boolean {
  if (row.messageId === message.messageId) return true;
  if (!isDerivedId(row.messageId) && !isDerivedId(message.messageId)) return false;
  if (idsOf(message).some((id) => idsOf(row).includes(id))) return true;
  return row.timestamp === message.timestamp && hasSameText(row, message);
}

function idsOf({ messageId, aliases = [] }: Message | GatewayMessage): readonly string[] {
  return [messageId, ...aliases];
}

/** The same text by the same sender. A copy may lack its sender. */
function hasSameText(row: Message | GatewayMessage, message: Message | GatewayMessage): boolean {
  return (
    row.conversationId === message.conversationId &&
    row.text === message.text &&
    (row.from.id === message.from.id || row.from.id === '' || message.from.id === '')
  );
}

/**
 * Gives a message with a derived id the id that it has here already: that of its row, or that with which
 * the visitor sent it. An own echo acknowledges the oldest unacknowledged message with its text.
 */
export function matchDerived(
  context: StepContext,
  message: GatewayMessage,
  via: 'socket' | 'rest',
  ordinal: number,
): GatewayMessage {
  const { messageId } = message;
  if (!isDerivedId(messageId)) return message;
  const known = findKnown(context, message, via, ordinal);
  if (known) {
    return { ...message, messageId: known.messageId, ...aliasesFor(known, messageId) };
  }
  const sent = findSent(context, message, via, ordinal);
  const conversation = conversationAt(context, ordinal);
  if (!sent || !conversation) return message;
  // From now on the newest one is remembered.
  const { newestOwn = 0 } = conversation;
  updateConversation(context, { ...conversation, newestOwn });
  const aliases = isUndatedId(messageId) ? { aliases: [messageId] } : {};
  return { ...message, messageId: sent.messageId, ...aliases };
}

/** A row whose time is that of its arrival remembers the id of the copy that has its time. */
function aliasesFor(known: Message | GatewayMessage, messageId: string): { aliases?: string[] } {
  const ids = idsOf(known);
  const isNew = ids.some(isUndatedId) && !isUndatedId(messageId) && !ids.includes(messageId);
  return isNew ? { aliases: [messageId] } : {};
}

function findKnown(
  context: StepContext,
  message: GatewayMessage,
  via: 'socket' | 'rest',
  ordinal: number,
): Message | GatewayMessage | undefined {
  const conversation = conversationAt(context, ordinal);
  const buffered = conversation
    ? [
        ...conversation.unsequencedBuffer.map((entry) => entry.message),
        ...conversation.reorderBuffer,
      ]
    : [];
  const rows = [...context.state.window, ...buffered];
  const same = rows.find((row) => isSameMessage(row, message));
  if (same) return same;
  if (!isUndatedId(message.messageId)) return rows.find((row) => isUndatedCopy(row, message));
  // A history without ids and times can't tell two equal messages apart.
  return via === 'rest' ? rows.find((row) => hasSameText(row, message)) : undefined;
}

/** Whether the row came without a time, and no copy with a time is known yet. */
function isUndatedCopy(row: Message | GatewayMessage, message: GatewayMessage): boolean {
  const ids = idsOf(row);
  if (!ids.some(isUndatedId) || !hasSameText(row, message)) return false;
  return !ids.some((id) => isDerivedId(id) && !isUndatedId(id));
}

/** The oldest message of the visitor that this one can be the echo of. */
function findSent(
  context: StepContext,
  { from, conversationId, text, timestamp }: GatewayMessage,
  via: 'socket' | 'rest',
  ordinal: number,
): OutboxItem | undefined {
  if (from.role !== 'visitor') return undefined;
  const oldest = findAwaited(context, conversationId, text);
  // A gateway that knows a resent message returns it live, with the time of the first.
  if (!oldest || (via === 'socket' && isInFlight(oldest))) return oldest;
  const { completeUntil = 0, newestOwn = 0 } = conversationAt(context, ordinal) ?? {};
  // What has been fetched, was there before the last acknowledged one, or before this one was written.
  const isOlder =
    timestamp < completeUntil ||
    timestamp <= newestOwn ||
    timestamp < oldest.timestamp - clockTolerance;
  return isOlder ? undefined : oldest;
}

/** Whether a message with this text may come back as an echo that says nothing else. */
export function awaitsEcho(context: StepContext, conversationId: string, text: string): boolean {
  return findAwaited(context, conversationId, text) !== undefined;
}

/**
 * The message with this text that may have arrived. Messages go out in their order, one at a time: where
 * the first of those that wait has another text, no later one has arrived.
 */
function findAwaited(
  { state }: StepContext,
  conversationId: string,
  text: string,
): OutboxItem | undefined {
  const first = state.outbox.findIndex(
    ({ at }) => at.stage !== 'failed' && at.stage !== 'acknowledged',
  );
  const candidates = first < 0 ? state.outbox : state.outbox.slice(0, first + 1);
  return candidates.find((item) => item.text === text && mayHaveArrived(item, conversationId));
}

function mayHaveArrived(
  { at, failure, conversationId }: OutboxItem,
  inConversation: string,
): boolean {
  if (conversationId !== null && conversationId !== inConversation) return false;
  switch (at.stage) {
    case 'sent':
    case 'sending-by-rest':
    case 'unconfirmed':
      return true;
    case 'queued':
      return at.isResend === true;
    case 'storing':
      return at.isRepeat;
    case 'failed':
      return failure?.code === 'unknown-outcome';
    case 'acknowledged':
      return false;
  }
}

/** The row's aliases with the new ones added; `null` when there are none. */
export function withAliases(row: Message, ids: readonly string[]): readonly string[] | null {
  const known = idsOf(row);
  const more = ids.filter((id) => !known.includes(id));
  return more.length === 0 ? null : [...(row.aliases ?? []), ...more];
}

/**
 * The own message in flight that a live echo acknowledges although its row is there: it came in a history
 * while the message was not in the outbox yet.
 */
export function findInFlightCopy(
  { state }: StepContext,
  row: Message,
  { text, conversationId }: GatewayMessage,
): OutboxItem | undefined {
  if (row.from.role !== 'visitor' || !isDerivedId(row.messageId)) return undefined;
  return state.outbox.find(
    (item) => item.text === text && item.conversationId === conversationId && isInFlight(item),
  );
}

function isInFlight({ at }: OutboxItem): boolean {
  return at.stage === 'sent' || at.stage === 'sending-by-rest';
}
