import {
  enum as _enum,
  array,
  boolean,
  gte,
  type infer as Infer,
  int,
  lazy,
  maxLength,
  minLength,
  nullish,
  number,
  object,
  optional,
  pipe,
  refine,
  string,
  transform,
  unknown,
  type ZodMiniType,
} from 'zod/mini';
import { isDeeperThan } from '../depth.ts';
import { orElse, orNull } from '../or-else.ts';

/*
 * Frames and REST bodies of the webchat dialect, as a client receives them. Unknown keys are ignored. The
 * guide's own samples leave out keys that other parts of it need, so a key that is missing, `null` or of
 * another type makes a frame invalid only where nothing can stand for it. Most are lazy, because pages
 * wait while the worker starts.
 */

const id = string().check(minLength(1), maxLength(512));

/** Any length: one that is too long is another conversation's, not the current one's. */
const conversationId = orNull(string().check(minLength(1)));

const word = orNull(string());

/** Epoch ms of an ISO 8601 instant. */
const instant = orNull(
  pipe(
    string().check(refine((text) => !Number.isNaN(Date.parse(text)))),
    transform((text) => Date.parse(text)),
  ),
);

const senderSchema = orElse(
  object({ id: orElse(string(), ''), name: orElse(string(), ''), role: word }),
  { id: '', name: '', role: null },
);
export type SenderBody = Infer<typeof senderSchema>;

const messageOf = <Text extends ZodMiniType<string | null>>(text: Text) =>
  object({
    conversationId,
    messageId: orNull(id),
    sequence: orNull(int().check(gte(1))),
    from: senderSchema,
    text,
    timestamp: instant,
  });

export const messageSchema = lazy(() => messageOf(string()));
export type MessageBody = Infer<typeof messageSchema>;

/** The answer to a message that was sent by REST, whose text is known. */
export const postedSchema = lazy(() => messageOf(word));

export const conversationSchema = lazy(() =>
  object({ conversationId, status: word, position: orNull(number()) }).check(
    refine((body) => body.conversationId !== null || body.status !== null, 'must have an id'),
  ),
);
export type ConversationBody = Infer<typeof conversationSchema>;

/** Every frame has a type. One without it that has a text can only be a message. */
export const frameSchema = object({ type: word, text: optional(unknown()) });

export const authFrameSchema = lazy(() =>
  object({
    status: _enum(['success', 'failed']),
    serverTime: instant,
    code: word,
    message: word,
  }),
);

export const typingFrameSchema = lazy(() =>
  object({ conversationId, from: senderSchema, isTyping: boolean() }),
);

export const receiptFrameSchema = lazy(() =>
  object({
    conversationId,
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
    code: word,
    message: word,
    conversationId: word,
    messageId: word,
    /** Seconds. */
    retryAfter: orNull(number().check(gte(0))),
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

export const errorBodySchema = lazy(() => object({ code: word, message: word }));
