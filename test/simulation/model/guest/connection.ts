import type { CloseMeaning, GatewayAdapter } from '../../../../src/protocol/gateway/adapter.ts';
import type { GatewayEvent } from '../../../../src/protocol/gateway/events.ts';
import { messageIdAttribute } from '../../../../src/protocol/genesys-cloud/messages.ts';
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
import { count, strikes, type World } from '../../world.ts';
import type { Watch } from '../dialect.ts';
import { agent, type Listener } from '../gateway.ts';
import { epochTime } from '../machine.ts';
import { type ClientFrame, type ServerEnd, type SessionLine, visitorOf } from '../session.ts';
import type { GuestPlatform, GuestSession } from './platform.ts';
import { extrasOf, storedMessage } from './transcript.ts';

export interface ConnectionContext extends Watch {
  readonly world: World;
  readonly platform: GuestPlatform;
  /** What the client speaks: its frames are written and read by it, as in life. */
  readonly adapter: GatewayAdapter;
}

/** One connection as the platform sees it: docs/genesys-cloud.md. */
export class GuestConnection implements Listener, ServerEnd {
  phase: ServerEnd['phase'] = 'pending';
  session: GuestSession | null = null;
  readonly #line: SessionLine;
  readonly #context: ConnectionContext;
  /** Of the request that is carried out. */
  #answering: { readonly messageId: string; readonly tracingId: string | undefined } | null = null;
  #ids = 0;

  constructor(context: ConnectionContext, line: SessionLine) {
    this.#context = context;
    this.#line = line;
  }

  get isOver(): boolean {
    return this.phase === 'over';
  }

  end(): void {
    this.phase = 'over';
    this.#context.platform.listeners.delete(this);
  }

  restart(): void {
    this.#hangUp('network');
  }

  evict(): void {
    if (this.phase !== 'authenticated') return;
    count(this.#context.world, 'evicted');
    this.#send(notification('ConnectionClosedEvent', {}));
    this.#hangUp('network');
  }

  #hangUp(meaning: CloseMeaning): void {
    if (this.isOver) return;
    this.end();
    this.#line.hangUp(meaning);
  }

  #send(frame: SessionFrame): void {
    this.#line.push(...this.#context.adapter.decode(JSON.stringify(frame)));
  }

  // --- what happens in the conversation ---

  tell(conversationId: string, event: GatewayEvent): void {
    if (this.session?.conversation?.conversationId !== conversationId) return;
    switch (event.type) {
      case 'message': {
        const { platform, world } = this.#context;
        const message = platform
          .byId(conversationId)
          ?.messages.findLast(({ messageId }) => messageId === event.message.messageId);
        if (!message) return;
        const isAnswer = this.#answering?.messageId === message.messageId;
        const body = liveBody(storedMessage(message), extrasOf(message), this.#id());
        const { latencies } = world.events;
        const isNameless = latencies.chance(world.profile.namelessLive);
        // One without both could not be known again by anything.
        const isTimeless = !isNameless && latencies.chance(world.profile.timelessLive);
        const { messageId, time, ...rest } = body.channel;
        const channel = {
          ...rest,
          ...(isNameless ? { time } : isTimeless ? { messageId } : body.channel),
        };
        if (isTimeless) {
          platform.timeless.add(message.messageId);
          count(world, 'message without time');
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

  /** The conversation was deleted, here or in another window. */
  cleared(session: GuestSession): void {
    if (this.session !== session) return;
    this.#send(notification('SessionClearedEvent', {}));
    this.#send(notification('ConnectionClosedEvent', {}));
    this.#hangUp('network');
  }

  lost(conversationId: string): void {
    if (this.session?.conversation?.conversationId !== conversationId) return;
    this.#send(notification('SessionExpiredEvent', {}));
  }

  #receipt(messageId: string, status: string): void {
    const { platform } = this.#context;
    const conversation = this.session?.conversation;
    const message = conversation && platform.byId(conversation.conversationId)?.ids.get(messageId);
    if (!message) return;
    const id = storedMessage(message).messageId;
    const name = status === 'read' ? 'Read' : 'Delivered';
    const body = { id, type: 'Receipt', status: name, direction: 'Outbound', channel: {} };
    this.#send(notification('StructuredMessage', body));
  }

  #event(event: unknown, from: Sender | null, metadata: Readonly<Record<string, string>> = {}) {
    const now = epochTime(this.#context.world.scheduler.now);
    this.#send(
      notification('StructuredMessage', eventBody(this.#id(), now, event, from, metadata)),
    );
  }

  #id(): string {
    this.#ids += 1;
    return `${this.#line.name}-${this.#ids}`;
  }

  // --- what the client asks for ---

  take({ command, token, sentAt }: ClientFrame): void {
    for (const text of this.#context.adapter.encode(command, token)) {
      if (this.isOver) return;
      const read = readRequest(text);
      if (read.ok) this.#handle(read.request, sentAt);
      else this.#context.onMisconduct(`${command.type}: ${read.reason}`);
    }
  }

  #handle(request: SessionRequest, sentAt: number): void {
    const { world } = this.#context;
    if (request.action === 'configureSession') {
      this.#configure(request.token, request.tracingId);
      return;
    }
    if (!this.session) {
      this.#context.onMisconduct(`${request.action} before the session is configured`);
      return;
    }
    if (this.session.isOver) {
      this.#send(refusal(world.random.chance(0.5) ? 4_006 : 4_007, 'the session is over'));
      return;
    }
    const { internalErrors } = world.profile;
    if (request.action !== 'echo' && strikes(world, 'internal error', internalErrors)) {
      this.#send(refusal(world.random.chance(0.5) ? 500 : 408, 'Internal server error'));
      return;
    }
    switch (request.action) {
      case 'onMessage':
        this.#hear(this.session, request.message, request.tracingId, sentAt);
        return;
      case 'echo': {
        const body = { id: this.#id(), type: 'Text', text: 'ping', direction: 'Inbound' };
        const metadata = { durationSeconds: String(world.profile.sessionLife) };
        this.#send(answer('StructuredMessage', { ...body, metadata }, request.tracingId));
        return;
      }
      case 'getJwt': {
        const { jwt, until } = this.#context.platform.issueJwt(this.session);
        const exp = Math.floor(epochTime(until) / 1_000);
        this.#send(answer('JwtResponse', { jwt, exp }, request.tracingId));
        return;
      }
      case 'disconnectCustomer': {
        const { conversation } = this.session;
        if (conversation) this.#context.platform.end(conversation);
        return;
      }
      default:
        this.#context.onMisconduct(`${request.action}, which nobody asked for`);
    }
  }

  #configure(token: string, tracingId: string | undefined): void {
    const { world, platform } = this.#context;
    if (strikes(world, 'crowded out', world.profile.crowded)) {
      this.#send(tooMany(world.random.int(1, 8)));
      return;
    }
    if (strikes(world, 'auth refused', world.profile.authRefused)) {
      this.#send(refusal(401, 'User is unauthorized'));
      return;
    }
    let { session, isNew } = platform.open(token);
    if (session.isOver) {
      if (world.random.chance(0.5)) {
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
      this.#context.onAuthenticated(this);
    }
    const readOnly = session.conversation?.status === 'ended';
    const { sessionLife: durationSeconds } = world.profile;
    const body = { connected: true, newSession: isNew, readOnly, durationSeconds };
    this.#send(answer('SessionResponse', body, tracingId));
  }

  #hear(
    session: GuestSession,
    message: SessionMessage,
    tracingId: string | undefined,
    sentAt: number,
  ): void {
    const { world, platform } = this.#context;
    if (message.type === 'Event') {
      const isClear = message.events?.some(({ presence }) => presence?.type === 'Clear');
      if (isClear) platform.clear(session);
      return;
    }
    if (strikes(world, 'rate limited', world.profile.rateLimited)) {
      this.#send(tooMany(world.random.int(1, 8)));
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
