import type { Content } from '../content.ts';
import type { Conversation, ConversationStatus } from '../conversation.ts';
import type { Role, Sender } from '../message.ts';

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

/** A sender as decoded. `id` and `name` are empty where the gateway omits them. */
export interface PartialSender extends Omit<Sender, 'role'> {
  /** `null`: not stated. It is the visitor if the id is the visitor's, and an agent otherwise. */
  readonly role: Role | null;
}

/**
 * A message as decoded, before the core completes it. `conversationId: null`: the session's only
 * conversation; `messageId: null`: none, and one is derived; `timestamp: null`: unknown, and the core
 * estimates it, on Genesys Cloud never earlier than the newest known message.
 */
export interface PartialMessage
  extends Pick<GatewayMessage, 'sequence' | 'text' | 'content' | 'aliases'> {
  readonly conversationId: string | null;
  readonly messageId: string | null;
  readonly from: PartialSender;
  readonly timestamp: number | null;
}

/**
 * `conversationId: null`: the session's only conversation; `status: null`: none that is known, and the
 * conversation keeps the one that it has.
 */
export interface PartialConversation extends Omit<Conversation, 'conversationId' | 'status'> {
  readonly conversationId: string | null;
  readonly status: ConversationStatus | null;
  /** The gateway's own word, where `status` is `null`. */
  readonly unknownStatus?: string;
}
