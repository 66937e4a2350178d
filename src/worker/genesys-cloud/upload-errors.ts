import { type FileErrorCode, PartylineError } from '../../protocol/errors.ts';
import type { GatewayProblem } from '../../protocol/gateway/events.ts';
import { fileProblem } from '../../protocol/genesys-cloud/errors.ts';

// Why a file is not sent or can't be opened, in texts for visitors.

const refusals: Readonly<Partial<Record<FileErrorCode, number>>> = {
  'file-type': 4001,
  'file-size': 4002,
  'file-empty': 4102,
};

export function refusal(fault: FileErrorCode): PartylineError {
  const words = fileProblem(refusals[fault] ?? 0)?.message ?? 'This file can’t be sent.';
  return new PartylineError(fault, words);
}

export function errorOf({ kind, code }: GatewayProblem): PartylineError {
  const problem = fileProblem(Number(code));
  if (problem) return new PartylineError(problem.code, problem.message);
  if (kind === 'rate-limited') return tooMany();
  if (kind === 'conversation-ended') return ended();
  return kind === 'forbidden' ? notAllowed() : fileLost();
}

/** The error for a file that was to be opened, not sent. */
export function linkError(problem: GatewayProblem): PartylineError {
  const { code } = errorOf(problem);
  switch (code) {
    case 'rate-limited':
      return tooMany();
    case 'conversation-ended':
      return ended();
    default: {
      const isGone = code === 'forbidden' || code === 'file-gone' || isUnknown(problem);
      return isGone ? gone() : unreadable();
    }
  }
}

/** Whether the platform does not know the file. */
function isUnknown({ code }: GatewayProblem): boolean {
  return code === '404' || code === '4010';
}

function gone(): PartylineError {
  return new PartylineError('file-gone', 'This file is no longer available.');
}

function unreadable(): PartylineError {
  return new PartylineError('unavailable', 'This file can’t be opened at the moment. Try again.');
}

export function fileLost(cause?: unknown): PartylineError {
  const words = 'The file did not arrive. Check your connection and try again.';
  return new PartylineError('file-lost', words, { cause });
}

export function overdue(): PartylineError {
  return new PartylineError('timeout', 'The file took too long. Try again.');
}

export function offline(): PartylineError {
  return new PartylineError('network', 'The chat is not connected at the moment. Try again soon.');
}

export function tooMany(): PartylineError {
  return new PartylineError(
    'rate-limited',
    'Too many files at once. Wait a moment, then try again.',
  );
}

export function notAllowed(): PartylineError {
  return new PartylineError('forbidden', 'Files can’t be sent in this chat.');
}

export function ended(): PartylineError {
  return new PartylineError('conversation-ended', 'The conversation has ended.');
}
