import type { FileErrorCode } from '../errors.ts';
import type { GatewayEvent, GatewayProblem, GatewayProblemKind } from '../gateway/events.ts';

export interface ErrorReport {
  /** The body's own code where it has one, else the frame's. */
  readonly code: number;
  readonly message: string;
  readonly tracingId: string | null;
  /** Seconds. */
  readonly retryAfter: number | null;
  readonly attachmentId: string | null;
  /** Its class says so, whatever the code. */
  readonly isAboutFile: boolean;
}

/** Words of a 403 that mean the identity, not the deployment. */
const identityWords = [/^session authentication failed/i, /^try to authenticate again/i];

/** Words of a 403 that mean something that the deployment has switched off. */
const featureWords = /feature toggle|presence event|conversation clear/i;

/** Of a file, by the platform's code, in words that a customer understands. */
const fileProblems: Readonly<Record<number, readonly [FileErrorCode, string]>> = {
  4001: ['file-type', 'Files of this type are not accepted here.'],
  4002: ['file-size', 'This file is too large.'],
  4003: ['file-content', 'What is in this file was not accepted. Check it, or try another one.'],
  4004: ['file-name', 'The name of this file was not accepted. Rename it and try again.'],
  4005: ['file-name', 'The name of this file is too long. Rename it and try again.'],
  4008: ['file-gone', 'This file is no longer available. If it was yours, attach it again.'],
  4009: ['file-gone', 'This file is no longer available. If it was yours, attach it again.'],
  4010: ['file-lost', 'This file did not arrive. Attach it again.'],
  4102: ['file-empty', 'This file is empty.'],
};

/** `null`: the code is about no file. */
export function fileProblem(code: number): { code: FileErrorCode; message: string } | null {
  const [own, message] = fileProblems[code] ?? [];
  return own && message ? { code: own, message } : null;
}

/** Whether an error that names nothing can be about a request for a file's place. */
export function fitsUpload({ kind }: GatewayProblem): boolean {
  return kind === 'invalid-frame' || kind === 'forbidden' || kind === 'rate-limited';
}

/**
 * The same of a request that reads something, as a fresh address: that may be unknown, and those that ask
 * know how to wait for a platform that is busy. A 403 of that kind is about typing or clearing.
 */
export function fitsReading(problem: GatewayProblem): boolean {
  const { kind, code } = problem;
  if (kind === 'unavailable') return code !== '403';
  return fitsUpload(problem) || code === '404';
}

/** What an error asks of the client. */
export function toErrorEvents(error: ErrorReport): readonly GatewayEvent[] {
  const { code, message } = error;
  switch (code) {
    case 401:
      return [{ type: 'token-expired' }];
    case 403:
      if (identityWords.some((words) => words.test(message))) return [{ type: 'token-expired' }];
      // It is about typing or clearing, which no message must pay for.
      return problem(error, featureWords.test(message) ? 'unavailable' : 'forbidden');
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
  if (fileProblem(code)) return 'attachment';
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
    case 4011:
      return 'message-too-long';
    case 4013:
      return 'rejected';
    default:
      return code >= 500 && code < 600 ? 'unavailable' : 'other';
  }
}

function problem(error: ErrorReport, kind: GatewayProblemKind): readonly GatewayEvent[] {
  const { code, tracingId, retryAfter, attachmentId } = error;
  // For the rate everybody has to wait, and an end is everybody's, whatever file was the occasion.
  const isEverybodys = kind === 'rate-limited' || kind === 'conversation-ended';
  const told = {
    kind,
    code: String(code),
    message: fileProblem(code)?.message ?? error.message,
    conversationId: null,
    messageId: isEverybodys ? (tracingId ?? attachmentId) : tracingId,
    retryAfter: retryAfter === null ? null : Math.max(0, retryAfter) * 1_000,
  };
  const isAboutFile = kind === 'attachment' || attachmentId !== null || error.isAboutFile;
  if (isAboutFile && !isEverybodys) {
    return [{ type: 'attachment-failed', attachmentId, problem: told }];
  }
  return [{ type: 'problem', problem: told }];
}
