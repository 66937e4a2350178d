import type { Content } from '../../protocol/content.ts';
import type { GatewayMessage } from '../../protocol/gateway.ts';
import type { Message } from '../../protocol/message.ts';
import type { Run } from './run.ts';
import type { OutboxItem } from './state.ts';

/** How a message is known again where ids are not to be relied on. */

/**
 * History and live can differ in their ids: then a shared id counts, and the same words by the same side
 * in the same millisecond.
 */
export function isSame(row: Message, message: GatewayMessage): boolean {
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
export function moreAliases(row: Message, message: GatewayMessage): readonly string[] | null {
  const known = idsOf(row);
  const more = idsOf(message).filter((id) => !known.includes(id));
  return more.length === 0 ? null : [...(row.aliases ?? []), ...more];
}

/** How much earlier than here a message may bear its time, in ms: clocks differ. */
const skew = 120_000;

/**
 * The visitor's own message under the id that it was sent with. A history that keeps nothing of ours
 * is known by the words: of what may have arrived, the first with the same text.
 */
export function recognise(run: Run, message: GatewayMessage): GatewayMessage {
  const { outbox, window } = run.state;
  if (message.from.role !== 'visitor') return message;
  const ids = idsOf(message);
  const own = outbox.find((item) => ids.includes(item.messageId));
  if (own) return withNames(message, own);
  if (window.some((row) => isSame(row, message))) return message;
  const item = outbox.find(
    ({ at, text, content, timestamp }) =>
      (at.stage === 'doubt' || at.stage === 'sent') &&
      text === message.text &&
      filesOf(content) === filesOf(message.content) &&
      message.timestamp >= timestamp - skew,
  );
  if (!item) return message;
  return withNames({ ...message, messageId: item.messageId, aliases: ids }, item);
}

function filesOf(content: readonly Content[] = []): string {
  return content.flatMap((part) => (part.type === 'attachment' ? [part.attachmentId] : [])).join();
}

/** A file may come back under its id alone; what it is was known when it was sent. */
function withNames(message: GatewayMessage, { content: sent = [] }: OutboxItem): GatewayMessage {
  if (!message.content) return sent.length > 0 ? { ...message, content: sent } : message;
  const content = message.content.map((part) => {
    if (part.type !== 'attachment') return part;
    const known = sent.find(
      (one) => one.type === 'attachment' && one.attachmentId === part.attachmentId,
    );
    return known?.type === 'attachment' ? { ...known, url: part.url ?? known.url } : part;
  });
  return { ...message, content };
}
