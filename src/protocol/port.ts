import { type Content, contentsSchema } from './content-schema.ts';
import {
  messageSchemaWith,
  placeSchema,
  problemSchema,
  readMarkSchema,
  replySchema,
  routingSchema,
  sharedPatchSchema,
  sharedSnapshotSchema,
} from './schemas.ts';
import { discriminatedUnion, integer, lazy, length, literal, type Read, range, z } from './zod.ts';

/**
 * The port between a tab and the hub.
 *
 * A tab's connection to the SharedWorker carries Comlink's unary calls (`attach`, `call`); the stream
 * of snapshots and patches runs on a MessagePort of its own that the tab hands over with `attach`.
 */

const id = z.string().check(length(1, 128));

/** The hub speaks first on every connection, on the call port; Comlink passes over it. */
export const helloSchema = z.object({
  type: literal('partyline-hello'),
  epoch: z.string(),
  protocolVersion: z.number(),
  build: z.string(),
});
export type Hello = z.infer<typeof helloSchema>;

export const attachSchema = z.object({
  protocolVersion: z.number(),
  tabId: id,
  visible: z.boolean(),
  /** The conversation id that the page has mirrored, for a hub whose store was lost (guide §3). */
  conversationId: z.nullable(id),
  /** Who was there last, as far as the page knows: a hub whose store was lost believes it. */
  visitor: z.nullable(z.string().check(length(0, 512))),
  /** How often everything had been wiped by then. */
  resetCount: z.number(),
});
export type Attach = z.infer<typeof attachSchema>;

// --- hub → tab, on the stream port ---

const messageSchema = /* @__PURE__ */ messageSchemaWith(contentsSchema);

export const snapshotMessageSchema = z.object({
  type: literal('snapshot'),
  epoch: z.string(),
  revision: z.number(),
  /** The opaque id of whose conversation this is; `null` while nobody is known. */
  visitor: z.nullable(z.string()),
  /** How often everything was wiped: an unknown visitor is another after that. */
  resetCount: z.number(),
  shared: sharedSnapshotSchema,
  messages: z.array(messageSchema),
  hasEarlier: z.boolean(),
});
export type SnapshotMessage = z.infer<typeof snapshotMessageSchema>;

export const patchMessageSchema = z.object({
  type: literal('patch'),
  epoch: z.string(),
  revision: z.number(),
  /** The keys of the shared snapshot that changed. */
  shared: sharedPatchSchema,
  upserts: z.array(messageSchema),
  removed: z.array(z.string()),
  readMark: z.nullable(readMarkSchema),
});
export type PatchMessage = z.infer<typeof patchMessageSchema>;

/** Sent instead of patches to a tab without credit: pull when you wake. */
export const headMessageSchema = z.object({
  type: literal('head'),
  epoch: z.string(),
  revision: z.number(),
});
export type HeadMessage = z.infer<typeof headMessageSchema>;

/** Something new to draw attention to, in this tab and no other; `null`: another tab does it now. */
export const alertMessageSchema = z.object({
  type: literal('alert'),
  epoch: z.string(),
  message: z.nullable(messageSchema),
});
export type AlertMessage = z.infer<typeof alertMessageSchema>;

export const streamMessageSchema = z.union([
  snapshotMessageSchema,
  patchMessageSchema,
  headMessageSchema,
  alertMessageSchema,
]);
export type StreamMessage = z.infer<typeof streamMessageSchema>;

/** Patches that a tab may be behind before the hub stops posting to it. */
export const patchCredit = 16;

// --- tab → hub, on the stream port ---

export const tabMessageSchema = lazy(() =>
  discriminatedUnion('type', {
    ack: z.object({ type: literal('ack'), revision: z.number() }),
    pull: z.object({ type: literal('pull') }),
    visibility: z.object({ type: literal('visibility'), visible: z.boolean() }),
    /** The visitor has done something here. */
    used: z.object({ type: literal('used') }),
    bye: z.object({ type: literal('bye') }),
  }),
);
export type TabMessage = Read<ReturnType<typeof tabMessageSchema>>;

// --- calls, through Comlink ---

const text = z.string().check(length(0, 1_000_000));

export const callSchema = lazy(() =>
  discriminatedUnion('type', {
    start: z.object({ type: literal('start'), routing: routingSchema }),
    send: z.object({
      type: literal('send'),
      messageId: id,
      text,
      /** Asked of a hub before, which may have died, or been left, with the answer on its way. */
      isRepeat: z.exactOptional(z.boolean()),
      /** What of the other side's offers it answers. */
      reply: z.exactOptional(replySchema),
    }),
    retry: z.object({ type: literal('retry'), messageId: id }),
    discard: z.object({ type: literal('discard'), messageId: id }),
    typing: z.object({ type: literal('typing'), isTyping: z.boolean() }),
    draft: z.object({ type: literal('draft'), text: z.string().check(length(0, 100_000)) }),
    'mark-read': z.object({ type: literal('mark-read') }),
    'load-earlier': z.object({
      type: literal('load-earlier'),
      /** The oldest row that the tab has; `null` when it has none. */
      before: z.nullable(placeSchema),
      /** That row's conversation, for what the browser does not keep. */
      conversationId: z.exactOptional(z.nullable(id)),
      count: integer.check(range(1, 500)),
    }),
    reconnect: z.object({ type: literal('reconnect') }),
    /** The visitor waits, although nobody is on shift. */
    'wait-anyway': z.object({ type: literal('wait-anyway') }),
    end: z.object({ type: literal('end') }),
    'sign-out': z.object({ type: literal('sign-out') }),
  }),
);
type PageCall = Read<ReturnType<typeof callSchema>>;
type SendCall = Extract<PageCall, { type: 'send' }>;

/** What a message brings is put in by the dialect's own edge, never by a page: of a page it is dropped. */
export type Call =
  | Exclude<PageCall, SendCall>
  | (SendCall & { readonly content?: readonly Content[] });

export const earlierSchema = z.object({
  messages: z.array(messageSchema),
  hasEarlier: z.boolean(),
});
export type Earlier = z.infer<typeof earlierSchema>;

/** Comlink loses the code of an error, so an answer is data. */
export const callAnswerSchema = z.union([
  z.object({ ok: z.literal(true), epoch: z.string(), value: z.unknown() }),
  z.object({ ok: z.literal(false), epoch: z.string(), problem: problemSchema }),
]);
export type CallAnswer = z.infer<typeof callAnswerSchema>;

/** What the hub exposes through Comlink. */
export interface HubCalls {
  /** @param stream a MessagePort; `null` where none can be handed over: src/protocol/channels.ts */
  attach(attach: unknown, stream: unknown): void;
  /** Answered by a hub that does not hang. */
  ping(): void;
  /** @param askedIn the epoch that the tab was in: what it asks for one visitor is not done for another */
  call(call: unknown, askedIn: unknown): Promise<CallAnswer>;
}
