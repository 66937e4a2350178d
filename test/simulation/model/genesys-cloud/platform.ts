import type { GatewayMessage } from '../../../../src/protocol/gateway/messages.ts';
import { requestIds } from '../../../../src/protocol/genesys-cloud/request-ids.ts';
import type { Random } from '../../random.ts';
import { count, type SimContext } from '../../sim-context.ts';
import { type ModelConversation, ModelGateway } from '../gateway.ts';
import { epochTime } from '../machine.ts';
import { GenesysConnection } from './connection.ts';

/** What a token opens: at most one conversation. */
export interface GenesysSession {
  readonly subject: string;
  conversation: ModelConversation | null;
  /** The session rejects all requests. */
  isOver: boolean;
}

/** A visitor's message that a hub has read in a history. */
interface Reading {
  readonly messageId: string;
  /** Simulated ms. */
  readonly at: number;
}

/**
 * Transcripts of sessions whose secrets the client generates. The platform has no conversation ids, so
 * the browser's ids are read from its state.
 */
export class GenesysPlatform extends ModelGateway {
  // The platform does not deduplicate: a message sent twice is in the transcript twice.
  override readonly knowsRepeats = false;
  readonly #context: SimContext;
  readonly #byToken = new Map<string, GenesysSession>();
  readonly #owners = new Map<string, string>();
  readonly #names = new Map<string, Set<GenesysSession>>();
  readonly #jwts = new Map<string, { readonly session: GenesysSession; readonly until: number }>();
  readonly #posted = new Set<string>();
  /** Messages with more than one copy. */
  readonly duplicated = new Set<string>();
  /** Of those, messages that a hub had read before it sent them again. */
  readonly resent = new Set<string>();
  /** Sent live without their time. */
  readonly timeless = new Set<string>();
  #tokens = 0;

  constructor(context: SimContext) {
    super(context);
    this.#context = context;
  }

  /** The client generates it; the platform records its owner. */
  mint(subject: string): string {
    this.#tokens += 1;
    const token = `token-${this.#tokens}`;
    this.#owners.set(token, subject);
    return token;
  }

  open(token: string): { readonly session: GenesysSession; readonly isNew: boolean } {
    const known = this.#byToken.get(token);
    if (known) return { session: known, isNew: known.conversation === null };
    return { session: this.#make(token), isNew: true };
  }

  /** Opens another session with the token of an ended one. */
  openAnew(token: string): GenesysSession {
    return this.#make(token);
  }

  #make(token: string): GenesysSession {
    const subject = this.#owners.get(token) ?? '';
    const session = { subject, conversation: null, isOver: false };
    this.#byToken.set(token, session);
    return session;
  }

  of(token: string): GenesysSession | undefined {
    return this.#byToken.get(token);
  }

  conversationOf(session: GenesysSession): ModelConversation {
    session.conversation ??= this.begin(session.subject);
    return session.conversation;
  }

  // --- conversation ids ---

  /** Records the id that a browser uses for the session's conversation. */
  name(conversationId: string, session: GenesysSession): void {
    const named = this.#names.get(conversationId) ?? new Set();
    this.#names.set(conversationId, named.add(session));
  }

  /** The ids that browsers have used for it. */
  idsOfSession(session: GenesysSession): readonly string[] {
    return [...this.#names].flatMap(([name, sessions]) => (sessions.has(session) ? [name] : []));
  }

  override subjectOf(conversationId: string): string | undefined {
    const [session] = this.#names.get(conversationId) ?? [];
    return session?.subject;
  }

  override idsOf(conversationId: string): readonly string[] {
    const sessions = [...(this.#names.get(conversationId) ?? [])];
    return sessions.flatMap(({ conversation }) =>
      (conversation?.messages ?? []).map(({ messageId }) => messageId),
    );
  }

  /** The ids under which a browser knows it. */
  namesOf(conversation: ModelConversation): readonly string[] {
    return [...this.#names].flatMap(([name, sessions]) =>
      [...sessions].some((session) => session.conversation === conversation) ? [name] : [],
    );
  }

  protected override forgot(lost: ModelConversation): void {
    for (const session of this.#byToken.values()) {
      if (session.conversation === lost) session.isOver = true;
    }
    // Reported at once, or in answer to the next request.
    if (this.#context.random.chance(0.5)) return;
    for (const listener of [...this.listeners]) listener.onLost?.(lost.conversationId);
  }

  /** The agent leaves; the next message reaches another agent. */
  farewell(random: Random): void {
    const left = random.pick(this.conversations.filter(({ status }) => status === 'connected'));
    if (!left) return;
    count(this.#context, 'farewell');
    const event = { type: 'presence', presence: 'disconnect', from: 'other' } as const;
    const at = epochTime(this.#context.scheduler.now);
    const sent = { ...event, at, isReadOnly: false, name: 'Disconnect' };
    for (const listener of [...this.listeners]) listener.deliver(left.conversationId, sent);
  }

  /** The visitor ends or deletes the conversation, which is one request. */
  clear(session: GenesysSession, tracingId: string | undefined): void {
    const { conversation } = session;
    // Some deployments report the end first.
    if (conversation && this.#context.random.chance(0.3)) this.end(conversation);
    session.isOver = true;
    if (tracingId === requestIds.end) {
      if (conversation) conversation.status = 'ended';
    } else {
      count(this.#context, 'conversation deleted');
      if (conversation) this.drop(conversation);
    }
    for (const listener of [...this.listeners]) {
      if (listener instanceof GenesysConnection) listener.cleared(session, tracingId);
    }
  }

  // --- the history ---

  issueJwt(session: GenesysSession): { readonly jwt: string; readonly until: number } {
    const jwt = `jwt-${this.#jwts.size + 1}`;
    const until = this.#context.scheduler.now + 60_000;
    this.#jwts.set(jwt, { session, until });
    return { jwt, until };
  }

  ofJwt(jwt: string): GenesysSession | null {
    const issued = this.#jwts.get(jwt);
    if (!issued || issued.until <= this.#context.scheduler.now || issued.session.isOver)
      return null;
    return issued.session;
  }

  readonly #readings: Reading[] = [];

  /** A hub that still runs has received a page of the history. */
  wasRead(messages: readonly GatewayMessage[]): void {
    const at = this.#context.scheduler.now;
    for (const { messageId } of messages) this.#readings.push({ messageId, at });
  }

  /** The hub that had read them has lost its memory. */
  forgetReadings(): void {
    this.#readings.length = 0;
  }

  /** Records a visitor's message. A hub must not resend one that a history has shown to it. */
  posted(messageId: string, sentAt: number): void {
    if (!this.#posted.has(messageId)) {
      this.#posted.add(messageId);
      return;
    }
    this.duplicated.add(messageId);
    const wasRead = this.#readings.some((one) => one.messageId === messageId && one.at <= sentAt);
    if (wasRead) this.resent.add(messageId);
    else count(this.#context, 'resent before it was in the history');
  }
}
