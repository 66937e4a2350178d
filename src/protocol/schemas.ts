import type { Content } from './content.ts';
import { conversationStatuses, type Routing } from './conversation.ts';
import { errorCodes, type Problem } from './errors.ts';
import { isPosition, type Message, messageStatuses, type Position, roles } from './message.ts';
import { queueReasons, type RoutingNotice } from './routing.ts';
import { phases } from './snapshot.ts';
import { integer, lazy, length, literal, range, z } from './zod.ts';

/**
 * The vocabulary as zod reads it, for worker and server. A page has guards instead (guards.ts), and
 * never loads this file.
 */

export const connectRequestSchema = lazy(() =>
  z.object({
    type: literal('partyline-connect-request'),
    connectionId: z.string().check(length(1, 128)),
  }),
);

/** Problems of files are told in answers alone, and kept nowhere. */
export const problemSchema: z.ZodMiniType<Problem> = z.object({
  code: z.enum(errorCodes),
  message: z.string(),
});

export const conversationSchema = z.object({
  conversationId: z.string(),
  status: z.enum(conversationStatuses),
  position: z.exactOptional(z.number()),
  expiresAt: z.exactOptional(z.number()),
  leftAt: z.exactOptional(z.number()),
});

/** Of all attributes together as JSON, in UTF-16 code units: a routing must fit into one frame. */
const maximumAttributes = 16_384;

const attributesSchema = z.custom<NonNullable<Routing['attributes']>>(
  (value) =>
    // No list, map or date, which have no names and would pass for empty.
    Object.prototype.toString.call(value) === '[object Object]' &&
    Object.entries(Object(value)).every(([key, item]) => key.length <= 256 && isAttribute(item)) &&
    JSON.stringify(value).length <= maximumAttributes,
  `must be texts, numbers and booleans by name, ${maximumAttributes} characters in all at most`,
);

function isAttribute(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}

export const routingSchema: z.ZodMiniType<Routing> = z.object({
  skillGroups: z.array(z.string().check(length(1, 256))).check(length(1, 50)),
  attributes: z.exactOptional(attributesSchema),
  priority: z.exactOptional(integer.check(range(0))),
});

export const senderSchema = z.object({ id: z.string(), name: z.string(), role: z.enum(roles) });

export const positionSchema = z.custom<Position>(isPosition);

const messageFields = {
  messageId: z.string(),
  conversationId: z.nullable(z.string()),
  sequence: z.nullable(z.number()),
  from: senderSchema,
  text: z.string(),
  timestamp: z.number(),
  status: z.enum(messageStatuses),
  failure: z.nullable(problemSchema),
  missingBefore: z.number(),
  position: positionSchema,
  aliases: z.exactOptional(z.array(z.string())),
};

/** @param contents what messages may bring besides their text; without it that is left out */
export function messageSchemaWith(contents?: z.ZodMiniType<Content[]>): z.ZodMiniType<Message> {
  if (!contents) return z.object(messageFields);
  return z.object({ ...messageFields, content: z.exactOptional(contents) });
}

const said = z.string().check(length(0, 4_096));

/** A visitor's answer as it is kept and passed on: which kinds there are, the dialect knows that sends it. */
export const replySchema = z.object({
  kind: said,
  payload: said,
  originatingMessageId: said,
  values: z.exactOptional(
    z.array(z.object({ id: said, text: said, payload: said })).check(length(0, 256)),
  ),
});
export type CarriedReply = z.infer<typeof replySchema>;

export const placeSchema = z.object({ position: positionSchema, messageId: z.string() });

export const readMarkSchema = z.object({ conversationId: z.string(), position: positionSchema });

export const routingNoticeSchema: z.ZodMiniType<RoutingNotice> = z.union([
  z.object({
    kind: literal('refused'),
    problems: z.array(z.string()),
    suggested: z.nullable(routingSchema),
  }),
  z.object({
    kind: literal('uncovered'),
    skillGroups: z.array(z.string()),
    isAsking: z.boolean(),
  }),
  z.object({ kind: literal('unchecked') }),
  z.object({
    kind: literal('stalled'),
    since: z.number(),
    reason: z.enum(queueReasons),
  }),
]);

const connectionSchema = z.object({
  phase: z.enum(phases),
  attempt: z.number(),
  retryAt: z.nullable(z.number()),
  transport: z.enum(['websocket', 'rest', 'none']),
  problem: z.exactOptional(problemSchema),
});

const hubSchema = z.object({
  kind: z.enum(['shared-worker', 'tab']),
  epoch: z.string(),
  build: z.string(),
  tabs: z.number(),
  persistent: z.boolean(),
});

const typingSchema = z.nullable(z.object({ id: z.string(), name: z.string() }));

export const sharedSnapshotSchema = z.object({
  connection: connectionSchema,
  conversation: z.nullable(conversationSchema),
  unread: z.number(),
  typing: typingSchema,
  draft: z.string(),
  hub: hubSchema,
  routing: z.exactOptional(z.nullable(routingNoticeSchema)),
});

/** The keys that changed. */
export const sharedPatchSchema = z.object({
  connection: z.exactOptional(connectionSchema),
  conversation: z.exactOptional(z.nullable(conversationSchema)),
  unread: z.exactOptional(z.number()),
  typing: z.exactOptional(typingSchema),
  draft: z.exactOptional(z.string()),
  hub: z.exactOptional(hubSchema),
  routing: z.exactOptional(z.nullable(routingNoticeSchema)),
});
