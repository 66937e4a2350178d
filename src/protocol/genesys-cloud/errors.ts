import type { GatewayEvent, GatewayProblemKind } from '../gateway.ts';

export interface ToldError {
  /** The body's own code where it has one, else the frame's. */
  readonly code: number;
  readonly message: string;
  readonly tracingId: string | null;
  /** Seconds. */
  readonly retryAfter: number | null;
  readonly attachmentId: string | null;
}

/** Words of a 403 that mean the identity, not the deployment. */
const identityWords = [/^session authentication failed/i, /^try to authenticate again/i];

/** What an error asks of the client. */
export function toErrorEvents(error: ToldError): readonly GatewayEvent[] {
  const { code, message } = error;
  switch (code) {
    case 401:
      return [{ type: 'token-expired' }];
    case 403:
      if (identityWords.some((words) => words.test(message))) return [{ type: 'token-expired' }];
      return problem(error, 'forbidden');
    case 4006:
      return [{ type: 'session-over', reason: 'expired', message }];
    case 4007:
      return [{ type: 'session-over', reason: 'not-found', message }];
    case 4017:
      // The session belongs to somebody who has signed in since.
      return [{ type: 'session-over', reason: 'signed-in', message }];
    default:
      return problem(error, kindOf(code));
  }
}

function kindOf(code: number): GatewayProblemKind {
  switch (code) {
    case 400:
    case 4020:
      return 'invalid-frame';
    case 408:
      return 'unavailable';
    case 409:
      return 'conversation-ended';
    case 429:
    case 4029:
      return 'rate-limited';
    case 4000:
      return 'forbidden';
    case 4001:
    case 4002:
    case 4003:
    case 4004:
    case 4005:
    case 4008:
    case 4009:
    case 4010:
    case 4102:
      return 'attachment';
    case 4011:
      return 'message-too-long';
    case 4013:
      return 'rejected';
    default:
      return code >= 500 && code < 600 ? 'unavailable' : 'other';
  }
}

function problem(error: ToldError, kind: GatewayProblemKind): readonly GatewayEvent[] {
  const { code, message, tracingId, retryAfter, attachmentId } = error;
  const told = {
    kind,
    code: String(code),
    message,
    conversationId: null,
    messageId: tracingId,
    retryAfter: retryAfter === null ? null : Math.max(0, retryAfter) * 1_000,
  };
  if (kind === 'attachment' || attachmentId !== null) {
    return [{ type: 'attachment-failed', attachmentId, problem: told }];
  }
  return [{ type: 'problem', problem: told }];
}
