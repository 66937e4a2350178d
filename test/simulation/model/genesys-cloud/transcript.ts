import type { GatewayMessage } from '../../../../src/protocol/gateway/messages.ts';
import { messageIdAttribute } from '../../../../src/protocol/genesys-cloud/messages.ts';
import type { StoredMessage } from '../../../../src/testing/gateway/model.ts';
import type { Extras } from '../../../../src/testing/genesys-cloud/frames.ts';

/** As the platform stores it: with a platform id, different for each copy. */
export function storedMessage(message: GatewayMessage): StoredMessage {
  const { conversationId, sequence, from, text, timestamp } = message;
  const messageId = `${conversationId}.${sequence}`;
  return { conversationId, messageId, sequence: sequence ?? 0, from, text, at: timestamp };
}

/** What the client has put into it. */
export function extrasOf({ from, messageId }: GatewayMessage): Extras {
  if (from.role !== 'visitor') return {};
  const mark = { [messageIdAttribute]: messageId };
  return { metadata: mark, customAttributes: mark };
}
