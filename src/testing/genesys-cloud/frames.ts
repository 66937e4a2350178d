import { randomUUID } from 'node:crypto';
import type { Party, StoredMessage } from '../gateway/model.ts';
import { fileErrorText } from './files.ts';

/** Frames that the platform sends to clients of the Guest API. */

export interface SessionFrame {
  readonly type: 'response' | 'message';
  readonly class: string;
  readonly code: number;
  readonly body: unknown;
  readonly tracingId?: string | undefined;
}

export function answer(name: string, body: unknown, tracingId?: string): SessionFrame {
  return { type: 'response', class: name, code: 200, body, tracingId };
}

export function notification(name: string, body: unknown, tracingId?: string): SessionFrame {
  return { type: 'message', class: name, code: 200, body, tracingId };
}

export function refusal(code: number, words: string): SessionFrame {
  return { type: 'response', class: 'string', code, body: words };
}

export function tooMany(retryAfter: number): SessionFrame {
  const body = {
    retryAfter,
    errorCode: 4029,
    errorMessage: 'Message rate too high for this session',
  };
  return { type: 'response', class: 'TooManyRequestsErrorMessage', code: 429, body };
}

/** The frame's code is 200, even though the body has an error. */
export function fileFailure(
  name: 'GenerateUrlError' | 'UploadFailureEvent',
  /** Without an id, the file was refused before it had one. */
  { attachmentId }: { readonly attachmentId?: string | undefined },
  errorCode: number,
  timestamp: string,
): SessionFrame {
  return notification(name, {
    attachmentId,
    errorCode,
    errorMessage: fileErrorText(errorCode),
    timestamp,
  });
}

/** Stored parts of a message besides its text. */
export interface Extras {
  readonly tracingId?: string | undefined;
  readonly content?: readonly unknown[] | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  readonly customAttributes?: Readonly<Record<string, string>> | undefined;
}

/** Ids of the platform: 32 hexadecimal digits [OV, SC]. */
export function platformId(): string {
  return randomUUID().replaceAll('-', '');
}

/**
 * The form on the socket.
 *
 * @param liveId Visitors' and agents' messages have this id here, and that of the message in the channel.
 * Those of bots have only the one id [OV, SC].
 */
export function liveBody(
  message: StoredMessage,
  extras: Extras,
  liveId: string,
  options: BodyOptions = defaults,
) {
  const isBots = message.from.role === 'bot';
  const metadata = { correlationId: liveId, ...extras.metadata };
  return {
    ...bodyOf(message, { ...extras, metadata }),
    id: isBots ? message.messageId : liveId,
    channel: channelOf(message, extras, options, !isBots),
  };
}

/** The form in the history, where the id is that of the message. */
export function historyBody(
  message: StoredMessage,
  extras: Extras,
  keepsIds: boolean,
  options: BodyOptions = defaults,
) {
  const kept = keepsIds ? extras : { content: extras.content };
  return {
    ...bodyOf(message, kept),
    id: message.messageId,
    channel: channelOf(message, kept, options, false),
  };
}

export interface BodyOptions {
  /** Whether a bot is named. */
  readonly namesBots: boolean;
}

const defaults: BodyOptions = { namesBots: false };

function bodyOf({ text, from }: StoredMessage, { content, metadata }: Extras) {
  const isStructured = content?.some(
    (part) => typeof part === 'object' && part !== null && !('attachment' in part),
  );
  return {
    type: isStructured ? 'Structured' : 'Text',
    // A file alone comes back without it [SC]; [MC] shows the file only then.
    ...(text === '' ? {} : { text }),
    direction: from.role === 'visitor' ? 'Inbound' : 'Outbound',
    originatingEntity: entityOf(from),
    ...(content && content.length > 0 ? { content } : {}),
    metadata: { ...metadata },
  };
}

function channelOf(
  message: StoredMessage,
  { customAttributes }: Extras,
  options: BodyOptions,
  hasId: boolean,
) {
  const { from, at, messageId } = message;
  return {
    time: new Date(at).toISOString(),
    type: 'Private',
    ...(hasId ? { messageId } : {}),
    from: recipientOf(from, options),
    ...(customAttributes ? { metadata: { customAttributes } } : {}),
  };
}

function entityOf({ role }: Party): string {
  if (role === 'visitor') return '';
  return role === 'bot' ? 'Bot' : 'Human';
}

/** `{}` for visitors and bots [SC]; an agent's name and picture [MT, MC]. */
function recipientOf({ role, name, image }: Party, { namesBots }: BodyOptions) {
  if (role === 'visitor' || (role === 'bot' && !namesBots)) return {};
  return { ...(name === '' ? {} : { nickname: name }), ...(image ? { image } : {}) };
}

/**
 * A message that only has an event. Its two ids are the same [OV, MT].
 *
 * @param from `null` for the platform itself, which ends a conversation
 */
export function eventBody(
  id: string,
  at: number,
  event: unknown,
  from: Party | null,
  metadata: Readonly<Record<string, string>> = {},
  options: BodyOptions = defaults,
) {
  return {
    id,
    type: 'Event',
    direction: from?.role === 'visitor' ? 'Inbound' : 'Outbound',
    ...(from ? { originatingEntity: entityOf(from) } : {}),
    channel: {
      time: new Date(at).toISOString(),
      messageId: id,
      ...(from ? { from: recipientOf(from, options) } : {}),
    },
    events: [event],
    metadata: { correlationId: id, ...metadata },
  };
}
