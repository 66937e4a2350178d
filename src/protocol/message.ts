import type { Content } from './content.ts';
import type { Problem } from './errors.ts';

export const roles = ['visitor', 'agent', 'bot', 'system'] as const;
export type Role = (typeof roles)[number];

export interface Sender {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
}

/**
 * How far a message has come.
 *
 * `pending`: kept here, not yet on the wire · `sent`: on the wire, unacknowledged · `delivered`: the
 * gateway has it · `read`: the other side read it · `failed`: it will not go out by itself, see
 * `failure` · `received`: somebody else's message.
 */
export const messageStatuses = [
  'pending',
  'sent',
  'delivered',
  'read',
  'failed',
  'received',
] as const;
export type MessageStatus = (typeof messageStatuses)[number];

/**
 * Where a message stands, compared number by number, then by message id:
 * conversation ordinal · sequence · 0, or 1 for a message without a sequence · its timestamp.
 * A message without a sequence stands behind the last sequenced one that is not newer.
 */
export type Position = readonly [number, number, number, number];

/** Unlike `every`, it sees holes. */
export function isPosition(value: unknown): value is Position {
  return (
    Array.isArray(value) && value.length === 4 && value.findIndex((n) => !Number.isFinite(n)) < 0
  );
}

/** One message as every tab sees it. Immutable; the object changes when the message does. */
export interface Message {
  /** The row key for ever, chosen by whoever wrote the message. */
  readonly messageId: string;
  /** `null` while the visitor's message waits for its conversation to be opened. */
  readonly conversationId: string | null;
  /** 1, 2, 3, … within the conversation; `null` where the gateway counts nothing or has not answered. */
  readonly sequence: number | null;
  readonly from: Sender;
  readonly text: string;
  /** Epoch milliseconds by the gateway's clock; for a pending message, our clock corrected to it. */
  readonly timestamp: number;
  readonly status: MessageStatus;
  /** Why a `failed` message failed. */
  readonly failure: Problem | null;
  /** How many messages just before this one are known to be missing. Mended in place when they come. */
  readonly missingBefore: number;
  readonly position: Position;
  /** What goes with the text: pictures, files, choices. */
  readonly content?: readonly Content[];
  /** Other ids under which the gateway may show it again. */
  readonly aliases?: readonly string[];
}

/** A place in the transcript: a position, and the message id that breaks ties. */
export interface Place {
  readonly position: Position;
  readonly messageId: string;
}

export function comparePositions(a: Position, b: Position): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2] || a[3] - b[3];
}

export function comparePlaces(a: Place, b: Place): number {
  const byPosition = comparePositions(a.position, b.position);
  if (byPosition !== 0) return byPosition;
  return a.messageId < b.messageId ? -1 : a.messageId > b.messageId ? 1 : 0;
}

/** The index at which a row of that place stands, or would be inserted, in an ordered list. */
export function placeIndex(list: readonly Place[], place: Place): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const row = list[middle];
    if (row && comparePlaces(row, place) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What the other side has read: all of the visitor's messages up to a position. */
export interface ReadMark {
  readonly conversationId: string;
  readonly position: Position;
}

/** The same message with its status raised to `read` where the mark covers it. */
export function withReadMark(message: Message, mark: ReadMark | null): Message {
  if (
    !mark ||
    message.status !== 'delivered' ||
    message.conversationId !== mark.conversationId ||
    comparePositions(message.position, mark.position) > 0
  ) {
    return message;
  }
  return { ...message, status: 'read' };
}
