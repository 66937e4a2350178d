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
  /** From now on the session is told what happens in the conversation. */
  readonly join: (session: VisitorSession, conversationId: string) => void;
  readonly leave: (session: VisitorSession) => void;
}

/** What a session needs of its connection. */
export interface SessionLine {
  readonly connection: number;
  send(frame: ServerFrame): void;
  /** `false` where no outstanding ping has that payload. */
  pong(payload: unknown): boolean;
}

interface Told {
  readonly status: ConversationStatus;
  readonly position: number | undefined;
}

type Call = Exclude<ClientFrame, { type: 'auth' | 'ping' | 'pong' }>;

/** An authenticated visitor on one connection: carries out frames, and passes on what happens. */
export class VisitorSession {
  /** The conversations whose events come here. */
  readonly joined = new Set<string>();
  /** What the client was told last of each. */
  readonly told = new Map<string, Told>();
  readonly #context: SessionContext;
  readonly #line: SessionLine;
  readonly #subject: string;
  #work: Promise<void> = Promise.resolve();
  #over = false;

  constructor(context: SessionContext, line: SessionLine, subject: string) {
    this.#context = context;
    this.#line = line;
    this.#subject = subject;
  }

  accept(decoded: Decoded): void {
    switch (decoded.kind) {
      case 'unknown':
        return;
      case 'misshapen': {
        const { reason, conversationId, messageId } = decoded;
        this.#context.checker.violation(this.#actor, 'misshapen-frame', reason);
        this.#error({ code: 'INVALID_FRAME', message: reason, conversationId, messageId });
        return;
      }
      case 'frame':
        this.#carryOut(decoded.frame);
    }
  }

  /** Passes on what happens in a joined conversation. */
  pass(frame: ServerFrame): void {
    if (this.#over) return;
    this.#line.send(frame);
    if (frame.type === 'message') {
      this.#context.checker.answered(this.#line.connection, frame.messageId);
    }
  }

  /** Tells the client where a joined conversation stands, unless it knows. */
  moved(conversationId: string, status: Told['status'], position: number | undefined): void {
    const told = this.told.get(conversationId);
    if (told?.status === status && told.position === position) return;
    this.#tell(conversationId, { status, position });
  }

  /** The token has expired, or the connection is closed: nothing is passed on any more. */
  end(): void {
    this.#over = true;
    this.#context.leave(this);
    this.joined.clear();
  }

  get #actor() {
    return { connection: this.#line.connection, subject: this.#subject };
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
        if (!this.#line.pong(frame.payload)) {
          const detail = JSON.stringify(frame.payload) ?? 'no payload';
          this.#context.checker.violation(this.#actor, 'wrong-pong', detail);
        }
        return;
      case 'auth':
        this.#context.checker.violation(this.#actor, 'second-auth', 'a second auth frame');
        this.#error({ code: 'INVALID_FRAME', message: 'this connection is authenticated' });
        return;
      default:
        // One after the other: a message must not overtake the one before it.
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
          throw new GatewayRefusal('CONVERSATION_ENDED', 'this conversation has ended');
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
    const before = this.told.get(conversationId);
    this.joined.add(conversationId);
    this.#context.join(this, conversationId);
    const positions = await this.#context.conversations.positions();
    const { status } = await this.#context.conversations.find(conversationId);
    const told = this.told.get(conversationId);
    // Told meanwhile, of a change that this look may have missed.
    if (told && told !== before) this.#tell(conversationId, told);
    else {
      const position = status === 'queued' ? positions.get(conversationId) : undefined;
      this.#tell(conversationId, { status, position });
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
    // Whoever has joined was told already, with everybody else.
    if (repeated || !joined) this.pass({ type: 'message', ...toWire(message, settings.sequences) });
  }

  #tell(conversationId: string, told: Told): void {
    this.told.set(conversationId, told);
    const { status, position } = told;
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
    this.#context.settings.logger.error('gateway: a frame could not be carried out', error);
    this.#error({ code: 'INTERNAL', message: 'the gateway failed', ...namesOf(frame) });
  }

  #error(error: Omit<Extract<ServerFrame, { type: 'error' }>, 'type'>): void {
    this.pass({ type: 'error', ...error });
    if (error.messageId !== undefined) {
      this.#context.checker.answered(this.#line.connection, error.messageId);
    }
  }
}

function namesOf(frame: ClientFrame): { conversationId?: string; messageId?: string } {
  return {
    ...('conversationId' in frame ? { conversationId: frame.conversationId } : {}),
    ...('messageId' in frame ? { messageId: frame.messageId } : {}),
  };
}
