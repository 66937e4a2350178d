import type { FileErrorCode } from '../errors.ts';
import type { GatewayEvent, GatewayProblem, GatewayProblemKind } from '../gateway/events.ts';

export interface ErrorReport {
  /** The body's code, or the frame's if it has none. */
  readonly code: number;
  readonly message: string;
  readonly tracingId: string | null;
  /** Seconds. */
  readonly retryAfter: number | null;
  readonly attachmentId: string | null;
  /** Whether the frame's class is one for files, regardless of the code. */
  readonly isAboutFile: boolean;
}

/** Messages of a 403 that concern the visitor's identity, not the deployment. */
const identityMessages = [/^session authentication failed/i, /^try to authenticate again/i];

/** Messages of a 403 about features that the deployment has turned off. */
const featureMessages = /feature toggle|presence event|conversation clear/i;

/** Errors about files, by the platform's code. */
const fileProblems: Readonly<Record<number, readonly [FileErrorCode, string]>> = {
  4001: ['file-type', 'This type of file can’t be sent here.'],
  4002: ['file-size', 'This file is too large.'],
  4003: ['file-content', 'This file couldn’t be accepted. Try a different one.'],
  4004: ['file-name', 'This file name isn’t accepted. Rename the file and try again.'],
  4005: ['file-name', 'This file name is too long. Rename the file and try again.'],
  4008: ['file-gone', 'This file is no longer available.'],
  4009: ['file-gone', 'This file is no longer available.'],
  4010: ['file-lost', 'The file couldn’t be sent. Check your connection and try again.'],
  4102: ['file-empty', 'This file is empty.'],
};

/** `null` if the code is not about a file. */
export function fileProblem(code: number): { code: FileErrorCode; message: string } | null {
  const [fileCode, message] = fileProblems[code] ?? [];
  return fileCode && message ? { code: fileCode, message } : null;
}

/** Whether an error without a tracing id can be the response to a request for an upload URL. */
export function fitsUpload({ kind }: GatewayProblem): boolean {
  return kind === 'invalid-frame' || kind === 'forbidden' || kind === 'rate-limited';
}

/**
 * The same for a request that reads something, such as a download URL: it can also fail with 404 or
 * because the platform is busy. A 403 of kind `unavailable` is about typing or clearing instead.
 */
export function fitsReading(problem: GatewayProblem): boolean {
  const { kind, code } = problem;
  if (kind === 'unavailable') return code !== '403';
  return fitsUpload(problem) || code === '404';
}

/** Converts an error into events. */
export function toErrorEvents(error: ErrorReport): readonly GatewayEvent[] {
  const { code, message } = error;
  switch (code) {
    case 401:
      return [{ type: 'token-expired' }];
    case 403:
      if (identityMessages.some((pattern) => pattern.test(message)))
        return [{ type: 'token-expired' }];
      // Errors about typing or clearing must not fail a message.
      return problem(error, featureMessages.test(message) ? 'unavailable' : 'forbidden');
    case 4006:
      return [{ type: 'session-over', reason: 'expired', message }];
    case 4007:
      return [{ type: 'session-over', reason: 'not-found', message }];
    case 4017:
      // The session now belongs to a visitor who has signed in.
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
  // Rate limits and the end of the conversation affect all requests, even if a file caused the error.
  const affectsAll = kind === 'rate-limited' || kind === 'conversation-ended';
  const gatewayProblem = {
    kind,
    code: String(code),
    message: fileProblem(code)?.message ?? error.message,
    conversationId: null,
    messageId: affectsAll ? (tracingId ?? attachmentId) : tracingId,
    retryAfter: retryAfter === null ? null : Math.max(0, retryAfter) * 1_000,
  };
  const isAboutFile = kind === 'attachment' || attachmentId !== null || error.isAboutFile;
  if (isAboutFile && !affectsAll) {
    return [{ type: 'attachment-failed', attachmentId, problem: gatewayProblem }];
  }
  return [{ type: 'problem', problem: gatewayProblem }];
}
