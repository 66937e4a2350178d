export const conversationStatuses = ['queued', 'connected', 'ended'] as const;
export type ConversationStatus = (typeof conversationStatuses)[number];

export interface Conversation {
  readonly conversationId: string;
  readonly status: ConversationStatus;
  /** Place in the queue, from 1, where the gateway tells it. */
  readonly position?: number;
  /** Epoch ms by this machine: it ends then, unless somebody writes. Told when that is near. */
  readonly expiresAt?: number;
  /** Epoch ms by the gateway: the other side left then, and has said nothing since. It is still open. */
  readonly leftAt?: number;
}

/** How a new conversation is put into a queue. */
export interface Routing {
  /** Canonical skill group names; the gateway tells upper from lower case (guide, edge case 3). */
  readonly skillGroups: readonly string[];
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
  /** An integer ≥ 0. */
  readonly priority?: number;
}
