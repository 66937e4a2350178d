import type { GatewayMessage, ToldMessage } from '../../../protocol/gateway.ts';
import type { Run } from '../context.ts';

/** What a gateway tells, made whole. */

/** With the conversation and the time that the gateway leaves out; `null` while there is no conversation. */
export function complete(
  run: Run,
  told: ToldMessage,
  conversationId = run.state.conversation?.conversation.conversationId ?? null,
): GatewayMessage | null {
  const of = told.conversationId ?? conversationId;
  if (of === null) return null;
  const timestamp = told.timestamp ?? run.rules?.timeOf(run) ?? run.gatewayTime();
  return { ...told, conversationId: of, timestamp };
}

export function completeAll(
  run: Run,
  told: readonly ToldMessage[],
  conversationId: string,
): GatewayMessage[] {
  return told.flatMap((one) => complete(run, one, conversationId) ?? []);
}
