import type { Content } from '../../../protocol/content.ts';
import type { GatewayMessage } from '../../../protocol/gateway/messages.ts';
import type { Message } from '../../../protocol/message.ts';
import type { StepContext } from '../../core/context.ts';
import type { OutboxItem } from '../../core/outbox/state.ts';
import type { PaginationRequest } from '../../core/transcript/state.ts';
import { receive } from '../../core/transcript/transcript.ts';

/** Recognises messages whose ids are not reliable. */

/**
 * History and socket can differ in ids. Two messages are the same if they share an id, or have the
 * same side, text and timestamp.
 */
export function isSame(row: Message, message: Message | GatewayMessage): boolean {
  const ids = idsOf(row);
  if (idsOf(message).some((id) => ids.includes(id))) return true;
  return (
    row.timestamp === message.timestamp &&
    row.conversationId === message.conversationId &&
    row.text === message.text &&
    (row.from.role === 'visitor') === (message.from.role === 'visitor') &&
    contentOf(row) === contentOf(message)
  );
}

/** Ignores URLs: those of files differ each time. */
function contentOf({ content = [] }: Message | GatewayMessage): string {
  return JSON.stringify(content, (key, value: unknown) => (key === 'url' ? undefined : value));
}

function idsOf({ messageId, aliases = [] }: Message | GatewayMessage): readonly string[] {
  return [messageId, ...aliases];
}

/** The row's aliases with the new ones added; `null` when there are none. */
export function newAliases(row: Message, message: GatewayMessage): readonly string[] | null {
  const known = idsOf(row);
  const more = idsOf(message).filter((id) => !known.includes(id));
  return more.length === 0 ? null : [...(row.aliases ?? []), ...more];
}

/** Clock tolerance: how much too early a message's timestamp may be, in ms. */
const clockTolerance = 120_000;

/**
 * Gives the visitor's own message the id that it was sent with. Where the history keeps no such id,
 * the first possibly arrived message with the same text is taken.
 */
export function matchOutgoing(context: StepContext, message: GatewayMessage): GatewayMessage {
  const { outbox, window, conversation, settings } = context.state;
  const isShared = settings.traits.isShared === true;
  if (message.from.role !== 'visitor') return message;
  const ids = idsOf(message);
  const own = outbox.find((item) => ids.includes(item.messageId));
  if (own) return withSentContent(message, own);
  if (window.some((row) => isSame(row, message))) return message;
  const known = conversation?.completeUntil ?? 0;
  const item = outbox.find(
    (candidate) =>
      mayHaveArrived(candidate) &&
      candidate.text === message.text &&
      attachmentIdsOf(candidate.content) === attachmentIdsOf(message.content) &&
      message.timestamp >= earliestArrival(candidate, known, isShared) - clockTolerance,
  );
  if (!item) return message;
  return withSentContent({ ...message, messageId: item.messageId, aliases: ids }, item);
}

function mayHaveArrived({ at }: OutboxItem): boolean {
  if (at.stage === 'unconfirmed' || at.stage === 'sent') return true;
  // An outdated history did not show it; the next one may.
  return at.stage === 'queued' && at.isResend === true;
}

/**
 * The earliest time at which the message can have arrived. Everything until `known` has been
 * fetched, and what the same person wrote elsewhere is fetched before anything is sent here. For
 * messages of a previous hub, only this machine's clock tells, which may be hours off.
 */
function earliestArrival({ at, timestamp }: OutboxItem, known: number, isShared: boolean): number {
  const wasSentHere =
    at.stage === 'sent' ||
    (at.stage === 'queued' && at.isResend === true) ||
    (at.stage === 'unconfirmed' && at.isShownAsSent);
  return isShared && !wasSentHere && known === 0 ? timestamp : known;
}

function attachmentIdsOf(content: readonly Content[] = []): string {
  return content.flatMap((part) => (part.type === 'attachment' ? [part.attachmentId] : [])).join();
}

/** A file may come back with its id only. The rest is known from sending. */
function withSentContent(
  message: GatewayMessage,
  { content: sent = [] }: OutboxItem,
): GatewayMessage {
  if (!message.content) return sent.length > 0 ? { ...message, content: sent } : message;
  const content = message.content.map((part) => {
    if (part.type !== 'attachment') return part;
    const known = sent.find(
      (sentPart) => sentPart.type === 'attachment' && sentPart.attachmentId === part.attachmentId,
    );
    return known?.type === 'attachment' ? { ...known, url: part.url ?? known.url } : part;
  });
  return { ...message, content };
}

/**
 * Whether a message of the history before a row is that row, or below it. The visitor's own pending
 * message has arrived, and goes to its place for all tabs.
 */
export function isKnown(
  context: StepContext,
  { rows, before }: PaginationRequest,
  message: GatewayMessage,
): boolean {
  const { window, outbox } = context.state;
  const { messageId } = matchOutgoing(context, message);
  if (outbox.some((item) => item.messageId === messageId && item.at.stage !== 'failed')) {
    receive(context, message, 'rest');
    return true;
  }
  const known = [...window, ...rows];
  if (known.some((row) => isSame(row, message))) return true;
  // Only the place of the row is known: others with the same timestamp are left out.
  const isLoaded = rows.length > 0 || known.some((row) => row.messageId === before?.messageId);
  return !isLoaded && message.timestamp === before?.position[3];
}
