import { parseInline } from './inline.ts';
import type { ListItem, RichTextNode } from './nodes.ts';
import type { Source } from './source.ts';

/** Makes the source of each part. A test gives one that counts. */
export type OpenSource = (text: string) => Source;

/** Lists within lists, from 1. Deeper ones are shown at this depth. */
const deepest = 5;

/** A list within another one is indented by at least as many spaces. */
const indentation = 2;

/** The first line of a list's item. */
interface ItemLine {
  readonly indent: number;
  readonly number: number | null;
  readonly text: string;
}

interface OpenItem {
  readonly number: number | null;
  readonly lines: string[];
  readonly lists: OpenList[];
}

interface OpenList {
  readonly indent: number;
  readonly isOrdered: boolean;
  readonly items: OpenItem[];
}

/** Splits a text into lists and the text between them. Looks at each line a fixed number of times. */
export function parseBlocks(text: string, open: OpenSource): readonly RichTextNode[] {
  const nodes: RichTextNode[] = [];
  let lines: string[] = [];
  const flush = (isBeforeList: boolean) => {
    // The list stands apart by itself.
    if (nodes.at(-1)?.type === 'list') lines = lines.slice(firstFilled(lines));
    if (isBeforeList) lines = lines.slice(0, lines.findLastIndex(isFilled) + 1);
    // Without spreading: a call has no room for that many arguments.
    if (lines.length > 0) for (const node of parseInline(open(lines.join('\n')))) nodes.push(node);
    lines = [];
  };
  const all = text.split(/\r\n?|\n/);
  for (let index = 0; index < all.length; ) {
    const first = itemAt(open(all[index] ?? ''));
    const list = first && readList(all, index, first, open);
    if (list) {
      flush(true);
      for (const root of list.roots) nodes.push(listNode(root, open));
      index = list.end;
    } else {
      lines.push(all[index] ?? '');
      index += 1;
    }
  }
  flush(false);
  return nodes;
}

/**
 * The lists that begin at a line, and the line behind them. `null` for a line such as '24. December', which
 * no other item follows.
 */
function readList(
  all: readonly string[],
  start: number,
  first: ItemLine,
  open: OpenSource,
): { readonly roots: readonly OpenList[]; readonly end: number } | null {
  const roots: OpenList[] = [];
  /** The lists that a next item may belong to, from the outermost. */
  const lists: OpenList[] = [];
  let count = 0;
  let end = start;
  for (let index = start; index < all.length; index += 1) {
    const line = all[index] ?? '';
    // Empty lines are of the list if another item follows.
    if (!isFilled(line)) continue;
    const item = index === start ? first : itemAt(open(line));
    const isFurtherText = index === end && /^(?: {2}|\t)/.test(line);
    if (!item && !isFurtherText) break;
    if (item) addItem(item, roots, lists);
    else lists.at(-1)?.items.at(-1)?.lines.push(line.trim());
    if (item) count += 1;
    end = index + 1;
  }
  const isSingleNumber = count === 1 && first.number !== null && first.number !== 1;
  return isSingleNumber ? null : { roots, end };
}

function addItem({ indent, number, text }: ItemLine, roots: OpenList[], lists: OpenList[]): void {
  const isOrdered = number !== null;
  while (lists.length > 1 && (lists.at(-1)?.indent ?? 0) > indent) lists.pop();
  const current = lists.at(-1);
  const item: OpenItem = { number, lines: [text], lists: [] };
  const isDeeper = current !== undefined && indent >= current.indent + indentation;
  if (isDeeper && lists.length < deepest) {
    const list: OpenList = { indent, isOrdered, items: [item] };
    current.items.at(-1)?.lists.push(list);
    lists.push(list);
  } else if (current?.isOrdered === isOrdered) current.items.push(item);
  else {
    // Of the other kind: a list of its own at the same place.
    lists.pop();
    const list: OpenList = { indent: current?.indent ?? indent, isOrdered, items: [item] };
    const above = lists.at(-1)?.items.at(-1)?.lists ?? roots;
    above.push(list);
    lists.push(list);
  }
}

function listNode({ isOrdered, items }: OpenList, open: OpenSource): RichTextNode {
  return {
    type: 'list',
    isOrdered,
    items: items.map(
      ({ number, lines, lists }): ListItem => ({
        number,
        children: [
          ...parseInline(open(lines.join('\n'))),
          ...lists.map((list) => listNode(list, open)),
        ],
      }),
    ),
  };
}

/** Reads '- text', '* text', '• text', '1. text' or '1) text'. */
function itemAt(source: Source): ItemLine | null {
  let index = 0;
  let indent = 0;
  for (; /[ \t]/.test(source.at(index)); index += 1) indent += source.at(index) === '\t' ? 4 : 1;
  const markStart = index;
  while (/\d/.test(source.at(index)) && index < markStart + 3) index += 1;
  const digits = source.text.slice(markStart, index);
  const mark = digits === '' ? /[-*•]/ : /[.)]/;
  if (!mark.test(source.at(index))) return null;
  index += 1;
  const markEnd = index;
  while (/[ \t]/.test(source.at(index))) index += 1;
  if (index === markEnd || source.at(index) === '') return null;
  return {
    indent,
    number: digits === '' ? null : Number(digits),
    text: source.text.slice(index),
  };
}

function isFilled(line: string): boolean {
  return line.trim() !== '';
}

function firstFilled(lines: readonly string[]): number {
  const first = lines.findIndex(isFilled);
  return first < 0 ? lines.length : first;
}
