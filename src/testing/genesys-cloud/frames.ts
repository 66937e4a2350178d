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
  attachmentId: string,
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

/** The form on the socket: with an id of its own, and that of the message in the channel. */
export function liveBody(message: StoredMessage, extras: Extras, liveId: string) {
  return { ...bodyOf(message, extras), id: liveId, channel: channelOf(message, extras, true) };
}

/** The form in the history, where the id is that of the message. */
export function historyBody(message: StoredMessage, extras: Extras, keepsIds: boolean) {
  const kept = keepsIds ? extras : { content: extras.content };
  return {
    ...bodyOf(message, kept),
    id: message.messageId,
    channel: channelOf(message, kept, false),
  };
}

function bodyOf({ text, from }: StoredMessage, { content, metadata }: Extras) {
  const isStructured = content?.some(
    (part) => typeof part === 'object' && part !== null && !('attachment' in part),
  );
  return {
    type: isStructured ? 'Structured' : 'Text',
    text,
    direction: from.role === 'visitor' ? 'Inbound' : 'Outbound',
    originatingEntity: from.role === 'visitor' ? '' : from.role === 'bot' ? 'Bot' : 'Human',
    ...(content ? { content } : {}),
    metadata: { ...metadata },
  };
}

function channelOf(message: StoredMessage, { customAttributes }: Extras, isLive: boolean) {
  const { from, at, messageId } = message;
  return {
    time: new Date(at).toISOString(),
    type: 'Private',
    ...(isLive ? { messageId } : {}),
    ...(from.role === 'visitor' ? {} : { from: { nickname: from.name } }),
    ...(customAttributes ? { metadata: { customAttributes } } : {}),
  };
}

export function eventBody(
  id: string,
  at: number,
  event: unknown,
  from: Party | null,
  metadata: Readonly<Record<string, string>> = {},
) {
  return {
    id,
    type: 'Event',
    direction: from?.role === 'visitor' ? 'Inbound' : 'Outbound',
    channel: {
      time: new Date(at).toISOString(),
      messageId: id,
      ...(from && from.role !== 'visitor' ? { from: { nickname: from.name } } : {}),
    },
    events: [event],
    metadata,
  };
}
