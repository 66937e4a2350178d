import type { Content } from '../../../protocol/content.ts';
import type { GatewayMessage } from '../../../protocol/gateway/messages.ts';
import type { Message } from '../../../protocol/message.ts';
import type { StepContext } from '../../core/context.ts';
import type { OutboxItem } from '../../core/outbox/state.ts';
import type { PaginationRequest } from '../../core/transcript/state.ts';
import { receive } from '../../core/transcript/transcript.ts';

/** How a message is known again where ids are not to be relied on. */

/**
 * History and live can differ in their ids: then a shared id counts, and the same words by the same side
 * in the same millisecond.
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

/** Without addresses: those of files are others each time. */
function contentOf({ content = [] }: Message | GatewayMessage): string {
  return JSON.stringify(content, (key, value: unknown) => (key === 'url' ? undefined : value));
}

function idsOf({ messageId, aliases = [] }: Message | GatewayMessage): readonly string[] {
  return [messageId, ...aliases];
}

/** The ids that the row does not know yet; `null` when it knows them all. */
export function newAliases(row: Message, message: GatewayMessage): readonly string[] | null {
  const known = idsOf(row);
  const more = idsOf(message).filter((id) => !known.includes(id));
  return more.length === 0 ? null : [...(row.aliases ?? []), ...more];
}

/** How much earlier than it should be a message may bear its time, in ms: clocks differ. */
const skew = 120_000;

/**
 * The visitor's own message under the id that it was sent with. A history that keeps nothing of ours
 * is known by the words: of what may have arrived, the first with the same text.
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
      filesOf(candidate.content) === filesOf(message.content) &&
      message.timestamp >= earliest(candidate, known, isShared) - skew,
  );
  if (!item) return message;
  return withSentContent({ ...message, messageId: item.messageId, aliases: ids }, item);
}

function mayHaveArrived({ at }: OutboxItem): boolean {
  if (at.stage === 'unconfirmed' || at.stage === 'sent') return true;
  // A history that was behind has not shown it, and the next one may.
  return at.stage === 'queued' && at.wasSent === true;
}

/**
 * Since when it can have arrived: everything until `known` has been read, and what an identity has said
 * elsewhere is read before something goes out here. Of what a former hub may have sent, this machine's
 * clock tells, which may be wrong by hours.
 */
function earliest({ at, timestamp }: OutboxItem, known: number, isShared: boolean): number {
  const wasSentHere = at.stage === 'sent' || ('wasSent' in at && at.wasSent);
  return isShared && !wasSentHere && known === 0 ? timestamp : known;
}

function filesOf(content: readonly Content[] = []): string {
  return content.flatMap((part) => (part.type === 'attachment' ? [part.attachmentId] : [])).join();
}

/** A file may come back under its id alone; what it is was known when it was sent. */
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
 * Of what the history tells above a row: whether it is that row, or one of those below it. One of the
 * visitor's own that waits for its fate has arrived, and stands where everybody sees it.
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
  // What is known of the row itself is its place: another one of that very millisecond stays out.
  const isLoaded = rows.length > 0 || known.some((row) => row.messageId === before?.messageId);
  return !isLoaded && message.timestamp === before?.position[3];
}
