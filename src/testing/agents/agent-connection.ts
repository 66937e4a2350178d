import {
  type AgentIdentity,
  type ConversationEvent,
  GatewayRefusal,
  type Party,
} from '../gateway/model.ts';
import {
  type AgentEvent,
  type AgentFrame,
  agentFrameSchema,
  type ConversationSummary,
} from './agent-protocol.ts';
import type { AgentSocketsContext } from './agent-sockets.ts';

const pageLength = 50;

/** The connection of one agent, with at most one opened conversation. */
export class AgentConnection {
  readonly #context: AgentSocketsContext;
  readonly #write: (text: string) => void;
  #agent: AgentIdentity | null = null;
  #open: string | null = null;
  #work: Promise<void> = Promise.resolve();

  constructor(context: AgentSocketsContext, write: (text: string) => void) {
    this.#context = context;
    this.#write = write;
  }

  receive(text: string): void {
    const frame = parse(text);
    if (!frame) {
      this.#error(new GatewayRefusal('INVALID_FRAME', 'Frame is invalid.'), null);
      return;
    }
    this.#work = this.#work
      .then(() => this.#handle(frame))
      .catch((error: unknown) => {
        this.#error(error, 'conversationId' in frame ? frame.conversationId : null);
      });
  }

  /** Sends the event if it concerns the opened conversation. */
  onEvent(event: ConversationEvent): void {
    switch (event.type) {
      case 'conversation':
        return;
      case 'message':
        if (event.message.conversationId !== this.#open) return;
        this.#send({ type: 'message', message: this.#context.agents.seen(event.message) });
        if (event.message.from.role === 'visitor') this.#delivered(event.message);
        return;
      case 'typing':
      case 'receipt':
        if (event.conversationId !== this.#open) return;
        if (event.from.role === 'agent' && event.from.id === this.#agent?.id) return;
        this.#send(event);
        return;
    }
  }

  sendList(conversations: readonly ConversationSummary[]): void {
    if (!this.#agent) return;
    const now = new Date(this.#context.settings.clock()).toISOString();
    this.#send({ type: 'conversations', conversations: [...conversations], now });
  }

  async #handle(frame: AgentFrame): Promise<void> {
    const { conversations, agents } = this.#context;
    if (frame.type === 'hello') {
      this.#agent = frame.agent;
      this.sendList(await agents.conversations());
      return;
    }
    const agent = this.#agent;
    if (!agent) throw new GatewayRefusal('INVALID_FRAME', 'The first frame must be hello.');
    const from: Party = { ...agent, role: 'agent' };
    switch (frame.type) {
      case 'take':
        await conversations.take(frame.conversationId, agent);
        return;
      case 'open':
        await this.#show(frame.conversationId, frame.before);
        return;
      case 'leave':
        this.#open = null;
        return;
      case 'say': {
        const { conversationId, messageId, text } = frame;
        await this.#checkOwner(agent, conversationId);
        const posted = await conversations.post(conversationId, { messageId, from, text });
        // A resend is acknowledged only to its sender.
        if (posted.repeated) {
          this.#send({ type: 'message', message: agents.seen(posted.message) });
        }
        return;
      }
      case 'typing':
        await this.#checkOwner(agent, frame.conversationId);
        conversations.typing(frame.conversationId, from, frame.isTyping);
        return;
      case 'read':
        await this.#checkOwner(agent, frame.conversationId);
        await conversations.receipt(frame.conversationId, frame.messageId, from, 'read');
        return;
      case 'end':
        await this.#checkOwner(agent, frame.conversationId);
        await conversations.end(frame.conversationId);
        return;
    }
  }

  async #show(conversationId: string, before: number | undefined): Promise<void> {
    const { conversations, store, agents } = this.#context;
    await conversations.find(conversationId);
    this.#open = conversationId;
    const sequence = before ?? Number.MAX_SAFE_INTEGER;
    const messages = await store.before(conversationId, { sequence }, pageLength);
    this.#send({
      type: 'transcript',
      conversationId,
      messages: messages.map((message) => agents.seen(message)),
      hasEarlier: (messages[0]?.sequence ?? 1) > 1,
    });
  }

  async #checkOwner(agent: AgentIdentity, conversationId: string): Promise<void> {
    const record = await this.#context.conversations.find(conversationId);
    if (record.agent?.id !== agent.id) {
      throw new GatewayRefusal(
        'ALREADY_TAKEN',
        'The conversation is not assigned to you. Accept it first.',
      );
    }
  }

  #delivered(message: { readonly conversationId: string; readonly messageId: string }): void {
    const { conversations } = this.#context;
    const { conversationId, messageId } = message;
    const deliver = async () => {
      const { agent } = await conversations.find(conversationId);
      if (!agent || agent.id !== this.#agent?.id) return;
      await conversations.receipt(
        conversationId,
        messageId,
        { ...agent, role: 'agent' },
        'delivered',
      );
    };
    deliver().catch((error: unknown) => this.#error(error, conversationId));
  }

  #error(error: unknown, conversationId: string | null): void {
    if (error instanceof GatewayRefusal) {
      const { code, message } = error;
      this.#send({ type: 'error', code, message, conversationId });
      return;
    }
    this.#context.settings.logger.error('gateway: failed to handle an agent frame', error);
    this.#send({
      type: 'error',
      code: 'INTERNAL',
      message: 'Internal gateway error.',
      conversationId,
    });
  }

  #send(event: AgentEvent): void {
    this.#write(JSON.stringify(event));
  }
}

function parse(text: string): AgentFrame | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  return agentFrameSchema.safeParse(json).data ?? null;
}
