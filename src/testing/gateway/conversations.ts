import { randomUUID } from 'node:crypto';
import type { TranscriptStore } from '../storage/store.ts';
import {
  type AgentIdentity,
  type ConversationEvent,
  type ConversationRecord,
  GatewayRefusal,
  type Origin,
  type Party,
  type Routing,
  type StoredMessage,
} from './model.ts';
import { KeyedSerial } from './serial.ts';

/** Maximum length of a message, in UTF-16 code units. */
export const maximumTextLength = 4096;

export interface ConversationsContext {
  readonly store: TranscriptStore;
  /** Epoch ms. */
  readonly clock: () => number;
  /** The canonical names; matching is case-sensitive. */
  readonly skillGroups: ReadonlySet<string>;
  /** Called when an event can't be sent to other gateways. */
  readonly onError: (error: unknown) => void;
}

export interface Posted {
  readonly message: StoredMessage;
  /** Whether the id was known, so that nothing was added. */
  readonly repeated: boolean;
}

type Listener = (event: ConversationEvent, origin: Origin) => void;

/**
 * The rules of conversations, for socket, REST, agents and bot alike.
 *
 * @throws {GatewayRefusal} from every call that names a conversation.
 */
export class Conversations {
  readonly #context: ConversationsContext;
  readonly #listeners = new Set<Listener>();
  // Keeps echoes in order of sequence, since database queries may finish in any order.
  readonly #serial = new KeyedSerial();
  readonly #unsubscribe: () => void;

  constructor(context: ConversationsContext) {
    this.#context = context;
    this.#unsubscribe = context.store.onAnnounced((event) => this.#notify(event, 'elsewhere'));
  }

  /** Returns a function that unsubscribes. */
  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The visitor's open conversation, or a new one in the queue. */
  async route(subject: string, routing: Routing): Promise<ConversationRecord> {
    const { store, clock, skillGroups } = this.#context;
    const conversationId = `conv_${randomUUID()}`;
    const record = await store.open({
      conversationId,
      subject,
      routing,
      routable: routing.skillGroups.every((name) => skillGroups.has(name)),
      createdAt: clock(),
    });
    if (record.conversationId === conversationId) {
      this.#publish({ type: 'conversation', conversationId, status: 'queued' });
    }
    return record;
  }

  /** @throws {GatewayRefusal} CONVERSATION_NOT_FOUND, also for another visitor's conversation. */
  async ofVisitor(subject: string, conversationId: string): Promise<ConversationRecord> {
    const record = await this.#context.store.find(conversationId);
    if (record?.subject !== subject) throw notFound();
    return record;
  }

  /** @throws {GatewayRefusal} CONVERSATION_NOT_FOUND. */
  async find(conversationId: string): Promise<ConversationRecord> {
    const record = await this.#context.store.find(conversationId);
    if (!record) throw notFound();
    return record;
  }

  async postAsVisitor(
    subject: string,
    conversationId: string,
    messageId: string,
    text: string,
  ): Promise<Posted> {
    const record = await this.ofVisitor(subject, conversationId);
    return this.post(conversationId, { messageId, from: visitorOf(record), text });
  }

  /** Stores a message once per id. `quiet`: without sending it to anyone. */
  post(
    conversationId: string,
    draft: {
      readonly messageId: string;
      readonly from: Party;
      readonly text: string;
      readonly at?: number | undefined;
      readonly quiet?: boolean | undefined;
    },
  ): Promise<Posted> {
    const { messageId, from, text, at, quiet } = draft;
    if (text.length > maximumTextLength) {
      return Promise.reject(
        new GatewayRefusal('MESSAGE_TOO_LONG', `Message exceeds ${maximumTextLength} characters.`),
      );
    }
    return this.#serial.run(conversationId, async () => {
      const result = await this.#context.store.append({
        conversationId,
        messageId,
        from,
        text,
        at: at ?? this.#context.clock(),
      });
      switch (result.outcome) {
        case 'unknown':
          throw notFound();
        case 'ended':
          throw new GatewayRefusal('CONVERSATION_ENDED', 'The conversation has ended.');
        case 'repeated':
          return { message: result.message, repeated: true };
        case 'stored':
          if (quiet !== true) this.#publish({ type: 'message', message: result.message });
          return { message: result.message, repeated: false };
      }
    });
  }

  typing(conversationId: string, from: Party, isTyping: boolean): void {
    this.#publish({ type: 'typing', conversationId, from, isTyping });
  }

  /**
   * Marks everything up to a message. `delivered` is sent but not stored.
   *
   * @throws {GatewayRefusal} INVALID_FRAME if the transcript has no such message.
   */
  async receipt(
    conversationId: string,
    messageId: string,
    from: Party,
    status: 'delivered' | 'read',
  ): Promise<void> {
    const { store } = this.#context;
    const message = await store.message(conversationId, messageId);
    if (!message) {
      throw new GatewayRefusal('INVALID_FRAME', 'Receipt for an unknown message.');
    }
    if (status === 'read') {
      const reader = from.role === 'visitor' ? 'visitor' : 'agent';
      if (!(await store.mark(conversationId, reader, message.sequence))) return;
    }
    this.#publish({ type: 'receipt', conversationId, messageId, from, status });
  }

  /** @throws {GatewayRefusal} ALREADY_TAKEN, NOT_ROUTABLE, CONVERSATION_ENDED. */
  async take(conversationId: string, agent: AgentIdentity): Promise<ConversationRecord> {
    const before = await this.find(conversationId);
    if (!before.routable) {
      throw new GatewayRefusal(
        'NOT_ROUTABLE',
        `Unknown skill group in ${before.routing.skillGroups.join(', ')}: no agent can accept this conversation.`,
      );
    }
    const record = await this.#context.store.take(conversationId, agent);
    if (!record) throw notFound();
    if (record.status === 'ended') {
      throw new GatewayRefusal('CONVERSATION_ENDED', 'The conversation has ended.');
    }
    if (record.agent?.id !== agent.id) {
      throw new GatewayRefusal(
        'ALREADY_TAKEN',
        `${record.agent?.name ?? 'Another agent'} has accepted the conversation.`,
      );
    }
    if (before.status === 'queued') {
      this.#publish({ type: 'conversation', conversationId, status: 'connected' });
    }
    return record;
  }

  async end(conversationId: string): Promise<ConversationRecord> {
    const before = await this.find(conversationId);
    // Queued with the messages, so that none is sent after the end.
    return this.#serial.run(conversationId, async () => {
      const record = await this.#context.store.end(conversationId);
      if (!record) throw notFound();
      if (before.status !== 'ended') {
        this.#publish({ type: 'conversation', conversationId, status: 'ended' });
      }
      return record;
    });
  }

  list(limit: number): Promise<readonly ConversationRecord[]> {
    return this.#context.store.list(limit);
  }

  /** Position in the queue by conversation, from 1, for those in the queue. */
  async positions(): Promise<ReadonlyMap<string, number>> {
    const queue = await this.#context.store.queue();
    return new Map(queue.map((conversationId, index) => [conversationId, index + 1]));
  }

  close(): void {
    this.#unsubscribe();
    this.#listeners.clear();
  }

  #publish(event: ConversationEvent): void {
    this.#notify(event, 'here');
    this.#context.store.announce(event).catch(this.#context.onError);
  }

  #notify(event: ConversationEvent, origin: Origin): void {
    for (const listener of this.#listeners) listener(event, origin);
  }
}

/** The visitor as a sender, named by the routing attribute `name`. */
export function visitorOf(record: ConversationRecord): Party {
  const name = record.routing.attributes?.name;
  return {
    id: record.subject,
    name: typeof name === 'string' && name !== '' ? name : 'Visitor',
    role: 'visitor',
  };
}

function notFound(): GatewayRefusal {
  return new GatewayRefusal('CONVERSATION_NOT_FOUND', 'Conversation not found.');
}
