import type { GatewayMessage, PartialMessage } from '../../../protocol/gateway/messages.ts';
import type { StepContext } from '../context.ts';

/** What a gateway tells, made whole. */

/** With the conversation and the time that the gateway leaves out; `null` while there is no conversation. */
export function normalize(
  context: StepContext,
  told: PartialMessage,
  conversationId = context.state.conversation?.details.conversationId ?? null,
): GatewayMessage | null {
  const of = told.conversationId ?? conversationId;
  if (of === null) return null;
  const timestamp = told.timestamp ?? context.policy?.timeOf(context) ?? context.gatewayTime();
  return { ...told, conversationId: of, timestamp };
}

export function normalizeAll(
  context: StepContext,
  told: readonly PartialMessage[],
  conversationId: string,
): GatewayMessage[] {
  return told.flatMap((one) => normalize(context, one, conversationId) ?? []);
}
