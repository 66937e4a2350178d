import { createHash, randomUUID } from 'node:crypto';
import type { AgentPart } from '../agents/agent-protocol.ts';
import type { Conversations } from '../gateway/conversations.ts';
import type { ConversationRecord, Routing, StoredMessage } from '../gateway/model.ts';
import type { Settings } from '../gateway/options.ts';
import type { SessionFiles } from './files.ts';
import type { Extras, SessionFrame } from './frames.ts';
import { Limit } from './limits.ts';
import { answersIn, contentTexts } from './structured-content.ts';

/** A Join or Disconnect, which the history returns among the messages [SC]. */
export interface PastEvent {
  /** Epoch ms. */
  readonly at: number;
  readonly body: object;
}

/** A connection, as its session uses it. */
export interface SessionSocket {
  send(frame: SessionFrame): void;
  close(code: number, reason: string): void;
}

/** Beyond this number, the oldest connection is closed. */
const maximumLines = 3;

const jwtLife = 60_000;

/** The session of an anonymous or signed-in visitor, with one conversation at a time. */
export class MessagingSession {
  readonly subject: string;
  /** Who has signed in; `null` for a guest. */
  identity: string | null;
  readonly messages: Limit;
  readonly history: Limit;
  /** All its conversations; the last one may be open. */
  readonly conversationIds: string[] = [];
  readonly pastEvents: PastEvent[] = [];
  isReadOnly = false;
  /** Whether it has ended for good. */
  isOver = false;
  /** Whether its visitor has cleared the conversation. */
  isCleared = false;
  /** Epoch ms. */
  expiresAt: number;
  readonly #settings: Settings;
  readonly #sockets: SessionSocket[] = [];

  constructor(subject: string, identity: string | null, settings: Settings) {
    this.subject = subject;
    this.identity = identity;
    this.#settings = settings;
    this.messages = new Limit(5, 1_000, settings.clock);
    this.history = new Limit(10, 60_000, settings.clock);
    this.expiresAt = settings.clock() + settings.sessionLife * 1_000;
  }

  get hasExpired(): boolean {
    return this.isOver || this.expiresAt <= this.#settings.clock();
  }

  /** The current conversation, or the last one. */
  get conversationId(): string | null {
    return this.conversationIds.at(-1) ?? null;
  }

  /** Renews the expiry after a message. */
  prolong(): void {
    this.expiresAt = this.#settings.clock() + this.#settings.sessionLife * 1_000;
  }

  join(socket: SessionSocket): void {
    if (this.#sockets.includes(socket)) return;
    this.#sockets.push(socket);
    const oldest = this.#sockets.length > maximumLines ? this.#sockets.shift() : undefined;
    oldest?.send({ type: 'message', class: 'ConnectionClosedEvent', code: 200, body: {} });
    oldest?.close(1000, 'too many connections');
  }

  leave(socket: SessionSocket): void {
    const index = this.#sockets.indexOf(socket);
    if (index >= 0) this.#sockets.splice(index, 1);
  }

  /** Sends a frame on all its connections. */
  tell(frame: SessionFrame): void {
    for (const socket of [...this.#sockets]) socket.send(frame);
  }

  closeSockets(): void {
    for (const socket of [...this.#sockets]) socket.close(1000, 'the session has ended');
  }

  /** Closes all connections except one, and tells them so [MT]. */
  closeOthers(kept: SessionSocket, body: { readonly reason?: 'signedIn' } = {}): void {
    for (const socket of this.#sockets.filter((each) => each !== kept)) {
      socket.send({ type: 'message', class: 'ConnectionClosedEvent', code: 200, body });
      socket.close(1000, 'closed by another connection');
    }
  }
}

interface OpenedSession {
  readonly session: MessagingSession;
  readonly isNew: boolean;
  /** Its guest has just signed in. */
  readonly hasSignedIn: boolean;
  /** Another session, which this one replaces: the identity's, or the guest's part. */
  readonly cleared: MessagingSession | null;
}

export interface SessionsContext {
  readonly settings: Settings;
  readonly conversations: Conversations;
  readonly files: SessionFiles;
}

/** The sessions of one deployment, in memory, even if conversations are stored. */
export class MessagingSessions {
  readonly #context: SessionsContext;
  readonly #byToken = new Map<string, MessagingSession>();
  readonly #byConversation = new Map<string, MessagingSession>();
  readonly #jwts = new Map<
    string,
    { readonly session: MessagingSession; readonly until: number }
  >();
  readonly #identities = new Map<string, string>();
  readonly #extras = new Map<string, Extras>();

  constructor(context: SessionsContext) {
    this.#context = context;
  }

  /**
   * The session of a token or an identity; creates one if it is new.
   *
   * @returns 4017 for a guest with the token of somebody who has signed in [MT]
   */
  open(token: string, identity: string | null, startsNew: boolean): OpenedSession | 4017 {
    const ofToken = this.#byToken.get(token);
    if (identity === null && ofToken && ofToken.identity !== null) return 4017;
    const key = identity === null ? token : identityKey(identity);
    const known = this.#byToken.get(key);
    const guest = identity !== null && ofToken?.identity === null ? ofToken : null;
    if (identity !== null && guest && !startsNew && !guest.hasExpired) {
      if (this.#context.settings.deployment.allowSessionUpgrade) {
        this.#byToken.set(key, guest);
        guest.identity = identity;
        return { session: guest, isNew: false, hasSignedIn: true, cleared: known ?? null };
      }
    }
    if (known && !startsNew) {
      this.#byToken.set(token, known);
      const isNew = known.conversationId === null;
      return { session: known, isNew, hasSignedIn: false, cleared: guest };
    }
    const { settings } = this.#context;
    const session = new MessagingSession(identity ?? subjectOf(token), identity, settings);
    this.#byToken.set(key, session);
    this.#byToken.set(token, session);
    return { session, isNew: true, hasSignedIn: false, cleared: guest };
  }

  of(token: string): MessagingSession | undefined {
    return this.#byToken.get(token);
  }

  /**
   * Ends a session whose visitor clears the conversation. Nothing of it can be read or sent any more; its
   * token begins another one.
   */
  clear(session: MessagingSession): void {
    session.isCleared = true;
    session.isOver = true;
    for (const [token, known] of this.#byToken) {
      if (known === session) this.#byToken.delete(token);
    }
  }

  ofConversation(conversationId: string): MessagingSession | undefined {
    return this.#byConversation.get(conversationId);
  }

  /** The open conversation, or a new one in the queue. */
  async conversationOf(session: MessagingSession, routing: Routing): Promise<ConversationRecord> {
    const record = await this.#context.conversations.route(session.subject, routing);
    const { conversationId } = record;
    if (session.conversationId !== conversationId) session.conversationIds.push(conversationId);
    this.#byConversation.set(conversationId, session);
    return record;
  }

  keep(messageId: string, extras: Extras): void {
    this.#extras.set(messageId, extras);
  }

  /** Structured content of a message, for agents. */
  partsOf({ messageId, text }: StoredMessage): readonly AgentPart[] {
    const contentOf = (id: string) => this.#extras.get(id)?.content;
    const parts = contentTexts(contentOf(messageId), contentOf);
    // Clients may send what was pressed without a text [BC, SC].
    const answers = text === '' ? answersIn(contentOf(messageId)) : [];
    return [...answers.map((answer) => ({ title: 'Answer', text: answer })), ...parts];
  }

  /** A message's text, or what was pressed instead. */
  textOf({ messageId, text }: StoredMessage): string {
    return text === '' ? answersIn(this.#extras.get(messageId)?.content).join(', ') : text;
  }

  extrasOf({ messageId }: StoredMessage): Extras {
    const extras = this.#extras.get(messageId) ?? {};
    const files = this.#context.files.contentOf(messageId);
    return files.length > 0
      ? { ...extras, content: [...files, ...(extras.content ?? [])] }
      : extras;
  }

  /** The session of a subject. */
  ofSubject(subject: string): MessagingSession | undefined {
    return [...this.#byToken.values()].find((session) => session.subject === subject);
  }

  issueJwt(session: MessagingSession): { readonly jwt: string; readonly exp: number } {
    const jwt = randomUUID();
    const until = this.#context.settings.clock() + jwtLife;
    this.#jwts.set(jwt, { session, until });
    return { jwt, exp: Math.floor(until / 1_000) };
  }

  ofJwt(jwt: string): MessagingSession | null {
    const issued = this.#jwts.get(jwt);
    if (!issued || issued.until <= this.#context.settings.clock()) return null;
    return issued.session.isCleared ? null : issued.session;
  }

  issueResumeToken(session: MessagingSession) {
    return { resumeToken: randomUUID(), exp: Math.floor(session.expiresAt / 1_000) };
  }

  /** Issues a token for a code of the identity provider. */
  issueIdentity(subject: string): string {
    const jwt = `identity.${randomUUID()}`;
    this.#identities.set(jwt, subject);
    return jwt;
  }

  identityOf(jwt: string): string | null {
    return this.#identities.get(jwt) ?? null;
  }

  /** Returns whether the identity was valid. */
  revokeIdentity(jwt: string): boolean {
    const subject = this.#identities.get(jwt);
    this.#identities.delete(jwt);
    if (subject === undefined) return false;
    this.#byToken.get(identityKey(subject))?.tell({
      type: 'message',
      class: 'LogoutEvent',
      code: 200,
      body: {},
    });
    return true;
  }

  /** Ends all sessions. */
  expireAll(): void {
    for (const session of this.#byToken.values()) session.isOver = true;
  }
}

function identityKey(identity: string): string {
  return `identity:${identity}`;
}

/** A hash, because the token is secret. */
function subjectOf(token: string): string {
  return `visitor_${createHash('sha256').update(token).digest('hex').slice(0, 16)}`;
}
