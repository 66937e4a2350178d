export const conversationStatuses = ['queued', 'connected', 'ended'] as const;
export type ConversationStatus = (typeof conversationStatuses)[number];

export interface Conversation {
  readonly conversationId: string;
  readonly status: ConversationStatus;
  /** Position in the queue, from 1, if the gateway provides it. */
  readonly position?: number;
  /** Epoch ms by the local clock at which it ends without a new message; only set shortly before. */
  readonly expiresAt?: number;
  /** Epoch ms by the gateway's clock at which the agent left. The conversation is still open. */
  readonly leftAt?: number;
}

/** Which queue a new conversation joins. */
export interface Routing {
  /** Canonical skill group names, case-sensitive (guide, edge case 3). */
  readonly skillGroups: readonly string[];
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
  /** An integer ≥ 0. */
  readonly priority?: number;
}
