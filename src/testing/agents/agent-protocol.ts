import * as z from 'zod/mini';

/**
 * The emulator's protocol for agents: JSON frames between `agentUrl` and an agent desk page.
 *
 * It has **no authentication**, because it belongs to an emulator: every client on this
 * machine can act as an agent. The gateway only checks that a browser's `Origin` is a loopback page.
 * Nothing here is part of the visitor's protocol, and nothing imports Node: a page can use it.
 */

export const roles = ['visitor', 'agent', 'bot', 'system'] as const;
export type Role = (typeof roles)[number];

export const conversationStatuses = ['queued', 'connected', 'ended'] as const;
export type ConversationStatus = (typeof conversationStatuses)[number];

/** URL of an agent's picture, which dialects that have one send with each message. */
const image = z.optional(z.string().check(z.maxLength(2_048)));

/** The sender of a message, typing event or receipt. */
export const partySchema = z.object({
  id: z.string(),
  /** Empty for a sender whose name is not told to visitors. */
  name: z.string(),
  role: z.enum(roles),
  image,
});
export type Party = Readonly<z.infer<typeof partySchema>>;

export const routingSchema = z.object({
  skillGroups: z
    .array(z.string().check(z.minLength(1), z.maxLength(256)))
    .check(z.minLength(1), z.maxLength(50)),
  attributes: z.optional(
    z.record(z.string().check(z.maxLength(256)), z.union([z.string(), z.number(), z.boolean()])),
  ),
  priority: z.optional(z.int().check(z.nonnegative())),
});

/** Which queue a conversation joins. */
export interface Routing {
  readonly skillGroups: readonly string[];
  readonly attributes?: Readonly<Record<string, string | number | boolean>> | undefined;
  /** Higher values are served first. An integer ≥ 0. @default 0 */
  readonly priority?: number | undefined;
}

const id = z.string().check(z.minLength(1), z.maxLength(512));
const agentSchema = z.object({
  id,
  name: z.string().check(z.minLength(1), z.maxLength(100)),
  image,
});

/** A file of a message; `url` expires after a few minutes. */
export const agentFileSchema = z.object({
  attachmentId: z.string(),
  name: z.string(),
  type: z.string(),
  /** Bytes. */
  size: z.int().check(z.nonnegative()),
  url: z.string(),
});
export type AgentFile = Readonly<z.infer<typeof agentFileSchema>>;

/** Structured content as text: choices, or a form field with its answer. */
export const agentPartSchema = z.object({ title: z.string(), text: z.string() });
export type AgentPart = Readonly<z.infer<typeof agentPartSchema>>;

/** One message of a transcript. `timestamp` is ISO 8601 in UTC. */
export const agentMessageSchema = z.object({
  conversationId: id,
  messageId: id,
  sequence: z.int().check(z.positive()),
  from: partySchema,
  text: z.string(),
  timestamp: z.string(),
  files: z.optional(z.array(agentFileSchema)),
  parts: z.optional(z.array(agentPartSchema)),
});
export type AgentMessage = Readonly<z.infer<typeof agentMessageSchema>>;

/** An entry of the conversation list. */
export const summarySchema = z.object({
  conversationId: id,
  /** The visitor's opaque id. */
  subject: z.string(),
  status: z.enum(conversationStatuses),
  /** `false`: a skill group has an unknown name, so that no agent can accept it. */
  routable: z.boolean(),
  /** Position in the queue, from 1; `null` if it is in none. */
  position: z.nullable(z.int().check(z.positive())),
  routing: routingSchema,
  /** ISO 8601. */
  createdAt: z.string(),
  agent: z.nullable(agentSchema),
  lastMessage: z.nullable(agentMessageSchema),
  /** Whether the last message is the visitor's and no agent has read it. */
  unread: z.boolean(),
  /** The highest sequence that the visitor has read; 0 for none. */
  visitorRead: z.int().check(z.nonnegative()),
});
export type ConversationSummary = Readonly<z.infer<typeof summarySchema>>;

/** Agent → gateway. `hello` must be first and identifies the agent. */
export const agentFrameSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), agent: agentSchema }),
  /** Accepts a queued conversation. */
  z.object({ type: z.literal('take'), conversationId: id }),
  /** Opens a conversation: returns a page of its transcript, then its events. */
  z.object({
    type: z.literal('open'),
    conversationId: id,
    /** Only messages before this sequence. @default the newest */
    before: z.optional(z.int().check(z.positive())),
  }),
  /** Closes the opened conversation's view. */
  z.object({ type: z.literal('leave') }),
  /** The client chooses `messageId`, and repeats it when it resends. */
  z.object({
    type: z.literal('say'),
    conversationId: id,
    messageId: id,
    text: z.string().check(z.minLength(1), z.maxLength(4096)),
  }),
  z.object({ type: z.literal('typing'), conversationId: id, isTyping: z.boolean() }),
  /** Cumulative. */
  z.object({ type: z.literal('read'), conversationId: id, messageId: id }),
  z.object({ type: z.literal('end'), conversationId: id }),
]);
export type AgentFrame = z.infer<typeof agentFrameSchema>;

/** Gateway → agent. */
export const agentEventSchema = z.discriminatedUnion('type', [
  /** The newest 200 conversations: after `hello`, and whenever one of them changes. */
  z.object({
    type: z.literal('conversations'),
    conversations: z.array(summarySchema),
    /** The gateway's clock, ISO 8601, for waiting times. */
    now: z.string(),
  }),
  /** Ascending by sequence. */
  z.object({
    type: z.literal('transcript'),
    conversationId: id,
    messages: z.array(agentMessageSchema),
    hasEarlier: z.boolean(),
  }),
  /** In the opened conversation. */
  z.object({ type: z.literal('message'), message: agentMessageSchema }),
  z.object({
    type: z.literal('typing'),
    conversationId: id,
    from: partySchema,
    isTyping: z.boolean(),
  }),
  z.object({
    type: z.literal('receipt'),
    conversationId: id,
    messageId: id,
    from: partySchema,
    status: z.enum(['delivered', 'read']),
  }),
  /** A frame of the agent was refused; `conversationId` is that of the frame. */
  z.object({
    type: z.literal('error'),
    code: z.string(),
    message: z.string(),
    conversationId: z.nullable(z.string()),
  }),
]);
export type AgentEvent = z.infer<typeof agentEventSchema>;
