import type { Content } from '../content.ts';
import type { GatewayEvent } from '../gateway/events.ts';
import type { PartialMessage } from '../gateway/messages.ts';
import type { Sender } from '../message.ts';
import { textInContent, toContent } from './content.ts';
import { type EventBody, type MessageBody, messageBody } from './schemas.ts';

/** Name of the custom attribute, and of the metadata entry, with the client's message id. */
export const messageIdAttribute = 'partylineMessageId';

/**
 * Converts one StructuredMessage, live or from the history.
 *
 * @param frameId the tracing id of its frame, which may be in the message instead
 */
export function toEvents(body: unknown, frameId: string | null): readonly GatewayEvent[] {
  const parsed = messageBody.safeParse(body);
  if (!parsed.success) return [{ type: 'invalid', reason: 'StructuredMessage has no body.' }];
  const message = parsed.data;
  const tracingId = frameId ?? message.tracingId;
  switch (message.type?.toLowerCase()) {
    case 'event':
      if (message.text || offersIn(message).length > 0) return toMessage(message, tracingId);
      return message.events.flatMap((event) => toEvent(event, message, tracingId));
    case 'receipt':
      return toReceipt(message, tracingId);
    default:
      return toMessage(message, tracingId);
  }
}

export function isVisitors({ direction }: MessageBody): boolean {
  // From the platform's view: visitors' messages are inbound.
  return direction?.toLowerCase() === 'inbound';
}

export function senderOf(message: MessageBody): Sender {
  if (isVisitors(message)) return { id: 'visitor', name: '', role: 'visitor' };
  const from = message.channel?.from;
  const names = [from?.firstName, from?.lastName].filter(Boolean).join(' ');
  const name = (from?.nickname ?? names).trim();
  const role = message.originatingEntity?.toLowerCase() === 'bot' ? 'bot' : 'agent';
  // The platform sends no ids of agents; only their names differ.
  const id = name === '' ? role : `${role}:${name}`;
  return { id, name, role, ...(from?.image ? { imageUrl: from.image } : {}) };
}

function toMessage(message: MessageBody, tracingId: string | null): readonly GatewayEvent[] {
  const key = message.channel?.messageId ?? message.id;
  const messageId =
    (isVisitors(message) ? clientId(message, tracingId) : null) ??
    key ??
    generatedId(message, tracingId);
  const content = [
    ...toContent(message.content, isVisitors(message)),
    ...offersIn(message).map(({ offer }): Content => ({ type: 'declined', offer })),
  ];
  const text = message.text || textInContent(message.content);
  const events = message.events.flatMap((event) => toEvent(event, message, tracingId));
  if (text === '' && content.length === 0 && !isVisitors(message)) {
    return events.length > 0 ? events : [{ type: 'unknown', what: 'an empty message' }];
  }
  const ids = [message.channel?.messageId, message.id];
  const aliases = [...new Set(ids)].filter((id): id is string => id != null && id !== messageId);
  const partial: PartialMessage = {
    conversationId: null,
    messageId,
    sequence: null,
    from: senderOf(message),
    text,
    timestamp: message.channel?.time ?? null,
    ...(content.length > 0 ? { content } : {}),
    ...(aliases.length > 0 ? { aliases } : {}),
  };
  return [{ type: 'message', message: partial }, ...events];
}

/** For messages without an id, which the API permits: the same content always gets the same id. */
function generatedId(message: MessageBody, tracingId: string | null): string {
  if (tracingId !== null) return tracingId;
  const { direction, channel, text, content } = message;
  const contentJson = content.length > 0 ? JSON.stringify(content) : '';
  let hash = 0x811c9dc5;
  for (const character of `${direction} ${channel?.time} ${text}${contentJson}`) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }
  return `unnamed-${(hash >>> 0).toString(36)}`;
}

/** The client's id of the visitor's message: in the message itself, or the request's tracing id. */
function clientId(message: MessageBody, tracingId: string | null): string | null {
  return writtenId(message) ?? tracingId;
}

/** The client's id in the message itself; an echo has none. */
export function writtenId({ channel, metadata }: MessageBody): string | null {
  const attribute = channel?.metadata?.customAttributes.get(messageIdAttribute);
  return attribute || metadata.get(messageIdAttribute) || null;
}

function toReceipt(message: MessageBody, tracingId: string | null): readonly GatewayEvent[] {
  const messageId = message.channel?.messageId ?? message.id;
  const status = message.status?.toLowerCase();
  if (status === 'failed') return toFailure(message, tracingId);
  if (messageId === null || (status !== 'delivered' && status !== 'read')) {
    return [{ type: 'unknown', what: `a receipt (${message.status ?? 'without a status'})` }];
  }
  // The sender of the receipt, not of the message.
  const from = senderOf(message);
  return [{ type: 'receipt', conversationId: null, messageId, from, status }];
}

function toFailure(message: MessageBody, tracingId: string | null): readonly GatewayEvent[] {
  const ids = [message.channel?.messageId, message.id, writtenId(message), tracingId];
  const messageIds = [...new Set(ids)].filter((id): id is string => id != null);
  const reasons = message.reasons.map(({ code, message: text }) =>
    [code, text].filter(Boolean).join(': '),
  );
  const reason = reasons.filter(Boolean).join('; ') || null;
  return [{ type: 'undelivered', messageIds, reason }];
}

type OfferEvent = Extract<GatewayEvent, { type: 'offer' }>;

/** What an agent offers in this message. */
function offersIn(message: MessageBody): OfferEvent[] {
  return isVisitors(message) ? [] : message.events.flatMap(toOffer);
}

/** Other types are about an offer that was accepted, and none is here. */
function toOffer({ eventType, coBrowse, video }: EventBody): OfferEvent[] {
  const name = eventType?.toLowerCase();
  if (name === 'cobrowse' && coBrowse?.type?.toLowerCase() === 'offering') {
    return [{ type: 'offer', offer: 'co-browse', offerId: coBrowse.sessionId }];
  }
  if (name === 'video' && video?.type?.toLowerCase() === 'offering') {
    return [{ type: 'offer', offer: 'video', offerId: video.offeringId }];
  }
  return [];
}

/** Used when a typing event has no duration, as in the official clients. In ms. */
const defaultTypingDuration = 5_000;

function toEvent(
  event: EventBody,
  message: MessageBody,
  tracingId: string | null,
): readonly GatewayEvent[] {
  const from = isVisitors(message) ? 'visitor' : 'other';
  switch (event.eventType?.toLowerCase()) {
    case 'typing': {
      const isTyping = event.typing?.type?.toLowerCase() !== 'off';
      const given = event.typing?.duration ?? event.typing?.durationMs ?? defaultTypingDuration;
      const duration = Math.min(Math.max(given, 0), 60_000);
      return [
        { type: 'typing', conversationId: null, from: senderOf(message), isTyping, duration },
      ];
    }
    case 'presence': {
      const name = event.presence?.type ?? '';
      const presence = presenceOf(name);
      // The platform sends it as a string.
      const isReadOnly = message.metadata.get('readOnly')?.toLowerCase() === 'true';
      const at = message.channel?.time ?? null;
      const presenceEvent: GatewayEvent = {
        type: 'presence',
        presence,
        from,
        at,
        isReadOnly,
        name,
        ...(tracingId === null ? {} : { requestId: tracingId }),
      };
      if (presence === 'disconnect' && from === 'other' && isReadOnly) {
        return [
          presenceEvent,
          { type: 'conversation', conversation: { conversationId: null, status: 'ended' } },
        ];
      }
      if (presence !== 'expired') return [presenceEvent];
      const text = 'The session has expired.';
      return [presenceEvent, { type: 'session-over', reason: 'expired', message: text }];
    }
    default: {
      const offers = from === 'other' ? toOffer(event) : [];
      if (offers.length > 0) return offers;
      // What follows an offer, reactions and future types.
      return [{ type: 'unknown', what: `an event (${event.eventType ?? 'without a type'})` }];
    }
  }
}

function presenceOf(name: string): Extract<GatewayEvent, { type: 'presence' }>['presence'] {
  switch (name.toLowerCase()) {
    case 'join':
      return 'join';
    case 'disconnect':
      return 'disconnect';
    case 'clear':
      return 'clear';
    case 'signin':
      return 'sign-in';
    case 'sessionexpired':
      return 'expired';
    default:
      return 'other';
  }
}
