import type { GatewayCommand } from '../../protocol/gateway/commands.ts';
import type { GatewayEvent } from '../../protocol/gateway/events.ts';
import { requestIds } from '../../protocol/genesys-cloud/request-ids.ts';

/** Errors arrive within this time, in ms, or not at all. */
const errorTimeout = 10_000;

/** Requests without a response yet: an error without an id may be about any of them. */
export class OpenRequests {
  /** When each request was sent, by its id. */
  readonly #sentAt = new Map<string, number>();

  onSent(command: GatewayCommand): void {
    this.#dropOld();
    const id = idOf(command);
    if (id !== null) this.#sentAt.set(id, performance.now());
  }

  onEvent(event: GatewayEvent): void {
    for (const id of answeredBy(event)) this.#sentAt.delete(id);
  }

  /** Whether an error without an id can only be about this request. */
  isOnlyPending(id: string): boolean {
    this.#dropOld();
    return [...this.#sentAt.keys()].every((other) => other === id);
  }

  /** Whether this request has had no response yet. */
  isPending(id: string): boolean {
    this.#dropOld();
    return this.#sentAt.has(id);
  }

  /** The connection has closed: its requests get no response. */
  onConnectionClosed(): void {
    this.#sentAt.clear();
  }

  #dropOld(): void {
    const since = performance.now() - errorTimeout;
    for (const [id, at] of this.#sentAt) if (at <= since) this.#sentAt.delete(id);
  }
}

/** `null`: no frame is sent for it, or the gateway answers it by closing the connection. */
function idOf(command: GatewayCommand): string | null {
  switch (command.type) {
    case 'send-message':
      return command.messageId;
    case 'request-upload':
    case 'refresh-attachment':
    case 'delete-attachment':
      return command.attachmentId;
    case 'typing':
      return command.isTyping ? requestIds.typing : null;
    case 'ping':
      return requestIds.echo;
    case 'join':
      return requestIds.join;
    case 'end-conversation':
      return requestIds.end;
    case 'clear-conversation':
      return requestIds.clear;
    case 'decline-offer':
      return requestIds.decline;
    case 'rest-token':
      return requestIds.jwt;
    // These have no id, and no id equals a command's name.
    case 'authenticate':
    case 'open-conversation':
    case 'resume-conversation':
      return 'session';
    case 'resume-token':
    case 'configuration':
      return command.type;
    case 'mark-read':
    case 'answer-ping':
    case 'close-session':
      return null;
  }
}

function answeredBy(event: GatewayEvent): readonly string[] {
  switch (event.type) {
    case 'message':
      return event.message.messageId === null ? [] : [event.message.messageId];
    case 'pong':
      return [requestIds.echo];
    case 'rest-token':
      return [requestIds.jwt];
    case 'session':
      return ['session'];
    case 'configuration':
      return [event.type];
    case 'upload-target':
    case 'attachment-url':
    case 'attachment-deleted':
      return [event.attachmentId];
    case 'presence':
      return event.requestId === undefined ? [] : [event.requestId];
    case 'problem':
      return event.problem.messageId === null ? [] : [event.problem.messageId];
    case 'attachment-failed': {
      const named = event.attachmentId ?? event.problem.messageId;
      return named === null ? [] : [named];
    }
    default:
      return [];
  }
}
