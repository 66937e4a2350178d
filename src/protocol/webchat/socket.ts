import type { ZodMiniType } from 'zod/mini';
import { conversationStatuses } from '../conversation.ts';
import { describeIssue } from '../errors.ts';
import type { CloseMeaning } from '../gateway/adapter.ts';
import type { GatewayCommand } from '../gateway/commands.ts';
import type { GatewayEvent, GatewayProblemKind } from '../gateway/events.ts';
import type { PartialConversation, PartialMessage, PartialSender } from '../gateway/messages.ts';
import { roles } from '../message.ts';
import { utf8Length } from '../utf8.ts';
import {
  authFrameSchema,
  type ConversationBody,
  conversationSchema,
  type ErrorFrame,
  errorFrameSchema,
  frameSchema,
  type MessageBody,
  messageSchema,
  pingFrameSchema,
  receiptFrameSchema,
  type SenderBody,
  typingFrameSchema,
} from './schemas.ts';

/** Compared with the length in UTF-16 code units first, which is never more than that in UTF-8. */
const maximumFrameBytes = 64 * 1024;

export function encodeFrame(command: GatewayCommand, token: string | null): readonly string[] {
  const frame = toFrame(command, token);
  return frame === null ? [] : [JSON.stringify(frame)];
}

function toFrame(command: GatewayCommand, token: string | null): Record<string, unknown> | null {
  switch (command.type) {
    case 'authenticate':
      return token === null ? null : { type: 'auth', token };
    case 'open-conversation':
      return { type: 'routing', routing: command.routing };
    case 'resume-conversation':
      return { type: 'conversation', conversationId: command.conversationId };
    case 'send-message':
      return {
        type: 'message',
        conversationId: command.conversationId,
        messageId: command.messageId,
        text: command.text,
      };
    case 'typing':
      return { type: 'typing', conversationId: command.conversationId, isTyping: command.isTyping };
    case 'mark-read':
      return {
        type: 'receipt',
        conversationId: command.conversationId,
        messageId: command.messageId,
        status: 'read',
      };
    case 'ping':
      return { type: 'ping' };
    case 'answer-ping':
      // The gateway compares payloads, and `null` is not the same as none.
      return command.payload === undefined
        ? { type: 'pong' }
        : { type: 'pong', payload: command.payload };
    // The guide has no frames for session commands.
    default:
      return null;
  }
}

const noType: GatewayEvent = { type: 'invalid', reason: 'Frame has no type.' };

export function decodeFrame(text: string): readonly GatewayEvent[] {
  if (isTooLong(text)) {
    return [{ type: 'invalid', reason: 'Frame exceeds 64 KiB.' }];
  }
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch (error) {
    return [
      {
        type: 'invalid',
        reason: `Frame is not valid JSON (${error instanceof Error ? error.name : 'error'}).`,
      },
    ];
  }
  const typed = frameSchema.safeParse(frame);
  if (!typed.success) return [noType];
  const { type, text: content } = typed.data;
  if (type !== null) return decodeTyped(type, frame);
  return typeof content === 'string' ? decodeTyped('message', frame) : [noType];
}

function decodeTyped(type: string, frame: unknown): readonly GatewayEvent[] {
  switch (type) {
    case 'auth':
      return parseFrame(type, authFrameSchema, frame, (auth) =>
        auth.status === 'success'
          ? { type: 'authenticated', serverTime: auth.serverTime }
          : { type: 'refused', message: auth.message ?? auth.code ?? 'Authentication failed.' },
      );
    case 'conversation':
      return parseFrame(type, conversationSchema, frame, (body) => ({
        type: 'conversation',
        conversation: toConversation(body),
      }));
    case 'message':
      return parseFrame(type, messageSchema, frame, (message) => ({
        type: 'message',
        message: toMessage(message),
      }));
    case 'typing':
      return parseFrame(type, typingFrameSchema, frame, ({ from, ...typing }) => ({
        type: 'typing',
        from: toSender(from),
        ...typing,
      }));
    case 'receipt':
      return parseFrame(type, receiptFrameSchema, frame, ({ from, ...receipt }) => ({
        type: 'receipt',
        from: toSender(from),
        ...receipt,
      }));
    case 'ping':
      return parseFrame(type, pingFrameSchema, frame, (ping) => ({
        type: 'ping',
        payload: ping.payload,
      }));
    case 'pong':
      return [{ type: 'pong' }];
    case 'error':
      return parseFrame(type, errorFrameSchema, frame, toProblem);
    default:
      return [];
  }
}

function parseFrame<T>(
  type: string,
  shape: ZodMiniType<T>,
  frame: unknown,
  toEvent: (value: T) => GatewayEvent,
): readonly GatewayEvent[] {
  const result = shape.safeParse(frame);
  if (!result.success) {
    return [
      {
        type: 'invalid',
        reason: `Invalid ${type} frame from gateway: ${describeIssue(result.error)}.`,
      },
    ];
  }
  return [toEvent(result.data)];
}

export function toMessage({ from, ...body }: MessageBody): PartialMessage {
  return { ...body, from: toSender(from) };
}

/** Senders with an unknown role are shown as the system. */
function toSender({ role, ...sender }: SenderBody): PartialSender {
  if (role === null) return { ...sender, role };
  return { ...sender, role: roles.find((known) => known === role) ?? 'system' };
}

export function toConversation(body: ConversationBody): PartialConversation {
  const { conversationId, position } = body;
  const status = conversationStatuses.find((known) => known === body.status) ?? null;
  return {
    conversationId,
    status,
    ...(status === null ? { unknownStatus: (body.status ?? 'none').slice(0, 40) } : {}),
    ...(position === null ? {} : { position }),
  };
}

function toProblem(error: ErrorFrame): GatewayEvent {
  if (error.code === 'TOKEN_EXPIRED') return { type: 'token-expired' };
  const { code, message, conversationId, messageId, retryAfter } = error;
  return {
    type: 'problem',
    problem: {
      kind: problemKind(code),
      message: message ?? code ?? 'The gateway reported an error.',
      conversationId,
      messageId,
      retryAfter: retryAfter === null ? null : retryAfter * 1000,
    },
  };
}

function problemKind(code: string | null): GatewayProblemKind {
  switch (code) {
    case 'INVALID_FRAME':
      return 'invalid-frame';
    case 'CONVERSATION_NOT_FOUND':
      return 'conversation-not-found';
    case 'CONVERSATION_ENDED':
      return 'conversation-ended';
    case 'MESSAGE_TOO_LONG':
      return 'message-too-long';
    case 'RATE_LIMITED':
      return 'rate-limited';
    default:
      return 'other';
  }
}

export function closeMeaning(code: number): CloseMeaning {
  switch (code) {
    case 4001:
      return 'token';
    case 4029:
      return 'too-many-connections';
    case 1008:
    case 1009:
    case 4003:
      return 'client-bug';
    default:
      return 'network';
  }
}

function isTooLong(text: string): boolean {
  // Most texts need no count: a UTF-16 code unit takes one to three bytes.
  if (text.length * 3 <= maximumFrameBytes) return false;
  return text.length > maximumFrameBytes || utf8Length(text) > maximumFrameBytes;
}
