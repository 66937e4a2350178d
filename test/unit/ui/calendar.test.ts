import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { english, type Messages } from '../../../src/ui/messages.ts';
import { dayLabel, exactTime, startOfDay, timeOfDay } from '../../../src/ui/panel/calendar.ts';
import { sizeText } from '../../../src/ui/panel/size-text.ts';

/** Texts in a language that no other test uses, because formats are cached by language. */
function speaking(language: string, preferred: readonly string[]): Messages {
  vi.stubGlobal('navigator', { languages: preferred });
  return { ...english, language };
}

beforeEach(() => {
  vi.stubGlobal('navigator', { languages: ['en-US'] });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('a day', () => {
  const now = new Date(2026, 4, 4, 12).getTime();
  const label = (timestamp: number) => dayLabel(timestamp, now, english);

  it('is labeled today from midnight to midnight, and yesterday the day before', () => {
    const today = new Date(2026, 4, 4).getTime();
    const yesterday = new Date(2026, 4, 3).getTime();
    const tomorrow = new Date(2026, 4, 5).getTime();
    expect(label(today)).toBe('Today');
    expect(label(tomorrow - 1)).toBe('Today');
    expect(label(today - 1)).toBe('Yesterday');
    expect(label(yesterday)).toBe('Yesterday');
    expect(label(yesterday - 1)).toBe('Saturday, May 2');
    // A clock that is ahead.
    expect(label(tomorrow)).toBe('Tuesday, May 5');
  });

  it('of another year is labeled with the year', () => {
    expect(label(new Date(2025, 11, 31).getTime())).toBe('December 31, 2025');
    expect(label(new Date(2026, 0, 1).getTime())).toBe('Thursday, January 1');
  });

  it('begins at local midnight, also when clocks change', () => {
    for (const [month, day] of [
      [2, 29],
      [9, 25],
      [8, 6],
      [3, 5],
    ] as const) {
      const noon = new Date(2026, month, day, 12).getTime();
      expect(startOfDay(noon)).toBe(new Date(2026, month, day).getTime());
      expect(dayLabel(new Date(2026, month, day - 1, 12).getTime(), noon, english)).toBe(
        'Yesterday',
      );
    }
  });
});

describe('a time', () => {
  const afternoon = new Date(2026, 4, 4, 15, 4).getTime();

  it('is formatted in the visitor’s own variant of the panel’s language', () => {
    expect(timeOfDay(afternoon, speaking('es', ['de-AT', 'es-MX']))).toMatch(/^3:04\sp\.m\.$/);
    expect(timeOfDay(afternoon, speaking('nl', ['es-MX']))).toBe('15:04');
    expect(timeOfDay(afternoon, speaking('hi', ['en-GB'])).toLowerCase()).toMatch(/^3:04\spm$/);
    expect(exactTime(afternoon, speaking('pt', ['pt-PT']))).toContain('maio');
  });

  it('does not confuse languages whose tags begin alike', () => {
    // 'fil' is Filipino, not Finnish.
    expect(dayLabel(new Date(2025, 4, 4).getTime(), afternoon, speaking('fi', ['fil-PH']))).toBe(
      '4. toukokuuta 2025',
    );
  });
});

describe('a size', () => {
  it.each([
    [0, '0 kB'],
    [1, '0.1 kB'],
    [150, '0.2 kB'],
    [9_900, '9.9 kB'],
    [9_949, '9.9 kB'],
    [10_000, '10 kB'],
    [10_400, '10 kB'],
    [12_345, '12 kB'],
    [999_999, '1,000 kB'],
    [1_000_000, '1 MB'],
    [1_550_000, '1.6 MB'],
    [10_000_000, '10 MB'],
    [12_600_000, '13 MB'],
  ])('of %i bytes is %s', (bytes, text) => {
    expect(sizeText(bytes, english)).toBe(text);
  });

  it('is formatted in the panel’s language', () => {
    expect(sizeText(1_550_000, { ...english, language: 'de' })).toBe('1,6 MB');
  });
});
