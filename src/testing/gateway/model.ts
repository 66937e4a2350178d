import type { ConversationStatus, Party, Routing } from '../agents/agent-protocol.ts';

export type { ConversationStatus, Party, Role, Routing } from '../agents/agent-protocol.ts';

/** A person who answers visitors. */
export interface AgentIdentity {
  readonly id: string;
  readonly name: string;
  /** URL of a picture; the Guest API sends it with each message. @default none */
  readonly image?: string | undefined;
}

/** A stored message. */
export interface StoredMessage {
  readonly conversationId: string;
  readonly messageId: string;
  /** 1, 2, 3, … within the conversation, even if frames leave it out. */
  readonly sequence: number;
  readonly from: Party;
  readonly text: string;
  /** Epoch ms by the gateway's clock. Never decreases with the sequence. */
  readonly at: number;
}

/** A stored conversation. */
export interface ConversationRecord {
  readonly conversationId: string;
  /** The visitor: the `sub` claim of the token that opened it. */
  readonly subject: string;
  readonly status: ConversationStatus;
  /** `false`: a skill group has an unknown name, so that no agent ever sees it (guide, edge case 3). */
  readonly routable: boolean;
  readonly routing: Routing;
  /** Epoch ms. */
  readonly createdAt: number;
  readonly agent: AgentIdentity | null;
  /** The highest sequence that the visitor has read; 0 for none. */
  readonly visitorRead: number;
  /** The highest sequence that an agent has read; 0 for none. */
  readonly agentRead: number;
  readonly last: StoredMessage | null;
}

/** Events of conversations. */
export type ConversationEvent =
  /** A new conversation, or one with a new status. */
  | {
      readonly type: 'conversation';
      readonly conversationId: string;
      readonly status: ConversationStatus;
    }
  | { readonly type: 'message'; readonly message: StoredMessage }
  | {
      readonly type: 'typing';
      readonly conversationId: string;
      readonly from: Party;
      readonly isTyping: boolean;
    }
  | {
      readonly type: 'receipt';
      readonly conversationId: string;
      readonly messageId: string;
      readonly from: Party;
      readonly status: 'delivered' | 'read';
    };

/** `here`: from this gateway. `elsewhere`: from another one with the same database. */
export type Origin = 'here' | 'elsewhere';

export const refusalCodes = [
  'INVALID_FRAME',
  'CONVERSATION_NOT_FOUND',
  'CONVERSATION_ENDED',
  'MESSAGE_TOO_LONG',
  'ALREADY_TAKEN',
  'NOT_ROUTABLE',
] as const;

/** The gateway refuses a call. The codes are those of the protocol, and two for agents. */
export class GatewayRefusal extends Error {
  override readonly name = 'GatewayRefusal';
  readonly code: (typeof refusalCodes)[number];

  constructor(code: (typeof refusalCodes)[number], message: string) {
    super(message);
    this.code = code;
  }
}
