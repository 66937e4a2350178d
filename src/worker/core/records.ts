import type { CarriedReply, Content } from '../../protocol/content.ts';
import type { Conversation, Routing } from '../../protocol/conversation.ts';
import type { Problem } from '../../protocol/errors.ts';
import type { Message, Position, ReadMark } from '../../protocol/message.ts';

/** What the store keeps, and what a boot finds there. */

/** A conversation with what is known of its transcript. */
export interface ConversationRecord {
  readonly details: Conversation;
  /** Counts the visitor's conversations; the first number of a message's position. */
  readonly ordinal: number;
  /** The next sequence to show; 1 where the gateway counts nothing. */
  readonly next: number;
  /** Sequences below `next` that are missing, ascending. */
  readonly gaps: readonly Gap[];
  /** Timestamp of the last message below which nothing is missing: where a catch-up starts. */
  readonly completeUntil: number;
  /** What the other side has read. */
  readonly readMark: ReadMark | null;
  /** Ended, and all that was said in it has been fetched. */
  readonly isClosed: boolean;
}

/** How far the visitor has read, over all conversations. */
export interface UnreadState {
  /** Messages of the others behind `readUntil`. */
  readonly unread: number;
  readonly readUntil: Position | null;
}

export const noUnread: UnreadState = { unread: 0, readUntil: null };

/** Missing sequences from `from` to `to`, both inclusive. */
export interface Gap {
  readonly from: number;
  readonly to: number;
  /** Catch-ups that did not find it. */
  readonly tries: number;
}

/** A message of the visitor that the gateway has not acknowledged. Its row outlives everything. */
export interface OutboxRecord {
  readonly messageId: string;
  /** The order of sending, for ever. */
  readonly ordinal: number;
  /** The conversation that it goes into, known for good before it leaves; `null` while none is open. */
  readonly conversationId: string | null;
  readonly text: string;
  /** Epoch ms, corrected to the gateway's clock as it was known. */
  readonly timestamp: number;
  readonly failure: Problem | null;
  /** What of the other side's offers it answers. */
  readonly reply?: CarriedReply;
  /** Files that it brings, uploaded before. */
  readonly content?: readonly Content[];
}

/** Small things that survive a restart, one record. */
export interface Meta {
  readonly subject: string | null;
  readonly draft: string;
  /** A routing that the gateway has not answered yet. */
  readonly routing: Routing | null;
  /** The last routing that was asked for: a lost conversation is opened again with it. */
  readonly lastRouting: Routing | null;
  /** The gateway's clock minus ours, in ms. */
  readonly clockOffset: number;
  /** How often everything was wiped: tells one unknown visitor from the next. */
  readonly resetCount: number;
}

export const emptyMeta: Meta = {
  subject: null,
  draft: '',
  routing: null,
  lastRouting: null,
  clockOffset: 0,
  resetCount: 0,
};

export interface Restored {
  readonly persistent: boolean;
  readonly meta: Meta;
  readonly unread: UnreadState;
  /** The newest conversation. */
  readonly current: ConversationRecord | null;
  /** Former conversations whose last messages are still to be fetched, oldest first. */
  readonly unclosed: readonly ConversationRecord[];
  /** The newest page of messages, ascending. */
  readonly messages: readonly Message[];
  readonly hasEarlier: boolean;
  readonly outbox: readonly OutboxRecord[];
}

/** Of an empty store. */
export const nothingRestored: Restored = {
  persistent: true,
  meta: emptyMeta,
  unread: noUnread,
  current: null,
  unclosed: [],
  messages: [],
  hasEarlier: false,
  outbox: [],
};

export type StoreOperation =
  | { readonly type: 'put-message'; readonly message: Message }
  /**
   * Only if the store does not have it, and then counted with the unread ones if it `isUnread`; one
   * that it has without a sequence is given it. The answer to the write tells what was done.
   */
  | { readonly type: 'add-message'; readonly message: Message; readonly isUnread: boolean }
  /**
   * Corrects what is told before a row that is no longer in memory; none there, none corrected. The
   * answer to the write tells what was corrected.
   */
  | {
      readonly type: 'mark-message';
      readonly position: Position;
      readonly missingBefore: number;
    }
  | { readonly type: 'put-conversation'; readonly record: ConversationRecord }
  | { readonly type: 'delete-conversation'; readonly conversationId: string }
  | { readonly type: 'put-outbox'; readonly record: OutboxRecord }
  /**
   * One that was asked to be sent before: not if the transcript has it. The answer to the write tells
   * where it stands there.
   */
  | { readonly type: 'add-outbox'; readonly record: OutboxRecord }
  | { readonly type: 'delete-outbox'; readonly messageId: string }
  | { readonly type: 'put-meta'; readonly meta: Meta }
  /** An increment, so that it can't undo what `add-message` counted meanwhile. */
  | { readonly type: 'add-unread'; readonly by: number }
  /** The visitor has read up to there: nothing is unread. */
  | { readonly type: 'put-read'; readonly readUntil: Position | null }
  /** Everything of the former visitor goes. */
  | { readonly type: 'wipe' };
