import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Faults } from '../faults/faults.ts';
import type { Conversations } from '../gateway/conversations.ts';
import type { ConversationEvent } from '../gateway/model.ts';
import type { Settings } from '../gateway/options.ts';
import { originAllowed } from '../gateway/origins.ts';
import type { ProtocolChecker } from '../gateway/protocol-checker.ts';
import type { GatewayStats } from '../gateway/stats.ts';
import { createSocketServer, refuseUpgrade, takeUpgrade } from '../gateway/upgrade.ts';
import { SessionConnection } from './connection.ts';
import type { SessionFiles } from './files.ts';
import { eventBody, liveBody, notification, platformId } from './frames.ts';
import type { MessagingSessions } from './sessions.ts';

export interface SessionSocketsContext {
  readonly settings: Settings;
  readonly conversations: Conversations;
  readonly sessions: MessagingSessions;
  readonly files: SessionFiles;
  readonly stats: GatewayStats;
  readonly checker: ProtocolChecker;
  readonly faults: Faults;
  /** Called when a visitor has joined a conversation before any message. */
  readonly joined: (conversationId: string) => void;
}

/** How long to show a typing indicator, in ms. */
const typingDuration = 5_000;

/** Accepts visitors' sockets and sends sessions the events of their conversation. */
export class SessionSockets {
  readonly #context: SessionSocketsContext;
  readonly #server = createSocketServer(128 * 1024);
  readonly #connections = new Set<SessionConnection>();
  readonly #unsubscribe: () => void;
  #count = 0;

  constructor(context: SessionSocketsContext) {
    this.#context = context;
    this.#unsubscribe = context.conversations.subscribe((event) => this.#onEvent(event));
  }

  [Symbol.iterator](): Iterator<SessionConnection> {
    return this.#connections[Symbol.iterator]();
  }

  upgrade(request: IncomingMessage, raw: Socket, head: Buffer): void {
    const { faults, settings } = this.#context;
    const { searchParams } = new URL(request.url ?? '/', 'http://gateway');
    const isOurs = searchParams.get('deploymentId') === settings.deploymentId;
    if (!isOurs || !originAllowed(request.headers.origin, settings.allowedOrigins)) {
      refuseUpgrade(raw, 403);
      return;
    }
    takeUpgrade(this.#server, faults, { request, raw, head }, (socket, faultySocket) => {
      this.#count += 1;
      const left = (each: SessionConnection) => this.#connections.delete(each);
      const connection = new SessionConnection(
        { ...this.#context, left },
        this.#count,
        socket,
        faultySocket,
      );
      this.#connections.add(connection);
      if (faults.newAreSilent) connection.setSilent(true);
    });
  }

  close(): void {
    this.#unsubscribe();
  }

  #onEvent(event: ConversationEvent): void {
    const { sessions, settings } = this.#context;
    const conversationId =
      event.type === 'message' ? event.message.conversationId : event.conversationId;
    const session = sessions.ofConversation(conversationId);
    if (!session) return;
    const at = settings.clock();
    switch (event.type) {
      case 'message': {
        session.prolong();
        const extras = sessions.extrasOf(event.message);
        const body = liveBody(event.message, extras, platformId(), settings.deployment);
        session.tell(notification('StructuredMessage', body, extras.tracingId));
        return;
      }
      case 'typing': {
        if (event.from.role === 'visitor' || !event.isTyping) return;
        // There is no event for an end: an indicator lasts as long as it says [JV, MT].
        const typing = { eventType: 'Typing', typing: { type: 'On', duration: typingDuration } };
        const { deployment } = settings;
        const body = eventBody(randomUUID(), at, typing, event.from, {}, deployment);
        session.tell(notification('StructuredMessage', body));
        return;
      }
      case 'conversation': {
        // A visitor who clears the conversation is told of that instead [SC].
        if (event.status !== 'ended' || session.isCleared) return;
        const { disconnect, endsSession } = settings.deployment;
        if (!disconnect) return;
        const left = { eventType: 'Presence', presence: { type: 'Disconnect' } };
        session.isReadOnly = endsSession;
        const metadata: Readonly<Record<string, string>> = endsSession ? { readOnly: 'true' } : {};
        const body = eventBody(randomUUID(), at, left, null, metadata);
        session.pastEvents.push({ at, body });
        session.tell(notification('StructuredMessage', body));
        return;
      }
      // The platform sends no receipts to visitors.
      case 'receipt':
        return;
    }
  }
}
