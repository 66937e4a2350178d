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
  const rows: Row[] = [];
  for (const [index, message] of messages.entries()) {
    const before = messages[index - 1];
    const after = messages[index + 1];
    const startsDay = !before || startOfDay(before.timestamp) !== startOfDay(message.timestamp);
    const closesGroup = !after || !belongTogether(message, after);
    rows.push({
      message,
      day: startsDay ? dayLabel(message.timestamp, now, texts) : null,
      opensGroup: !before || !belongTogether(before, message),
      closesGroup,
      showsMeta: closesGroup || message.status !== after.status,
    });
  }
  return rows;
}

function belongTogether(before: Message, after: Message): boolean {
  return (
    before.from.role !== 'system' &&
    before.from.role === after.from.role &&
    before.from.id === after.from.id &&
    after.missingBefore === 0 &&
    Math.abs(after.timestamp - before.timestamp) < groupPause &&
    startOfDay(before.timestamp) === startOfDay(after.timestamp)
  );
}
