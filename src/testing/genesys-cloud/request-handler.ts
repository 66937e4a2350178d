import { randomUUID } from 'node:crypto';
import { visitorOf } from '../gateway/conversations.ts';
import { GatewayRefusal } from '../gateway/model.ts';
import type { CountedSocket } from '../gateway/stats.ts';
import { attributesOf, routingOf } from './attributes.ts';
import { EventHandler } from './event-handler.ts';
import { fileErrorText } from './files.ts';
import {
  answer,
  eventBody,
  fileFailure,
  notification,
  platformId,
  refusal,
  tooMany,
} from './frames.ts';
import { Limit } from './limits.ts';
import { type MessageRequest, type SessionRequest, typeOf } from './requests.ts';
import type { MessagingSession, SessionSocket } from './sessions.ts';
import type { SessionSocketsContext } from './sockets.ts';

const maximumTextBytes = 4_096;
const maximumAttributeBytes = 2_048;
/**
 * How long a connection stays open after `closeSession`, in ms: [MT] opens the next session on it as soon as
 * it knows that the last one is closed.
 */
const closeDelay = 250;

/** Answers one connection's requests, for the session that it has configured. */
export class RequestHandler {
  readonly #context: SessionSocketsContext;
  readonly #socket: SessionSocket & CountedSocket;
  readonly #echoes: Limit;
  readonly #events: EventHandler;
  #closing: NodeJS.Timeout | null = null;
  #session: MessagingSession | null = null;
  /** Handles requests in order of arrival. */
  #work: Promise<void> = Promise.resolve();

  constructor(context: SessionSocketsContext, socket: SessionSocket & CountedSocket) {
    this.#context = context;
    this.#socket = socket;
    this.#echoes = new Limit(2, 60_000, context.settings.clock);
    this.#events = new EventHandler(context, socket);
  }

  get subject(): string | null {
    return this.#session?.subject ?? null;
  }

  accept(request: SessionRequest): void {
    this.#work = this.#work
      .then(() => this.#handle(request))
      .catch((error: unknown) => this.#failed(error));
  }

  /** The connection has closed. */
  leave(): void {
    this.#keepOpen();
    this.#session?.leave(this.#socket);
  }

  #keepOpen(): void {
    if (this.#closing) clearTimeout(this.#closing);
    this.#closing = null;
  }

  #failed(error: unknown): void {
    if (error instanceof GatewayRefusal && error.code === 'CONVERSATION_ENDED') {
      this.#socket.send(refusal(409, 'The conversation is read-only.'));
      return;
    }
    this.#context.settings.logger.error('gateway: failed to handle a request', error);
    this.#socket.send(refusal(500, 'Internal server error'));
  }

  async #handle(request: SessionRequest): Promise<void> {
    const { action, tracingId } = request;
    const { settings, sessions } = this.#context;
    if (action === 'configureSession') {
      await this.#configure(request, null);
      return;
    }
    if (action === 'configureAuthenticatedSession') {
      const identity = sessions.identityOf(request.data.code);
      if (identity === null) this.#socket.send(refusal(401, 'User is unauthorized'));
      else await this.#configure(request, identity);
      return;
    }
    if (action === 'getConfiguration' && request.deploymentId === settings.deploymentId) {
      this.#socket.send(answer('GetConfigurationResponse', this.#configuration, tracingId));
      return;
    }
    const session = this.#session;
    const owner = request.token === undefined ? session : sessions.of(request.token);
    if (!session || owner !== session) {
      this.#socket.send(refusal(4007, 'session not found'));
      return;
    }
    if (session.hasExpired) {
      this.#socket.send(refusal(4006, 'session expired'));
      return;
    }
    const fault = this.#context.faults.takeAnswer(action, session.subject);
    if (fault) {
      this.#refuse(request, Number(fault.code), fault.retryAfter);
      return;
    }
    switch (action) {
      case 'onMessage':
        await this.#onMessage(session, request);
        return;
      case 'echo':
        this.#echo(session, request.message?.text ?? '', tracingId);
        return;
      case 'getJwt':
        this.#socket.send(answer('JwtResponse', sessions.issueJwt(session), tracingId));
        return;
      case 'getConfiguration':
        this.#socket.send(answer('GetConfigurationResponse', this.#configuration, tracingId));
        return;
      case 'resumeToken': {
        const body = sessions.issueResumeToken(session);
        this.#socket.send(answer('ResumeTokenResponse', body, tracingId));
        return;
      }
      case 'closeSession':
        if (request.closeAllConnections === true) session.closeOthers(this.#socket);
        this.#closeSession(session, tracingId);
        return;
      case 'onAttachment': {
        const upload = this.#context.files.ask(session.subject, request);
        if (typeof upload === 'number') this.#refuse(request, upload);
        else this.#socket.send(answer('PresignedUrlResponse', upload, tracingId));
        return;
      }
      case 'getAttachment': {
        const link = this.#context.files.refresh(request.attachmentId);
        if (typeof link === 'number') this.#refuse(request, link);
        else this.#socket.send(answer('PresignedUrlResponse', link, tracingId));
        return;
      }
      case 'deleteAttachment': {
        const { attachmentId } = request;
        this.#context.files.forget(attachmentId);
        this.#socket.send(notification('AttachmentDeletedResponse', { attachmentId }, tracingId));
        return;
      }
    }
  }

  /** Most errors have no reference; those for upload URLs have the file's id. */
  #refuse(request: SessionRequest, code: number, retryAfter = 1): void {
    if (code === 429 || code === 4029) {
      this.#socket.send(tooMany(retryAfter));
    } else if (request.action === 'onAttachment' && code !== 4000) {
      const timestamp = new Date(this.#context.settings.clock()).toISOString();
      this.#socket.send(fileFailure('GenerateUrlError', request, code, timestamp));
    } else {
      this.#socket.send(refusal(code, fileErrorText(code)));
    }
  }

  async #configure(
    request: Extract<SessionRequest, { deploymentId: string }>,
    identity: string | null,
  ): Promise<void> {
    const { sessions, settings, stats } = this.#context;
    if (request.deploymentId !== settings.deploymentId) {
      this.#socket.send(refusal(403, 'HTTP authorization error'));
      return;
    }
    const opened = sessions.open(request.token, identity, request.startNew === true);
    if (opened === 4017) {
      this.#socket.send(refusal(4017, 'cannot downgrade to an unauthenticated session'));
      return;
    }
    const { session, isNew, hasSignedIn, cleared } = opened;
    if (session.hasExpired) {
      this.#socket.send(refusal(4006, 'session expired'));
      return;
    }
    this.#keepOpen();
    if (this.#session !== session) {
      this.leave();
      this.#session = session;
      session.join(this.#socket);
      stats.authenticatedNow(this.#socket, session.subject);
    }
    const body = {
      connected: true,
      newSession: isNew,
      readOnly: session.isReadOnly,
      clearedExistingSession: cleared !== null,
      ...this.#media,
      ...this.#life(session),
    };
    this.#socket.send(answer('SessionResponse', body, request.tracingId));
    if (request.action === 'configureSession' && request.journeyContext) {
      const { subject } = session;
      stats.record({ kind: 'journey', subject, context: request.journeyContext });
    }
    if (hasSignedIn) this.#onSignedIn(session);
    if (cleared) await this.#clear(cleared);
  }

  /** The session goes on; its other connections are told that it is no guest's any more [MT]. */
  #onSignedIn(session: MessagingSession): void {
    session.closeOthers(this.#socket, { reason: 'signedIn' });
    const from = { id: session.subject, name: '', role: 'visitor' } as const;
    const signIn = { eventType: 'Presence', presence: { type: 'SignIn' } };
    const at = this.#context.settings.clock();
    const body = eventBody(randomUUID(), at, signIn, from);
    session.pastEvents.push({ at, body });
    session.tell(notification('StructuredMessage', body));
  }

  async #clear(session: MessagingSession): Promise<void> {
    const { sessions, conversations } = this.#context;
    sessions.clear(session);
    if (session.conversationId !== null) await conversations.end(session.conversationId);
    session.tell(notification('SessionClearedEvent', {}));
    session.tell(notification('ConnectionClosedEvent', {}));
    session.closeSockets();
  }

  get #media() {
    return {
      allowedMedia: { inbound: this.#context.files.rules },
      blockedExtensions: ['.exe'],
      maxCustomDataBytes: maximumAttributeBytes,
    };
  }

  get #configuration() {
    return { ...this.#media, sessionDurationSeconds: this.#context.settings.sessionLife };
  }

  /** Tells that it is closed, before the socket is [MT, SC]. */
  #closeSession(session: MessagingSession, tracingId: string | undefined): void {
    session.leave(this.#socket);
    this.#session = null;
    const body = { connected: false, newSession: false, readOnly: session.isReadOnly };
    this.#socket.send(answer('SessionResponse', body, tracingId));
    const close = () => this.#socket.close(1000, 'closed by the client');
    this.#closing ??= setTimeout(close, closeDelay);
  }

  #life(session: MessagingSession) {
    return {
      durationSeconds: this.#context.settings.sessionLife,
      expirationDate: Math.floor(session.expiresAt / 1_000),
    };
  }

  #echo(session: MessagingSession, text: string, tracingId: string | undefined): void {
    const retryAfter = this.#echoes.take();
    if (retryAfter !== null) {
      this.overLimit('echo: more than two a minute', retryAfter);
      return;
    }
    const { durationSeconds, expirationDate } = this.#life(session);
    const metadata = {
      durationSeconds: String(durationSeconds),
      expirationDate: String(expirationDate),
    };
    const body = { id: platformId(), type: 'Text', text, direction: 'Inbound', metadata };
    this.#socket.send(answer('StructuredMessage', body, tracingId));
  }

  async #onMessage(session: MessagingSession, request: MessageRequest): Promise<void> {
    const { conversations, sessions, settings, files } = this.#context;
    const { message, tracingId } = request;
    if (typeOf(message) === 'Event') {
      await this.#events.handle(session, request);
      return;
    }
    const retryAfter = session.messages.take();
    if (retryAfter !== null) {
      this.overLimit('onMessage: more than five a second', retryAfter);
      return;
    }
    const text = message.text ?? '';
    const customAttributes = attributesOf(request);
    const attachmentIds = [
      ...(message.content ?? []).flatMap(({ attachment }) => attachment?.id ?? []),
      ...(request.attachmentIds ?? []),
    ];
    const refused = files.refusalOf(session.subject, attachmentIds);
    if (session.isReadOnly) {
      this.#socket.send(refusal(409, 'The conversation is read-only.'));
    } else if (Buffer.byteLength(text) > maximumTextBytes) {
      this.#socket.send(refusal(4011, 'message too long'));
    } else if (Buffer.byteLength(JSON.stringify(customAttributes ?? {})) > maximumAttributeBytes) {
      this.#socket.send(
        refusal(4013, 'Custom Attributes in channel metadata is larger than 2048 bytes'),
      );
    } else if (refused !== null) {
      this.#socket.send(refusal(refused, fileErrorText(refused)));
    } else {
      const routing = routingOf(customAttributes, settings.skillGroups[0]?.name);
      const record = await sessions.conversationOf(session, routing);
      const messageId = randomUUID();
      sessions.keep(messageId, {
        tracingId,
        content: message.content?.filter(({ attachment }) => attachment === undefined),
        metadata: message.metadata,
        customAttributes,
      });
      files.attach(messageId, attachmentIds);
      session.prolong();
      const draft = { messageId, from: visitorOf(record), text };
      await conversations.post(record.conversationId, draft);
    }
  }

  /** Reports a request beyond a rate limit, and refuses it. */
  overLimit(detail: string, retryAfter: number): void {
    const { connection } = this.#socket;
    const { subject } = this;
    this.#context.checker.violation({ connection, subject }, 'over-the-limit', detail);
    this.#socket.send(tooMany(retryAfter));
  }
}
