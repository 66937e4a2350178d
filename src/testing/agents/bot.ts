import { randomUUID } from 'node:crypto';
import type { Conversations } from '../gateway/conversations.ts';
import { GatewayRefusal, type Origin, type Party, type StoredMessage } from '../gateway/model.ts';
import type { BotSettings } from '../gateway/options.ts';
import { greetingContent, structuredReply } from '../genesys-cloud/structured-content.ts';

/** Messages with structured content. */
export interface StructuredMessages {
  /** Stores the content of a message. */
  keep(messageId: string, content: readonly object[]): void;
  /** A message's text, or what was pressed instead. */
  textOf(message: StoredMessage): string;
  newId(): string;
}

export interface BotContext {
  readonly settings: BotSettings;
  readonly conversations: Conversations;
  /** `null` if the dialect has no structured content. */
  readonly structured: StructuredMessages | null;
  readonly onError: (error: unknown) => void;
}

const replies: readonly (readonly [RegExp, string])[] = [
  [
    /\b(invoice|bill|billing|charged?|payment|refund)/i,
    'I can help with that. What’s your invoice number? It begins with INV and is at the top right.',
  ],
  [
    /\b(order|deliver|shipping|parcel|package|track)/i,
    'Orders leave our warehouse within two days. With the order number I can look where yours is.',
  ],
  [
    /\b(return|exchange|broken|damaged|faulty)/i,
    'You can send it back within 30 days, free of charge.',
  ],
  [/\b(hours|open|closed?|when)\b/i, 'Our people are here from 8 to 20, Monday to Saturday.'],
  [
    /\b(human|person|agent|someone|somebody|people)\b/i,
    'Of course. You keep your place in the queue, and the next free colleague joins us here.',
  ],
  [/\b(thanks?|thank you|cheers)\b/i, 'You are welcome!'],
  [/\b(hi|hello|hey|good (morning|afternoon|evening))\b/i, 'Hello! What can I do for you?'],
];

const fallback =
  'I have noted that for my colleagues. Is there anything else that they should know?';

/** Answers visitors in the queue until an agent takes the conversation. */
export class Bot {
  readonly #context: BotContext;
  readonly #party: Party;
  readonly #greeted = new Set<string>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #unsubscribe: () => void;

  constructor(context: BotContext) {
    this.#context = context;
    const { id, name } = context.settings;
    this.#party = { id, name, role: 'bot' };
    this.#unsubscribe = context.conversations.subscribe((event, origin) => {
      if (event.type === 'message') this.#heard(event.message, origin);
    });
  }

  close(): void {
    this.#unsubscribe();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  /** Greets a visitor who has joined without a message. Does nothing in a conversation that has begun. */
  welcome(conversationId: string): void {
    if (this.#greeted.has(conversationId)) return;
    const { conversations, settings } = this.#context;
    this.#later(conversationId, settings.afterMs, async () => {
      if (!(await this.#isMine(conversationId))) return;
      conversations.typing(conversationId, this.#party, true);
      this.#later(conversationId, settings.typingMs, async () => {
        conversations.typing(conversationId, this.#party, false);
        if (!(await this.#isMine(conversationId)) || this.#greeted.has(conversationId)) return;
        await this.#say(conversationId, this.#greeting(conversationId).trim(), greetingContent);
      });
    });
  }

  #heard(message: StoredMessage, origin: Origin): void {
    // The gateway that received the message runs a bot of its own.
    if (message.from.role !== 'visitor' || origin === 'elsewhere') return;
    this.#later(message.conversationId, this.#context.settings.afterMs, async () => {
      const { conversations, settings } = this.#context;
      const { conversationId, messageId } = message;
      if (!(await this.#isMine(conversationId))) return;
      await conversations.receipt(conversationId, messageId, this.#party, 'read');
      conversations.typing(conversationId, this.#party, true);
      this.#later(conversationId, settings.typingMs, () => this.#answer(message));
    });
  }

  async #answer(message: StoredMessage): Promise<void> {
    const { conversations, structured } = this.#context;
    const { conversationId } = message;
    conversations.typing(conversationId, this.#party, false);
    if (!(await this.#isMine(conversationId))) return;
    const text = structured?.textOf(message) ?? message.text;
    const greeting = this.#greeting(conversationId);
    const offer = structured && structuredReply(text);
    const content = offer?.content ?? (greeting === '' ? [] : greetingContent);
    await this.#say(conversationId, greeting + (offer?.text ?? replyTo(text)), content);
  }

  /** Empty after the first time. */
  #greeting(conversationId: string): string {
    if (this.#greeted.has(conversationId)) return '';
    this.#greeted.add(conversationId);
    return `Hello, I am ${this.#party.name}. All colleagues are busy; until one is free I help where I can. `;
  }

  async #say(conversationId: string, text: string, content: readonly object[]): Promise<void> {
    const { conversations, structured } = this.#context;
    const messageId = structured?.newId() ?? `msg_${randomUUID()}`;
    structured?.keep(messageId, content);
    await conversations.post(conversationId, { messageId, from: this.#party, text });
  }

  /** Whether the conversation is queued, in a queue that agents can see. */
  async #isMine(conversationId: string): Promise<boolean> {
    const { status, routable } = await this.#context.conversations.find(conversationId);
    return status === 'queued' && routable;
  }

  /** One reply at a time per conversation: another message restarts the delay. */
  #later(conversationId: string, ms: number, task: () => Promise<void>): void {
    clearTimeout(this.#timers.get(conversationId));
    const timer = setTimeout(() => {
      this.#timers.delete(conversationId);
      task().catch((error: unknown) => {
        // The conversation may end before the bot replies.
        if (!(error instanceof GatewayRefusal)) this.#context.onError(error);
      });
    }, ms);
    this.#timers.set(conversationId, timer);
  }
}

function replyTo(text: string): string {
  return replies.find(([words]) => words.test(text))?.[1] ?? fallback;
}
