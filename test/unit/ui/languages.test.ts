import { describe, expect, test } from 'vitest';
import { type ErrorCode, errorCodes } from '../../../src/protocol/errors.ts';
import { isRightToLeft, loadTexts } from '../../../src/ui/languages/index.ts';
import { english, type Messages } from '../../../src/ui/messages.ts';

/** All plain texts of a language, by path. */
function sayings(texts: object, path = ''): [string, string][] {
  return Object.entries(texts).flatMap(([name, value]): [string, string][] => {
    const at = `${path}${name}`;
    if (typeof value === 'string') return [[at, value]];
    if (typeof value === 'object' && value !== null) return sayings(value, `${at}.`);
    return [];
  });
}

const counted: readonly ((texts: Messages, count: number) => string)[] = [
  (texts, count) => texts.unread(count),
  (texts, count) => texts.jumpCount(count),
  (texts, count) => texts.missing(count),
  (texts, count) => texts.announcementCount(count),
  (texts, count) => texts.notSent(count),
  (texts, count) => texts.tooLong(4_096 + count, 4_096),
];

const fileErrorCodes = [
  'file-type',
  'file-size',
  'file-empty',
  'file-name',
  'file-extension',
  'file-content',
  'file-lost',
  'file-gone',
] as const satisfies readonly ErrorCode[];
const allCodes: readonly ErrorCode[] = [...errorCodes, ...fileErrorCodes];

describe.each(['de', 'es', 'fr', 'ar'])('%s', (language) => {
  test('has every text of English, translated', async () => {
    const texts = await loadTexts(language);
    if (!texts) throw new Error('There are no texts.');
    const said = new Map(sayings(texts));
    expect([...said.keys()].sort()).toEqual(
      sayings(english)
        .map(([at]) => at)
        .sort(),
    );
    const sameAsEnglish = sayings(english).filter(
      ([at, saying]) => saying.length > 12 && said.get(at) === saying,
    );
    expect(sameAsEnglish).toEqual([]);
    for (const [, saying] of said) expect(saying.trim()).not.toBe('');
  });

  test.each([0, 1, 2, 3, 11, 100, 1_234])('formats the number %i', async (count) => {
    const texts = await loadTexts(language);
    if (!texts) throw new Error('There are no texts.');
    for (const tell of counted) {
      expect(tell(texts, count)).not.toMatch(/#|undefined|NaN/);
      // Some languages write one and two as words.
      if (count > 2) expect(tell(texts, count)).toContain(count.toLocaleString(language));
    }
  });

  test('has a text for errors without a code', async () => {
    const texts = await loadTexts(language);
    const unknown = texts?.error({ code: null, message: 'Whatever it is in English' });
    expect(unknown).not.toContain('English');
    expect(unknown?.length).toBeGreaterThan(10);
  });

  test('has its own text for every code that has one in English', async () => {
    const texts = await loadTexts(language);
    if (!texts) throw new Error('There are no texts.');
    const isGeneral = ({ error }: Messages, code: ErrorCode) =>
      error({ code, message: '' }) === error({ code: null, message: '' });
    const missing = allCodes.filter((code) => !isGeneral(english, code) && isGeneral(texts, code));
    expect(missing).toEqual([]);
  });
});

test('a region uses the texts of its language, and an unknown language has none', async () => {
  expect((await loadTexts('de-CH'))?.language).toBe('de');
  expect(await loadTexts('tlh')).toBeNull();
  expect(await loadTexts('')).toBeNull();
});

test('some languages are written from right to left', () => {
  expect(isRightToLeft({ ...english, language: 'ar-EG' })).toBe(true);
  expect(isRightToLeft(english)).toBe(false);
});

test('English texts for errors depend on the code, and never contain the message', () => {
  for (const code of ['network', 'rejected', 'invalid', 'client-bug', null] as const) {
    expect(english.error({ code, message: 'conversation c-1 answered 503' })).not.toContain('503');
  }
});
