import type { AgentIdentity, ConversationRecord, StoredMessage } from '../gateway/model.ts';
import type {
  AppendResult,
  ConversationDraft,
  MessageDraft,
  StoredKey,
  TranscriptStore,
} from './store.ts';

interface Entry {
  record: ConversationRecord;
  readonly messages: StoredMessage[];
  readonly byId: Map<string, StoredMessage>;
}

/** Stores conversations in memory. */
export class MemoryStore implements TranscriptStore {
  readonly #entries = new Map<string, Entry>();
  readonly #openBySubject = new Map<string, string>();
  // Separate, so that ended conversations do not slow the queue down.
  readonly #queued = new Set<string>();
  #key: Promise<StoredKey> | undefined;

  async open(draft: ConversationDraft): Promise<ConversationRecord> {
    const open = this.#openBySubject.get(draft.subject);
    const known = open === undefined ? undefined : this.#entries.get(open);
    if (known) return known.record;
    const record: ConversationRecord = {
      ...draft,
      status: 'queued',
      agent: null,
      visitorRead: 0,
      agentRead: 0,
      last: null,
    };
    this.#entries.set(record.conversationId, { record, messages: [], byId: new Map() });
    this.#openBySubject.set(record.subject, record.conversationId);
    if (record.routable) this.#queued.add(record.conversationId);
    return record;
  }

  async find(conversationId: string): Promise<ConversationRecord | null> {
    return this.#entries.get(conversationId)?.record ?? null;
  }

  async list(limit: number): Promise<readonly ConversationRecord[]> {
    const newestFirst = [...this.#entries.values()].reverse();
    return newestFirst.slice(0, limit).map((entry) => entry.record);
  }

  async queue(): Promise<readonly string[]> {
    // A Set keeps insertion order, and sort is stable.
    return [...this.#queued].sort((a, b) => this.#priority(b) - this.#priority(a));
  }

  #priority(conversationId: string): number {
    return this.#entries.get(conversationId)?.record.routing.priority ?? 0;
  }

  async take(conversationId: string, agent: AgentIdentity): Promise<ConversationRecord | null> {
    const entry = this.#entries.get(conversationId);
    if (!entry) return null;
    if (entry.record.status === 'queued') {
      entry.record = { ...entry.record, status: 'connected', agent };
      this.#queued.delete(conversationId);
    }
    return entry.record;
  }

  async end(conversationId: string): Promise<ConversationRecord | null> {
    const entry = this.#entries.get(conversationId);
    if (!entry) return null;
    if (entry.record.status !== 'ended') {
      entry.record = { ...entry.record, status: 'ended' };
      this.#queued.delete(conversationId);
      this.#openBySubject.delete(entry.record.subject);
    }
    return entry.record;
  }

  async mark(
    conversationId: string,
    reader: 'visitor' | 'agent',
    sequence: number,
  ): Promise<boolean> {
    const entry = this.#entries.get(conversationId);
    if (!entry) return false;
    const key = reader === 'visitor' ? 'visitorRead' : 'agentRead';
    if (entry.record[key] >= sequence) return false;
    entry.record = { ...entry.record, [key]: sequence };
    return true;
  }

  async append(draft: MessageDraft): Promise<AppendResult> {
    const entry = this.#entries.get(draft.conversationId);
    if (!entry) return { outcome: 'unknown' };
    const known = entry.byId.get(draft.messageId);
    if (known) return { outcome: 'repeated', message: known };
    if (entry.record.status === 'ended') return { outcome: 'ended' };
    const last = entry.messages.at(-1);
    const message: StoredMessage = {
      ...draft,
      sequence: (last?.sequence ?? 0) + 1,
      at: Math.max(draft.at, last?.at ?? 0),
    };
    entry.messages.push(message);
    entry.byId.set(message.messageId, message);
    entry.record = { ...entry.record, last: message };
    return { outcome: 'stored', message };
  }

  async message(conversationId: string, messageId: string): Promise<StoredMessage | null> {
    return this.#entries.get(conversationId)?.byId.get(messageId) ?? null;
  }

  async after(
    conversationId: string,
    from: { readonly since: number; readonly above: number },
    limit: number,
  ): Promise<readonly StoredMessage[]> {
    const messages = this.#entries.get(conversationId)?.messages ?? [];
    // Sequence n is at index n − 1.
    const start = Math.max(from.above, firstAt(messages, from.since));
    return messages.slice(start, start + limit);
  }

  async before(
    conversationId: string,
    edge: { readonly sequence: number } | { readonly instant: number },
    limit: number,
  ): Promise<readonly StoredMessage[]> {
    const messages = this.#entries.get(conversationId)?.messages ?? [];
    const end =
      'sequence' in edge
        ? Math.min(messages.length, Math.max(0, edge.sequence - 1))
        : firstAt(messages, edge.instant);
    return messages.slice(Math.max(0, end - limit), end);
  }

  signingKey(create: () => Promise<StoredKey>): Promise<StoredKey> {
    this.#key ??= create();
    return this.#key;
  }

  async announce(): Promise<void> {
    // No other gateway shares this memory.
  }

  onAnnounced(): () => void {
    return () => undefined;
  }

  async close(): Promise<void> {
    this.#entries.clear();
    this.#openBySubject.clear();
    this.#queued.clear();
  }
}

/** Index of the first message at or after an instant; instants are ascending. */
function firstAt(messages: readonly StoredMessage[], instant: number): number {
  let low = 0;
  let high = messages.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const message = messages[middle];
    if (message && message.at < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}
