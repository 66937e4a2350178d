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

/** Somebody's end of a line at the gateway. */
export interface ServerEnd {
  readonly phase: 'pending' | 'authenticated' | 'expired' | 'over';
  readonly isOver: boolean;
  take(frame: ClientFrame): void;
  /** The connection is gone. */
  end(): void;
  /** The gateway's process is started anew. */
  restart(): void;
  /** Another window takes this one's place. */
  evict?(): void;
  /** Its token's time is over. */
  expire?(): void;
}

/** The line as the gateway's end sees it. */
export interface SessionSocket {
  readonly name: string;
  /** One frame, by what it says. */
  push(...events: readonly GatewayEvent[]): void;
  hangUp(meaning: CloseMeaning): void;
}

export interface SessionContext {
  readonly world: SimContext;
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
  readonly line: SessionSocket;
  readonly #context: SessionContext;
  readonly #joined = new Set<string>();
  /** Whom the token names. */
  #subject = '';
  #pings = 0;
  #pongs = 0;

  constructor(context: SessionContext, line: SessionSocket) {
    this.#context = context;
    this.line = line;
  }

  get isOver(): boolean {
    return this.phase === 'over';
  }

  tell(conversationId: string, event: GatewayEvent): void {
    if (this.phase === 'authenticated' && this.#joined.has(conversationId)) this.line.push(event);
  }

  end(): void {
    this.phase = 'over';
    this.#context.gateway.listeners.delete(this);
  }

  restart(): void {
    this.#hangUp('network');
  }

  #hangUp(meaning: CloseMeaning): void {
    if (this.isOver) return;
    this.end();
    this.line.hangUp(meaning);
  }

  take({ command, token }: ClientFrame): void {
    switch (this.phase) {
      case 'pending':
        if (command.type === 'authenticate') this.#authenticate(token);
        else this.#context.onMisconduct(`${command.type} before the auth answer`);
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
    const { world, broker } = this.#context;
    if (strikes(world, 'crowded out', world.profile.tooManyConnections)) {
      this.#hangUp('too-many-connections');
      return;
    }
    const life = broker.lifeOf(token);
    if (life === 0 || strikes(world, 'auth refused', world.profile.authRefused)) {
      this.line.push({ type: 'refused', message: 'INVALID_TOKEN' });
      world.scheduler.after(world.random.between(0, 50), () => this.#hangUp('token'));
      return;
    }
    this.phase = 'authenticated';
    this.#subject = broker.subjectOf(token);
    this.#context.gateway.listeners.add(this);
    this.#context.onAuthenticated(this);
    this.line.push({ type: 'authenticated', serverTime: epochTime(world.scheduler.now) });
    world.scheduler.after(life, () => this.expire());
    this.#ping();
  }

  expire(): void {
    if (this.phase !== 'authenticated') return;
    this.phase = 'expired';
    count(this.#context.world, 'token expired');
    this.line.push({ type: 'token-expired' });
    this.#context.world.scheduler.after(5_000, () => this.#hangUp('token'));
  }

  #ping(): void {
    const { scheduler, random } = this.#context.world;
    scheduler.after(random.between(15_000, 30_000), () => {
      if (this.phase !== 'authenticated') return;
      this.#pings += 1;
      const payload = this.#pings;
      this.line.push({ type: 'ping', payload });
      scheduler.after(15_000, () => {
        if (this.#pongs < payload) this.#hangUp('network');
      });
      this.#ping();
    });
  }

  #carryOut(command: GatewayCommand): void {
    const { world, gateway } = this.#context;
    const { internalErrors } = world.profile;
    if (command.type !== 'ping' && strikes(world, 'internal error', internalErrors)) {
      this.#problem(command, 'other', null);
      return;
    }
    switch (command.type) {
      case 'authenticate':
        this.#context.onMisconduct('a second auth frame');
        return;
      case 'ping':
        this.line.push({ type: 'pong' });
        return;
      case 'answer-ping':
        if (typeof command.payload === 'number') {
          this.#pongs = Math.max(this.#pongs, command.payload);
        }
        return;
      case 'open-conversation': {
        const conversation = gateway.route(this.#subject);
        this.#joined.add(conversation.conversationId);
        this.line.push({ type: 'conversation', conversation: summary(conversation) });
        return;
      }
      case 'resume-conversation': {
        const conversation = gateway.find(command.conversationId, this.#subject);
        if (!conversation) {
          this.#problem(command, 'conversation-not-found', null);
          return;
        }
        this.#joined.add(conversation.conversationId);
        this.line.push({ type: 'conversation', conversation: summary(conversation) });
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
          this.#context.onMisconduct('a receipt for a message that is not in the conversation');
        }
        return;
      }
    }
  }

  #message(command: Extract<GatewayCommand, { type: 'send-message' }>): void {
    const { world, gateway } = this.#context;
    const { conversationId, messageId, text } = command;
    if (!this.#joined.has(conversationId)) {
      // The resume frame may have been lost on its way, but then its answer never came.
      this.#context.onMisconduct('a message before its conversation was resumed');
    }
    if (strikes(world, 'rate limited', world.profile.rateLimited)) {
      this.#problem(command, 'rate-limited', world.random.int(1, 8) * 1_000);
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
      this.line.push({ type: 'message', message: gateway.live(message) });
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
    this.line.push({ type: 'problem', problem });
  }
}
