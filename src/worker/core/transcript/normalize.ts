import type { GatewayMessage, PartialMessage } from '../../../protocol/gateway/messages.ts';
import type { StepContext } from '../context.ts';

/**
 * Adds the conversation and the time where the gateway omits them. Returns `null` without a
 * conversation.
 */
export function normalize(
  context: StepContext,
  message: PartialMessage,
  conversationId = context.state.conversation?.details.conversationId ?? null,
): GatewayMessage | null {
  const id = message.conversationId ?? conversationId;
  if (id === null) return null;
  const timestamp = message.timestamp ?? context.policy?.timeOf(context) ?? context.gatewayTime();
  return { ...message, conversationId: id, timestamp };
}

export function normalizeAll(
  context: StepContext,
  messages: readonly PartialMessage[],
  conversationId: string,
): GatewayMessage[] {
  return messages.flatMap((message) => normalize(context, message, conversationId) ?? []);
}
