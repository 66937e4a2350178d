import type { CloseMeaning, GatewayAdapter } from '../../../../src/protocol/gateway/adapter.ts';
import type { GatewayEvent } from '../../../../src/protocol/gateway/events.ts';
import { messageIdAttribute } from '../../../../src/protocol/genesys-cloud/messages.ts';
import { requestIds } from '../../../../src/protocol/genesys-cloud/request-ids.ts';
import type { Sender } from '../../../../src/protocol/message.ts';
import {
  answer,
  eventBody,
  liveBody,
  notification,
  refusal,
  type SessionFrame,
  tooMany,
} from '../../../../src/testing/genesys-cloud/frames.ts';
import {
  readRequest,
  type SessionMessage,
  type SessionRequest,
} from '../../../../src/testing/genesys-cloud/requests.ts';
import { count, type SimContext, strikes } from '../../sim-context.ts';
import type { Watch } from '../dialect.ts';
import { agent, type Listener } from '../gateway.ts';
import { epochTime } from '../machine.ts';
import { type ClientFrame, type ServerEnd, type SessionSocket, visitorOf } from '../session.ts';
import type { GenesysPlatform, GenesysSession } from './platform.ts';
import { extrasOf, storedMessage } from './transcript.ts';

export interface ConnectionEnvironment extends Watch {
  readonly context: SimContext;
  readonly platform: GenesysPlatform;
  /** The adapter under test, which encodes and decodes the client's frames. */
  readonly adapter: GatewayAdapter;
}

/** One connection as the platform sees it: docs/genesys-cloud.md. */
export class GenesysConnection implements Listener, ServerEnd {
  phase: ServerEnd['phase'] = 'pending';
  session: GenesysSession | null = null;
  readonly #socket: SessionSocket;
  readonly #environment: ConnectionEnvironment;
  /** The request that is being handled. */
  #answering: { readonly messageId: string; readonly tracingId: string | undefined } | null = null;
  #ids = 0;

  constructor(environment: ConnectionEnvironment, socket: SessionSocket) {
    this.#environment = environment;
    this.#socket = socket;
  }

  get isOver(): boolean {
    return this.phase === 'over';
  }

  end(): void {
    this.phase = 'over';
    this.#environment.platform.listeners.delete(this);
  }

  restart(): void {
    this.#hangUp('network');
  }

  evict(): void {
    if (this.phase !== 'authenticated') return;
    count(this.#environment.context, 'evicted');
    this.#send(notification('ConnectionClosedEvent', {}));
    this.#hangUp('network');
  }

  #hangUp(meaning: CloseMeaning): void {
    if (this.isOver) return;
    this.end();
    this.#socket.hangUp(meaning);
  }

  #send(frame: SessionFrame): void {
    this.#socket.push(...this.#environment.adapter.decode(JSON.stringify(frame)));
  }

  // --- what happens in the conversation ---

  deliver(conversationId: string, event: GatewayEvent): void {
    if (this.session?.conversation?.conversationId !== conversationId) return;
    switch (event.type) {
      case 'message': {
        const { platform, context } = this.#environment;
        const message = platform
          .byId(conversationId)
          ?.messages.findLast(({ messageId }) => messageId === event.message.messageId);
        if (!message) return;
        const isAnswer = this.#answering?.messageId === message.messageId;
        const body = liveBody(storedMessage(message), extrasOf(message), this.#id());
        const { latencies } = context.events;
        const isNameless = latencies.chance(context.profile.namelessLive);
        // A message without both could not be matched at all.
        const isTimeless = !isNameless && latencies.chance(context.profile.timelessLive);
        const { messageId, time, ...rest } = body.channel;
        const channel = {
          ...rest,
          ...(isNameless ? { time } : isTimeless ? { messageId } : body.channel),
        };
        if (isTimeless) {
          platform.timeless.add(message.messageId);
          count(context, 'message without time');
        }
        const tracingId = isAnswer ? this.#answering?.tracingId : undefined;
        this.#send(notification('StructuredMessage', { ...body, channel }, tracingId));
        return;
      }
      case 'typing':
        this.#event({ eventType: 'Typing', typing: { type: 'On', duration: 5_000 } }, agent);
        return;
      case 'receipt':
        this.#receipt(event.messageId, event.status);
        return;
      case 'presence':
        this.#event({ eventType: 'Presence', presence: { type: 'Disconnect' } }, agent);
        return;
      case 'conversation':
        if (event.conversation.status !== 'ended') return;
        this.#event({ eventType: 'Presence', presence: { type: 'Disconnect' } }, agent, {
          readOnly: 'true',
        });
        return;
      default:
        return;
    }
  }

  /** The conversation was ended or deleted, here or in another window: the id of the request says which. */
  cleared(session: GenesysSession, tracingId: string | undefined): void {
    if (this.session !== session) return;
    const clear = { eventType: 'Presence', presence: { type: 'Clear' } };
    this.#event(clear, visitorOf(session.subject), {}, tracingId);
    this.#send(notification('SessionClearedEvent', {}));
    this.#send(notification('ConnectionClosedEvent', {}));
    this.#hangUp('network');
  }

  onLost(conversationId: string): void {
    if (this.session?.conversation?.conversationId !== conversationId) return;
    this.#send(notification('SessionExpiredEvent', {}));
  }

  #receipt(messageId: string, status: string): void {
    const { platform } = this.#environment;
    const conversation = this.session?.conversation;
    const message = conversation && platform.byId(conversation.conversationId)?.ids.get(messageId);
    if (!message) return;
    const id = storedMessage(message).messageId;
    const name = status === 'read' ? 'Read' : 'Delivered';
    const body = { id, type: 'Receipt', status: name, direction: 'Outbound', channel: {} };
    this.#send(notification('StructuredMessage', body));
  }

  #event(
    event: unknown,
    from: Sender | null,
    metadata: Readonly<Record<string, string>> = {},
    tracingId?: string,
  ) {
    const now = epochTime(this.#environment.context.scheduler.now);
    this.#send(
      notification(
        'StructuredMessage',
        eventBody(this.#id(), now, event, from, metadata),
        tracingId,
      ),
    );
  }

  #id(): string {
    this.#ids += 1;
    return `${this.#socket.name}-${this.#ids}`;
  }

  // --- what the client asks for ---

  take({ command, token, sentAt }: ClientFrame): void {
    for (const text of this.#environment.adapter.encode(command, token)) {
      if (this.isOver) return;
      const read = readRequest(text);
      if (read.ok) this.#handle(read.request, sentAt);
      else this.#environment.onMisconduct(`${command.type}: ${read.reason}`);
    }
  }

  #handle(request: SessionRequest, sentAt: number): void {
    const { context } = this.#environment;
    if (request.action === 'configureSession') {
      this.#configure(request.token, request.startNew === true, request.tracingId);
      return;
    }
    if (!this.session) {
      this.#environment.onMisconduct(`${request.action} before the session is configured`);
      return;
    }
    if (this.session.isOver) {
      this.#send(refusal(context.random.chance(0.5) ? 4_006 : 4_007, 'the session is over'));
      return;
    }
    const { internalErrors } = context.profile;
    if (request.action !== 'echo' && strikes(context, 'internal error', internalErrors)) {
      const failed = refusal(context.random.chance(0.5) ? 500 : 408, 'Internal server error');
      // Most errors do not name their request.
      const isNamed = request.tracingId === requestIds.end && context.random.chance(0.5);
      this.#send(isNamed ? { ...failed, tracingId: request.tracingId } : failed);
      return;
    }
    switch (request.action) {
      case 'onMessage':
        this.#hear(this.session, request.message, request.tracingId, sentAt);
        return;
      case 'echo': {
        const body = { id: this.#id(), type: 'Text', text: 'ping', direction: 'Inbound' };
        const metadata = { durationSeconds: String(context.profile.sessionLife) };
        this.#send(answer('StructuredMessage', { ...body, metadata }, request.tracingId));
        return;
      }
      case 'getJwt': {
        const { jwt, until } = this.#environment.platform.issueJwt(this.session);
        const exp = Math.floor(epochTime(until) / 1_000);
        this.#send(answer('JwtResponse', { jwt, exp }, request.tracingId));
        return;
      }
      default:
        this.#environment.onMisconduct(`${request.action}, which nobody asked for`);
    }
  }

  #configure(token: string, startsNew: boolean, tracingId: string | undefined): void {
    const { context, platform } = this.#environment;
    if (strikes(context, 'too many connections', context.profile.tooManyConnections)) {
      this.#send(tooMany(context.random.int(1, 8)));
      return;
    }
    if (strikes(context, 'auth refused', context.profile.authRefused)) {
      this.#send(refusal(401, 'User is unauthorized'));
      return;
    }
    let { session, isNew } = platform.open(token);
    if (startsNew) {
      session = platform.openAnew(token);
      isNew = true;
    }
    if (session.isOver) {
      if (context.random.chance(0.5)) {
        this.#send(refusal(4_006, 'session expired'));
        return;
      }
      session = platform.openAnew(token);
      isNew = true;
    }
    this.session = session;
    if (this.phase === 'pending') {
      this.phase = 'authenticated';
      platform.listeners.add(this);
      this.#environment.onAuthenticated(this);
    }
    const readOnly = session.conversation?.status === 'ended';
    const { sessionLife: durationSeconds } = context.profile;
    const body = { connected: true, newSession: isNew, readOnly, durationSeconds };
    this.#send(answer('SessionResponse', body, tracingId));
  }

  #hear(
    session: GenesysSession,
    message: SessionMessage,
    tracingId: string | undefined,
    sentAt: number,
  ): void {
    const { context, platform } = this.#environment;
    if (message.type === 'Event') {
      const isClear = message.events?.some(({ presence }) => presence?.type === 'Clear');
      if (isClear) platform.clear(session, tracingId);
      return;
    }
    if (strikes(context, 'rate limited', context.profile.rateLimited)) {
      this.#send(tooMany(context.random.int(1, 8)));
      return;
    }
    if (session.conversation?.status === 'ended') {
      this.#send(refusal(409, 'The conversation is read-only.'));
      return;
    }
    const messageId = message.channel?.metadata?.customAttributes?.[messageIdAttribute] ?? '';
    platform.posted(messageId, sentAt);
    this.#answering = { messageId, tracingId };
    const conversation = platform.conversationOf(session);
    platform.post(conversation, messageId, message.text ?? '', visitorOf(session.subject));
    this.#answering = null;
  }
}
