import type { Gateway } from '../../../src/testing/index.ts';
import { expect } from './fixtures.ts';

/** An agent takes the visitor's conversation, once its first message is there. Returns its id. */
export async function takeConversation(gateway: Gateway): Promise<string> {
  const { conversationId } = await gateway.agent.nextQueued({ timeout: 15_000 });
  await expect
    .poll(async () => (await gateway.agent.transcript(conversationId)).length)
    .toBeGreaterThan(0);
  await gateway.agent.accept(conversationId);
  return conversationId;
}
