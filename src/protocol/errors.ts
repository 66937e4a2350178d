import type { core } from 'zod/mini';

/**
 * Error codes. The codes are stable; the messages are for people.
 *
 * - `invalid-option`: an option of `connect` or `startHub` is wrong; the message names it.
 * - `invalid-call`: the arguments of a call are invalid.
 * - `empty-message`, `message-too-long`: the text can't be sent as it is.
 * - `no-conversation`: there is no open conversation; call `start(routing)` first.
 * - `unknown-message`: no message with that id can be retried or discarded.
 * - `not-failed`: only a failed message can be retried.
 * - `timeout`: no response within the deadline. The call may still complete.
 * - `unknown-outcome`: the hub stopped during the call.
 * - `unreachable`: the hub could not be started.
 * - `outdated`: another tab runs a newer build of the site; reload the page. The draft is kept.
 * - `signed-out`: the visitor's session has ended; sign in again.
 * - `closed`: `close()` was called on this chat.
 * - `routing-refused`: a skill group is unknown, or the routing does not match the site's schema; the
 *   message has the closest match. Nothing was sent.
 * - `evicted`: the gateway closed this connection in favour of others of the same conversation.
 * - `conversation-deleted`: the conversation was deleted, here or on another device, during the call.
 * - `conversation-ended`, `conversation-not-found`, `rejected`, `rate-limited`: errors of the gateway.
 * - `undelivered`: the gateway had the message and could not deliver it. It can't be retried; send another one.
 * - `session-replaced`: this session has ended the visitor's conversation on another device.
 * - `origin-refused`: the gateway does not accept this site: it is not among the deployment's allowed domains.
 * - `unauthorized`, `forbidden`, `unavailable`, `network`, `invalid`: a request to a server failed.
 * - `store`: the browser can't store the history.
 * - `client-bug`: the gateway could not parse a frame of partyline.
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
  'origin-refused',
  'conversation-deleted',
  'conversation-ended',
  'conversation-not-found',
  'rejected',
  'undelivered',
  'session-replaced',
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
 * Why a file was not sent, or can't be opened. Only for gateways that support files.
 *
 * - `file-type`, `file-size`, `file-empty`, `file-name`, `file-content`: it can't be sent as it is.
 * - `file-extension`: its name has no extension.
 * - `file-lost`: the upload failed, or its result is unknown; try again.
 * - `file-gone`: the file is no longer available.
 */
export type FileErrorCode =
  | 'file-type'
  | 'file-size'
  | 'file-empty'
  | 'file-name'
  | 'file-extension'
  | 'file-content'
  | 'file-lost'
  | 'file-gone';

export type ErrorCode = (typeof errorCodes)[number] | FileErrorCode;

/** An error as plain data, so that it can cross ports. */
export interface Problem {
  readonly code: ErrorCode;
  /** For developers and logs; visitors see texts by `code`. Never holds a secret or message text. */
  readonly message: string;
}

/** The error that all public functions throw or reject with. */
export class PartylineError extends Error {
  override readonly name = 'PartylineError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }

  /** The error as plain data, for sending it through a port. */
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
