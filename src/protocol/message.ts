import type { Content } from './content.ts';
import type { Problem } from './errors.ts';

export const roles = ['visitor', 'agent', 'bot', 'system'] as const;
export type Role = (typeof roles)[number];

export interface Sender {
  readonly id: string;
  /** Empty if the gateway has not said it. */
  readonly name: string;
  readonly role: Role;
  /** Picture of the sender: an `http:` or `https:` URL. */
  readonly imageUrl?: string;
}

/**
 * `pending`: stored, not sent yet · `sent`: sent, not acknowledged yet · `delivered`: the gateway has
 * it · `read`: an agent has read it · `failed`: will not be sent unless retried, see `failure` ·
 * `received`: a message from anyone but the visitor.
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
 * A message's place in the order, compared number by number:
 * conversation ordinal · sequence · 0, or 1 for a message without a sequence · timestamp · tie.
 * A message without a sequence has that of the last message before it in time. The tie orders messages
 * without a sequence that have the same timestamp: by arrival, or as the history lists them. It is
 * left out where it would be 0: databases compare a shorter list as lower, too. It is below 0 for rows of
 * the gateway's history above one whose tie is 0; those are never stored.
 */
export type Position = readonly [number, number, number, number, number?];

/** Uses `findIndex`, because `every` skips empty slots of sparse arrays. */
export function isPosition(value: unknown): value is Position {
  return (
    Array.isArray(value) &&
    (value.length === 4 || value.length === 5) &&
    value.findIndex((n) => !Number.isFinite(n)) < 0
  );
}

/** One message, the same in every tab. Immutable: a changed message is a new object. */
export interface Message {
  /** Chosen by the sender; never changes. */
  readonly messageId: string;
  /** `null` until the gateway has opened a conversation for the visitor's message. */
  readonly conversationId: string | null;
  /** 1, 2, 3, … within the conversation; `null` before the gateway assigns one, or if it has none. */
  readonly sequence: number | null;
  readonly from: Sender;
  readonly text: string;
  /** Epoch milliseconds by the gateway's clock; for a pending message, an estimate of it. */
  readonly timestamp: number;
  readonly status: MessageStatus;
  /** The reason for the status `failed`. */
  readonly failure: Problem | null;
  /** Number of messages known to be missing just before this one; decreases as they arrive. */
  readonly missingBefore: number;
  readonly position: Position;
  /** Content besides the text: images, files, choices. */
  readonly content?: readonly Content[];
  /** Other ids that the gateway may use for the same message. */
  readonly aliases?: readonly string[];
}

/** A place in the transcript. The message id distinguishes rows that share a position by mistake. */
export interface Place {
  readonly position: Position;
  readonly messageId: string;
}

export function comparePositions(a: Position, b: Position): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2] || a[3] - b[3] || tieOf(a) - tieOf(b);
}

export function tieOf([, , , , tie = 0]: Position): number {
  return tie;
}

export function withTie([ordinal, sequence, kind, timestamp]: Position, tie: number): Position {
  return tie === 0
    ? [ordinal, sequence, kind, timestamp]
    : [ordinal, sequence, kind, timestamp, tie];
}

/** Whether the positions differ in nothing but their ties. */
export function isTied(a: Position, b: Position): boolean {
  return comparePositions(withTie(a, 0), withTie(b, 0)) === 0;
}

export function comparePlaces(a: Place, b: Place): number {
  const byPosition = comparePositions(a.position, b.position);
  if (byPosition !== 0) return byPosition;
  return a.messageId < b.messageId ? -1 : a.messageId > b.messageId ? 1 : 0;
}

/** Index of a place in an ordered list, or the index at which to insert it. */
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

/** An agent has read all of the visitor's messages up to this position. */
export interface ReadMark {
  readonly conversationId: string;
  readonly position: Position;
}

/** The message with status `read` if the mark covers it; otherwise the same object. */
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
