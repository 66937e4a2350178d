import type { Message } from '../../protocol/message.ts';
import type { Messages } from '../messages.ts';
import { dayLabel, startOfDay } from './calendar.ts';

/** A message and its relation to its neighbors. */
export interface Row {
  readonly message: Message;
  /** The day's label, if this message is the first of its day. */
  readonly day: string | null;
  /** Whether this message is the first of another conversation. */
  readonly opensConversation: boolean;
  /** Whether this is the first unread message. */
  readonly opensUnread: boolean;
  readonly opensGroup: boolean;
  readonly closesGroup: boolean;
  /** Whether time and outcome are visible. Screen readers always get them. */
  readonly showsMeta: boolean;
}

/** Messages of one sender are grouped up to this pause, in ms. */
const groupPause = 5 * 60_000;

/** Creates rows on demand, since there can be 100,000 of them. */
export class Rows {
  readonly #messages: readonly Message[];
  readonly #now: number;
  readonly #texts: Messages;
  readonly #firstUnread: string | null;
  /** The last day looked up, from midnight to midnight. */
  #day = { start: 0, end: 0 };

  constructor(
    messages: readonly Message[],
    now: number,
    texts: Messages,
    firstUnread: string | null,
  ) {
    this.#messages = messages;
    this.#now = now;
    this.#texts = texts;
    this.#firstUnread = firstUnread;
  }

  at(index: number): Row | null {
    const message = this.#messages[index];
    if (!message) return null;
    const opens = this.#opens(index);
    const closesGroup = this.#opens(index + 1).group;
    return {
      message,
      day: opens.day ? dayLabel(message.timestamp, this.#now, this.#texts) : null,
      opensConversation: opens.conversation,
      opensUnread: opens.unread,
      opensGroup: opens.group,
      closesGroup,
      showsMeta: closesGroup || message.status !== this.#messages[index + 1]?.status,
    };
  }

  #opens(index: number): { day: boolean; conversation: boolean; unread: boolean; group: boolean } {
    const message = this.#messages[index];
    const before = this.#messages[index - 1];
    if (!message) return { day: false, conversation: false, unread: false, group: true };
    const day = !before || this.#dayOf(before) !== this.#dayOf(message);
    const conversation = before !== undefined && isOfAnother(before, message);
    const unread = message.messageId === this.#firstUnread;
    const group = day || conversation || unread || !before || !belongTogether(before, message);
    return { day, conversation, unread, group };
  }

  #dayOf({ timestamp }: Message): number {
    if (timestamp < this.#day.start || timestamp >= this.#day.end) {
      const start = startOfDay(timestamp);
      // Noon of the next day is safe: a day can have 23 or 25 hours.
      this.#day = { start, end: startOfDay(start + 36 * 3_600_000) };
    }
    return this.#day.start;
  }
}

/** A message that waits for its conversation to start has no id yet, and opens no new one. */
function isOfAnother(before: Message, after: Message): boolean {
  return (
    before.conversationId !== null &&
    after.conversationId !== null &&
    before.conversationId !== after.conversationId
  );
}

function belongTogether(before: Message, after: Message): boolean {
  return (
    before.from.role !== 'system' &&
    before.from.role === after.from.role &&
    before.from.id === after.from.id &&
    after.missingBefore === 0 &&
    Math.abs(after.timestamp - before.timestamp) < groupPause
  );
}
