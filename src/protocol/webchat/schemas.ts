import { conversationStatuses } from '../conversation.ts';
import { isDeeperThan } from '../depth.ts';
import { discriminatedUnion, integer, lazy, length, literal, range, z } from '../zod.ts';

/**
 * Frames and REST bodies of the webchat dialect, as a client receives them.
 * Keys that are not named here are ignored.
 */

export const shapes = lazy(() => {
  const id = z.string().check(length(1, 512));

  const instant = z
    .string()
    .check(z.refine((text) => !Number.isNaN(Date.parse(text)), 'not an instant'));

  const sender = z.object({ id: z.string(), name: z.string(), role: z.string() });

  const messageBody = z.object({
    conversationId: id,
    messageId: id,
    sequence: z.nullish(integer.check(range(1))),
    from: sender,
    text: z.string(),
    timestamp: instant,
  });

  const conversationBody = z.object({
    conversationId: id,
    status: z.enum(conversationStatuses),
    position: z.nullish(z.number()),
  });

  const seconds = z.nullish(z.number().check(range(0)));

  const authFrame = discriminatedUnion('status', {
    success: z.object({ status: literal('success'), serverTime: z.nullish(instant) }),
    failed: z.object({
      status: literal('failed'),
      code: z.nullish(z.string()),
      message: z.nullish(z.string()),
    }),
  });

  const typingFrame = z.object({ conversationId: id, from: sender, isTyping: z.boolean() });

  const receiptFrame = z.object({
    conversationId: id,
    messageId: id,
    from: sender,
    status: z.enum(['delivered', 'read']),
  });

  /** A payload goes back as it came: one that is deeper could be read, but not be written again. */
  const deepestPayload = 100;

  const pingFrame = z.object({
    payload: z.optional(
      z
        .unknown()
        .check(z.refine((value) => !isDeeperThan(value, deepestPayload), 'too many levels')),
    ),
  });

  const errorFrame = z.object({
    code: z.string(),
    message: z.nullish(z.string()),
    conversationId: z.nullish(z.string()),
    messageId: z.nullish(z.string()),
    retryAfter: seconds,
  });

  const historyBody = z.object({
    entities: z.array(z.unknown()),
    nextPage: z.nullish(z.string()),
  });

  const skillGroupsBody = z.object({
    entities: z.array(z.object({ name: z.string().check(length(1, 512)) })),
  });

  const coverageBody = z.object({
    entities: z.array(z.object({ skillGroup: z.string(), agentsOnShift: z.number() })),
  });

  const errorBody = z.object({ code: z.nullish(z.string()), message: z.nullish(z.string()) });

  /** What every frame has. */
  const typedFrame = z.object({ type: z.string() });

  return {
    sender,
    messageBody,
    conversationBody,
    authFrame,
    typingFrame,
    receiptFrame,
    pingFrame,
    errorFrame,
    historyBody,
    skillGroupsBody,
    coverageBody,
    errorBody,
    typedFrame,
  };
});

type Shapes = ReturnType<typeof shapes>;

/** What a frame or a body of that shape says. */
export type Body<Shape extends keyof Shapes> = z.infer<Shapes[Shape]>;
