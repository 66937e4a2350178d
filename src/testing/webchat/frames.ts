import { z } from 'zod';
import { type ConversationStatus, type Party, routingSchema } from '../agents/agent-protocol.ts';
import type { StoredMessage } from '../gateway/model.ts';

/**
 * The frames of the visitor's socket. Written from docs/protocol.md and sharing no code with the client,
 * so that the two check each other.
 */

/** Maximum size of a frame, in bytes. A larger one closes the connection with 1009. */
export const maximumFrameBytes = 64 * 1024;

const id = z.string().min(1).max(512);

const clientFrames = {
  auth: z.object({ type: z.literal('auth'), token: z.string().min(1) }),
  routing: z.object({ type: z.literal('routing'), routing: routingSchema }),
  conversation: z.object({ type: z.literal('conversation'), conversationId: id }),
  message: z.object({
    type: z.literal('message'),
    conversationId: id,
    messageId: id,
    text: z.string(),
  }),
  typing: z.object({ type: z.literal('typing'), conversationId: id, isTyping: z.boolean() }),
  receipt: z.object({
    type: z.literal('receipt'),
    conversationId: id,
    messageId: id,
    status: z.literal('read'),
  }),
  ping: z.object({ type: z.literal('ping') }),
  pong: z.object({ type: z.literal('pong'), payload: z.unknown() }),
} as const;

type ClientFrames = typeof clientFrames;
export type ClientFrame = {
  [Type in keyof ClientFrames]: z.infer<ClientFrames[Type]>;
}[keyof ClientFrames];

const clientFrameSchema = z.discriminatedUnion('type', [
  clientFrames.auth,
  clientFrames.routing,
  clientFrames.conversation,
  clientFrames.message,
  clientFrames.typing,
  clientFrames.receipt,
  clientFrames.ping,
  clientFrames.pong,
]);

const envelopeSchema = z.looseObject({ type: z.string() });
const namesSchema = z.object({
  conversationId: z.string().optional().catch(undefined),
  messageId: z.string().optional().catch(undefined),
});

export type Decoded =
  | { readonly kind: 'frame'; readonly frame: ClientFrame }
  /** Frames of unknown types are ignored. */
  | { readonly kind: 'unknown'; readonly type: string }
  | {
      readonly kind: 'invalid';
      readonly type: string | null;
      readonly reason: string;
      readonly conversationId: string | undefined;
      readonly messageId: string | undefined;
    };

/** Parses a frame from the client. Never throws. */
export function decodeClientFrame(text: string): Decoded {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return invalid(null, 'Frame is not valid JSON.');
  }
  const envelope = envelopeSchema.safeParse(json);
  if (!envelope.success) return invalid(null, 'Frame is not an object with a type.');
  const { type } = envelope.data;
  if (!Object.hasOwn(clientFrames, type)) return { kind: 'unknown', type };
  const frame = clientFrameSchema.safeParse(json);
  if (frame.success) return { kind: 'frame', frame: frame.data };
  const issue = frame.error.issues[0];
  const names = namesSchema.parse(json);
  return {
    ...invalid(type, `${issue?.path.join('.') || type}: ${issue?.message ?? 'invalid'}`),
    conversationId: names.conversationId,
    messageId: names.messageId,
  };
}

function invalid(type: string | null, reason: string): Decoded & { kind: 'invalid' } {
  return { kind: 'invalid', type, reason, conversationId: undefined, messageId: undefined };
}

/** A message in frames and REST responses; without `sequence` if sequences are off. */
export interface WireMessage {
  readonly conversationId: string;
  readonly messageId: string;
  readonly sequence?: number;
  readonly from: Party;
  readonly text: string;
  readonly timestamp: string;
}

export type ServerFrame =
  | { readonly type: 'auth'; readonly status: 'success'; readonly serverTime: string }
  | {
      readonly type: 'auth';
      readonly status: 'failed';
      readonly code: string;
      readonly message: string;
    }
  | {
      readonly type: 'conversation';
      readonly conversationId: string;
      readonly status: ConversationStatus;
      readonly position?: number;
    }
  | ({ readonly type: 'message' } & WireMessage)
  | {
      readonly type: 'typing';
      readonly conversationId: string;
      readonly from: Party;
      readonly isTyping: boolean;
    }
  | {
      readonly type: 'receipt';
      readonly conversationId: string;
      readonly messageId: string;
      readonly from: Party;
      readonly status: 'delivered' | 'read';
    }
  | { readonly type: 'ping'; readonly payload: unknown }
  | { readonly type: 'pong' }
  | {
      readonly type: 'error';
      readonly code: string;
      readonly message: string;
      readonly conversationId?: string | undefined;
      readonly messageId?: string | undefined;
      readonly retryAfter?: number | undefined;
    };

export function toWire(message: StoredMessage, sequences: boolean): WireMessage {
  return {
    conversationId: message.conversationId,
    messageId: message.messageId,
    ...(sequences ? { sequence: message.sequence } : {}),
    from: message.from,
    text: message.text,
    timestamp: new Date(message.at).toISOString(),
  };
}
