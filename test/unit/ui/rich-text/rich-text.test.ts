import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type InlineNode,
  linkify,
  parseRichText,
  type RichTextNode,
  toPlainText,
} from '../../../../src/ui/rich-text/index.ts';

/** Nodes in short: `b(…)`, `i(…)`, `s(…)`, `<href>(…)`, `ul(…|…)`, `ol(1:…|2:…)`. */
function short(nodes: readonly RichTextNode[]): string {
  return nodes.map(shortOf).join('');
}

function shortOf(node: RichTextNode): string {
  switch (node.type) {
    case 'text':
      return node.text;
    case 'link':
      return `<${node.href}>(${short(node.children)})`;
    case 'list':
      return `${node.isOrdered ? 'ol' : 'ul'}(${node.items
        .map(({ number, children }) => (number === null ? '' : `${number}:`) + short(children))
        .join('|')})`;
    default:
      return `${node.type.charAt(0)}(${short(node.children)})`;
  }
}

const parsed = (text: string) => short(parseRichText(text));

describe('rich text', () => {
  it.each([
    ['*bold*', 'b(bold)'],
    ['_italic_', 'i(italic)'],
    ['~struck~', 's(struck)'],
    ['**bold**', 'b(bold)'],
    ['__bold__', 'b(bold)'],
    ['~~struck~~', 's(struck)'],
    ['now *only* today', 'now b(only) today'],
    ['(*now*), "_so_"!', '(b(now)), "i(so)"!'],
    ['*a _b ~c~ d_ e*', 'b(a i(b s(c) d) e)'],
    ['_*both*_', 'i(b(both))'],
    ['*two\nlines*', 'b(two\nlines)'],
    ['_snake_case_', 'i(snake_case)'],
    ['*bold*.', 'b(bold).'],
    ['请看*世界*你好', '请看b(世界)你好'],
    ['*مرحبا* بك', 'b(مرحبا) بك'],
    ['*👋*', 'b(👋)'],
    ['* *a* b', 'ul(b(a) b)'],
    ['*a *b* c', '*a b(b) c'],
    ['*see _x* y_', 'b(see _x) y_'],
  ])('%s', (text, nodes) => expect(parsed(text)).toBe(nodes));

  it.each([
    '2 * 3 * 4',
    '5*3*2',
    'snake_case_name',
    'a * * *x',
    '*.txt and *.doc',
    'from ~5 to ~10',
    '(*) and (*)',
    '*not closed',
    'not opened*',
    '*not\n\nover an empty line*',
    '***',
    '____',
    'Name: ______',
    '* ',
    '¯\\_(ツ)_/¯',
    '\\*not bold\\*',
    '[text]',
    '[text] (https://)',
    '[](https:)',
    '[a](b c)',
    '[a](javascript:alert)',
    '[a](data:text/html,x)',
    '[a](/path)',
    '[a](ftp://x.example)',
    '<b>bold</b> &amp; <img src=x onerror=alert()>',
    '# heading',
    '`code`',
    '-5 degrees',
    '-',
    '24. December',
    '1999. A year',
    '1.5 liters',
  ])('%j stays as it is', (text) => {
    expect(parseRichText(text)).toEqual([{ type: 'text', text }]);
  });

  it('keeps line breaks, and an empty text empty', () => {
    expect(parsed('a\nb\r\nc\rd\n\ne')).toBe('a\nb\nc\nd\n\ne');
    expect(parseRichText('')).toEqual([]);
  });
});

describe('links with a text', () => {
  it.each([
    ['[here](https://a.example/x)', '<https://a.example/x>(here)'],
    ['[here](www.a.example)', '<https://www.a.example/>(here)'],
    ['[mail](mailto:ada@shop.example)', '<mailto:ada@shop.example>(mail)'],
    ['[call](tel:+49-30-1234567)', '<tel:+49-30-1234567>(call)'],
    ['[a](https://a.example/x_(y))', '<https://a.example/x_(y)>(a)'],
    ['([a](https://a.example))', '(<https://a.example/>(a))'],
    ['*[a](https://a.example)*', 'b(<https://a.example/>(a))'],
    ['[*a* b](https://a.example)', '<https://a.example/>(b(a) b)'],
    ['[*a](https://a.example)*', '<https://a.example/>(*a)*'],
    ['[[a](https://a.example)]', '[<https://a.example/>(a)]'],
    ['![a](https://a.example/x.png)', '!<https://a.example/x.png>(a)'],
    ['[030 123456](tel:+4930123456)', '<tel:+4930123456>(030 123456)'],
    ['[https://a.example](https://a.example/x)', '<https://a.example/x>(https://a.example)'],
    ['[a.example](https://a.example)', '<https://a.example/>(a.example)'],
    ['https://a.example/*b*_c_', '<https://a.example/*b*_c>(https://a.example/*b*_c)_'],
  ])('%s', (text, nodes) => expect(parsed(text)).toBe(nodes));

  it('never hide that they go to another site than they say', () => {
    const nodes = parseRichText('[https://bank.example](https://evil.example)');
    expect(toPlainText(nodes)).toBe('[https://bank.example](https://evil.example)');
    expect(short(nodes)).toContain('<https://bank.example/>(https://bank.example)');
    expect(parsed('[*www.bank.example*](https://evil.example)')).toContain('](');
    expect(parsed('[www.bank.example](mailto:a@evil.example)')).toContain('](');
    expect(parsed('[x](https://bank.example@evil.example)')).toContain('](');
  });
});

describe('lists', () => {
  it.each([
    ['- a\n- b', 'ul(a|b)'],
    ['* a\n* b', 'ul(a|b)'],
    ['• a\n• b', 'ul(a|b)'],
    ['1. a\n2. b', 'ol(1:a|2:b)'],
    ['1) a\n3) b', 'ol(1:a|3:b)'],
    ['1. alone', 'ol(1:alone)'],
    ['24. December\n25. December', 'ol(24:December|25:December)'],
    ['Steps:\n\n- a\n- *b*\n\nDone', 'Steps:ul(a|b(b))Done'],
    ['- a\n\n- b', 'ul(a|b)'],
    ['- a\n  more\n- b', 'ul(a\nmore|b)'],
    ['- a\nmore', 'ul(a)more'],
    ['- a\n1. b', 'ul(a)ol(1:b)'],
    ['- a\n  - b\n  - c\n- d', 'ul(aul(b|c)|d)'],
    ['1. a\n   - b\n2. c', 'ol(1:aul(b)|2:c)'],
    ['- a\n  1. b\n  - c', 'ul(aol(1:b)ul(c))'],
    ['\t- a\n- b', 'ul(a|b)'],
    ['- [a](https://a.example)', 'ul(<https://a.example/>(a))'],
  ])('%j', (text, nodes) => expect(parsed(text)).toBe(nodes));

  it('are nested five deep at most', () => {
    const text = Array.from({ length: 9 }, (_, n) => `${'  '.repeat(n)}- ${n}`).join('\n');
    expect(parsed(text)).toBe('ul(0ul(1ul(2ul(3ul(4|5|6|7|8)))))');
  });
});

describe('as plain text', () => {
  it.each([
    ['*a* _b_ ~c~', 'a b c'],
    ['Steps:\n1. *a*\n2. b\n   - c\nDone', 'Steps:\n1. a\n2. b\n  • c\nDone'],
    ['[here](https://a.example/x) or www.b.example', 'here or www.b.example'],
  ])('%j has no marks', (text, plain) => expect(toPlainText(parseRichText(text))).toBe(plain));

  it.each([
    ['[here](https://a.example/x)', 'here (https://a.example/x)'],
    ['[a.example](https://a.example)', 'a.example'],
    ['https://a.example/x', 'https://a.example/x'],
    ['www.b.example', 'www.b.example'],
    ['ada@shop.example', 'ada@shop.example'],
    ['+49 (0)30 1234567', '+49 (0)30 1234567'],
    ['0049 30 1234567', '0049 30 1234567'],
    ['- [here](https://a.example)', '• here (https://a.example/)'],
  ])('%s in a file has the addresses that its text does not show', (text, plain) => {
    expect(toPlainText(parseRichText(text), { hasUrls: true })).toBe(plain);
  });
});

describe('any text', () => {
  const noise = fc.string({
    unit: fc.constantFrom(...'*_~[]()\\ \n\t-.1+@/:a漢😀ع'),
    maxLength: 60,
  });
  const pieces = fc
    .array(
      fc.oneof(
        noise,
        fc.constantFrom('https://a.example/x', 'www.a.example', '](https://b.example)', '[here]'),
        fc.constantFrom('ada@a.example', '+49 30 1234567', '\n- ', '\n1. ', '\n  - ', '**', '__'),
        fc.string({ unit: 'binary' }),
      ),
      { maxLength: 12 },
    )
    .map((all) => all.join(''));

  it('is parsed without an error, and no character is invented or moved', () => {
    fc.assert(
      fc.property(pieces, (text) => {
        const plain = texts(parseRichText(text)).join('');
        const given = text.replaceAll(/\r\n?/g, '\n');
        let place = 0;
        for (const character of plain) {
          place = given.indexOf(character, place);
          expect(place).toBeGreaterThanOrEqual(0);
          place += character.length;
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('loses only marks, addresses of links, and spaces around lists', () => {
    fc.assert(
      fc.property(pieces, (text) => {
        const letters = (all: string) => all.replaceAll(/[^\p{L}\p{Extended_Pictographic}]/gu, '');
        const plain = letters(texts(parseRichText(text)).join(''));
        const expected = letters(text);
        if (!text.includes('](')) expect(plain).toBe(expected);
        else expect(expected.length).toBeGreaterThanOrEqual(plain.length);
      }),
      { numRuns: 2_000 },
    );
  });

  it('without marks and lists is left as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (any) => {
        const text = any.replaceAll(/[*_~[\]•\r-]|\d+[.)]/g, 'x');
        expect(texts(parseRichText(text)).join('')).toBe(text);
        expect(toPlainText(parseRichText(text))).toBe(text);
      }),
    );
  });

  it('has links to http, https, mailto and tel only, none within another', () => {
    fc.assert(
      fc.property(pieces, (text) => {
        for (const href of hrefs(parseRichText(text)))
          expect(href).toMatch(/^(https?|mailto|tel):/);
        expect(
          linkify(text)
            .map((part) => part.text)
            .join(''),
        ).toBe(text);
      }),
    );
  });

  const words = fc.constantFrom('lamp', 'ü', '7', 'لمبة', '電', '😀', 'a_b', 'a-b');
  const { nodes } = fc.letrec<{ nodes: readonly InlineNode[]; node: InlineNode }>((tie) => ({
    nodes: fc.array(tie('node'), { minLength: 1, maxLength: 3 }),
    node: fc.oneof(
      { maxDepth: 3 },
      words.map((text): InlineNode => ({ type: 'text', text })),
      fc.record({
        type: fc.constantFrom('bold', 'italic', 'struck'),
        children: tie('nodes'),
      }),
      fc.record({
        type: fc.constant('link'),
        href: fc.constantFrom('https://a.example/x', 'mailto:a@b.example', 'tel:+4930123456'),
        children: words.map((text): readonly InlineNode[] => [{ type: 'text', text }]),
      }),
    ),
  }));

  it('that was written from nodes is read as these nodes', () => {
    fc.assert(
      fc.property(nodes.filter(isWritable), (written) => {
        const read = parseRichText(source(written));
        expect(read).toEqual(joined(written));
        expect(toPlainText(read)).toBe(texts(joined(written)).join(''));
      }),
      { numRuns: 2_000 },
    );
  });
});

const marks = { bold: '*', italic: '_', struck: '~' };

function source(nodes: readonly InlineNode[]): string {
  return nodes
    .map((node) => {
      if (node.type === 'text') return node.text;
      if (node.type === 'link') return `[${source(node.children)}](${node.href})`;
      return marks[node.type] + source(node.children) + marks[node.type];
    })
    .join(' ');
}

/** Nothing of a kind within itself, which the marks can't tell apart. */
function isWritable(nodes: readonly InlineNode[], outer: readonly string[] = []): boolean {
  return nodes.every(
    (node) =>
      node.type === 'text' ||
      (!outer.includes(node.type) && isWritable(node.children, [...outer, node.type])),
  );
}

/** With the spaces that `source` writes, in as few texts as possible. */
function joined(nodes: readonly InlineNode[]): readonly InlineNode[] {
  const all: InlineNode[] = [];
  const addText = (text: string) => {
    const last = all.at(-1);
    if (last?.type === 'text') all[all.length - 1] = { type: 'text', text: last.text + text };
    else all.push({ type: 'text', text });
  };
  nodes.forEach((node, index) => {
    if (index > 0) addText(' ');
    if (node.type === 'text') addText(node.text);
    else all.push({ ...node, children: joined(node.children) });
  });
  return all;
}

function texts(nodes: readonly RichTextNode[]): string[] {
  return nodes.flatMap((node) => {
    if (node.type === 'text') return [node.text];
    if (node.type === 'list') return node.items.flatMap(({ children }) => texts(children));
    return texts(node.children);
  });
}

/** Fails for a link within a link. */
function hrefs(nodes: readonly RichTextNode[], isInLink = false): string[] {
  return nodes.flatMap((node) => {
    if (node.type === 'text') return [];
    if (node.type === 'list') return node.items.flatMap(({ children }) => hrefs(children));
    if (node.type !== 'link') return hrefs(node.children, isInLink);
    expect(isInLink).toBe(false);
    return [node.href, ...hrefs(node.children, true)];
  });
}
