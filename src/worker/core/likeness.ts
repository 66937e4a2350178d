import type { GatewayMessage } from '../../protocol/gateway.ts';
import type { Message } from '../../protocol/message.ts';
import type { Run } from './run.ts';

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
    JSON.stringify(row.content ?? []) === JSON.stringify(message.content ?? [])
  );
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
  if (outbox.some((item) => ids.includes(item.messageId))) return message;
  if (window.some((row) => isSame(row, message))) return message;
  const item = outbox.find(
    ({ at, text, timestamp }) =>
      (at.stage === 'doubt' || at.stage === 'sent') &&
      text === message.text &&
      message.timestamp >= timestamp - skew,
  );
  if (!item) return message;
  return { ...message, messageId: item.messageId, aliases: ids };
}
