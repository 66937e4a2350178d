import { describe, expect, it } from 'vitest';
import type { Message } from '../../../src/protocol/message.ts';
import { type Entry, type Viewport, VirtualRows } from '../../../src/ui/panel/virtual-rows.ts';
import { message } from './fixtures.ts';

/** The estimated height of a one-line row, in px. */
const line = 46;

function conversation(length: number, from = 0): Message[] {
  return Array.from({ length }, (_, index) => message(`m${from + index}`, { text: 'short' }));
}

function view(changes: Partial<Viewport> = {}): Viewport {
  return { isFollowing: true, anchor: null, top: 0, width: 300, height: 460, ...changes };
}

function rows(entries: readonly Entry[]): number[] {
  return entries.flatMap((entry) => (entry.type === 'row' ? [entry.index] : []));
}

function spaces(entries: readonly Entry[]): (readonly [number, number])[] {
  return entries.flatMap((entry) =>
    entry.type === 'space' ? [[entry.before, entry.size] as const] : [],
  );
}

function span(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

describe('rows of a short conversation', () => {
  it('are all mounted, up to 150', () => {
    for (const length of [0, 1, 149, 150]) {
      const entries = new VirtualRows().entries(conversation(length), null, view());
      expect(entries).toHaveLength(length);
      expect(spaces(entries)).toEqual([]);
    }
  });

  it('are the same entries until the messages change', () => {
    const mounted = new VirtualRows();
    const messages = conversation(3);
    const first = mounted.entries(messages, null, view());
    expect(mounted.entries(messages, 'm1', view({ top: 5 }))).toBe(first);
    expect(rows(mounted.entries(conversation(4), null, view()))).toEqual([0, 1, 2, 3]);
  });
});

describe('rows of a long conversation', () => {
  it('are the visible ones at the end and ten more, below a spacer for the rest', () => {
    const entries = new VirtualRows().entries(conversation(151), null, view());
    // Ten rows fill 460 px.
    expect(rows(entries)).toEqual(span(131, 150));
    expect(spaces(entries)).toEqual([[131, 131 * line]]);
  });

  it('are those around the scroll position, between two spacers', () => {
    const entries = new VirtualRows().entries(
      conversation(400),
      null,
      view({ isFollowing: false, top: 100 * line }),
    );
    expect(rows(entries)).toEqual(span(90, 119));
    expect(spaces(entries)).toEqual([
      [90, 90 * line],
      [400, (400 - 120) * line],
    ]);
  });

  it('stay around the anchor, however many messages are added above it', () => {
    const mounted = new VirtualRows();
    const anchor = { messageId: 'm100', offset: 0 };
    mounted.entries(conversation(400), null, view({ isFollowing: false, anchor }));
    const more = conversation(600, -200);
    const entries = mounted.entries(more, null, view({ isFollowing: false, anchor }));
    expect(rows(entries).map((index) => more[index]?.messageId)).toContain('m100');
    expect(rows(entries)).toEqual(span(290, 319));
  });

  it('keep the focused row, however far away it is', () => {
    const mounted = new VirtualRows();
    const messages = conversation(400);
    const entries = mounted.entries(messages, 'm7', view());
    expect(rows(entries)).toEqual([7, ...span(380, 399)]);
    expect(spaces(entries)).toEqual([
      [7, 7 * line],
      [380, (380 - 8) * line],
    ]);
    expect(rows(mounted.entries(messages, null, view()))).toEqual(span(380, 399));
    expect(rows(mounted.entries(messages, 'gone', view()))).toEqual(span(380, 399));
  });

  it.each([
    [44, line],
    [45, line + 22],
    [88, line + 22],
    [89, line + 44],
  ])('with %i characters are taken to be %i px high', (length, height) => {
    const messages = conversation(200).map((row) => ({ ...row, text: 'x'.repeat(length) }));
    const entries = new VirtualRows().entries(messages, null, view({ isFollowing: false }));
    const shown = rows(entries);
    expect(shown[0]).toBe(0);
    expect(spaces(entries)).toEqual([[200, (200 - shown.length) * height]]);
  });

  it('have their measured heights once they were mounted', () => {
    const mounted = new VirtualRows();
    const messages = conversation(200);
    const short = messages.slice(0, 150);
    const taller = [{ dataset: { index: '199' }, offsetHeight: line + 100 }];
    mounted.entries(short, null, view());
    expect(mounted.measure(taller)).toBe(false);
    mounted.entries(messages, null, view());
    expect(mounted.measure(taller)).toBe(true);
    expect(mounted.measure(taller)).toBe(false);
    // A hidden row has no height.
    expect(mounted.measure([{ dataset: { index: '198' }, offsetHeight: 0 }])).toBe(false);
    // The last row is higher, so fewer fit above it.
    expect(rows(mounted.entries(messages, null, view()))).toEqual(span(182, 199));
  });

  it('are measured again at another width, but not at zero width', () => {
    const mounted = new VirtualRows();
    const messages = conversation(200);
    mounted.entries(messages, null, view());
    const taller = [{ dataset: { index: '199' }, offsetHeight: line + 100 }];
    mounted.measure(taller);
    for (const width of [300, 0]) {
      mounted.entries(messages, null, view({ width }));
      expect(mounted.measure(taller), `${width} px`).toBe(false);
    }
    mounted.entries(messages, null, view({ width: 301 }));
    expect(mounted.measure(taller)).toBe(true);
  });

  it('keep the anchor’s offset from the top edge', () => {
    const at = (offset: number) =>
      rows(
        new VirtualRows().entries(
          conversation(400),
          null,
          view({ isFollowing: false, anchor: { messageId: 'm100', offset } }),
        ),
      );
    expect(at(0)).toEqual(span(90, 119));
    expect(at(5 * line)).toEqual(span(85, 114));
    expect(at(-5 * line)).toEqual(span(95, 124));
  });

  it('follow the scroll position if the anchor’s message is gone', () => {
    const anchor = { messageId: 'gone', offset: 0 };
    const entries = new VirtualRows().entries(
      conversation(400),
      null,
      view({ isFollowing: false, anchor, top: 100 * line }),
    );
    expect(rows(entries)).toEqual(span(90, 119));
  });

  it('are found again after their message has moved', () => {
    for (const shift of [1, 63, 64, 65, 150]) {
      for (const sign of [1, -1]) {
        const mounted = new VirtualRows();
        const anchor = { messageId: 'm200', offset: 0 };
        const scrolled = view({ isFollowing: false, anchor });
        mounted.entries(conversation(400), 'm200', scrolled);
        const moved = conversation(400, -shift * sign);
        const index = 200 + shift * sign;
        expect(rows(mounted.entries(moved, 'm200', scrolled))).toEqual(
          span(index - 10, index + 19),
        );
      }
    }
  });

  it('keep the first row if it has the focus', () => {
    expect(rows(new VirtualRows().entries(conversation(400), 'm0', view()))[0]).toBe(0);
  });

  it('are the same entries until something changes', () => {
    const mounted = new VirtualRows();
    const messages = conversation(400);
    const first = mounted.entries(messages, null, view());
    expect(mounted.entries(messages, null, view())).toBe(first);
    expect(mounted.entries(messages, null, view({ isFollowing: false, top: 0 }))).not.toBe(first);
  });

  it('are all mounted when the conversation is short again, and few when it is long', () => {
    const mounted = new VirtualRows();
    mounted.entries(conversation(151), null, view());
    expect(rows(mounted.entries(conversation(150), null, view()))).toEqual(span(0, 149));
    expect(rows(mounted.entries(conversation(151), null, view()))).toEqual(span(131, 150));
  });
});
