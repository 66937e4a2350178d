import {
  enum as _enum,
  array,
  boolean,
  custom,
  exactOptional,
  gte,
  type infer as Infer,
  int,
  lazy,
  literal,
  maxLength,
  minLength,
  nullable,
  number,
  object,
  string,
  union,
  type ZodMiniType,
} from 'zod/mini';
import type { Content } from './content.ts';
import { conversationStatuses, endings, type Routing } from './conversation.ts';
import { errorCodes, type Problem } from './errors.ts';
import { isPosition, type Message, messageStatuses, type Position, roles } from './message.ts';
import { queueReasons, type RoutingNotice } from './routing.ts';
import { phases } from './snapshot.ts';

/**
 * zod schemas of the protocol's types, for worker and server. Pages use the smaller validators of
 * src/client/port-validators.ts and never load this file.
 */

export const connectRequestSchema = lazy(() =>
  object({
    type: literal('partyline-connect-request'),
    connectionId: string().check(minLength(1), maxLength(128)),
  }),
);

/** Without the codes for files, which only appear in answers to calls and are never stored. */
export const problemSchema: ZodMiniType<Problem> = object({
  code: _enum(errorCodes),
  message: string(),
});

export const conversationSchema = object({
  conversationId: string(),
  status: _enum(conversationStatuses),
  position: exactOptional(number()),
  expiresAt: exactOptional(number()),
  leftAt: exactOptional(number()),
  ending: exactOptional(_enum(endings)),
});

/** Length of all attributes as JSON, in UTF-16 code units: a routing must fit into one frame. */
const maximumAttributes = 16_384;

export const attributesSchema = custom<NonNullable<Routing['attributes']>>(
  (value) =>
    // Excludes arrays, maps and dates, some of which have no entries and would pass.
    Object.prototype.toString.call(value) === '[object Object]' &&
    Object.entries(Object(value)).every(([key, item]) => key.length <= 256 && isAttribute(item)) &&
    JSON.stringify(value).length <= maximumAttributes,
  `must map names to strings, numbers and booleans, with at most ${maximumAttributes} characters as JSON`,
);

function isAttribute(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}

export const routingSchema: ZodMiniType<Routing> = object({
  skillGroups: array(string().check(minLength(1), maxLength(256))).check(
    minLength(1),
    maxLength(50),
  ),
  attributes: exactOptional(attributesSchema),
  priority: exactOptional(int().check(gte(0))),
});

export const senderSchema = object({
  id: string(),
  name: string(),
  role: _enum(roles),
  imageUrl: exactOptional(string()),
});

export const positionSchema = custom<Position>(isPosition);

const messageFields = {
  messageId: string(),
  conversationId: nullable(string()),
  sequence: nullable(number()),
  from: senderSchema,
  text: string(),
  timestamp: number(),
  status: _enum(messageStatuses),
  failure: nullable(problemSchema),
  missingBefore: number(),
  position: positionSchema,
  aliases: exactOptional(array(string())),
};

/** @param contents schema of the content besides the text; without it, content is dropped */
export function messageSchemaWith(contents?: ZodMiniType<Content[]>): ZodMiniType<Message> {
  if (!contents) return object(messageFields);
  return object({ ...messageFields, content: exactOptional(contents) });
}

const replyText = string().check(maxLength(4_096));

/** A visitor's answer to structured content. Each dialect knows its own values of `kind`. */
export const replySchema = object({
  kind: replyText,
  payload: replyText,
  originatingMessageId: replyText,
  values: exactOptional(
    array(object({ id: replyText, text: replyText, payload: replyText })).check(maxLength(256)),
  ),
});
export type CarriedReply = Infer<typeof replySchema>;

export const placeSchema = object({ position: positionSchema, messageId: string() });

export const readMarkSchema = object({ conversationId: string(), position: positionSchema });

export const routingNoticeSchema: ZodMiniType<RoutingNotice> = union([
  object({
    kind: literal('refused'),
    problems: array(string()),
    suggested: nullable(routingSchema),
  }),
  object({
    kind: literal('uncovered'),
    skillGroups: array(string()),
    isAsking: boolean(),
  }),
  object({ kind: literal('unchecked') }),
  object({
    kind: literal('stalled'),
    since: number(),
    reason: _enum(queueReasons),
  }),
]);

const connectionSchema = object({
  phase: _enum(phases),
  attempt: number(),
  retryAt: nullable(number()),
  transport: _enum(['websocket', 'rest', 'none']),
  problem: exactOptional(problemSchema),
});

const hubSchema = object({
  kind: _enum(['shared-worker', 'tab']),
  epoch: string(),
  build: string(),
  tabs: number(),
  persistent: boolean(),
});

const typingSchema = nullable(object({ id: string(), name: string() }));

export const sharedSnapshotSchema = object({
  connection: connectionSchema,
  conversation: nullable(conversationSchema),
  unread: number(),
  typing: typingSchema,
  draft: string(),
  hub: hubSchema,
  routing: exactOptional(nullable(routingNoticeSchema)),
});

/** The changed keys. */
export const sharedPatchSchema = object({
  connection: exactOptional(connectionSchema),
  conversation: exactOptional(nullable(conversationSchema)),
  unread: exactOptional(number()),
  typing: exactOptional(typingSchema),
  draft: exactOptional(string()),
  hub: exactOptional(hubSchema),
  routing: exactOptional(nullable(routingNoticeSchema)),
});
