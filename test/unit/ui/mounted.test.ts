import { describe, expect, it } from 'vitest';
import type { Message } from '../../../src/protocol/message.ts';
import { type Entry, MountedRows, type View } from '../../../src/ui/panel/mounted.ts';
import { message } from './fixtures.ts';

/** What a row of one line is taken to be high, in px, before it was seen. */
const line = 46;

function conversation(length: number, from = 0): Message[] {
  return Array.from({ length }, (_, index) => message(`m${from + index}`, { text: 'short' }));
}

function view(changes: Partial<View> = {}): View {
  return { following: true, anchor: null, top: 0, width: 300, height: 460, ...changes };
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
  it('are all there, up to 150', () => {
    for (const length of [0, 1, 149, 150]) {
      const entries = new MountedRows().entries(conversation(length), null, view());
      expect(entries).toHaveLength(length);
      expect(spaces(entries)).toEqual([]);
    }
  });

  it('are the same entries until the messages change', () => {
    const mounted = new MountedRows();
    const messages = conversation(3);
    const first = mounted.entries(messages, null, view());
    expect(mounted.entries(messages, 'm1', view({ top: 5 }))).toBe(first);
    expect(rows(mounted.entries(conversation(4), null, view()))).toEqual([0, 1, 2, 3]);
  });
});

describe('rows of a long conversation', () => {
  it('are what is seen at the end, and ten more, over a space for the rest', () => {
    const entries = new MountedRows().entries(conversation(151), null, view());
    // Ten rows fill 460 px.
    expect(rows(entries)).toEqual(span(131, 150));
    expect(spaces(entries)).toEqual([[131, 131 * line]]);
  });

  it('are those around where somebody has scrolled to, between two spaces', () => {
    const entries = new MountedRows().entries(
      conversation(400),
      null,
      view({ following: false, top: 100 * line }),
    );
    expect(rows(entries)).toEqual(span(90, 119));
    expect(spaces(entries)).toEqual([
      [90, 90 * line],
      [400, (400 - 120) * line],
    ]);
  });

  it('stay around the message that is read, however many come above it', () => {
    const mounted = new MountedRows();
    const anchor = { messageId: 'm100', offset: 0 };
    mounted.entries(conversation(400), null, view({ following: false, anchor }));
    const more = conversation(600, -200);
    const entries = mounted.entries(more, null, view({ following: false, anchor }));
    expect(rows(entries).map((index) => more[index]?.messageId)).toContain('m100');
    expect(rows(entries)).toEqual(span(290, 319));
  });

  it('keep the row that has the focus, however far away it is', () => {
    const mounted = new MountedRows();
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
    const entries = new MountedRows().entries(messages, null, view({ following: false }));
    const shown = rows(entries);
    expect(shown[0]).toBe(0);
    expect(spaces(entries)).toEqual([[200, (200 - shown.length) * height]]);
  });
});
