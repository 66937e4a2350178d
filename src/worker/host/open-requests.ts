import type { GatewayCommand } from '../../protocol/gateway/commands.ts';
import type { GatewayEvent } from '../../protocol/gateway/events.ts';
import { requestIds } from '../../protocol/genesys-cloud/request-ids.ts';

/** An error comes within this, in ms, or not at all. */
const patience = 10_000;

/** Requests that have left and that nothing has answered: what an error without a name may be about. */
export class OpenRequests {
  /** When they left, by the id that they bear. */
  readonly #left = new Map<string, number>();

  /** One leaves. */
  leaves(command: GatewayCommand): void {
    this.#forgetOld();
    const id = idOf(command);
    if (id !== null) this.#left.set(id, performance.now());
  }

  hear(event: GatewayEvent): void {
    for (const id of answeredBy(event)) this.#left.delete(id);
  }

  /** Whether an error without a name can be about none but that one. */
  isAlone(id: string): boolean {
    this.#forgetOld();
    return [...this.#left.keys()].every((other) => other === id);
  }

  /** The line has ended: what was asked on it nobody answers. */
  forget(): void {
    this.#left.clear();
  }

  #forgetOld(): void {
    const since = performance.now() - patience;
    for (const [id, at] of this.#left) if (at <= since) this.#left.delete(id);
  }
}

/** `null`: no frame leaves for it, or its answer is no error but the end of the line. */
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
    case 'rest-token':
      return requestIds.jwt;
    // They bear no id; nothing else here is named like a command.
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
      return [event.message.messageId];
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
