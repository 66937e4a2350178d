import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { ConversationEvent } from '../gateway/model.ts';
import { originAllowed } from '../gateway/origins.ts';
import { createSocketServer, refuseUpgrade, takeUpgrade } from '../gateway/upgrade.ts';
import { maximumFrameBytes, type ServerFrame, toWire } from './frames.ts';
import type { ConnectionContext } from './visitor-connection.ts';
import { VisitorConnection } from './visitor-connection.ts';
import type { VisitorSession } from './visitor-session.ts';

/** Accepts visitors' sockets and sends them the events of conversations that they joined. */
export class VisitorSockets {
  readonly #context: Omit<ConnectionContext, 'join' | 'leave' | 'left'>;
  readonly #server = createSocketServer(maximumFrameBytes, {
    // The protocol has no subprotocol, so none is accepted.
    handleProtocols: () => false,
  });
  readonly #connections = new Set<VisitorConnection>();
  readonly #members = new Map<string, Set<VisitorSession>>();
  readonly #unsubscribe: () => void;
  #count = 0;
  #looking: NodeJS.Immediate | null = null;

  constructor(context: Omit<ConnectionContext, 'join' | 'leave' | 'left'>) {
    this.#context = context;
    this.#unsubscribe = context.conversations.subscribe((event) => this.#forward(event));
  }

  [Symbol.iterator](): Iterator<VisitorConnection> {
    return this.#connections[Symbol.iterator]();
  }

  upgrade(request: IncomingMessage, raw: Socket, head: Buffer): void {
    const { faults, checker, settings } = this.#context;
    const url = new URL(request.url ?? '/', 'http://gateway');
    const nobody = { connection: 0, subject: null };
    if (url.search !== '') {
      checker.violation(nobody, 'query-parameters', [...url.searchParams.keys()].join(', '));
      refuseUpgrade(raw, 400);
      return;
    }
    if (request.headers['sec-websocket-protocol'] !== undefined) {
      checker.violation(nobody, 'subprotocol', 'the protocol has no subprotocol');
      refuseUpgrade(raw, 400);
      return;
    }
    if (!originAllowed(request.headers.origin, settings.allowedOrigins)) {
      refuseUpgrade(raw, 403);
      return;
    }
    takeUpgrade(this.#server, faults, { request, raw, head }, (socket, faultySocket) => {
      this.#count += 1;
      const connection = new VisitorConnection(
        {
          ...this.#context,
          join: (session, conversationId) => this.#join(session, conversationId),
          leave: (session) => this.#leave(session),
          left: (each) => this.#connections.delete(each),
        },
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
    if (this.#looking) clearImmediate(this.#looking);
  }

  #join(session: VisitorSession, conversationId: string): void {
    const members = this.#members.get(conversationId);
    if (members) members.add(session);
    else this.#members.set(conversationId, new Set([session]));
  }

  #leave(session: VisitorSession): void {
    for (const conversationId of session.joined) {
      const members = this.#members.get(conversationId);
      members?.delete(session);
      if (members?.size === 0) this.#members.delete(conversationId);
    }
  }

  #forward(event: ConversationEvent): void {
    if (event.type === 'conversation') {
      const { conversationId, status } = event;
      if (status !== 'queued') {
        for (const session of this.#members.get(conversationId) ?? []) {
          session.updateState(conversationId, status, undefined);
        }
      }
      this.#queueMoved();
      return;
    }
    const conversationId =
      event.type === 'message' ? event.message.conversationId : event.conversationId;
    const members = this.#members.get(conversationId);
    if (!members) return;
    const frame = this.#frameOf(event);
    if (!frame) return;
    for (const session of members) session.pass(frame);
  }

  #frameOf(event: Exclude<ConversationEvent, { type: 'conversation' }>): ServerFrame | null {
    switch (event.type) {
      case 'message':
        return { type: 'message', ...toWire(event.message, this.#context.settings.sequences) };
      case 'typing':
      case 'receipt':
        // The visitor's own typing and receipts are sent to agents only.
        return event.from.role === 'visitor' ? null : event;
    }
  }

  /** Reads the queue once per tick. */
  #queueMoved(): void {
    if (this.#looking) return;
    this.#looking = setImmediate(() => {
      this.#looking = null;
      this.#sendPositions().catch((error: unknown) => {
        this.#context.settings.logger.error('gateway: failed to send queue positions', error);
      });
    });
  }

  async #sendPositions(): Promise<void> {
    if (this.#members.size === 0) return;
    for (const [conversationId, position] of await this.#context.conversations.positions()) {
      for (const session of this.#members.get(conversationId) ?? []) {
        if (session.sentStates.get(conversationId)?.status === 'queued') {
          session.updateState(conversationId, 'queued', position);
        }
      }
    }
  }
}
