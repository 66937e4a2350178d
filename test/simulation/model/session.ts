import type { CloseMeaning } from '../../../src/protocol/gateway/adapter.ts';
import type { GatewayCommand } from '../../../src/protocol/gateway/commands.ts';
import type { GatewayEvent, GatewayProblem } from '../../../src/protocol/gateway/events.ts';
import type { Sender } from '../../../src/protocol/message.ts';
import { count, type SimContext, strikes } from '../sim-context.ts';
import { type Listener, type ModelGateway, summary } from './gateway.ts';
import { epochTime } from './machine.ts';
import type { ModelBroker } from './tokens.ts';

export interface ClientFrame {
  readonly command: GatewayCommand;
  /** The token that the edge puts in. */
  readonly token: string | null;
  /** Simulated ms. */
  readonly sentAt: number;
}

/** The gateway's end of a socket. */
export interface ServerEnd {
  readonly phase: 'pending' | 'authenticated' | 'expired' | 'over';
  readonly isOver: boolean;
  take(frame: ClientFrame): void;
  /** The connection is gone. */
  end(): void;
  /** The gateway's process is restarted. */
  restart(): void;
  /** Another window takes this one's place. */
  evict?(): void;
  /** Its token has expired. */
  expire?(): void;
}

/** The socket, as the gateway's end uses it. */
export interface SessionSocket {
  readonly name: string;
  /** Sends one frame with these events. */
  push(...events: readonly GatewayEvent[]): void;
  hangUp(meaning: CloseMeaning): void;
}

export interface SessionEnvironment {
  readonly context: SimContext;
  readonly gateway: ModelGateway;
  readonly broker: ModelBroker;
  readonly onAuthenticated: (session: GatewaySession) => void;
  readonly onMisconduct: (what: string) => void;
}

export function visitorOf(subject: string): Sender {
  return { id: subject, name: 'Visitor', role: 'visitor' };
}

/** One connection as the gateway sees it: wire-protocol.md, §2. */
export class GatewaySession implements Listener, ServerEnd {
  phase: ServerEnd['phase'] = 'pending';
  readonly socket: SessionSocket;
  readonly #environment: SessionEnvironment;
  readonly #joined = new Set<string>();
  /** The visitor that the token names. */
  #subject = '';
  #pings = 0;
  #pongs = 0;

  constructor(environment: SessionEnvironment, socket: SessionSocket) {
    this.#environment = environment;
    this.socket = socket;
  }

  get isOver(): boolean {
    return this.phase === 'over';
  }

  deliver(conversationId: string, event: GatewayEvent): void {
    if (this.phase === 'authenticated' && this.#joined.has(conversationId)) this.socket.push(event);
  }

  end(): void {
    this.phase = 'over';
    this.#environment.gateway.listeners.delete(this);
  }

  restart(): void {
    this.#hangUp('network');
  }

  #hangUp(meaning: CloseMeaning): void {
    if (this.isOver) return;
    this.end();
    this.socket.hangUp(meaning);
  }

  take({ command, token }: ClientFrame): void {
    switch (this.phase) {
      case 'pending':
        if (command.type === 'authenticate') this.#authenticate(token);
        else this.#environment.onMisconduct(`${command.type} before the auth answer`);
        return;
      case 'authenticated':
        this.#carryOut(command);
        return;
      case 'expired':
      case 'over':
        return;
    }
  }

  #authenticate(token: string | null): void {
    const { context, broker } = this.#environment;
    if (strikes(context, 'too many connections', context.profile.tooManyConnections)) {
      this.#hangUp('too-many-connections');
      return;
    }
    const life = broker.lifeOf(token);
    if (life === 0 || strikes(context, 'auth refused', context.profile.authRefused)) {
      this.socket.push({ type: 'refused', message: 'INVALID_TOKEN' });
      context.scheduler.after(context.random.between(0, 50), () => this.#hangUp('token'));
      return;
    }
    this.phase = 'authenticated';
    this.#subject = broker.subjectOf(token);
    this.#environment.gateway.listeners.add(this);
    this.#environment.onAuthenticated(this);
    this.socket.push({ type: 'authenticated', serverTime: epochTime(context.scheduler.now) });
    context.scheduler.after(life, () => this.expire());
    this.#ping();
  }

  expire(): void {
    if (this.phase !== 'authenticated') return;
    this.phase = 'expired';
    count(this.#environment.context, 'token expired');
    this.socket.push({ type: 'token-expired' });
    this.#environment.context.scheduler.after(5_000, () => this.#hangUp('token'));
  }

  #ping(): void {
    const { scheduler, random } = this.#environment.context;
    scheduler.after(random.between(15_000, 30_000), () => {
      if (this.phase !== 'authenticated') return;
      this.#pings += 1;
      const payload = this.#pings;
      this.socket.push({ type: 'ping', payload });
      scheduler.after(15_000, () => {
        if (this.#pongs < payload) this.#hangUp('network');
      });
      this.#ping();
    });
  }

  #carryOut(command: GatewayCommand): void {
    const { context, gateway } = this.#environment;
    const { internalErrors } = context.profile;
    if (command.type !== 'ping' && strikes(context, 'internal error', internalErrors)) {
      this.#problem(command, 'other', null);
      return;
    }
    switch (command.type) {
      case 'authenticate':
        this.#environment.onMisconduct('a second auth frame');
        return;
      case 'ping':
        this.socket.push({ type: 'pong' });
        return;
      case 'answer-ping':
        if (typeof command.payload === 'number') {
          this.#pongs = Math.max(this.#pongs, command.payload);
        }
        return;
      case 'open-conversation': {
        const conversation = gateway.route(this.#subject);
        this.#joined.add(conversation.conversationId);
        this.socket.push({ type: 'conversation', conversation: summary(conversation) });
        return;
      }
      case 'resume-conversation': {
        const conversation = gateway.find(command.conversationId, this.#subject);
        if (!conversation) {
          this.#problem(command, 'conversation-not-found', null);
          return;
        }
        this.#joined.add(conversation.conversationId);
        this.socket.push({ type: 'conversation', conversation: summary(conversation) });
        return;
      }
      case 'send-message':
        this.#message(command);
        return;
      case 'typing': {
        const conversation = gateway.find(command.conversationId, this.#subject);
        if (conversation?.status === 'ended') this.#problem(command, 'conversation-ended', null);
        return;
      }
      case 'mark-read': {
        const conversation = gateway.find(command.conversationId, this.#subject);
        if (conversation && !conversation.ids.has(command.messageId)) {
          this.#environment.onMisconduct('a receipt for a message that is not in the conversation');
        }
        return;
      }
    }
  }

  #message(command: Extract<GatewayCommand, { type: 'send-message' }>): void {
    const { context, gateway } = this.#environment;
    const { conversationId, messageId, text } = command;
    if (!this.#joined.has(conversationId)) {
      // The resume frame may have been lost, but then no answer came either.
      this.#environment.onMisconduct('a message before its conversation was resumed');
    }
    if (strikes(context, 'rate limited', context.profile.rateLimited)) {
      this.#problem(command, 'rate-limited', context.random.int(1, 8) * 1_000);
      return;
    }
    const conversation = gateway.find(conversationId, this.#subject);
    if (!conversation) {
      this.#problem(command, 'conversation-not-found', null);
      return;
    }
    const { outcome, message } = gateway.post(
      conversation,
      messageId,
      text,
      visitorOf(this.#subject),
    );
    if (outcome === 'ended') this.#problem(command, 'conversation-ended', null);
    else if (outcome === 'repeated' && message) {
      this.socket.push({ type: 'message', message: gateway.toLive(message) });
    }
  }

  #problem(command: GatewayCommand, kind: GatewayProblem['kind'], retryAfter: number | null): void {
    const problem: GatewayProblem = {
      kind,
      message: kind,
      conversationId: 'conversationId' in command ? command.conversationId : null,
      messageId: command.type === 'send-message' ? command.messageId : null,
      retryAfter,
    };
    this.socket.push({ type: 'problem', problem });
  }
}
