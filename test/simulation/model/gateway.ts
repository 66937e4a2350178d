import type { Conversation, ConversationStatus } from '../../../src/protocol/conversation.ts';
import type { GatewayEvent } from '../../../src/protocol/gateway/events.ts';
import type {
  GatewayMessage,
  PartialMessage,
  PartialSender,
} from '../../../src/protocol/gateway/messages.ts';
import type { Sender } from '../../../src/protocol/message.ts';
import type { Random } from '../random.ts';
import type { SimContext } from '../sim-context.ts';
import { epochTime } from './machine.ts';

export const agent: Sender = { id: 'agent-1', name: 'Ada', role: 'agent' };

export interface ModelConversation {
  readonly conversationId: string;
  /** The owner. */
  readonly subject: string;
  status: ConversationStatus;
  /** All messages in order, with their sequences even if the gateway does not send those. */
  readonly messages: GatewayMessage[];
  readonly ids: Map<string, GatewayMessage>;
}

export interface Posted {
  readonly outcome: 'stored' | 'repeated' | 'ended';
  readonly message: GatewayMessage | null;
}

/** A session that receives the events of the conversations it has joined. */
export interface Listener {
  deliver(conversationId: string, event: GatewayEvent): void;
  /** The conversation and its session are lost. */
  onLost?(conversationId: string): void;
}

/** The transcripts behind every socket and REST server: wire-protocol.md, §2. */
export class ModelGateway {
  readonly conversations: ModelConversation[] = [];
  /** Lost on the gateway's side. */
  readonly forgotten: ModelConversation[] = [];
  readonly listeners = new Set<Listener>();
  isUp = true;
  /** Deduplicates messages by id. */
  readonly knowsRepeats: boolean = true;
  readonly #context: SimContext;
  readonly #subjects = new Map<string, string>();
  readonly #lastTime = { value: 0 };
  #agentMessages = 0;
  #routed = 0;

  constructor(context: SimContext) {
    this.#context = context;
  }

  /** A conversation that the subject may see. */
  find(conversationId: string, subject: string): ModelConversation | undefined {
    const conversation = this.byId(conversationId);
    return conversation?.subject === subject ? conversation : undefined;
  }

  /** The owner of a conversation, even of a lost one. */
  subjectOf(conversationId: string): string | undefined {
    return this.#subjects.get(conversationId);
  }

  byId(conversationId: string): ModelConversation | undefined {
    return this.conversations.find((one) => one.conversationId === conversationId);
  }

  /** The messages of a conversation in the order of their sequences, even of a lost one. */
  idsOf(conversationId: string): readonly string[] {
    const conversation = [...this.conversations, ...this.forgotten].find(
      (one) => one.conversationId === conversationId,
    );
    return conversation?.messages.map(({ messageId }) => messageId) ?? [];
  }

  /** A conversation is lost on the gateway's side. */
  forgetOpen(): boolean {
    const lost = this.conversations.find((one) => one.status !== 'ended');
    if (!lost) return false;
    this.drop(lost);
    this.#context.trace.add('gateway', `forgets ${lost.conversationId}`);
    this.forgot(lost);
    return true;
  }

  protected drop(conversation: ModelConversation): void {
    this.conversations.splice(this.conversations.indexOf(conversation), 1);
    this.forgotten.push(conversation);
  }

  /** A conversation has just been lost. */
  protected forgot(_lost: ModelConversation): void {}

  /** The open conversation, or a new one. */
  route(subject: string): ModelConversation {
    const open = this.conversations.find(
      (one) => one.status !== 'ended' && one.subject === subject,
    );
    return open ?? this.begin(subject);
  }

  /** A new conversation. */
  begin(subject: string): ModelConversation {
    this.#routed += 1;
    const conversation: ModelConversation = {
      conversationId: `c${this.#routed}`,
      subject,
      status: 'queued',
      messages: [],
      ids: new Map(),
    };
    this.conversations.push(conversation);
    this.#subjects.set(conversation.conversationId, subject);
    this.#context.scheduler.after(this.#context.random.between(10, 20_000), () => {
      if (conversation.status === 'queued') this.#move(conversation, 'connected');
    });
    return conversation;
  }

  post(conversation: ModelConversation, messageId: string, text: string, from: Sender): Posted {
    const known = conversation.ids.get(messageId);
    if (known && this.knowsRepeats) return { outcome: 'repeated', message: known };
    if (conversation.status === 'ended') return { outcome: 'ended', message: null };
    const { conversationId } = conversation;
    const timestamp = this.#nextTime();
    const sequence = conversation.messages.length + 1;
    const message = { conversationId, messageId, sequence, from, text, timestamp };
    conversation.messages.push(message);
    conversation.ids.set(messageId, message);
    this.#context.trace.add('gateway', `${conversationId}#${sequence} ${messageId} (${from.role})`);
    this.#tell(conversation, { type: 'message', message: this.toLive(message) });
    return { outcome: 'stored', message };
  }

  /** Of any two messages, a bot's as well as the visitor's after a rate limit. */
  #nextTime(): number {
    const last = this.#lastTime.value;
    const now = Math.max(last, epochTime(this.#context.scheduler.now));
    const { random, profile } = this.#context;
    const isTie = profile.ties > 0 && now - last < 2_000 && random.chance(profile.ties);
    this.#lastTime.value = isTie ? last : now;
    return this.#lastTime.value;
  }

  /** The message as REST returns it. */
  toRest(message: GatewayMessage): PartialMessage {
    const { sparse, sequences } = this.#context.profile;
    if (sparse) {
      return { ...message, messageId: null, sequence: null, from: this.#senderOf(message.from) };
    }
    return sequences ? message : { ...message, sequence: null };
  }

  /** The sender as the gateway names it. */
  #senderOf(from: Sender): PartialSender {
    return this.#context.profile.sparse ? { id: from.id, name: '', role: null } : from;
  }

  /** The message as the socket sends it. */
  toLive(message: GatewayMessage): PartialMessage {
    const { random, profile } = this.#context;
    return random.chance(profile.unsequenced)
      ? { ...message, sequence: null }
      : this.toRest(message);
  }

  /** An agent sends a message in an open conversation, or a burst. */
  speak(random: Random): void {
    const conversation = random.pick(
      this.conversations.filter((one) => one.status === 'connected'),
    );
    if (!conversation) return;
    const messages = random.chance(0.1) ? random.int(1, this.#context.profile.burst) : 1;
    for (let index = 0; index < messages; index += 1) {
      this.#agentMessages += 1;
      const tie = random.int(10, 99);
      const text = this.#textOf(this.#agentMessages);
      this.post(conversation, `a${tie}-${this.#agentMessages}`, text, agent);
    }
    if (random.chance(0.3)) {
      const { conversationId } = conversation;
      const isTyping = random.chance(0.5);
      const from = this.#senderOf(agent);
      this.#tell(conversation, { type: 'typing', conversationId, from, isTyping });
    }
    if (random.chance(0.5)) this.#read(conversation, random);
  }

  /** Without ids, equal messages of one millisecond are one. */
  #textOf(number: number): string {
    if (!this.knowsRepeats) return `hello ${number}`;
    return this.#context.profile.sparse ? `hello ${number % 5}` : 'hello';
  }

  /** An agent takes the conversation that waits for one. */
  connect(): void {
    const queued = this.conversations.find((one) => one.status === 'queued');
    if (queued) this.#move(queued, 'connected');
  }

  /** An agent begins to write in an open conversation. */
  type(): void {
    this.connect();
    const conversation = this.conversations.find((one) => one.status === 'connected');
    if (!conversation) return;
    const { conversationId } = conversation;
    const from = this.#senderOf(agent);
    this.#tell(conversation, { type: 'typing', conversationId, from, isTyping: true });
  }

  #read(conversation: ModelConversation, random: Random): void {
    const own = conversation.messages.filter(({ from }) => from.role === 'visitor');
    const message = random.pick(own);
    // A gateway without ids can't say what was read.
    if (!message || this.#context.profile.sparse) return;
    const { conversationId } = conversation;
    const { messageId } = message;
    const event = { type: 'receipt', conversationId, messageId, from: agent } as const;
    this.#tell(conversation, { ...event, status: 'read' });
  }

  endOpen(): void {
    const open = this.conversations.find((one) => one.status !== 'ended');
    if (open) this.end(open);
  }

  end(conversation: ModelConversation): void {
    if (conversation.status !== 'ended') this.#move(conversation, 'ended');
  }

  #move(conversation: ModelConversation, status: ConversationStatus): void {
    conversation.status = status;
    this.#context.trace.add('gateway', `${conversation.conversationId} is ${status}`);
    this.#tell(conversation, { type: 'conversation', conversation: summary(conversation) });
  }

  #tell({ conversationId }: ModelConversation, event: GatewayEvent): void {
    for (const listener of [...this.listeners]) listener.deliver(conversationId, event);
  }
}

export function summary({ conversationId, status }: ModelConversation): Conversation {
  return { conversationId, status };
}
