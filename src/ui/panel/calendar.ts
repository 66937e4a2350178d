import { visitorLocale } from '../languages/locale.ts';
import type { Messages } from '../messages.ts';

interface Formats {
  readonly time: Intl.DateTimeFormat;
  readonly day: Intl.DateTimeFormat;
  readonly dayOfAnotherYear: Intl.DateTimeFormat;
  readonly exact: Intl.DateTimeFormat;
}

const formats = new Map<string, Formats>();

// Creating a DateTimeFormat costs more than using it a hundred times.
function formatsFor(texts: Messages): Formats {
  const found = formats.get(texts.language);
  if (found) return found;
  const locale = visitorLocale(texts.language);
  const created: Formats = {
    time: new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit' }),
    day: new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long' }),
    dayOfAnotherYear: new Intl.DateTimeFormat(locale, { dateStyle: 'long' }),
    exact: new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'short' }),
  };
  formats.set(texts.language, created);
  return created;
}

/** Local midnight at the start of that day, in epoch milliseconds. */
export function startOfDay(timestamp: number): number {
  return new Date(timestamp).setHours(0, 0, 0, 0);
}

/** 'Today', 'Yesterday' or 'Monday, 3 March'; in another year, with the year. */
export function dayLabel(timestamp: number, now: number, texts: Messages): string {
  const day = startOfDay(timestamp);
  const today = startOfDay(now);
  // Noon of the previous day is safe: a day can have 23 or 25 hours.
  if (day === today) return texts.today;
  if (day === startOfDay(today - 12 * 3_600_000)) return texts.yesterday;
  const { day: format, dayOfAnotherYear } = formatsFor(texts);
  const sameYear = new Date(timestamp).getFullYear() === new Date(now).getFullYear();
  return (sameYear ? format : dayOfAnotherYear).format(timestamp);
}

export function timeOfDay(timestamp: number, texts: Messages): string {
  return formatsFor(texts).time.format(timestamp);
}

export function exactTime(timestamp: number, texts: Messages): string {
  return formatsFor(texts).exact.format(timestamp);
}
