import { describe, expect, it } from 'vitest';
import { applyRefreshed, prependEarlier } from '../../../src/client/transcript/refresh-rows.ts';
import type { Message } from '../../../src/protocol/message.ts';
import type { ChatSnapshot } from '../../../src/protocol/snapshot.ts';

function row(sequence: number, text = `text ${sequence}`): Message {
  return {
    messageId: `m${sequence}`,
    conversationId: 'c',
    sequence,
    from: { id: 'agent', name: 'Ada', role: 'agent' },
    text,
    timestamp: sequence,
    status: 'received',
    failure: null,
    missingBefore: 0,
    position: [1, sequence, 0, 0],
  };
}

const rows = (...sequences: number[]) => sequences.map((sequence) => row(sequence));

function shown(messages: readonly Message[], hasEarlier: boolean): ChatSnapshot {
  return {
    connection: { phase: 'ready', attempt: 0, retryAt: null, transport: 'websocket' },
    conversation: null,
    unread: 0,
    typing: null,
    draft: '',
    hub: { kind: 'shared-worker', epoch: 'a.0', build: '1', tabs: 1, persistent: true },
    messages,
    hasEarlier,
  };
}

const sequences = ({ messages }: ChatSnapshot) => messages.map(({ sequence }) => sequence);

describe('applyRefreshed', () => {
  const first = row(5);
  const before = shown(rows(1, 2, 3, 4, 5, 6), true);

  it('replaces the rows of the page’s range, and keeps those above it', () => {
    const messages = [row(3, 'new'), row(4)];
    const after = applyRefreshed(before, first, { messages, hasEarlier: true });
    expect(after.messages).toEqual([...rows(1, 2), ...messages, ...rows(5, 6)]);
  });

  it.each([
    ['keeps', true, [1, 2, 3, 4, 5, 6]],
    ['drops', false, [3, 4, 5, 6]],
  ])('%s the rows above the page, as the hub has more or not', (_, hasEarlier, left) => {
    expect(sequences(applyRefreshed(before, first, { messages: rows(3, 4), hasEarlier }))).toEqual(
      left,
    );
  });

  it('drops rows that are gone, in the page’s range and below it', () => {
    const after = applyRefreshed(before, first, { messages: rows(2, 4), hasEarlier: true });
    expect(sequences(after)).toEqual([1, 2, 4, 5, 6]);
    const shorter = applyRefreshed(before, first, { messages: rows(2, 3), hasEarlier: true });
    expect(sequences(shorter)).toEqual([1, 2, 3, 5, 6]);
  });

  it('keeps hasEarlier where rows above the page are kept', () => {
    const whole = shown(rows(1, 2, 3, 4, 5), false);
    const page = { messages: rows(3, 4), hasEarlier: true };
    expect(applyRefreshed(whole, first, page).hasEarlier).toBe(false);
    expect(applyRefreshed(before, first, page).hasEarlier).toBe(true);
  });

  it.each([true, false])('takes hasEarlier from the hub where the page is the top: %s', (is) => {
    for (const had of [true, false]) {
      const after = applyRefreshed(shown(rows(3, 4, 5), had), first, {
        messages: rows(3, 4),
        hasEarlier: is,
      });
      expect(sequences(after)).toEqual([3, 4, 5]);
      expect(after.hasEarlier).toBe(is);
    }
  });

  it('removes all rows above where the page is empty', () => {
    const after = applyRefreshed(before, first, { messages: [], hasEarlier: true });
    expect(sequences(after)).toEqual([5, 6]);
  });

  it('shows a row that has moved once', () => {
    const moved = { ...row(4), messageId: 'm1' };
    const up = applyRefreshed(before, first, { messages: [row(3), moved], hasEarlier: true });
    expect(up.messages).toEqual([row(2), row(3), moved, row(5), row(6)]);
    const late = { ...row(4), messageId: 'm6' };
    const down = applyRefreshed(before, first, { messages: [row(3), late], hasEarlier: true });
    expect(down.messages).toEqual([...rows(1, 2, 3), late, row(5)]);
  });

  it('changes nothing where the row below the page is gone', () => {
    expect(applyRefreshed(before, row(9), { messages: rows(7, 8), hasEarlier: false })).toBe(
      before,
    );
  });

  it('adds a page above the first row', () => {
    const after = applyRefreshed(shown(rows(5, 6), true), first, {
      messages: rows(4),
      hasEarlier: false,
    });
    expect(sequences(after)).toEqual([4, 5, 6]);
  });
});

describe('prependEarlier', () => {
  it('puts rows on top, and takes hasEarlier from the hub', () => {
    const before = shown(rows(3), true);
    for (const hasEarlier of [true, false]) {
      const after = prependEarlier(before, { messages: rows(1, 2), hasEarlier });
      expect(after).toEqual({ ...shown(rows(1, 2, 3), hasEarlier) });
    }
  });

  it('keeps rows that are there already, and adds none twice', () => {
    const before = shown([row(2, 'new'), row(3)], true);
    const after = prependEarlier(before, { messages: rows(1, 2), hasEarlier: true });
    expect(after.messages).toEqual([row(1), row(2, 'new'), row(3)]);
  });

  it('keeps the list itself where there is no new row', () => {
    const before = shown(rows(1), true);
    const after = prependEarlier(before, { messages: rows(1), hasEarlier: false });
    expect(after.messages).toBe(before.messages);
    expect(after.hasEarlier).toBe(false);
  });
});
