import { derivedId } from '../../../protocol/derived-id.ts';
import type {
  GatewayMessage,
  PartialMessage,
  PartialSender,
} from '../../../protocol/gateway/messages.ts';
import type { Sender } from '../../../protocol/message.ts';
import type { StepContext } from '../context.ts';
import { awaitsEcho } from './derived-messages.ts';
import { shownRow } from './window.ts';

/**
 * Adds the conversation, the sender's role, the time and the id where the gateway omits them. Returns
 * `null` without a conversation.
 */
export function normalize(
  context: StepContext,
  message: PartialMessage,
  conversationId = context.state.conversation?.details.conversationId ?? null,
): GatewayMessage | null {
  const id = message.conversationId ?? conversationId;
  if (id === null) return null;
  const timestamp = message.timestamp ?? context.policy?.timeOf(context) ?? context.gatewayTime();
  const from = messageSender(context, message, id);
  const messageId =
    message.messageId ??
    derivedId({
      conversationId: id,
      senderId: from.id,
      timestamp,
      isUndated: message.timestamp === null,
      text: message.text,
    });
  return { ...message, conversationId: id, messageId, from, timestamp };
}

export function normalizeAll(
  context: StepContext,
  messages: readonly PartialMessage[],
  conversationId: string,
): GatewayMessage[] {
  return messages.flatMap((message) => normalize(context, message, conversationId) ?? []);
}

/** The sender with a role: the visitor where the id is the visitor's, and an agent otherwise. */
export function completeSender({ state }: StepContext, { role, ...from }: PartialSender): Sender {
  const isVisitor = from.id !== '' && from.id === state.meta.subject;
  return { ...from, role: role ?? (isVisitor ? 'visitor' : 'agent') };
}

function messageSender(
  context: StepContext,
  { from, messageId, text }: PartialMessage,
  conversationId: string,
): Sender {
  if (from.role !== null || from.id !== '') return completeSender(context, from);
  const isOwn =
    messageId === null
      ? awaitsEcho(context, conversationId, text)
      : context.state.outbox.some((item) => item.messageId === messageId) ||
        shownRow(context, messageId)?.from.role === 'visitor';
  // The gateway mirrors what the visitor sent (guide §3), even without saying by whom.
  return isOwn
    ? { ...from, id: context.state.meta.subject ?? '', role: 'visitor' }
    : { ...from, role: 'agent' };
}
