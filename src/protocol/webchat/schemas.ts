import {
  enum as _enum,
  array,
  boolean,
  discriminatedUnion,
  gte,
  type infer as Infer,
  int,
  lazy,
  literal,
  maxLength,
  minLength,
  nullish,
  number,
  object,
  optional,
  refine,
  string,
  unknown,
} from 'zod/mini';
import { conversationStatuses } from '../conversation.ts';
import { isDeeperThan } from '../depth.ts';

/*
 * Frames and REST bodies of the webchat dialect, as a client receives them. Unknown keys are ignored.
 * Most are lazy, because pages wait while the worker starts.
 */

const id = string().check(minLength(1), maxLength(512));

const instant = string().check(
  refine((text) => !Number.isNaN(Date.parse(text)), 'must be an ISO 8601 instant'),
);

const seconds = nullish(number().check(gte(0)));

export const senderSchema = object({ id: string(), name: string(), role: string() });
export type SenderBody = Infer<typeof senderSchema>;

export const messageSchema = lazy(() =>
  object({
    conversationId: id,
    messageId: id,
    sequence: nullish(int().check(gte(1))),
    from: senderSchema,
    text: string(),
    timestamp: instant,
  }),
);
export type MessageBody = Infer<typeof messageSchema>;

export const conversationSchema = lazy(() =>
  object({
    conversationId: id,
    status: _enum(conversationStatuses),
    position: nullish(number()),
  }),
);
export type ConversationBody = Infer<typeof conversationSchema>;

/** Every frame has a type. */
export const frameSchema = object({ type: string() });

export const authFrameSchema = lazy(() =>
  discriminatedUnion('status', [
    object({ status: literal('success'), serverTime: nullish(instant) }),
    object({
      status: literal('failed'),
      code: nullish(string()),
      message: nullish(string()),
    }),
  ]),
);

export const typingFrameSchema = lazy(() =>
  object({ conversationId: id, from: senderSchema, isTyping: boolean() }),
);

export const receiptFrameSchema = lazy(() =>
  object({
    conversationId: id,
    messageId: id,
    from: senderSchema,
    status: _enum(['delivered', 'read']),
  }),
);

/** The pong returns the payload, and `JSON.stringify` overflows the stack on one that is nested deeper. */
const maximumPayloadDepth = 100;

export const pingFrameSchema = lazy(() =>
  object({
    payload: optional(
      unknown().check(
        refine(
          (value) => !isDeeperThan(value, maximumPayloadDepth),
          `must be nested at most ${maximumPayloadDepth} levels deep`,
        ),
      ),
    ),
  }),
);

export const errorFrameSchema = lazy(() =>
  object({
    code: string(),
    message: nullish(string()),
    conversationId: nullish(string()),
    messageId: nullish(string()),
    retryAfter: seconds,
  }),
);
export type ErrorFrame = Infer<typeof errorFrameSchema>;

export const historySchema = lazy(() =>
  object({ entities: array(unknown()), nextPage: nullish(string()) }),
);

export const skillGroupsSchema = lazy(() => object({ entities: array(object({ name: id })) }));

export const skillCoverageSchema = lazy(() =>
  object({ entities: array(object({ skillGroup: string(), agentsOnShift: number() })) }),
);

export const errorBodySchema = lazy(() =>
  object({ code: nullish(string()), message: nullish(string()) }),
);
