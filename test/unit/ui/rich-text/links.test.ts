import { describe, expect, it } from 'vitest';
import { linkify } from '../../../../src/ui/rich-text/links.ts';

/** The links in a text: URL and shown text. */
function links(text: string): readonly (readonly [string, string])[] {
  return linkify(text).flatMap((part) =>
    part.type === 'link' ? [[part.text, part.href] as const] : [],
  );
}

describe('links in a message', () => {
  it.each([
    ['http://a.example', 'http://a.example/'],
    ['https://a.example/path?q=1#x', 'https://a.example/path?q=1#x'],
    ['HTTPS://a.example/', 'https://a.example/'],
    ['mailto:ada@shop.example', 'mailto:ada@shop.example'],
  ])('%s is one', (text, href) => {
    expect(linkify(text)).toEqual([{ type: 'link', text, href }]);
  });

  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'ftp://a.example',
    'xhttps://a.example'.replace('x', 'a'),
    'https://',
    'https://bank.example@elsewhere.example/',
    'https://:secret@elsewhere.example/',
    'mailto:nobody',
  ])('%s is none', (text) => {
    expect(linkify(text)).toEqual([{ type: 'text', text }]);
  });

  it.each([
    ['see https://a.example/x.', 'https://a.example/x'],
    ['see https://a.example/x, and', 'https://a.example/x'],
    ['(https://a.example/x)', 'https://a.example/x'],
    ['https://a.example/x_(y)', 'https://a.example/x_(y)'],
    ['(https://a.example/x_(y)).', 'https://a.example/x_(y)'],
    ['[https://a.example/[x]]', 'https://a.example/[x]'],
    ['{https://a.example/{x}}', 'https://a.example/{x}'],
    ['https://a.example/(x))', 'https://a.example/(x)'],
    ['“https://a.example/x”', 'https://a.example/x'],
    ['https://a.example/x?!…', 'https://a.example/x?!…'],
    ['*https://a.example/x*', 'https://a.example/x'],
    ['<https://a.example/x>', 'https://a.example/x'],
    ['"https://a.example/x"', 'https://a.example/x'],
  ])('in %s ends before the sentence goes on', (text, link) => {
    expect(links(text).map(([shown]) => shown)).toEqual([link]);
  });

  it('ends at an invisible direction mark, which could make it look like another URL', () => {
    expect(links('https://a.example/\u202egro.knab')).toEqual([
      ['https://a.example/', 'https://a.example/'],
    ]);
  });

  it('keeps every character in place', () => {
    const text = 'a https://a.example/1, b mailto:x@y.example and https://u@v.example c';
    const parts = linkify(text);
    expect(parts.map((part) => part.text).join('')).toBe(text);
    expect(parts.map(({ type }) => type)).toEqual(['text', 'link', 'text', 'link', 'text']);
  });

  it('has no empty parts', () => {
    expect(linkify('')).toEqual([]);
    expect(linkify('https://a.example/https://b.example')).toHaveLength(1);
    expect(linkify('https://a.example https://b.example').map(({ text }) => text)).toEqual([
      'https://a.example',
      ' ',
      'https://b.example',
    ]);
  });
});
