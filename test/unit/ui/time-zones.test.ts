import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadTexts } from '../../../src/ui/languages/index.ts';
import { english } from '../../../src/ui/messages.ts';
import { dateRangeText } from '../../../src/ui/panel/forms/answers.ts';
import { withFormMessages } from '../../../src/ui/panel/forms/messages.ts';
import { sizeText } from '../../../src/ui/panel/size-text.ts';

// Days and times are in the visitor's time zone and language. These tests run in several of both.

const hour = 3_600_000;

/** A zone with a quarter-hour offset, one where summer time begins at midnight, and one behind UTC. */
const zones = ['Pacific/Chatham', 'America/Santiago', 'Africa/Cairo', 'Pacific/Pago_Pago', 'UTC'];

const zoneBefore = process.env.TZ;

/** Sets the languages of the visitor's browser. */
function speak(...languages: readonly string[]): void {
  vi.stubGlobal('navigator', { languages });
}

beforeEach(() => {
  vi.stubGlobal('navigator', { languages: [] });
});

afterEach(() => {
  vi.unstubAllGlobals();
  if (zoneBefore === undefined) delete process.env.TZ;
  else process.env.TZ = zoneBefore;
});

/** Imports the modules again, because cached formats keep their time zone. */
async function calendarIn(
  zone: string,
): Promise<typeof import('../../../src/ui/panel/calendar.ts')> {
  process.env.TZ = zone;
  vi.resetModules();
  return import('../../../src/ui/panel/calendar.ts');
}

function local(year: number, month: number, day: number, hours = 12, minutes = 0): number {
  return new Date(year, month - 1, day, hours, minutes).getTime();
}

describe.each(zones)('in %s', (zone) => {
  it('a day lasts from local midnight to the next, whatever its length', async () => {
    const calendar = await calendarIn(zone);
    for (let day = 0; day < 370; day += 1) {
      const noon = local(2026, 1, 1 + day);
      const start = calendar.startOfDay(noon);
      const next = calendar.startOfDay(local(2026, 1, 2 + day));
      expect([23, 24, 25]).toContain((next - start) / hour);
      // Its last millisecond belongs to it, the next one to the next day.
      expect(calendar.startOfDay(next - 1)).toBe(start);
      expect(calendar.startOfDay(next)).toBe(next);
      expect(calendar.dayLabel(next - 1, noon, english)).toBe('Today');
      expect(calendar.dayLabel(start, noon, english)).toBe('Today');
      expect(calendar.dayLabel(start - 1, noon, english)).toBe('Yesterday');
      expect(calendar.dayLabel(start, next, english)).toBe('Yesterday');
      expect(calendar.dayLabel(start - 1, next, english)).not.toMatch(/day$/);
    }
  });

  it('a day before yesterday has its date, with the year if it is another one', async () => {
    const calendar = await calendarIn(zone);
    const now = local(2026, 1, 2);
    expect(calendar.dayLabel(local(2025, 12, 31, 23, 59), now, english)).toBe('December 31, 2025');
    expect(calendar.dayLabel(local(2026, 1, 1, 0, 1), now, english)).toBe('Yesterday');
    expect(calendar.dayLabel(local(2026, 1, 1), local(2026, 1, 3), english)).toBe(
      'Thursday, January 1',
    );
  });

  it('a time is in the visitor’s time zone', async () => {
    const calendar = await calendarIn(zone);
    const plain = (text: string) => text.replaceAll(/\s/g, ' ');
    expect(plain(calendar.timeOfDay(local(2026, 5, 1, 15, 4), english))).toBe('3:04 PM');
    expect(plain(calendar.exactTime(local(2026, 5, 1, 0, 5), english))).toBe(
      'Friday, May 1, 2026 at 12:05 AM',
    );
  });

  it('a date in a form is the same day in every time zone', () => {
    process.env.TZ = zone;
    const span = dateRangeText(
      {
        type: 'date',
        id: 'from',
        title: null,
        subtitle: null,
        isRequired: false,
        earliest: '2026-05-01',
        latest: '2026-06-30',
        parts: [],
      },
      withFormMessages(english),
    );
    expect(span).toBe('May 1, 2026 – June 30, 2026');
  });
});

describe('in another language', () => {
  it.each([
    ['en-GB', 'en', '15:04', 'Friday, 1 May 2026 at 15:04'],
    ['en-US', 'en', '3:04 PM', 'Friday, May 1, 2026 at 3:04 PM'],
    ['de-AT', 'de', '15:04', 'Freitag, 1. Mai 2026 um 15:04'],
    ['fr-CA', 'fr', '15 h 04', 'vendredi 1 mai 2026 à 15 h 04'],
    // The page's language decides, not the visitor's.
    ['ar-EG', 'de', '15:04', 'Freitag, 1. Mai 2026 um 15:04'],
  ])('%s: the visitor’s own variant of %s says %s', async (variant, language, time, exact) => {
    speak('zu', variant, 'en');
    const calendar = await calendarIn('Pacific/Chatham');
    const texts = language === 'en' ? english : await loadTexts(language);
    if (!texts) throw new Error('There are no texts.');
    const plain = (text: string) => text.replaceAll(/\s/g, ' ');
    const at = local(2026, 5, 1, 15, 4);
    expect(plain(calendar.timeOfDay(at, texts))).toBe(time);
    expect(plain(calendar.exactTime(at, texts))).toBe(exact);
  });

  it('Arabic in Egypt has its own digits in times and sizes', async () => {
    speak('ar-EG');
    const calendar = await calendarIn('Africa/Cairo');
    const arabic = await loadTexts('ar');
    if (!arabic) throw new Error('There are no texts.');
    expect(calendar.timeOfDay(local(2026, 5, 1, 15, 4), arabic)).toContain('٣:٠٤');
  });

  it.each([
    ['en', 0, '0 kB'],
    ['en', 1, '0.1 kB'],
    ['en', 9_949, '9.9 kB'],
    ['en', 10_400, '10 kB'],
    ['en', 999_999, '1,000 kB'],
    ['en', 1_000_000, '1 MB'],
    ['de', 1_500_000, '1,5 MB'],
  ])('%s: %s bytes are %s', async (language, bytes, size) => {
    const texts = language === 'en' ? english : await loadTexts(language);
    if (!texts) throw new Error('There are no texts.');
    expect(sizeText(bytes, texts).replaceAll(/\s/g, ' ')).toBe(size);
  });
});

it('all files that depend on the time zone or the language are listed here', () => {
  const root = join(import.meta.dirname, '../../../src');
  const depends =
    /\bIntl\.(?!LDML)|\.toLocale\w*\(|\.localeCompare\(|\.(get|set)(Hours|Minutes|Date|Day|Month|FullYear)\(|getTimezoneOffset/;
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && depends.test(readFileSync(join(root, path), 'utf8')))
    .toSorted();
  expect(files).toEqual([
    'server/broker.ts', // English: test/unit/server/responses.test.ts
    'ui/languages/language-rules.ts', // languages.test.ts
    'ui/launcher-messages.ts', // languages.test.ts
    'ui/messages.ts', // languages.test.ts
    'ui/panel/calendar.ts', // above
    'ui/panel/content/pickers.ts', // test/browser/panel/time-zones.spec.ts
    'ui/panel/files/view.ts', // a share of a hundred: test/browser/panel/files.spec.ts
    'ui/panel/forms/answers.ts', // above
    'ui/panel/size-text.ts', // above
  ]);
});
