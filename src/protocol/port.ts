import {
  array,
  boolean,
  discriminatedUnion,
  exactOptional,
  gte,
  type infer as Infer,
  int,
  lazy,
  literal,
  lte,
  maxLength,
  minLength,
  nullable,
  number,
  object,
  string,
  union,
  unknown,
} from 'zod/mini';
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

/**
 * The port between a tab and the hub.
 *
 * A tab's connection to the SharedWorker carries Comlink's unary calls (`attach`, `call`); the stream
 * of snapshots and patches runs on a MessagePort of its own that the tab hands over with `attach`.
 */

const id = string().check(minLength(1), maxLength(128));

/** The hub speaks first on every connection, on the call port; Comlink passes over it. */
export const helloSchema = object({
  type: literal('partyline-hello'),
  epoch: string(),
  protocolVersion: number(),
  build: string(),
});
export type Hello = Infer<typeof helloSchema>;

export const attachSchema = object({
  protocolVersion: number(),
  tabId: id,
  visible: boolean(),
  /** The conversation id that the page has mirrored, for a hub whose store was lost (guide §3). */
  conversationId: nullable(id),
  /** Who was there last, as far as the page knows: a hub whose store was lost believes it. */
  visitor: nullable(string().check(maxLength(512))),
  /** How often everything had been wiped by then. */
  resetCount: number(),
});
export type Attach = Infer<typeof attachSchema>;

// --- hub → tab, on the stream port ---

const messageSchema = /* @__PURE__ */ messageSchemaWith(contentsSchema);

export const snapshotMessageSchema = object({
  type: literal('snapshot'),
  epoch: string(),
  revision: number(),
  /** The opaque id of whose conversation this is; `null` while nobody is known. */
  visitor: nullable(string()),
  /** How often everything was wiped: an unknown visitor is another after that. */
  resetCount: number(),
  shared: sharedSnapshotSchema,
  messages: array(messageSchema),
  hasEarlier: boolean(),
});
export type SnapshotMessage = Infer<typeof snapshotMessageSchema>;

export const patchMessageSchema = object({
  type: literal('patch'),
  epoch: string(),
  revision: number(),
  /** The keys of the shared snapshot that changed. */
  shared: sharedPatchSchema,
  upserts: array(messageSchema),
  removed: array(string()),
  readMark: nullable(readMarkSchema),
});
export type PatchMessage = Infer<typeof patchMessageSchema>;

/** Sent instead of patches to a tab without credit: pull when you wake. */
export const headMessageSchema = object({
  type: literal('head'),
  epoch: string(),
  revision: number(),
});
export type HeadMessage = Infer<typeof headMessageSchema>;

/** Something new to draw attention to, in this tab and no other; `null`: another tab does it now. */
export const alertMessageSchema = object({
  type: literal('alert'),
  epoch: string(),
  message: nullable(messageSchema),
});
export type AlertMessage = Infer<typeof alertMessageSchema>;

export const streamMessageSchema = union([
  snapshotMessageSchema,
  patchMessageSchema,
  headMessageSchema,
  alertMessageSchema,
]);
export type StreamMessage = Infer<typeof streamMessageSchema>;

/** Patches that a tab may be behind before the hub stops posting to it. */
export const patchCredit = 16;

// --- tab → hub, on the stream port ---

export const tabMessageSchema = lazy(() =>
  discriminatedUnion('type', [
    object({ type: literal('ack'), revision: number() }),
    object({ type: literal('pull') }),
    object({ type: literal('visibility'), visible: boolean() }),
    /** The visitor has done something here. */
    object({ type: literal('used') }),
    object({ type: literal('bye') }),
  ]),
);
export type TabMessage = Infer<typeof tabMessageSchema>;

// --- calls, through Comlink ---

const text = string().check(maxLength(1_000_000));

export const callSchema = lazy(() =>
  discriminatedUnion('type', [
    object({ type: literal('start'), routing: routingSchema }),
    object({
      type: literal('send'),
      messageId: id,
      text,
      /** Asked of a hub before, which may have died, or been left, with the answer on its way. */
      isRepeat: exactOptional(boolean()),
      /** What of the other side's offers it answers. */
      reply: exactOptional(replySchema),
    }),
    object({ type: literal('retry'), messageId: id }),
    object({ type: literal('discard'), messageId: id }),
    object({ type: literal('typing'), isTyping: boolean() }),
    object({ type: literal('draft'), text: string().check(maxLength(100_000)) }),
    object({ type: literal('mark-read') }),
    object({
      type: literal('load-earlier'),
      /** The oldest row that the tab has; `null` when it has none. */
      before: nullable(placeSchema),
      /** That row's conversation, for what the browser does not keep. */
      conversationId: exactOptional(nullable(id)),
      count: int().check(gte(1), lte(500)),
    }),
    object({ type: literal('reconnect') }),
    /** The visitor waits, although nobody is on shift. */
    object({ type: literal('wait-anyway') }),
    object({ type: literal('end') }),
    object({ type: literal('sign-out') }),
  ]),
);
type PageCall = Infer<typeof callSchema>;
type SendCall = Extract<PageCall, { type: 'send' }>;

/** What a message brings is put in by the dialect's own edge, never by a page: of a page it is dropped. */
export type Call =
  | Exclude<PageCall, SendCall>
  | (SendCall & { readonly content?: readonly Content[] });

export const earlierSchema = object({
  messages: array(messageSchema),
  hasEarlier: boolean(),
});
export type Earlier = Infer<typeof earlierSchema>;

/** Comlink loses the code of an error, so an answer is data. */
export const callAnswerSchema = union([
  object({ ok: literal(true), epoch: string(), value: unknown() }),
  object({ ok: literal(false), epoch: string(), problem: problemSchema }),
]);
export type CallAnswer = Infer<typeof callAnswerSchema>;

/** What the hub exposes through Comlink. */
export interface HubCalls {
  /** @param stream a MessagePort; `null` where none can be handed over: src/protocol/channels.ts */
  attach(attach: unknown, stream: unknown): void;
  /** Answered by a hub that does not hang. */
  ping(): void;
  /** @param askedIn the epoch that the tab was in: what it asks for one visitor is not done for another */
  call(call: unknown, askedIn: unknown): Promise<CallAnswer>;
}
