import type { Message } from '../../protocol/message.ts';
import type { Texts } from '../texts.ts';
import { dayLabel, startOfDay } from './calendar.ts';

/** A message and how it stands among its neighbours. */
export interface Row {
  readonly message: Message;
  /** The label of the day that begins with this message. */
  readonly day: string | null;
  readonly opensGroup: boolean;
  readonly closesGroup: boolean;
  /** Whether time and outcome are seen; they are always there to be heard. */
  readonly showsMeta: boolean;
}

/** Messages of one sender belong together up to this pause, in ms. */
const groupPause = 5 * 60_000;

export function arrange(messages: readonly Message[], now: number, texts: Texts): Row[] {
  const days = daysOf(messages);
  const opens = messages.map((message, index) => {
    const before = messages[index - 1];
    return !before || days[index] !== days[index - 1] || !belongTogether(before, message);
  });
  return messages.map((message, index) => {
    const closesGroup = opens[index + 1] ?? true;
    return {
      message,
      day: days[index] === days[index - 1] ? null : dayLabel(message.timestamp, now, texts),
      opensGroup: opens[index] ?? true,
      closesGroup,
      showsMeta: closesGroup || message.status !== messages[index + 1]?.status,
    };
  });
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

/** Each message's local midnight, worked out once a day instead of once a message. */
function daysOf(messages: readonly Message[]): number[] {
  let start = 0;
  let end = 0;
  return messages.map(({ timestamp }) => {
    if (timestamp < start || timestamp >= end) {
      start = startOfDay(timestamp);
      // Noon of the next day: a day may have 23 or 25 hours.
      end = startOfDay(start + 36 * 3_600_000);
    }
    return start;
  });
}
