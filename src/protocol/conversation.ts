export const conversationStatuses = ['queued', 'connected', 'ended'] as const;
export type ConversationStatus = (typeof conversationStatuses)[number];

/**
 * What became of the visitor's request to end a conversation that is still open:
 *
 * - `pending`: the gateway has been asked, or will be as soon as there is a connection.
 * - `unconfirmed`: no answer within 10 s. It may end all the same; until then it goes on.
 * - `forbidden`, `rate-limited`, `unavailable`: the gateway refused, and the conversation goes on.
 */
export const endings = [
  'pending',
  'unconfirmed',
  'forbidden',
  'rate-limited',
  'unavailable',
] as const;
export type Ending = (typeof endings)[number];

export interface Conversation {
  readonly conversationId: string;
  readonly status: ConversationStatus;
  /** Position in the queue, from 1, if the gateway provides it. */
  readonly position?: number;
  /** Epoch ms by the local clock at which it ends without a new message; only set shortly before. */
  readonly expiresAt?: number;
  /** Epoch ms by the gateway's clock at which the agent left. The conversation is still open. */
  readonly leftAt?: number;
  /**
   * The visitor has asked to end it. Only while it is open, and only on gateways that confirm an end. The
   * visitor's next message withdraws a request that is no longer `pending`.
   */
  readonly ending?: Ending;
}

/** For the site's routing, by name. */
export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** Which queue a new conversation joins. */
export interface Routing {
  /** Canonical skill group names, case-sensitive (guide, edge case 3). */
  readonly skillGroups: readonly string[];
  readonly attributes?: Attributes;
  /** An integer ≥ 0. */
  readonly priority?: number;
}
