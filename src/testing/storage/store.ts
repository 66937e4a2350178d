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

/** The key pair for tokens, as JSON Web Keys in text form. */
export interface StoredKey {
  readonly privateJwk: string;
  readonly publicJwk: string;
}

/**
 * Stores conversations. Each call is atomic, also between two gateways with one database. The protocol's
 * rules are in `Conversations`.
 */
export interface TranscriptStore {
  /** Stores the draft as a queued conversation, or returns the subject's open one. */
  open(draft: ConversationDraft): Promise<ConversationRecord>;
  find(conversationId: string): Promise<ConversationRecord | null>;
  /** Newest first. */
  list(limit: number): Promise<readonly ConversationRecord[]>;
  /** Ids of the routable queued conversations, in order. */
  queue(): Promise<readonly string[]>;
  /** Connects a queued conversation to the agent; any other is returned unchanged. */
  take(conversationId: string, agent: AgentIdentity): Promise<ConversationRecord | null>;
  end(conversationId: string): Promise<ConversationRecord | null>;
  /** Raises a read mark. Resolves with `false` if it was that high already. */
  mark(conversationId: string, reader: 'visitor' | 'agent', sequence: number): Promise<boolean>;
  /**
   * Stores the message with the next sequence, unless its id is known. Its timestamp is raised to that of
   * the message before it if lower.
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
  /** The stored key pair, or a new one, which is stored. */
  signingKey(create: () => Promise<StoredKey>): Promise<StoredKey>;
  /** Sends an event to the other gateways with the same database. */
  announce(event: ConversationEvent): Promise<void>;
  /** Subscribes to events of other gateways. Returns a function that unsubscribes. */
  onAnnounced(listener: (event: ConversationEvent) => void): () => void;
  close(): Promise<void>;
}
