import { defaultRangeExtractor, Virtualizer } from '@tanstack/virtual-core';
import type { Message } from '../../protocol/message.ts';

/** Up to so many messages all are in the page, to be found by the browser's own search. */
const virtualizeAbove = 150;
/** So many rows are kept beyond either edge of what is seen. */
const overscan = 10;
/** What a row is taken to be high, in px, until it was seen: one line with its meta, and each further line. */
const firstLine = 46;
const furtherLine = 22;
/** Characters to a line at the panel's usual width. */
const lineLength = 44;

/** Where the reader is, as far as which rows are seen depends on it. */
export interface Viewport {
  readonly isFollowing: boolean;
  /** The message that is to stay where it is, `offset` px below the top edge. */
  readonly anchor: { readonly messageId: string; readonly offset: number } | null;
  /** `scrollTop`, for when there is no anchor. */
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export type Entry =
  | { readonly type: 'row'; readonly index: number }
  /** In the place of rows that aren't mounted, `size` px high. */
  | { readonly type: 'space'; readonly before: number; readonly size: number };

/**
 * Which messages have a row in the page: all of a short conversation, what is seen of a long one.
 *
 * The virtualizer keeps the heights and finds the range; it is given no element. The position of
 * scrolling belongs to `Reading` alone, whose anchor is the same rule for short and long lists: two that
 * write it would correct each other.
 */
export class VirtualRows {
  readonly #layout: Virtualizer<Element, Element>;
  #messages: readonly Message[] = [];
  #kept: number | null = null;
  #width = 0;
  #total = 0;
  #anchorHint = 0;
  #entries: readonly Entry[] = [];
  #indexes: readonly number[] | null = null;

  constructor() {
    this.#layout = new Virtualizer(this.#options());
    this.#layout.shouldAdjustScrollPositionOnItemSizeChange = () => false;
  }

  /** @param kept the message that has the focus: it stays, however far away it is scrolled */
  entries(messages: readonly Message[], kept: string | null, view: Viewport): readonly Entry[] {
    const layout = this.#layout;
    if (messages.length <= virtualizeAbove) {
      this.#indexes = null;
      if (messages !== this.#messages || this.#entries.length !== messages.length) {
        this.#entries = messages.map((_, index) => ({ type: 'row', index }));
      }
      this.#messages = messages;
      return this.#entries;
    }
    const keptIndex = kept === null ? -1 : indexOf(messages, kept, this.#kept ?? 0);
    const keptNow = keptIndex < 0 ? null : keptIndex;
    if (messages !== this.#messages || keptNow !== this.#kept) {
      this.#messages = messages;
      this.#kept = keptNow;
      layout.setOptions(this.#options());
      this.#indexes = null;
    }
    if (view.width > 0 && view.width !== this.#width) {
      this.#width = view.width;
      layout.measure();
    }
    layout.scrollRect = { width: view.width, height: view.height || 600 };
    layout.scrollOffset = this.#offset(view);
    const indexes = layout.getVirtualIndexes();
    const total = layout.getTotalSize();
    if (indexes !== this.#indexes || total !== this.#total) {
      this.#indexes = indexes;
      this.#total = total;
      this.#entries = this.#withSpaces(indexes);
    }
    return this.#entries;
  }

  /** The heights of the rows that are mounted. Returns whether one was not known. */
  measure(items: Iterable<Pick<HTMLElement, 'dataset' | 'offsetHeight'>>): boolean {
    if (this.#messages.length <= virtualizeAbove) return false;
    const layout = this.#layout;
    const before = layout.getTotalSize();
    for (const item of items) {
      const index = Number(item.dataset.index);
      if (item.offsetHeight > 0) layout.resizeItem(index, item.offsetHeight);
    }
    return layout.getTotalSize() !== before;
  }

  #offset({ isFollowing, anchor, top, height }: Viewport): number {
    const layout = this.#layout;
    // Reckons the places anew: until now there was none, or they are those of other messages.
    const total = layout.getTotalSize();
    if (isFollowing) return total - height;
    const index = anchor ? indexOf(this.#messages, anchor.messageId, this.#anchorHint) : -1;
    if (!anchor || index < 0) return top;
    this.#anchorHint = index;
    return (layout.measurementsCache[index]?.start ?? top) - anchor.offset;
  }

  #withSpaces(indexes: readonly number[]): Entry[] {
    const { measurementsCache: rows } = this.#layout;
    const entries: Entry[] = [];
    let end = 0;
    for (const index of indexes) {
      const row = rows[index];
      if (!row) continue;
      if (row.start > end) entries.push({ type: 'space', before: index, size: row.start - end });
      entries.push({ type: 'row', index });
      end = row.end;
    }
    const rest = this.#layout.getTotalSize() - end;
    if (rest > 0) entries.push({ type: 'space', before: this.#messages.length, size: rest });
    return entries;
  }

  #options(): ConstructorParameters<typeof Virtualizer<Element, Element>>[0] {
    const messages = this.#messages;
    const kept = this.#kept;
    return {
      count: messages.length,
      overscan,
      getItemKey: (index) => messages[index]?.messageId ?? index,
      estimateSize: (index) => estimate(messages[index]),
      rangeExtractor: (range) => {
        const indexes = defaultRangeExtractor(range);
        if (kept === null || indexes.includes(kept)) return indexes;
        return [...indexes, kept].sort((a, b) => a - b);
      },
      getScrollElement: () => null,
      scrollToFn: () => {},
      observeElementRect: () => {},
      observeElementOffset: () => {},
    };
  }
}

function estimate(message: Message | undefined): number {
  const lines = Math.ceil((message?.text.length ?? 0) / lineLength);
  return firstLine + furtherLine * Math.max(0, lines - 1);
}

/** Looked for from where it was: what comes and goes is mostly near. */
function indexOf(messages: readonly Message[], messageId: string, hint: number): number {
  const is = (index: number) => messages[index]?.messageId === messageId;
  for (let distance = 0; distance < 64; distance += 1) {
    if (is(hint + distance)) return hint + distance;
    if (is(hint - distance)) return hint - distance;
  }
  return messages.findIndex((message) => message.messageId === messageId);
}
