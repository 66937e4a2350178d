import type { GatewayMessage, ToldMessage } from '../../protocol/gateway.ts';
import type { Message } from '../../protocol/message.ts';
import type { Run } from './run.ts';

/** What a gateway without sequences and without ids of ours tells, made whole; and known again. */

/** With the conversation and the time that the gateway leaves out; `null` while there is no conversation. */
export function complete(
  run: Run,
  told: ToldMessage,
  conversationId = run.state.conversation?.conversation.conversationId ?? null,
): GatewayMessage | null {
  const of = told.conversationId ?? conversationId;
  if (of === null) return null;
  return { ...told, conversationId: of, timestamp: told.timestamp ?? run.gatewayTime() };
}

export function completeAll(
  run: Run,
  told: readonly ToldMessage[],
  conversationId: string,
): GatewayMessage[] {
  return told.flatMap((one) => complete(run, one, conversationId) ?? []);
}

/**
 * Whether a row is that message. Where ids are not to be relied on, history and live can differ in
 * them: then a shared id counts, and the same words by the same side in the same millisecond.
 */
export function isSame(run: Run, row: Message, message: GatewayMessage): boolean {
  if (row.messageId === message.messageId) return true;
  if (run.state.settings.traits.sequences) return false;
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
  const { outbox, window, settings } = run.state;
  if (settings.traits.idempotentSend || message.from.role !== 'visitor') return message;
  const ids = idsOf(message);
  if (outbox.some((item) => ids.includes(item.messageId))) return message;
  if (window.some((row) => isSame(run, row, message))) return message;
  const item = outbox.find(
    ({ at, text, timestamp }) =>
      (at.stage === 'doubt' || at.stage === 'sent') &&
      text === message.text &&
      message.timestamp >= timestamp - skew,
  );
  if (!item) return message;
  return { ...message, messageId: item.messageId, aliases: ids };
}
