import { conversationStatuses } from '../conversation.ts';
import { isDeeperThan } from '../depth.ts';
import { between, integer, sized, z } from '../zod.ts';

/**
 * Frames and REST bodies of the article's dialect, as a client receives them.
 * Keys that are not named here are ignored.
 */

const id = z.string().check(sized(1, 512));

const instant = z
  .string()
  .check(z.refine((text) => !Number.isNaN(Date.parse(text)), 'not an instant'));

export const sender = z.object({ id: z.string(), name: z.string(), role: z.string() });

export const messageBody = z.object({
  conversationId: id,
  messageId: id,
  sequence: z.nullish(integer.check(between(1))),
  from: sender,
  text: z.string(),
  timestamp: instant,
});

export const conversationBody = z.object({
  conversationId: id,
  status: z.enum(conversationStatuses),
  position: z.nullish(z.number()),
});

const seconds = z.nullish(z.number().check(between(0)));

export const authFrame = z.union([
  z.object({ status: z.literal('success'), serverTime: z.nullish(instant) }),
  z.object({
    status: z.literal('failed'),
    code: z.nullish(z.string()),
    message: z.nullish(z.string()),
  }),
]);

export const typingFrame = z.object({ conversationId: id, from: sender, isTyping: z.boolean() });

export const receiptFrame = z.object({
  conversationId: id,
  messageId: id,
  from: sender,
  status: z.enum(['delivered', 'read']),
});

/** A payload goes back as it came: one that is deeper could be read, but not be written again. */
const deepestPayload = 100;

export const pingFrame = z.object({
  payload: z.optional(
    z.unknown().check(z.refine((value) => !isDeeperThan(value, deepestPayload), 'too many levels')),
  ),
});

export const errorFrame = z.object({
  code: z.string(),
  message: z.nullish(z.string()),
  conversationId: z.nullish(z.string()),
  messageId: z.nullish(z.string()),
  retryAfter: seconds,
});

export const historyBody = z.object({
  entities: z.array(z.unknown()),
  nextPage: z.nullish(z.string()),
});

export const skillGroupsBody = z.object({
  entities: z.array(z.object({ name: z.string().check(sized(1, 512)) })),
});

export const coverageBody = z.object({
  entities: z.array(z.object({ skillGroup: z.string(), agentsOnShift: z.number() })),
});

export const errorBody = z.object({ code: z.nullish(z.string()), message: z.nullish(z.string()) });

/** What every frame has. */
export const typedFrame = z.object({ type: z.string() });
