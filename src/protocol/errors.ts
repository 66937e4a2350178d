import type { core } from 'zod/mini';

/**
 * Why a call was refused, or why something went wrong. The codes are stable; the messages are for people.
 *
 * - `invalid-option`: an option of `connect` or `startHub` is wrong; the message names it.
 * - `invalid-call`: a call's arguments are of the wrong shape.
 * - `empty-message`, `message-too-long`: the text can't be sent as it is.
 * - `no-conversation`: there is no conversation to send into; call `start(routing)` first.
 * - `unknown-message`: no message with that id can be retried or discarded.
 * - `not-failed`: only a failed message can be retried.
 * - `timeout`: no answer within the deadline. What was asked for may still happen.
 * - `unknown-outcome`: the hub died while it worked on the call.
 * - `unreachable`: the hub could not be started.
 * - `outdated`: a newer build of the site is in use; reload the page. The draft is kept.
 * - `signed-out`: the visitor's session has ended; sign in again.
 * - `closed`: `close()` was called on this chat.
 * - `routing-refused`: the routing fits no queue, or not the site's own schema; the message says what
 *   was meant. Nothing was sent.
 * - `evicted`: the gateway let this connection go in favour of others of the same conversation.
 * - `conversation-ended`, `conversation-not-found`, `rejected`, `rate-limited`: the gateway said so.
 * - `unauthorized`, `forbidden`, `unavailable`, `network`, `invalid`: a server could not be used.
 * - `store`: the browser keeps no history at the moment.
 * - `client-bug`: the gateway found fault with a frame of ours.
 */
export const errorCodes = [
  'invalid-option',
  'invalid-call',
  'empty-message',
  'message-too-long',
  'no-conversation',
  'unknown-message',
  'not-failed',
  'timeout',
  'unknown-outcome',
  'unreachable',
  'outdated',
  'signed-out',
  'closed',
  'routing-refused',
  'evicted',
  'conversation-ended',
  'conversation-not-found',
  'rejected',
  'rate-limited',
  'unauthorized',
  'forbidden',
  'unavailable',
  'network',
  'invalid',
  'store',
  'client-bug',
] as const;

/**
 * Why a file was not sent, or can't be opened; only gateways that take files know these.
 *
 * - `file-type`, `file-size`, `file-empty`, `file-name`, `file-content`: it can't be sent as it is.
 * - `file-lost`: it did not arrive, or nobody can tell; try again.
 * - `file-gone`: what was sent is no longer there to be opened.
 */
export type FileErrorCode =
  | 'file-type'
  | 'file-size'
  | 'file-empty'
  | 'file-name'
  | 'file-content'
  | 'file-lost'
  | 'file-gone';

export type ErrorCode = (typeof errorCodes)[number] | FileErrorCode;

/** Something that went wrong, as plain data: it crosses ports and is shown to people. */
export interface Problem {
  readonly code: ErrorCode;
  /** One sentence that says what to do next. Never holds a secret or a message text. */
  readonly message: string;
}

/** The error that every public function throws or rejects with. */
export class PartylineError extends Error {
  override readonly name = 'PartylineError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }

  /** The same as plain data, for the way through a port. */
  toProblem(): Problem {
    return { code: this.code, message: this.message };
  }
}

/** The first issue of a zod error, as `path: message`. */
export function describeIssue(error: core.$ZodError): string {
  return describeIssues(error)[0] ?? 'invalid';
}

/** All issues of a zod error, each as `path: message`. */
export function describeIssues(error: core.$ZodError): string[] {
  return error.issues.map((issue) => {
    const path = issue.path.map(String).join('.');
    const message = issueMessage(issue);
    return path ? `${path}: ${message}` : message;
  });
}

// zod/mini has no messages of its own, and its English ones would have to be configured globally.
function issueMessage(issue: core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${typeNames[issue.expected] ?? `of type ${issue.expected}`}`;
    case 'invalid_value':
      return mustBeOneOf(issue.values);
    case 'invalid_union':
      return 'options' in issue && issue.options?.length
        ? mustBeOneOf(issue.options)
        : issue.message;
    case 'unrecognized_keys':
      return `unknown ${issue.keys.length === 1 ? 'key' : 'keys'}: ${issue.keys.join(', ')}`;
    case 'too_small':
      return sizeMessage(
        issue.origin,
        issue.inclusive ? 'at least' : 'greater than',
        issue.minimum,
      );
    case 'too_big':
      return sizeMessage(issue.origin, issue.inclusive ? 'at most' : 'less than', issue.maximum);
    default:
      return issue.message;
  }
}

const typeNames: Readonly<Record<string, string>> = {
  array: 'an array',
  boolean: 'a boolean',
  int: 'an integer',
  number: 'a number',
  object: 'an object',
  record: 'an object',
  string: 'a string',
};

function mustBeOneOf(values: readonly unknown[]): string {
  const names = values.map((value) =>
    typeof value === 'string' ? JSON.stringify(value) : String(value),
  );
  return `must be ${names.length === 1 ? '' : 'one of '}${names.join(', ')}`;
}

function sizeMessage(origin: string, comparison: string, bound: number | bigint): string {
  const unit = sizeUnits[origin];
  return unit
    ? `must have ${comparison} ${bound} ${unit}${bound === 1 ? '' : 's'}`
    : `must be ${comparison} ${bound}`;
}

const sizeUnits: Readonly<Record<string, string>> = { string: 'character', array: 'item' };
