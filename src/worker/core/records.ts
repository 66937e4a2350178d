import type { CarriedReply, Content } from '../../protocol/content.ts';
import type { Attributes, Conversation, Routing } from '../../protocol/conversation.ts';
import type { Problem } from '../../protocol/errors.ts';
import type { Message, Position, ReadMark } from '../../protocol/message.ts';

/** A conversation and the state of its transcript, as stored. */
export interface ConversationRecord {
  readonly details: Conversation;
  /** The number of the conversation; first element of a message's position. */
  readonly ordinal: number;
  /** The next sequence to show; stays 1 where the gateway has no sequences. */
  readonly next: number;
  /** Sequences below `next` that are missing, ascending. */
  readonly gaps: readonly Gap[];
  /** Timestamp of the last message up to which nothing is missing: a catch-up starts there. */
  readonly completeUntil: number;
  /**
   * Timestamp of the visitor's newest message in the transcript, with a gateway that omits ids.
   * @default none
   */
  readonly newestOwn?: number;
  /** How far the other side has read. */
  readonly readMark: ReadMark | null;
  /** The conversation has ended and all its messages have been fetched. */
  readonly isReadToEnd: boolean;
}

/** How far the visitor has read, across conversations. */
export interface UnreadState {
  /** Messages from the other side after `readUntil`. */
  readonly count: number;
  readonly readUntil: Position | null;
}

export const noUnread: UnreadState = { count: 0, readUntil: null };

/** Missing sequences from `from` to `to`, both inclusive. */
export interface Gap {
  readonly from: number;
  readonly to: number;
  /** Catch-ups that did not fill the gap. */
  readonly tries: number;
}

/** A message of the visitor that the gateway has not acknowledged. */
export interface OutboxRecord {
  readonly messageId: string;
  /** The order of sending; never changes. */
  readonly ordinal: number;
  /** The conversation to send it to, stored before it is sent; `null` while none is open. */
  readonly conversationId: string | null;
  readonly text: string;
  /** Epoch ms by the gateway's clock as known when it was written. */
  readonly timestamp: number;
  readonly failure: Problem | null;
  /**
   * The visitor who wrote it, since a deleted database may have nothing else that says so; absent
   * while nobody is known.
   */
  readonly subject?: string;
  /** The agent's quick reply or form that this answers. */
  readonly reply?: CarriedReply;
  /** Attached files, already uploaded. */
  readonly content?: readonly Content[];
}

/** Small values that survive a restart, stored as one record. */
export interface Meta {
  readonly subject: string | null;
  /** The guest whom the visitor was until they signed in; `null`: they were none. */
  readonly guest: string | null;
  readonly draft: string;
  /** A requested routing that the gateway has not answered yet. */
  readonly routing: Routing | null;
  /** The last routing requested; used to reopen a lost conversation. */
  readonly lastRouting: Routing | null;
  /** Attributes that pages have set; over those of a routing. @default {} */
  readonly attributes?: Attributes;
  /** The gateway's clock minus ours, in ms. */
  readonly clockOffset: number;
  /** How often everything was deleted; distinguishes one unknown visitor from the next. */
  readonly resetCount: number;
}

export const emptyMeta: Meta = {
  subject: null,
  guest: null,
  draft: '',
  routing: null,
  lastRouting: null,
  clockOffset: 0,
  resetCount: 0,
};

export interface Restored {
  readonly isPersistent: boolean;
  readonly meta: Meta;
  readonly unread: UnreadState;
  /** The newest conversation. */
  readonly current: ConversationRecord | null;
  /** Previous conversations whose last messages are still to be fetched, oldest first. */
  readonly notReadToEnd: readonly ConversationRecord[];
  /** The newest page of messages, ascending. */
  readonly messages: readonly Message[];
  readonly hasEarlier: boolean;
  readonly outbox: readonly OutboxRecord[];
}

export const nothingRestored: Restored = {
  isPersistent: true,
  meta: emptyMeta,
  unread: noUnread,
  current: null,
  notReadToEnd: [],
  messages: [],
  hasEarlier: false,
  outbox: [],
};

export type StoreOperation =
  | { readonly type: 'put-message'; readonly message: Message }
  /**
   * Inserts the row unless the store has it, and counts it as unread if `isUnread`. An existing row
   * without a sequence gets one. A message of the visitor that another conversation has stays there
   * only. `stored` returns what was done.
   */
  | { readonly type: 'add-message'; readonly message: Message; readonly isUnread: boolean }
  /**
   * Corrects `missingBefore` of a row that is no longer in memory, if it exists. `stored` returns
   * the corrected row.
   */
  | {
      readonly type: 'put-gap-marker';
      readonly position: Position;
      readonly missingBefore: number;
    }
  | { readonly type: 'put-conversation'; readonly record: ConversationRecord }
  | { readonly type: 'delete-conversation'; readonly conversationId: string }
  | { readonly type: 'put-outbox'; readonly record: OutboxRecord }
  /**
   * For a repeated send: does nothing if the transcript has the message. `stored` returns its row.
   */
  | { readonly type: 'add-outbox'; readonly record: OutboxRecord }
  | { readonly type: 'delete-outbox'; readonly messageId: string }
  | { readonly type: 'put-meta'; readonly meta: Meta }
  /** An increment, so that it does not overwrite what `add-message` counted meanwhile. */
  | { readonly type: 'add-unread'; readonly by: number }
  /** The visitor has read up to here: nothing is unread. */
  | { readonly type: 'put-read'; readonly readUntil: Position | null }
  /** Clears all stores: for another visitor, or before everything is written again. */
  | { readonly type: 'wipe' };
