import { randomUUID } from 'node:crypto';
import { visitorOf } from '../gateway/conversations.ts';
import type { Party } from '../gateway/model.ts';
import { attributesOf, routingOf } from './attributes.ts';
import { eventBody, notification, refusal } from './frames.ts';
import type { MessageRequest } from './requests.ts';
import type { MessagingSession, PastEvent, SessionSocket } from './sessions.ts';
import type { SessionSocketsContext } from './sockets.ts';

/** Handles the events that a visitor sends: typing, joining and clearing. */
export class EventHandler {
  readonly #context: SessionSocketsContext;
  readonly #socket: SessionSocket;

  constructor(context: SessionSocketsContext, socket: SessionSocket) {
    this.#context = context;
    this.#socket = socket;
  }

  async handle(session: MessagingSession, request: MessageRequest): Promise<void> {
    for (const event of request.message.events ?? []) {
      switch (event.eventType === 'Typing' ? 'Typing' : event.presence?.type) {
        case 'Typing':
          await this.#onTyping(session, request, event);
          break;
        case 'Join':
          await this.#onJoin(session, request, event);
          break;
        case 'Clear':
          await this.#onClear(session, request, event);
          break;
      }
    }
  }

  async #onTyping(
    session: MessagingSession,
    request: MessageRequest,
    event: unknown,
  ): Promise<void> {
    const { conversations, settings } = this.#context;
    if (!settings.deployment.sendsTyping) {
      this.#socket.send(refusal(403, 'Turn on the Feature Toggle or fix the configuration.'));
      return;
    }
    this.#returnEvent(session, request, event);
    if (session.conversationId === null) return;
    const record = await conversations.find(session.conversationId);
    conversations.typing(session.conversationId, visitorOf(record), true);
  }

  async #onJoin(session: MessagingSession, request: MessageRequest, event: unknown): Promise<void> {
    const { sessions, settings, joined } = this.#context;
    if (session.isReadOnly) {
      this.#socket.send(refusal(409, 'The conversation is read-only.'));
      return;
    }
    session.pastEvents.push(this.#returnEvent(session, request, event));
    const routing = routingOf(attributesOf(request), settings.skillGroups[0]?.name);
    const { conversationId } = await sessions.conversationOf(session, routing);
    joined(conversationId);
  }

  /** The event comes back, then the session is cleared and its connections closed [SC]. */
  async #onClear(
    session: MessagingSession,
    request: MessageRequest,
    event: unknown,
  ): Promise<void> {
    const { conversations, sessions, settings } = this.#context;
    if (!settings.deployment.clear) {
      this.#socket.send(refusal(403, 'Presence events Conversation Clear are not supported'));
      return;
    }
    this.#returnEvent(session, request, event);
    sessions.clear(session);
    if (session.conversationId !== null) await conversations.end(session.conversationId);
    session.tell(notification('SessionClearedEvent', {}));
    session.tell(notification('ConnectionClosedEvent', {}));
    session.closeSockets();
  }

  /** Events come back to all connections of the session, as the customer's [MT, SC]. */
  #returnEvent(
    session: MessagingSession,
    { tracingId }: MessageRequest,
    event: unknown,
  ): PastEvent {
    const at = this.#context.settings.clock();
    const from: Party = { id: session.subject, name: '', role: 'visitor' };
    const body = eventBody(randomUUID(), at, event, from);
    session.tell(notification('StructuredMessage', body, tracingId));
    return { at, body };
  }
}
