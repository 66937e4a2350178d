import { defaultRangeExtractor, Virtualizer } from '@tanstack/virtual-core';
import type { Message } from '../../protocol/message.ts';

/** Up to this number, all messages are in the page, so that the browser's search finds them. */
const virtualizeAbove = 150;
/** The number of rows mounted beyond each edge of the viewport. */
const overscan = 10;
/** The estimated height of an unmeasured row, in px: its first line with its meta, and each further line. */
const firstLine = 46;
const furtherLine = 22;
/** The number of characters in a line at the panel's default width. */
const lineLength = 44;

/** The visitor's place in the feed. */
export interface Viewport {
  readonly isFollowing: boolean;
  /** The message that must stay `offset` px below the top edge. */
  readonly anchor: { readonly messageId: string; readonly offset: number } | null;
  /** `scrollTop`, used without an anchor. */
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export type Entry =
  | { readonly type: 'row'; readonly index: number }
  /** A spacer for rows that aren't mounted, `size` px high. */
  | { readonly type: 'space'; readonly before: number; readonly size: number };

/**
 * Decides which messages have a row in the page: all in a short conversation, the visible ones in a long one.
 *
 * The virtualizer stores the heights and finds the range, but gets no element. Only `ScrollAnchor` sets the
 * scroll position, for short and long lists alike: two writers would correct each other.
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

  /** @param kept the focused message, which stays mounted even out of view */
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

  /** Measures the mounted rows. Returns whether the total height has changed. */
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
    // Updates the virtualizer's measurements, which can be those of other messages.
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

/** Searches from the last known index, because messages rarely move far. */
function indexOf(messages: readonly Message[], messageId: string, hint: number): number {
  const is = (index: number) => messages[index]?.messageId === messageId;
  for (let distance = 0; distance < 64; distance += 1) {
    if (is(hint + distance)) return hint + distance;
    if (is(hint - distance)) return hint - distance;
  }
  return messages.findIndex((message) => message.messageId === messageId);
}
