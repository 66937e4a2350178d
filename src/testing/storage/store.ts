import type {
  AgentIdentity,
  ConversationEvent,
  ConversationRecord,
  StoredMessage,
} from '../gateway/model.ts';

export interface ConversationDraft
  extends Pick<
    ConversationRecord,
    'conversationId' | 'subject' | 'routable' | 'routing' | 'createdAt'
  > {}

export type MessageDraft = Omit<StoredMessage, 'sequence'>;

export type AppendResult =
  | { readonly outcome: 'stored' | 'repeated'; readonly message: StoredMessage }
  | { readonly outcome: 'ended' | 'unknown' };

/** The pair that signs tokens, as JSON Web Keys in text, so that it can be kept. */
export interface StoredKey {
  readonly privateJwk: string;
  readonly publicJwk: string;
}

/**
 * Where conversations are kept. Each call is atomic, also between two gateways over one database;
 * the rules of the wire live in `Conversations`.
 */
export interface TranscriptStore {
  /** Keeps the draft as a queued conversation, or answers with the one its subject has open. */
  open(draft: ConversationDraft): Promise<ConversationRecord>;
  find(conversationId: string): Promise<ConversationRecord | null>;
  /** The newest first. */
  list(limit: number): Promise<readonly ConversationRecord[]>;
  /** The ids of the routable queued conversations, the next one first. */
  queue(): Promise<readonly string[]>;
  /** Connects a queued conversation with the agent; what is not queued is answered as it is. */
  take(conversationId: string, agent: AgentIdentity): Promise<ConversationRecord | null>;
  end(conversationId: string): Promise<ConversationRecord | null>;
  /** Raises a read mark. Resolves with `false` where it stood there or further already. */
  mark(conversationId: string, reader: 'visitor' | 'agent', sequence: number): Promise<boolean>;
  /**
   * Gives the message the next sequence, unless its id is there already. Its instant is raised to
   * that of the message before it where it is lower.
   */
  append(draft: MessageDraft): Promise<AppendResult>;
  message(conversationId: string, messageId: string): Promise<StoredMessage | null>;
  /** Ascending from the first message with `at` ≥ `since` and a sequence above `above`. */
  after(
    conversationId: string,
    from: { readonly since: number; readonly above: number },
    limit: number,
  ): Promise<readonly StoredMessage[]>;
  /** The newest messages below a sequence, or before an instant, ascending. */
  before(
    conversationId: string,
    edge: { readonly sequence: number } | { readonly instant: number },
    limit: number,
  ): Promise<readonly StoredMessage[]>;
  /** The pair that was kept, or `created` once it is kept. */
  signingKey(create: () => Promise<StoredKey>): Promise<StoredKey>;
  /** Tells the other gateways over the same database. */
  announce(event: ConversationEvent): Promise<void>;
  /** Hears what other gateways announce. Returns what stops it. */
  onAnnounced(listener: (event: ConversationEvent) => void): () => void;
  close(): Promise<void>;
}
