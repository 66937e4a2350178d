import { randomUUID } from 'node:crypto';
import type { RawData, WebSocket } from 'ws';
import type { FaultTarget } from '../faults/faults.ts';
import type { FaultySocket } from '../faults/faulty-socket.ts';
import { visitorOf } from '../gateway/conversations.ts';
import { GatewayRefusal, type Routing } from '../gateway/model.ts';
import type { CountedSocket } from '../gateway/stats.ts';
import { fileErrorText } from './files.ts';
import {
  answer,
  fileFailure,
  notification,
  refusal,
  type SessionFrame,
  tooMany,
} from './frames.ts';
import { Limit } from './limits.ts';
import { readRequest, type SessionMessage, type SessionRequest } from './requests.ts';
import type { MessagingSession, SessionSocket } from './sessions.ts';
import type { SessionSocketsContext } from './sockets.ts';

const maximumTextBytes = 4_096;
const maximumAttributeBytes = 2_048;
/** Timeout for the client's close frame, in ms. */
const closeTimeout = 3_000;

export interface ConnectionContext extends SessionSocketsContext {
  readonly left: (connection: SessionConnection) => void;
}

/** One client's socket, from the upgrade to its close event. */
export class SessionConnection implements CountedSocket, FaultTarget, SessionSocket {
  readonly connection: number;
  readonly #context: ConnectionContext;
  readonly #socket: WebSocket;
  readonly #faultySocket: FaultySocket;
  readonly #requests: Limit;
  readonly #echoes: Limit;
  #session: MessagingSession | null = null;
  #timer: NodeJS.Timeout | null = null;
  /** Handles requests in order of arrival. */
  #work: Promise<void> = Promise.resolve();

  constructor(
    context: ConnectionContext,
    connection: number,
    socket: WebSocket,
    faultySocket: FaultySocket,
  ) {
    this.#context = context;
    this.connection = connection;
    this.#socket = socket;
    this.#faultySocket = faultySocket;
    const { clock } = context.settings;
    this.#requests = new Limit(60, 60_000, clock);
    this.#echoes = new Limit(2, 60_000, clock);
    context.stats.opened(this);
    socket.on('message', (data) => this.#receive(data));
    socket.on('error', () => this.#socket.terminate());
    socket.on('close', (code) => this.#closed(code));
  }

  get subject(): string | null {
    return this.#session?.subject ?? null;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  get bytes(): { readonly in: number; readonly out: number } {
    return this.#faultySocket.bytes;
  }

  /** Sends a frame, after faults apply. */
  send(frame: SessionFrame): void {
    this.#context.faults.frames.pass(
      {
        direction: 'to-client',
        connection: this.connection,
        subject: this.subject,
        type: frame.class,
        frame: { ...frame },
      },
      () => this.#write(JSON.stringify(frame), frame.class),
    );
  }

  sendRaw(text: string): void {
    this.#write(text, '?');
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
    this.#timer ??= setTimeout(() => this.#socket.terminate(), closeTimeout);
  }

  cut(): void {
    this.#faultySocket.cut();
  }

  setSilent(silent: boolean): void {
    this.#faultySocket.setSilent(silent);
  }

  expire(): void {
    this.send(answer('SessionExpiredEvent', {}));
  }

  #write(text: string, type: string): void {
    if (!this.isOpen || this.#faultySocket.silent) return;
    const { connection, subject } = this;
    this.#context.stats.record({ kind: 'sent', connection, subject, type });
    this.#socket.send(text);
  }

  #receive(data: RawData): void {
    if (this.#faultySocket.silent) return;
    const read = readRequest(data.toString());
    const action = read.ok ? read.request.action : read.action;
    const { connection, subject } = this;
    this.#context.stats.record({ kind: 'received', connection, subject, type: action });
    const retryAfter = this.#requests.take();
    if (retryAfter !== null) {
      this.#overLimit(`${action}: more than 60 requests a minute`, retryAfter);
      return;
    }
    if (!read.ok) {
      this.#context.checker.violation({ connection, subject }, 'invalid-frame', read.reason);
      this.send(refusal(400, `Request failed: ${read.reason}`));
      return;
    }
    const frame: Readonly<Record<string, unknown>> = { ...read.request };
    this.#context.faults.frames.pass(
      { direction: 'from-client', connection, subject, type: action, frame },
      () => {
        this.#work = this.#work
          .then(() => this.#handle(read.request))
          .catch((error: unknown) => this.#failed(error));
      },
    );
  }

  #failed(error: unknown): void {
    if (error instanceof GatewayRefusal && error.code === 'CONVERSATION_ENDED') {
      this.send(refusal(409, 'The conversation is read-only.'));
      return;
    }
    this.#context.settings.logger.error('gateway: failed to handle a request', error);
    this.send(refusal(500, 'Internal server error'));
  }

  async #handle(request: SessionRequest): Promise<void> {
    const { action, tracingId } = request;
    const { settings, sessions } = this.#context;
    if (action === 'configureSession') {
      this.#configure(request, null);
      return;
    }
    if (action === 'configureAuthenticatedSession') {
      const identity = sessions.identityOf(request.data.code);
      if (identity === null) this.send(refusal(401, 'User is unauthorized'));
      else this.#configure(request, identity);
      return;
    }
    const session = this.#session;
    if (!session || sessions.of(request.token) !== session) {
      this.send(refusal(4007, 'session not found'));
      return;
    }
    if (session.hasExpired) {
      this.send(refusal(4006, 'session expired'));
      return;
    }
    const fault = this.#context.faults.takeAnswer(action, session.subject);
    if (fault) {
      this.#refuse(request, Number(fault.code), fault.retryAfter);
      return;
    }
    switch (action) {
      case 'onMessage':
        await this.#onMessage(session, request.message, tracingId);
        return;
      case 'echo':
        this.#echo(session, request.message.text, tracingId);
        return;
      case 'getJwt':
        this.send(answer('JwtResponse', sessions.issueJwt(session), tracingId));
        return;
      case 'getConfiguration': {
        const sessionDurationSeconds = settings.sessionLife;
        this.send(
          answer('GetConfigurationResponse', { ...this.#media, sessionDurationSeconds }, tracingId),
        );
        return;
      }
      case 'disconnectCustomer':
        if (session.conversationId !== null) {
          await this.#context.conversations.end(session.conversationId);
        }
        return;
      case 'closeSession':
        if (request.closeAllConnections === true) session.closeSockets();
        else this.close(1000, 'closed by the client');
        return;
      case 'onAttachment': {
        const upload = this.#context.files.ask(session.subject, request);
        if (typeof upload === 'number') this.#refuse(request, upload);
        else this.send(answer('PresignedUrlResponse', upload, tracingId));
        return;
      }
      case 'getAttachment': {
        const link = this.#context.files.refresh(request.attachmentId);
        if (typeof link === 'number') this.#refuse(request, link);
        else this.send(answer('PresignedUrlResponse', link, tracingId));
        return;
      }
      case 'deleteAttachment': {
        const { attachmentId } = request;
        this.#context.files.forget(attachmentId);
        this.send(answer('AttachmentDeletedResponse', { attachmentId }, tracingId));
        return;
      }
    }
  }

  /** Most errors have no reference; those for upload URLs have the file's id. */
  #refuse(request: SessionRequest, code: number, retryAfter = 1): void {
    if (code === 429 || code === 4029) {
      this.send(tooMany(retryAfter));
    } else if (request.action === 'onAttachment' && code !== 4000) {
      const timestamp = new Date(this.#context.settings.clock()).toISOString();
      this.send(fileFailure('GenerateUrlError', request.attachmentId, code, timestamp));
    } else {
      this.send(refusal(code, fileErrorText(code)));
    }
  }

  #configure(
    request: Extract<SessionRequest, { deploymentId: string }>,
    identity: string | null,
  ): void {
    const { sessions, settings, stats } = this.#context;
    if (request.deploymentId !== settings.deploymentId) {
      this.send(refusal(403, 'HTTP authorization error'));
      return;
    }
    const { session, isNew } = sessions.open(request.token, identity, request.startNew === true);
    if (session.hasExpired) {
      this.send(refusal(4006, 'session expired'));
      return;
    }
    if (this.#session !== session) {
      this.#session?.leave(this);
      this.#session = session;
      session.join(this);
      stats.authenticatedNow(this, session.subject);
    }
    const body = {
      connected: true,
      newSession: isNew,
      readOnly: session.isReadOnly,
      clearedExistingSession: false,
      ...this.#media,
      ...this.#life(session),
    };
    this.send(answer('SessionResponse', body, request.tracingId));
  }

  get #media() {
    return {
      allowedMedia: { inbound: this.#context.files.rules },
      blockedExtensions: ['.exe'],
      maxCustomDataBytes: maximumAttributeBytes,
    };
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
      this.#overLimit('echo: more than two a minute', retryAfter);
      return;
    }
    const { durationSeconds, expirationDate } = this.#life(session);
    const metadata = {
      durationSeconds: String(durationSeconds),
      expirationDate: String(expirationDate),
    };
    const body = { id: randomUUID(), type: 'Text', text, direction: 'Inbound', metadata };
    this.send(answer('StructuredMessage', body, tracingId));
  }

  async #onMessage(
    session: MessagingSession,
    message: SessionMessage,
    tracingId: string | undefined,
  ) {
    const { conversations, sessions, settings, files } = this.#context;
    if (message.type === 'Event') {
      await this.#onEvent(session, message);
      return;
    }
    const retryAfter = session.messages.take();
    if (retryAfter !== null) {
      this.#overLimit('onMessage: more than five a second', retryAfter);
      return;
    }
    const text = message.text ?? '';
    const customAttributes = message.channel?.metadata?.customAttributes;
    const attachmentIds = (message.content ?? []).flatMap(({ attachment }) => attachment?.id ?? []);
    const refused = files.refusalOf(session.subject, attachmentIds);
    if (session.isReadOnly) {
      this.send(refusal(409, 'The conversation is read-only.'));
    } else if (Buffer.byteLength(text) > maximumTextBytes) {
      this.send(refusal(4011, 'message too long'));
    } else if (Buffer.byteLength(JSON.stringify(customAttributes ?? {})) > maximumAttributeBytes) {
      this.send(refusal(4013, 'Custom Attributes in channel metadata is larger than 2048 bytes'));
    } else if (refused !== null) {
      this.send(refusal(refused, fileErrorText(refused)));
    } else {
      const routing = routingOf(customAttributes, settings.skillGroups[0]?.name ?? 'default');
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

  async #onEvent(session: MessagingSession, message: SessionMessage): Promise<void> {
    const { conversations, sessions, settings } = this.#context;
    for (const { eventType, presence } of message.events ?? []) {
      if (eventType === 'Typing' && session.conversationId !== null) {
        const record = await conversations.find(session.conversationId);
        conversations.typing(session.conversationId, visitorOf(record), true);
      } else if (presence?.type === 'Join') {
        const { customAttributes } = message.channel?.metadata ?? {};
        const routing = routingOf(customAttributes, settings.skillGroups[0]?.name ?? 'default');
        await sessions.conversationOf(session, routing);
      } else if (presence?.type === 'Clear' && !settings.deployment.clear) {
        this.send(refusal(403, 'Presence events Conversation Clear are not supported'));
      } else if (presence?.type === 'Clear') {
        if (session.conversationId !== null) await conversations.end(session.conversationId);
        session.isOver = true;
        session.tell(notification('SessionClearedEvent', {}));
        session.tell(notification('ConnectionClosedEvent', {}));
        session.closeSockets();
      }
    }
  }

  #overLimit(detail: string, retryAfter: number): void {
    const { connection, subject } = this;
    this.#context.checker.violation({ connection, subject }, 'over-the-limit', detail);
    this.send(tooMany(retryAfter));
  }

  #closed(code: number): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#session?.leave(this);
    this.#context.stats.closed(this, code);
    this.#context.left(this);
  }
}

/** The routing, as a deployment's flow would derive it from the attributes. */
function routingOf(attributes: Readonly<Record<string, string>> = {}, byDefault: string): Routing {
  const { skillGroups = '', priority, ...rest } = attributes;
  const names = skillGroups.split(',').filter((name) => name !== '');
  const number = Number(priority ?? '0');
  return {
    skillGroups: names.length > 0 ? names : [byDefault],
    attributes: rest,
    ...(Number.isInteger(number) && number > 0 ? { priority: number } : {}),
  };
}
