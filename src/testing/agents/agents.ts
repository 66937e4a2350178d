import { randomUUID } from 'node:crypto';
import type { Conversations } from '../gateway/conversations.ts';
import { withDeadline } from '../gateway/deadline.ts';
import type { AgentIdentity, ConversationEvent, Party, StoredMessage } from '../gateway/model.ts';
import { summarize, toAgentMessage } from '../gateway/summaries.ts';
import type { FileContent, SessionFiles } from '../genesys-cloud/files.ts';
import { platformId } from '../genesys-cloud/frames.ts';
import type { MessagingSessions } from '../genesys-cloud/sessions.ts';
import type { TranscriptStore } from '../storage/store.ts';
import type { AgentMessage, ConversationSummary } from './agent-protocol.ts';

/** Maximum number of conversations in a list. */
export const listLimit = 200;

export interface SayOptions {
  /**
   * An empty name is not sent to the visitor. @default the agent who took the conversation, or Alex
   */
  readonly from?: Party;
  /** A known id adds nothing and returns the existing message. @default a new id */
  readonly messageId?: string;
  /** Timestamp in epoch ms; raised to that of the message before it if lower. @default now */
  readonly at?: number;
  /** Stores the message without sending it, to simulate one that was lost. @default false */
  readonly quiet?: boolean;
}

const alex: AgentIdentity = { id: 'agent_1', name: 'Alex' };

/** Content besides the text, for dialects that support it. */
export interface GuestContent {
  readonly files: SessionFiles;
  readonly sessions: MessagingSessions;
}

/**
 * Agents for tests, as method calls.
 *
 * @throws {GatewayRefusal} from calls that the gateway refuses.
 */
export class Agents {
  readonly #conversations: Conversations;
  readonly #store: TranscriptStore;
  readonly #sessionContent: GuestContent | null;

  constructor(conversations: Conversations, store: TranscriptStore, guests: GuestContent | null) {
    this.#sessionContent = guests;
    this.#conversations = conversations;
    this.#store = store;
  }

  /** The newest 200 conversations, newest first. */
  async conversations(): Promise<readonly ConversationSummary[]> {
    const positions = await this.#conversations.positions();
    const records = await this.#conversations.list(listLimit);
    return records.map((record) => summarize(record, positions));
  }

  /** The queue, in order. Conversations that no agent can accept are not in it. */
  async queue(): Promise<readonly ConversationSummary[]> {
    const positions = await this.#conversations.positions();
    const records = await Promise.all(
      [...positions.keys()].map((id) => this.#conversations.find(id)),
    );
    return records.map((record) => summarize(record, positions));
  }

  /**
   * The first conversation in the queue, as soon as there is one.
   *
   * @param options.subject only a conversation of this visitor
   * @param options.timeout in ms, 5,000 by default
   */
  async nextQueued(
    options: { readonly subject?: string; readonly timeout?: number } = {},
  ): Promise<ConversationSummary> {
    const { subject, timeout = 5_000 } = options;
    const look = async () =>
      (await this.queue()).find((each) => subject === undefined || each.subject === subject);
    let stop: () => void = () => undefined;
    const found = new Promise<ConversationSummary>((resolve, reject) => {
      const tryOnce = () => {
        look().then((summary) => {
          if (summary) resolve(summary);
        }, reject);
      };
      stop = this.#conversations.subscribe((event) => {
        if (event.type === 'conversation') tryOnce();
      });
      tryOnce();
    });
    try {
      return await withDeadline(found, timeout, 'a conversation in the queue');
    } finally {
      stop();
    }
  }

  /** Accepts a queued conversation, which becomes `connected`. @param agent Alex by default */
  async accept(conversationId: string, agent: AgentIdentity = alex): Promise<ConversationSummary> {
    const record = await this.#conversations.take(conversationId, agent);
    return summarize(record, await this.#conversations.positions());
  }

  /** Sends a message. Resolves once it is stored and sent to the visitor. */
  async say(conversationId: string, text: string, options: SayOptions = {}): Promise<AgentMessage> {
    const { from, messageId = this.#newId(from), at, quiet } = options;
    const { message } = await this.#conversations.post(conversationId, {
      messageId,
      from: from ?? (await this.#agentOf(conversationId)),
      text,
      at,
      quiet,
    });
    return this.seen(message);
  }

  /** Sends a file. @throws {TypeError} if the dialect does not support files */
  async sendFile(
    conversationId: string,
    file: FileContent,
    options: SayOptions & { readonly text?: string } = {},
  ): Promise<AgentMessage> {
    if (!this.#sessionContent) throw new TypeError('This dialect does not support files.');
    const { files } = this.#sessionContent;
    const { text = '', messageId = this.#newId(options.from), ...rest } = options;
    files.attach(messageId, [files.keep(file)]);
    return this.say(conversationId, text, { ...rest, messageId });
  }

  /**
   * Sends structured content, such as choices or a form.
   *
   * @param content in the format of the Guest API
   * @throws {TypeError} if the dialect does not support structured content
   */
  async offer(
    conversationId: string,
    text: string,
    content: readonly object[],
    options: SayOptions = {},
  ): Promise<AgentMessage> {
    if (!this.#sessionContent)
      throw new TypeError('This dialect does not support structured content.');
    const { messageId = this.#newId(options.from), ...rest } = options;
    this.#sessionContent.sessions.keep(messageId, { content });
    return this.say(conversationId, text, { ...rest, messageId });
  }

  /** A message with its content, as sent to agents. @internal */
  seen(message: StoredMessage): AgentMessage {
    const { messageId } = message;
    const { files, sessions } = this.#sessionContent ?? {};
    return toAgentMessage(message, files?.ofMessage(messageId), sessions?.partsOf(message));
  }

  /** Sends many messages in sequence, as fast as possible. */
  async sayAll(
    conversationId: string,
    texts: Iterable<string>,
    options: Omit<SayOptions, 'messageId'> = {},
  ): Promise<readonly AgentMessage[]> {
    const from = options.from ?? (await this.#agentOf(conversationId));
    const said: AgentMessage[] = [];
    for (const text of texts) {
      said.push(await this.say(conversationId, text, { ...options, from }));
    }
    return said;
  }

  async typing(conversationId: string, isTyping = true, from?: Party): Promise<void> {
    const party = from ?? (await this.#agentOf(conversationId));
    this.#conversations.typing(conversationId, party, isTyping);
  }

  /** Marks a message and all before it as read. @param messageId the visitor's newest by default */
  async read(conversationId: string, messageId?: string): Promise<void> {
    await this.#receipt(conversationId, messageId, 'read');
  }

  /** Marks a message and all before it as delivered. @param messageId the visitor's newest by default */
  async delivered(conversationId: string, messageId?: string): Promise<void> {
    await this.#receipt(conversationId, messageId, 'delivered');
  }

  async end(conversationId: string): Promise<ConversationSummary> {
    return summarize(await this.#conversations.end(conversationId), new Map());
  }

  /** The whole transcript, ascending. */
  async transcript(conversationId: string): Promise<readonly AgentMessage[]> {
    await this.#conversations.find(conversationId);
    const from = { since: 0, above: 0 };
    const messages = await this.#store.after(conversationId, from, Number.MAX_SAFE_INTEGER);
    return messages.map((message) => this.seen(message));
  }

  /** Subscribes to all events of conversations, including visitors' typing and receipts. */
  subscribe(listener: (event: ConversationEvent) => void): () => void {
    return this.#conversations.subscribe((event) => listener(event));
  }

  async #receipt(
    conversationId: string,
    messageId: string | undefined,
    status: 'delivered' | 'read',
  ): Promise<void> {
    const record = await this.#conversations.find(conversationId);
    const newest = { sequence: Number.MAX_SAFE_INTEGER };
    const recent = await this.#store.before(conversationId, newest, 50);
    const upTo = messageId ?? recent.findLast(({ from }) => from.role === 'visitor')?.messageId;
    if (upTo === undefined) return;
    const from: Party = { ...(record.agent ?? alex), role: 'agent' };
    await this.#conversations.receipt(conversationId, upTo, from, status);
  }

  #newId(from: Party | undefined): string {
    // Messages of bots bear the platform's own id, and no other.
    return this.#sessionContent && from?.role === 'bot' ? platformId() : `msg_${randomUUID()}`;
  }

  async #agentOf(conversationId: string): Promise<Party> {
    const { agent } = await this.#conversations.find(conversationId);
    return { ...(agent ?? alex), role: 'agent' };
  }
}
