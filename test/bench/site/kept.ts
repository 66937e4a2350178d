import type { Message } from '../../../src/protocol/message.ts';

/** The transcript that is there before something is measured: the same in the gateway and the store. */

export const agent = { id: 'agent_1', name: 'Alex', role: 'agent' } as const;

export function keptId(sequence: number): string {
  return `00000000-0000-4000-8000-${String(sequence).padStart(12, '0')}`;
}

export function keptText(sequence: number): string {
  return `Message ${sequence}: your parcel has left our warehouse and should be with you tomorrow.`;
}

/** The row that the hub would have written for the message of that sequence. */
export function keptRow(
  conversationId: string,
  ordinal: number,
  sequence: number,
  timestamp = sequence,
): Message {
  return {
    messageId: keptId(sequence),
    conversationId,
    sequence,
    from: agent,
    text: keptText(sequence),
    timestamp,
    status: 'received',
    failure: null,
    missingBefore: 0,
    position: [ordinal, sequence, 0, 0],
  };
}
