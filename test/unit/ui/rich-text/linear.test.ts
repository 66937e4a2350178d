import { describe, expect, it } from 'vitest';
import { parseRichText } from '../../../../src/ui/rich-text/index.ts';
import { readsOf } from './counting-source.ts';

/** What makes careless parsers quadratic: marks that never close, that nest, and links that never end. */
const worst = [
  '*',
  '* ',
  ' *a',
  '*a ',
  '*a* ',
  '**a ',
  '_*~',
  '*_~a ',
  ' *a _b ~c [d **e __f ~~g',
  'a*_~',
  '_',
  '_a ',
  '~',
  '[',
  ']',
  '[[]',
  '[]',
  '[](',
  '](',
  '[a](',
  '[a](b',
  '[a](((',
  '[a](https://x.example',
  '[https://x.example',
  '[https://x.example](https://y.example) ',
  '[*a](https://x.example)',
  'https://',
  'https://a.example)',
  'https://a.example]]](',
  'www.',
  'h',
  '@',
  'a@',
  'a@b.',
  '.@-.',
  'mailto:a@',
  '(',
  '((1',
  ')',
  '1 ',
  '1',
  '+1',
  '(1) ',
  '+49 30 ',
  '030 1234567 ',
  '\\*',
  '\n',
  '\n\n',
  ' ',
  '- a\n',
  '1. a\n',
  '2. a\n\n',
  '24. a\n b\n',
  '24. a\n  b\n',
  '- a\n1. b\n',
  ' - a\n   - b\n',
  '- *a\n',
  'a',
  '😀',
  'ש*',
] as const;

const length = 4_096;

/** With an end that might be a link, so that links are looked for. */
function repeated(unit: string, size: number): string {
  return `${unit.repeat(Math.ceil(size / unit.length)).slice(0, size)} @1`;
}

describe('the parser reads each character a limited number of times', () => {
  it.each(worst)('in %j, repeated', (unit) => {
    const once = readsOf(repeated(unit, length));
    const twice = readsOf(repeated(unit, 2 * length));
    // Quadratic: 4 times as many, and thousands for each character.
    expect(twice).toBeLessThanOrEqual(2 * once + 64);
    expect(once).toBeLessThanOrEqual(40 * length);
  });

  it('also in lists that are deeper and deeper', () => {
    const deep = (lines: number) =>
      Array.from({ length: lines }, (_, depth) => `${' '.repeat(2 * (depth % 32))}- *a`).join('\n');
    expect(readsOf(deep(640))).toBeLessThanOrEqual(2 * readsOf(deep(320)) + 64);
  });
});

it.each(worst)('%j in a long text fits on the stack', (unit) => {
  expect(() => parseRichText(repeated(unit, 200_000))).not.toThrow();
});
