import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prependEarlier } from '../../../src/client/transcript/refresh-rows.ts';
import {
  applyPatch,
  applySnapshot,
  isInsertion,
} from '../../../src/client/transcript/transcript.ts';
import { type Message, messageStatuses, type ReadMark } from '../../../src/protocol/message.ts';
import type { PatchMessage, SnapshotMessage } from '../../../src/protocol/port.ts';
import type { ChatSnapshot } from '../../../src/protocol/snapshot.ts';

const empty: ChatSnapshot = {
  connection: { phase: 'ready', attempt: 0, retryAt: null, transport: 'websocket' },
  conversation: null,
  unread: 0,
  typing: null,
  draft: '',
  hub: { kind: 'shared-worker', epoch: 'a.0', build: '1', tabs: 1, persistent: true },
  messages: [],
  hasEarlier: false,
};

function row(sequence: number, messageId = `m${sequence}`): Message {
  return {
    messageId,
    conversationId: 'c',
    sequence,
    from: { id: 'agent', name: 'Ada', role: 'agent' },
    text: messageId,
    timestamp: sequence,
    status: 'received',
    failure: null,
    missingBefore: 0,
    position: [1, sequence, 0, 0],
  };
}

function patch(upserts: Message[], removed: string[] = []): PatchMessage {
  return { type: 'patch', epoch: 'a.0', revision: 1, shared: {}, upserts, removed, readMark: null };
}

function snapshot(messages: Message[], epoch = 'a.0'): SnapshotMessage {
  const { messages: _, hasEarlier: __, ...shared } = empty;
  const hub = { ...shared.hub, epoch };
  return {
    type: 'snapshot',
    epoch,
    revision: 1,
    visitor: 'visitor-1',
    resetCount: 0,
    shared: { ...shared, hub },
    messages,
    hasEarlier: true,
  };
}

const ids = ({ messages }: ChatSnapshot) => messages.map(({ messageId }) => messageId);

describe('the rows of a tab', () => {
  it.each([
    [999, 1, 1_000, false],
    [1_000, 1, 1_000, true],
    [1_000, 30, 1_000, true],
    // Rows that the visitor has loaded stay.
    [1_200, 1, 1_200, true],
  ])(
    'grow from %i by %i to %i; hasEarlier tells whether older rows were dropped',
    (had, came, kept, isOlder) => {
      const rows = (from: number, count: number) =>
        Array.from({ length: count }, (_, index) => row(from + index));
      const before = { ...empty, messages: rows(1, had), hasEarlier: false };
      const after = applyPatch(before, patch(rows(had + 1, came)));
      expect(after.messages).toHaveLength(kept);
      expect(after.messages.at(-1)?.sequence).toBe(had + came);
      expect(after.hasEarlier).toBe(isOlder);
      expect(applyPatch({ ...before, hasEarlier: true }, patch([])).hasEarlier).toBe(true);
    },
  );

  it('are in order and unique, in whatever order patches come', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 })), (sequences) => {
        const result = sequences.reduce(
          (now, sequence) => applyPatch(now, patch([row(sequence)])),
          empty,
        );
        const expected = [...new Set(sequences)]
          .sort((a, b) => a - b)
          .map((sequence) => `m${sequence}`);
        expect(ids(result)).toEqual(expected);
      }),
    );
  });

  it('keep the rows above a snapshot that joins them', () => {
    const before = prependEarlier(applySnapshot(empty, snapshot([row(5), row(6)]), false), {
      messages: [row(3), row(4)],
      hasEarlier: true,
    });
    const after = applySnapshot(before, snapshot([row(6), row(7)]), true);
    expect(ids(after)).toEqual(['m3', 'm4', 'm5', 'm6', 'm7']);
  });

  it('start anew after a gap, or with another visitor', () => {
    const before = applySnapshot(empty, snapshot([row(1), row(2)]), false);
    expect(ids(applySnapshot(before, snapshot([row(9)]), true))).toEqual(['m9']);
    expect(ids(applySnapshot(before, snapshot([row(2)], 'a.1'), true))).toEqual(['m2']);
  });

  it('do not get a row above the first one; it is loaded later', () => {
    const before = applySnapshot(empty, snapshot([row(5), row(6)]), false);
    expect(ids(applyPatch(before, patch([row(2), row(7)])))).toEqual(['m5', 'm6', 'm7']);
  });

  it('keep the object of a message that did not change', () => {
    const before = applySnapshot(empty, snapshot([row(1), row(2)]), false);
    const after = applyPatch(before, patch([row(3)]));
    expect(after.messages[0]).toBe(before.messages[0]);
    expect(after.connection).toBe(before.connection);
  });

  it('are the same list where a patch changes no row, even a full one', () => {
    const rows = Array.from({ length: 1_000 }, (_, index) => row(index + 1));
    const before = { ...empty, messages: rows };
    const after = applyPatch(before, { ...patch([]), shared: { draft: 'half a thought' } });
    expect(after.messages).toBe(rows);
    expect(after).toEqual({ ...before, draft: 'half a thought' });
  });

  it('show a message that moves down once', () => {
    const waiting = { ...row(1, 'mine'), status: 'sent' as const };
    const before = { ...empty, messages: [waiting, row(2)] };
    expect(ids(applyPatch(before, patch([row(3, 'mine')])))).toEqual(['m2', 'mine']);
  });

  it('show the new version of a message in place of the old one', () => {
    const before = { ...empty, messages: [row(1), row(2)] };
    const changed = { ...row(2), text: 'new' };
    const after = applyPatch(before, patch([changed]));
    expect(after.messages).toEqual([row(1), changed]);
  });

  it.each([
    { came: [4, 3], what: 'wrong order' },
    { came: [2, 3], what: 'partly known' },
  ])('are sorted after a patch ($what)', ({ came }) => {
    const before = { ...empty, messages: [row(1), row(2)] };
    const after = applyPatch(before, patch(came.map((sequence) => row(sequence))));
    expect(after.messages.map(({ sequence }) => sequence)).toEqual(
      [1, 2, ...came.filter((sequence) => sequence > 2)].sort(),
    );
  });

  it('lose removed rows, and get new ones of the same patch', () => {
    const before = { ...empty, messages: [row(1), row(2), row(3)] };
    expect(ids(applyPatch(before, patch([], ['m2'])))).toEqual(['m1', 'm3']);
    expect(ids(applyPatch(before, patch([row(4)], ['m1', 'm3'])))).toEqual(['m2', 'm4']);
  });

  it('update the first row where older ones are not loaded', () => {
    const before = { ...empty, hasEarlier: true, messages: [row(5), row(6)] };
    const changed = { ...row(5), text: 'new' };
    expect(applyPatch(before, patch([changed])).messages).toEqual([changed, row(6)]);
    const whole = { ...before, hasEarlier: false };
    expect(ids(applyPatch(whole, patch([row(4)])))).toEqual(['m4', 'm5', 'm6']);
  });

  it('get all rows of a patch where there are none', () => {
    for (const hasEarlier of [true, false]) {
      const before = { ...empty, hasEarlier };
      expect(ids(applyPatch(before, patch([row(2), row(1)])))).toEqual(['m1', 'm2']);
    }
  });

  it('are marked as read up to the read mark, new ones included', () => {
    const said = (sequence: number) => ({ ...row(sequence), status: 'delivered' as const });
    const before = { ...empty, messages: [said(1), said(2)] };
    const upTo = (sequence: number): ReadMark => ({
      conversationId: 'c',
      position: [1, sequence, 0, 0],
    });
    const statuses = (readMark: ReadMark, upserts: Message[] = []) =>
      applyPatch(before, { ...patch(upserts), readMark }).messages.map(({ status }) => status);
    expect(statuses(upTo(1))).toEqual(['read', 'delivered']);
    expect(statuses(upTo(3), [said(3), said(4)])).toEqual(['read', 'read', 'read', 'delivered']);
  });
});

describe('isInsertion', () => {
  it.each([
    ['a new last row', [3], false],
    ['the last row once more', [2], false],
    ['a row further up', [1], true],
    ['a row further up and a new last one', [3, 1], true],
    ['nothing', [], false],
  ])('%s', (_, sequences, isIt) => {
    const before = { ...empty, messages: [row(1), row(2)] };
    expect(isInsertion(before, patch(sequences.map((sequence) => row(sequence))))).toBe(isIt);
  });

  it('is false for the first row', () => {
    expect(isInsertion(empty, patch([row(1)]))).toBe(false);
  });
});

describe('applySnapshot', () => {
  const kept = (above: Message, first = row(5)) =>
    ids(
      applySnapshot({ ...empty, messages: [above, row(5)] }, snapshot([first, row(6)]), true),
    ).includes(above.messageId);

  it.each(messageStatuses)(
    'keeps a %s row above the snapshot only if its position is final',
    (status) => {
      const isFinal = ['delivered', 'read', 'received'].includes(status);
      expect(kept({ ...row(4), status })).toBe(isFinal);
    },
  );

  it.each(messageStatuses)(
    'joins at a row that was %s only if its position was final',
    (status) => {
      const before = { ...empty, messages: [row(4), { ...row(5), status }] };
      const after = applySnapshot(before, snapshot([row(5), row(6)]), true);
      const isJoined = ['delivered', 'read', 'received'].includes(status);
      expect(ids(after)).toEqual(isJoined ? ['m4', 'm5', 'm6'] : ['m5', 'm6']);
    },
  );

  it('shows a row that has moved into the snapshot once', () => {
    const before = { ...empty, messages: [row(3), row(4, 'moved'), row(5)] };
    const after = applySnapshot(before, snapshot([row(5), row(6, 'moved')]), true);
    expect(ids(after)).toEqual(['m3', 'm5', 'moved']);
  });

  it('drops rows in its range and below', () => {
    const before = { ...empty, messages: [row(4), row(5), row(6), row(7)] };
    expect(ids(applySnapshot(before, snapshot([row(5), row(7)]), true))).toEqual([
      'm4',
      'm5',
      'm7',
    ]);
  });

  it('replaces hasEarlier, unless rows above are kept', () => {
    const whole = { ...empty, hasEarlier: false };
    const joined = applySnapshot(
      { ...whole, messages: [row(4), row(5)] },
      snapshot([row(5)]),
      true,
    );
    expect(joined.hasEarlier).toBe(false);
    const apart = applySnapshot({ ...whole, messages: [row(1)] }, snapshot([row(5)]), true);
    expect(apart.hasEarlier).toBe(true);
    const same = applySnapshot({ ...whole, messages: [row(5)] }, snapshot([row(5)]), true);
    expect(same.hasEarlier).toBe(true);
  });

  it('removes all rows where it is empty', () => {
    const before = { ...empty, messages: [row(1)] };
    expect(ids(applySnapshot(before, snapshot([]), true))).toEqual([]);
  });

  it('keeps no rows where the page was not attached', () => {
    const before = { ...empty, messages: [row(4), row(5)] };
    expect(ids(applySnapshot(before, snapshot([row(5)]), false))).toEqual(['m5']);
  });

  it('keeps rows above the snapshot of a new hub', () => {
    const before = { ...empty, messages: [row(4), row(5)] };
    expect(ids(applySnapshot(before, snapshot([row(5)], 'b.0'), true))).toEqual(['m4', 'm5']);
  });
});
