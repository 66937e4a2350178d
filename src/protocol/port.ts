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
  attributesSchema,
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
 * A tab's connection to the SharedWorker carries one plain message, the attach, and then Comlink's calls
 * (`call`, `ping`). Snapshots and patches are streamed on a separate MessagePort, which the tab transfers
 * with the attach.
 */

const id = string().check(minLength(1), maxLength(128));

/** The hub's first message on every connection, on the call port. Comlink ignores it. */
export const helloSchema = object({
  type: literal('partyline-hello'),
  epoch: string(),
  protocolVersion: number(),
  build: string(),
  /** `startHub`'s. Another name than the page's means that the site starts the wrong hub. */
  name: string(),
});
export type Hello = Infer<typeof helloSchema>;

// --- tab → hub, on the calls port ---

export const attachSchema = object({
  protocolVersion: number(),
  tabId: id,
  visible: boolean(),
  /** The conversation id in the page's session hint, for a hub whose store was lost (guide §3). */
  conversationId: nullable(id),
  /** The last visitor that the page knows of, for a hub whose store was lost. */
  visitor: nullable(string().check(maxLength(512))),
  /** The reset count that the page knows of. */
  resetCount: number(),
});
export type Attach = Infer<typeof attachSchema>;

/** The first message of a tab. The first snapshot is the answer. */
export interface AttachMessage {
  readonly type: 'partyline-attach';
  readonly attach: Attach;
  /** A MessagePort, or `null` if there is none: src/protocol/channels.ts */
  readonly stream: unknown;
}

// --- hub → tab, on the stream port ---

const messageSchema = /* @__PURE__ */ messageSchemaWith(contentsSchema);

export const snapshotMessageSchema = object({
  type: literal('snapshot'),
  epoch: string(),
  revision: number(),
  /** The visitor's opaque id; `null` while it is unknown. */
  visitor: nullable(string()),
  /** How often all data was deleted. An unknown visitor counts as a new one after each time. */
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
  /** The changed keys of the shared snapshot. */
  shared: sharedPatchSchema,
  upserts: array(messageSchema),
  removed: array(string()),
  readMark: nullable(readMarkSchema),
});
export type PatchMessage = Infer<typeof patchMessageSchema>;

/** Sent instead of patches to a tab without credit, which must pull when it becomes active. */
export const headMessageSchema = object({
  type: literal('head'),
  epoch: string(),
  revision: number(),
});
export type HeadMessage = Infer<typeof headMessageSchema>;

/** A new message that this tab alone should notify about; `null`: another tab takes over. */
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

/** Unacknowledged patches after which the hub stops sending patches to a tab. */
export const patchCredit = 16;

// --- tab → hub, on the stream port ---

export const tabMessageSchema = lazy(() =>
  discriminatedUnion('type', [
    object({ type: literal('ack'), revision: number() }),
    object({ type: literal('pull') }),
    object({ type: literal('visibility'), visible: boolean() }),
    /** The visitor has interacted with the tab. */
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
      /** Whether the call was made before, of a hub whose answer was lost. */
      isRepeat: exactOptional(boolean()),
      /** The choice in structured content that this message answers. */
      reply: exactOptional(replySchema),
    }),
    object({ type: literal('retry'), messageId: id }),
    object({ type: literal('discard'), messageId: id }),
    object({ type: literal('typing'), isTyping: boolean() }),
    object({
      type: literal('draft'),
      text: string().check(maxLength(100_000)),
      /** How long ago the visitor wrote it, in ms. @default 0 */
      age: exactOptional(number().check(gte(0))),
    }),
    object({ type: literal('mark-read') }),
    object({
      type: literal('load-earlier'),
      /** The oldest message in the tab; `null` if it has none. */
      before: nullable(placeSchema),
      /** The conversation of that message, for one that is not in the store. */
      conversationId: exactOptional(nullable(id)),
      count: int().check(gte(1), lte(500)),
    }),
    object({ type: literal('reconnect') }),
    /** The visitor may have signed in: the hub asks the site who is there. */
    object({ type: literal('identify') }),
    /** The visitor chose to wait although no agent is on shift. */
    object({ type: literal('wait-anyway') }),
    /** Merged into those of the routing from now on. */
    object({ type: literal('set-attributes'), attributes: attributesSchema }),
    object({ type: literal('end') }),
    object({ type: literal('sign-out') }),
  ]),
);
type PageCall = Infer<typeof callSchema>;
type SendCall = Extract<PageCall, { type: 'send' }>;

/** Only the dialect's extension sets `content`; the schema drops it from calls of a page. */
export type Call =
  | Exclude<PageCall, SendCall>
  | (SendCall & { readonly content?: readonly Content[] });

export const earlierSchema = object({
  messages: array(messageSchema),
  hasEarlier: boolean(),
});
export type Earlier = Infer<typeof earlierSchema>;

/** Plain data, because Comlink drops the `code` of an error. */
export const callAnswerSchema = union([
  object({ ok: literal(true), epoch: string(), value: unknown() }),
  object({ ok: literal(false), epoch: string(), problem: problemSchema }),
]);
export type CallAnswer = Infer<typeof callAnswerSchema>;

/** The hub's interface for Comlink. */
export interface HubCalls {
  /** Resolves unless the hub hangs. */
  ping(): void;
  /** @param callEpoch the tab's epoch; calls made for a previous visitor are rejected */
  call(call: unknown, callEpoch: unknown): Promise<CallAnswer>;
}
