import type { Content } from '../content.ts';
import type { Conversation } from '../conversation.ts';
import type { Sender } from '../message.ts';

/** A message as the gateway tells it, live or from its history. */
export interface GatewayMessage {
  readonly conversationId: string;
  readonly messageId: string;
  readonly sequence: number | null;
  readonly from: Sender;
  readonly text: string;
  /** Epoch milliseconds. */
  readonly timestamp: number;
  readonly content?: readonly Content[];
  /** Other ids under which the gateway may show the same message. */
  readonly aliases?: readonly string[];
}

/**
 * A message as it is told. `conversationId: null`: of the one conversation that the session is;
 * `timestamp: null`: the gateway does not say when, and its arrival counts.
 */
export interface PartialMessage extends Omit<GatewayMessage, 'conversationId' | 'timestamp'> {
  readonly conversationId: string | null;
  readonly timestamp: number | null;
}

/** `conversationId: null`: the one that the session is. */
export interface PartialConversation extends Omit<Conversation, 'conversationId'> {
  readonly conversationId: string | null;
}
