import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Message } from '../../../src/protocol/message.ts';
import { english } from '../../../src/ui/messages.ts';
import { newMessages } from '../../../src/ui/panel/new-messages.ts';
import { Rows } from '../../../src/ui/panel/rows.ts';
import { UnreadMark } from '../../../src/ui/panel/unread-mark.ts';
import { message, own, snapshot } from './fixtures.ts';

const minute = 60_000;
const now = new Date(2026, 4, 4, 12).getTime();

function rowsOf(messages: readonly Message[], firstUnread: string | null = null) {
  const rows = new Rows(messages, now, english, firstUnread);
  return messages.map((_, index) => {
    const row = rows.at(index);
    if (!row) throw new Error(`There is no row ${index}.`);
    return row;
  });
}

beforeEach(() => {
  vi.stubGlobal('navigator', { languages: ['en-US'] });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

/** Whether two messages are in one group. */
function belongTogether(first: Message, second: Message): boolean {
  const [a, b] = rowsOf([first, second]);
  expect(a?.closesGroup).toBe(b?.opensGroup);
  return b?.opensGroup === false;
}

describe('groups of messages', () => {
  const first = message('a', { timestamp: now });

  it('span up to five minutes between messages, whichever clock is ahead', () => {
    const at = (timestamp: number) => message('b', { timestamp });
    expect(belongTogether(first, at(now + 5 * minute - 1))).toBe(true);
    expect(belongTogether(first, at(now + 5 * minute))).toBe(false);
    expect(belongTogether(first, at(now - 5 * minute + 1))).toBe(true);
    expect(belongTogether(first, at(now - 5 * minute))).toBe(false);
  });

  it('have one sender and one role, without a gap', () => {
    const timestamp = now;
    const { from } = first;
    expect(belongTogether(first, message('b', { timestamp }))).toBe(true);
    expect(
      belongTogether(first, message('b', { timestamp, from: { ...from, id: 'agent-2' } })),
    ).toBe(false);
    expect(belongTogether(first, message('b', { timestamp, from: { ...from, role: 'bot' } }))).toBe(
      false,
    );
    expect(belongTogether(first, message('b', { timestamp, missingBefore: 1 }))).toBe(false);
  });

  it('never contain system messages', () => {
    const from = { id: '', name: '', role: 'system' } as const;
    const at = { timestamp: now, from };
    expect(belongTogether(message('a', at), message('b', at))).toBe(false);
  });

  it('end where a day, a conversation or the unread messages begin', () => {
    const midnight = new Date(2026, 4, 4).getTime();
    const [, day] = rowsOf([
      message('a', { timestamp: midnight - 1 }),
      message('b', { timestamp: midnight }),
    ]);
    expect(day).toMatchObject({ opensGroup: true, day: 'Today' });
    const other = { timestamp: now, conversationId: 'c2' };
    const [, conversation] = rowsOf([first, message('b', other)]);
    expect(conversation).toMatchObject({ opensGroup: true, opensConversation: true, day: null });
    const [, unread] = rowsOf([first, message('b', { timestamp: now })], 'b');
    expect(unread).toMatchObject({ opensGroup: true, opensUnread: true });
  });

  it('do not end at a message that waits for its conversation', () => {
    const waits = own('b', { timestamp: now, conversationId: null });
    const before = own('a', { timestamp: now });
    expect(belongTogether(before, waits)).toBe(true);
    expect(belongTogether(waits, before)).toBe(true);
  });

  it('show time and outcome at their end, and where the outcome changes', () => {
    const timestamp = now;
    const shown = rowsOf([
      own('a', { timestamp }),
      own('b', { timestamp }),
      own('c', { timestamp, status: 'sent' }),
      own('d', { timestamp, status: 'sent' }),
    ]).map(({ showsMeta }) => showsMeta);
    expect(shown).toEqual([false, true, false, true]);
  });
});

describe('a row', () => {
  it('does not exist before the first or after the last message', () => {
    const rows = new Rows([message('a')], now, english, null);
    expect(rows.at(-1)).toBeNull();
    expect(rows.at(1)).toBeNull();
  });

  it('has the day’s label at the first message of each day', () => {
    const at = (day: number, hour: number) => new Date(2026, 4, day, hour).getTime();
    const days = rowsOf([
      message('a', { timestamp: at(2, 23) }),
      message('b', { timestamp: at(3, 0) }),
      message('c', { timestamp: at(3, 23) }),
      message('d', { timestamp: at(4, 1) }),
      // A late message of the previous day.
      message('e', { timestamp: at(3, 22) }),
    ]).map(({ day }) => day);
    expect(days).toEqual(['Saturday, May 2', 'Yesterday', null, 'Today', 'Yesterday']);
  });

  it('is no divider between conversations if it is the first', () => {
    expect(rowsOf([message('a')])[0]).toMatchObject({ opensConversation: false, opensGroup: true });
  });
});

describe('new messages', () => {
  const a = message('a');
  const b = message('b');
  const mine = own('m');

  it('are those that others appended', () => {
    expect(newMessages([a], [a, mine, b])).toEqual([b]);
    expect(newMessages([a, mine], [a, mine])).toEqual([]);
  });

  it('are none without a change', () => {
    const list = [a, b];
    expect(newMessages(list, list)).toEqual([]);
  });

  it('are found if a row was replaced, too', () => {
    const corrected = { ...a, missingBefore: 1 };
    expect(newMessages([a, mine], [corrected, mine, b])).toEqual([b]);
    expect(newMessages([mine, a], [mine, corrected, b])).toEqual([b]);
  });

  it('do not include those loaded at the top', () => {
    const older = message('older');
    expect(newMessages([a], [older, a])).toEqual([]);
    expect(newMessages([a], [older, a, b])).toEqual([b]);
  });

  it('are found in the middle if a gap was filled', () => {
    expect(newMessages([a, mine], [a, b, mine])).toEqual([b]);
  });

  it('are all, if there were none before or none of those are left', () => {
    expect(newMessages([], [a, mine, b])).toEqual([a, b]);
    expect(newMessages([message('x')], [a, b])).toEqual([a, b]);
  });
});

describe('the unread divider', () => {
  const messages = [message('a'), own('m'), message('b'), message('c'), own('n')];

  it('is above the nth message from others, counted from the end, with n unread', () => {
    const mark = new UnreadMark();
    for (const [unread, first] of [
      [0, null],
      [1, 'c'],
      [2, 'b'],
      [3, 'a'],
      [4, null],
    ] as const) {
      mark.open(snapshot({ messages, unread }));
      expect(mark.first, `${unread} unread`).toBe(first);
    }
    mark.open(null);
    expect(mark.first).toBeNull();
  });

  it('appears with the first unseen message, and stays there for the next ones', () => {
    const mark = new UnreadMark();
    const read = snapshot({ messages: messages.slice(0, 3) });
    const one = snapshot({ messages: messages.slice(0, 4), unread: 1 });
    mark.change(read, one, true);
    expect(mark.first).toBeNull();
    mark.change(read, one, false);
    expect(mark.first).toBe('c');
    const two = snapshot({ messages: [...messages, message('d')], unread: 2 });
    mark.change(one, two, false);
    expect(mark.first).toBe('c');
    mark.clear();
    expect(mark.first).toBeNull();
    // Only the change from zero unread messages sets the divider.
    mark.change(one, two, false);
    expect(mark.first).toBeNull();
  });

  it('stays after the messages are read, until the visitor writes', () => {
    const mark = new UnreadMark();
    const one = snapshot({ messages: messages.slice(0, 4), unread: 1 });
    mark.open(one);
    const read = snapshot({ messages: messages.slice(0, 4) });
    mark.change(one, read, false);
    mark.change(read, snapshot({ messages: [...messages, message('d')], unread: 1 }), false);
    expect(mark.first).toBe('c');
  });

  it('does not appear without unread messages', () => {
    const mark = new UnreadMark();
    mark.change(snapshot({ messages }), snapshot({ messages: [...messages] }), false);
    expect(mark.first).toBeNull();
  });

  it('disappears with the messages', () => {
    const mark = new UnreadMark();
    mark.open(snapshot({ messages, unread: 1 }));
    mark.change(snapshot({ messages, unread: 1 }), snapshot(), false);
    expect(mark.first).toBeNull();
  });

  it('appears in a history that is loaded after the panel has opened, seen or not', () => {
    const mark = new UnreadMark();
    const nothing = snapshot({ conversation: null });
    mark.change(nothing, snapshot({ messages, unread: 2 }), true);
    expect(mark.first).toBe('b');
    // The first message in an open conversation is no history.
    const seen = new UnreadMark();
    seen.change(snapshot(), snapshot({ messages: [message('a')], unread: 1 }), true);
    expect(seen.first).toBeNull();
  });
});
