import type { Faults } from '../faults/faults.ts';
import { type Conversations, visitorOf } from '../gateway/conversations.ts';
import { type ConversationStatus, GatewayRefusal } from '../gateway/model.ts';
import type { Settings } from '../gateway/options.ts';
import type { ProtocolChecker } from '../gateway/protocol-checker.ts';
import type { GatewayStats } from '../gateway/stats.ts';
import { type ClientFrame, type Decoded, type ServerFrame, toWire } from './frames.ts';

export interface SessionContext {
  readonly settings: Settings;
  readonly conversations: Conversations;
  readonly faults: Faults;
  readonly stats: GatewayStats;
  readonly checker: ProtocolChecker;
  /** Subscribes the session to events of the conversation. */
  readonly join: (session: VisitorSession, conversationId: string) => void;
  readonly leave: (session: VisitorSession) => void;
}

/** A connection, as its session uses it. */
export interface SessionSocket {
  readonly connection: number;
  send(frame: ServerFrame): void;
  /** `false` if no pending ping has this payload. */
  pong(payload: unknown): boolean;
}

interface SentState {
  readonly status: ConversationStatus;
  readonly position: number | undefined;
}

type Call = Exclude<ClientFrame, { type: 'auth' | 'ping' | 'pong' }>;

/** An authenticated visitor on one connection: handles frames and sends events. */
export class VisitorSession {
  /** Conversations whose events it receives. */
  readonly joined = new Set<string>();
  /** The last state of each that was sent to the client. */
  readonly sentStates = new Map<string, SentState>();
  readonly #context: SessionContext;
  readonly #socket: SessionSocket;
  readonly #subject: string;
  #work: Promise<void> = Promise.resolve();
  #over = false;

  constructor(context: SessionContext, socket: SessionSocket, subject: string) {
    this.#context = context;
    this.#socket = socket;
    this.#subject = subject;
  }

  accept(decoded: Decoded): void {
    switch (decoded.kind) {
      case 'unknown':
        return;
      case 'invalid': {
        const { reason, conversationId, messageId } = decoded;
        this.#context.checker.violation(this.#actor, 'invalid-frame', reason);
        this.#error({ code: 'INVALID_FRAME', message: reason, conversationId, messageId });
        return;
      }
      case 'frame':
        this.#carryOut(decoded.frame);
    }
  }

  /** Sends an event of a joined conversation. */
  pass(frame: ServerFrame): void {
    if (this.#over) return;
    this.#socket.send(frame);
    if (frame.type === 'message') {
      this.#context.checker.answered(this.#socket.connection, frame.messageId);
    }
  }

  /** Sends the state of a joined conversation if it changed. */
  updateState(
    conversationId: string,
    status: SentState['status'],
    position: number | undefined,
  ): void {
    const sent = this.sentStates.get(conversationId);
    if (sent?.status === status && sent.position === position) return;
    this.#sendState(conversationId, { status, position });
  }

  /** Stops sending events, because the token has expired or the connection is closed. */
  end(): void {
    this.#over = true;
    this.#context.leave(this);
    this.joined.clear();
  }

  get #actor() {
    return { connection: this.#socket.connection, subject: this.#subject };
  }

  #carryOut(frame: ClientFrame): void {
    const fault = this.#context.faults.takeAnswer(frame.type, this.#subject);
    if (fault) {
      const { code, retryAfter } = fault;
      this.#error({ code, message: code, ...namesOf(frame), retryAfter });
      return;
    }
    switch (frame.type) {
      case 'ping':
        this.pass({ type: 'pong' });
        return;
      case 'pong':
        if (!this.#socket.pong(frame.payload)) {
          const detail = JSON.stringify(frame.payload) ?? 'no payload';
          this.#context.checker.violation(this.#actor, 'wrong-pong', detail);
        }
        return;
      case 'auth':
        this.#context.checker.violation(this.#actor, 'second-auth', 'a second auth frame');
        this.#error({ code: 'INVALID_FRAME', message: 'The connection is already authenticated.' });
        return;
      default:
        // In sequence, so that messages stay in order.
        this.#work = this.#work
          .then(() => this.#call(frame))
          .catch((error: unknown) => this.#failed(error, frame));
    }
  }

  async #call(frame: Call): Promise<void> {
    const { conversations } = this.#context;
    switch (frame.type) {
      case 'routing': {
        const record = await conversations.route(this.#subject, frame.routing);
        await this.#show(record.conversationId);
        return;
      }
      case 'conversation':
        await conversations.ofVisitor(this.#subject, frame.conversationId);
        await this.#show(frame.conversationId);
        return;
      case 'message':
        await this.#post(frame);
        return;
      case 'typing': {
        const record = await conversations.ofVisitor(this.#subject, frame.conversationId);
        if (record.status === 'ended') {
          throw new GatewayRefusal('CONVERSATION_ENDED', 'The conversation has ended.');
        }
        conversations.typing(frame.conversationId, visitorOf(record), frame.isTyping);
        return;
      }
      case 'receipt': {
        const { conversationId, messageId, status } = frame;
        const record = await conversations.ofVisitor(this.#subject, conversationId);
        await conversations.receipt(conversationId, messageId, visitorOf(record), status);
        return;
      }
    }
  }

  async #show(conversationId: string): Promise<void> {
    if (this.#over) return;
    const before = this.sentStates.get(conversationId);
    this.joined.add(conversationId);
    this.#context.join(this, conversationId);
    const positions = await this.#context.conversations.positions();
    const { status } = await this.#context.conversations.find(conversationId);
    const sent = this.sentStates.get(conversationId);
    // A newer state was sent meanwhile.
    if (sent && sent !== before) this.#sendState(conversationId, sent);
    else {
      const position = status === 'queued' ? positions.get(conversationId) : undefined;
      this.#sendState(conversationId, { status, position });
    }
  }

  async #post({ conversationId, messageId, text }: Extract<Call, { type: 'message' }>) {
    const { conversations, checker, stats, settings } = this.#context;
    const { message, repeated } = await conversations.postAsVisitor(
      this.#subject,
      conversationId,
      messageId,
      text,
    );
    if (repeated) {
      stats.record({ kind: 'repeated-message', subject: this.#subject, messageId, by: 'socket' });
    }
    const joined = this.joined.has(conversationId);
    if (!joined && !this.#over) {
      checker.violation(this.#actor, 'message-before-resume', messageId);
    }
    // Joined sessions have received the event already.
    if (repeated || !joined) this.pass({ type: 'message', ...toWire(message, settings.sequences) });
  }

  #sendState(conversationId: string, sent: SentState): void {
    this.sentStates.set(conversationId, sent);
    const { status, position } = sent;
    this.pass({
      type: 'conversation',
      conversationId,
      status,
      ...(position === undefined ? {} : { position }),
    });
  }

  #failed(error: unknown, frame: Call): void {
    if (error instanceof GatewayRefusal) {
      this.#error({ code: error.code, message: error.message, ...namesOf(frame) });
      return;
    }
    this.#context.settings.logger.error('gateway: failed to handle a frame', error);
    this.#error({ code: 'INTERNAL', message: 'Internal gateway error.', ...namesOf(frame) });
  }

  #error(error: Omit<Extract<ServerFrame, { type: 'error' }>, 'type'>): void {
    this.pass({ type: 'error', ...error });
    if (error.messageId !== undefined) {
      this.#context.checker.answered(this.#socket.connection, error.messageId);
    }
  }
}

function namesOf(frame: ClientFrame): { conversationId?: string; messageId?: string } {
  return {
    ...('conversationId' in frame ? { conversationId: frame.conversationId } : {}),
    ...('messageId' in frame ? { messageId: frame.messageId } : {}),
  };
}
