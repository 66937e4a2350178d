import type { Content } from '../content.ts';
import type { Conversation } from '../conversation.ts';
import type { Sender } from '../message.ts';

/** A message from the gateway, live or from its history. */
export interface GatewayMessage {
  readonly conversationId: string;
  readonly messageId: string;
  readonly sequence: number | null;
  readonly from: Sender;
  readonly text: string;
  /** Epoch milliseconds. */
  readonly timestamp: number;
  readonly content?: readonly Content[];
  /** Other ids that the gateway may use for the same message. */
  readonly aliases?: readonly string[];
}

/**
 * A message as decoded, before the core completes it. `conversationId: null`: the session's only
 * conversation; `timestamp: null`: unknown, and the core estimates it, on Genesys Cloud never
 * earlier than the newest known message.
 */
export interface PartialMessage extends Omit<GatewayMessage, 'conversationId' | 'timestamp'> {
  readonly conversationId: string | null;
  readonly timestamp: number | null;
}

/** `conversationId: null`: the session's only conversation. */
export interface PartialConversation extends Omit<Conversation, 'conversationId'> {
  readonly conversationId: string | null;
}
