import { type FoundLink, findLinks, safeHref } from './links.ts';
import type { InlineNode } from './nodes.ts';
import { isWord, type Source, stopsLink } from './source.ts';

type Style = Exclude<InlineNode['type'], 'text' | 'link'>;

/** Single marks are Genesys Cloud's, double ones Markdown's, which language models write. */
const styles: Readonly<Record<string, Style>> = {
  '*': 'bold',
  '**': 'bold',
  _: 'italic',
  __: 'bold',
  '~': 'struck',
  '~~': 'struck',
};

/** A mark that may turn out to begin something. Until then its node is text. */
interface OpenMark {
  readonly mark: string;
  /** The index of its node. */
  readonly at: number;
}

/**
 * Parses a text without lists. Linear: each character is consumed once, and at most one mark of a kind is
 * open, so no more than seven are. A node moves once, into the node that encloses it.
 */
export function parseInline(source: Source): readonly InlineNode[] {
  return new InlineParser(source).parse();
}

class InlineParser {
  readonly #source: Source;
  readonly #links: readonly FoundLink[];
  #nextLink = 0;
  #nodes: InlineNode[] = [];
  #open: OpenMark[] = [];
  /** Where the text begins that is no node yet. */
  #textStart = 0;

  constructor(source: Source) {
    this.#source = source;
    this.#links = findLinks(source);
  }

  parse(): readonly InlineNode[] {
    const source = this.#source;
    let index = 0;
    while (index < source.length) index = this.#step(index);
    this.#flush(index);
    return joinTexts(this.#nodes);
  }

  /** Consumes at least one character. Returns the place behind it. */
  #step(index: number): number {
    const link = this.#linkAt(index);
    if (link) {
      this.#flush(index);
      const text = this.#source.text.slice(link.start, link.end);
      this.#nodes.push({ type: 'link', href: link.href, children: [{ type: 'text', text }] });
      this.#textStart = link.end;
      return link.end;
    }
    const character = this.#source.at(index);
    switch (character) {
      case '*':
      case '_':
      case '~':
        return this.#onMark(index, character);
      case '[':
        this.#openMark(index, index + 1);
        return index + 1;
      case ']':
        return this.#closeBracket(index);
      case '\n':
        // Nothing reaches over an empty line.
        if (this.#source.at(index + 1) === '\n') this.#open = [];
        return index + 1;
      default:
        return index + 1;
    }
  }

  #linkAt(index: number): FoundLink | null {
    for (;;) {
      const link = this.#links[this.#nextLink];
      if (!link || link.start > index) return null;
      this.#nextLink += 1;
      if (link.start === index) return link;
    }
  }

  #onMark(index: number, character: string): number {
    const source = this.#source;
    let end = index + 1;
    while (source.at(end) === character) end += 1;
    const mark = source.text.slice(index, Math.min(end, index + 3));
    const style = styles[mark];
    if (!style) return end;
    const before = source.at(index - 1);
    const after = source.at(end);
    const opener = this.#open.find((open) => open.mark === mark);
    if (opener && canClose(before, after)) {
      this.#flush(index);
      this.#wrap(opener, (children) => ({ type: style, children }));
      this.#textStart = end;
    } else if (canOpen(before, after)) this.#openMark(index, end);
    return end;
  }

  /** Replaces an open mark of the same kind: the nearest one counts. */
  #openMark(index: number, end: number): void {
    this.#flush(index);
    const mark = this.#source.text.slice(index, end);
    this.#open = this.#open.filter((open) => open.mark !== mark);
    this.#open.push({ mark, at: this.#nodes.length });
    this.#nodes.push({ type: 'text', text: mark });
    this.#textStart = end;
  }

  /** `[text](url)`. The URL has no brackets, so that no character is looked at by two of them. */
  #closeBracket(index: number): number {
    const source = this.#source;
    const opener = this.#open.find(({ mark }) => mark === '[');
    if (!opener) return index + 1;
    if (source.at(index + 1) !== '(') {
      this.#open = this.#open.filter((open) => open !== opener);
      return index + 1;
    }
    const end = targetEnd(source, index + 2);
    const href = end === null ? null : safeHref(source.text.slice(index + 2, end));
    this.#flush(index);
    const label = this.#nodes.slice(opener.at + 1);
    if (end === null || href === null || !isHonest(label, href)) {
      this.#open = this.#open.filter((open) => open !== opener);
      return index + 1;
    }
    this.#wrap(opener, (children) => ({ type: 'link', href, children: withoutLinks(children) }));
    this.#textStart = end + 1;
    return end + 1;
  }

  /** Encloses all nodes since the opening mark. Marks that are open within stay text. */
  #wrap(opener: OpenMark, enclose: (children: readonly InlineNode[]) => InlineNode): void {
    const children = this.#nodes.splice(opener.at + 1);
    this.#nodes[opener.at] = enclose(joinTexts(children));
    this.#open = this.#open.filter(({ at }) => at < opener.at);
  }

  #flush(end: number): void {
    if (end > this.#textStart) {
      const text = this.#source.text.slice(this.#textStart, end);
      this.#nodes.push({ type: 'text', text });
    }
    this.#textStart = end;
  }
}

/** A mark opens at the start of a word. Behind a backslash it is no mark. */
function canOpen(before: string, after: string): boolean {
  return !isWord(before) && before !== '\\' && after !== '' && !/[\s)\]},;:!?]/u.test(after);
}

/** A mark closes at the end of a word. */
function canClose(before: string, after: string): boolean {
  return !/[\s([{\\]/u.test(before) && !isWord(after);
}

/** The place of the parenthesis that closes a URL; `null` if it isn't closed. */
function targetEnd(source: Source, start: number): number | null {
  let depth = 0;
  for (let index = start; ; index += 1) {
    const character = source.at(index);
    if (stopsLink(character) || character === '[' || character === ']') return null;
    if (character === '(') depth += 1;
    if (character === ')') {
      if (depth === 0) return index;
      depth -= 1;
    }
  }
}

/** Whether a link has a text, and one that is not the address of another site. */
function isHonest(label: readonly InlineNode[], href: string): boolean {
  return textOf(label).trim() !== '' && addressesIn(label).every((one) => isSameSite(one, href));
}

function addressesIn(nodes: readonly InlineNode[]): string[] {
  return nodes.flatMap((node) => {
    if (node.type === 'text') return [];
    return node.type === 'link' ? [node.href] : addressesIn(node.children);
  });
}

function isSameSite(shown: string, href: string): boolean {
  const site = new URL(shown);
  return !/^https?:$/.test(site.protocol) || bareHost(site) === bareHost(new URL(href));
}

function bareHost({ hostname }: URL): string {
  return hostname.replace(/^www\./, '');
}

/** Links can't contain links: those in its text become text. */
function withoutLinks(nodes: readonly InlineNode[]): readonly InlineNode[] {
  const flat = nodes.flatMap((node): readonly InlineNode[] => {
    if (node.type === 'text') return [node];
    const children = withoutLinks(node.children);
    return node.type === 'link' ? children : [{ ...node, children }];
  });
  return joinTexts(flat);
}

/** The text of nodes, without marks. */
function textOf(nodes: readonly InlineNode[]): string {
  return nodes.map((node) => (node.type === 'text' ? node.text : textOf(node.children))).join('');
}

function joinTexts(nodes: readonly InlineNode[]): readonly InlineNode[] {
  const joined: InlineNode[] = [];
  let texts: string[] = [];
  const flush = () => {
    if (texts.length > 0) joined.push({ type: 'text', text: texts.join('') });
    texts = [];
  };
  for (const node of nodes) {
    if (node.type === 'text') texts.push(node.text);
    else {
      flush();
      joined.push(node);
    }
  }
  flush();
  return joined;
}
