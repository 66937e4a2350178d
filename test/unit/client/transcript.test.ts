import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prependEarlier } from '../../../src/client/refresh-rows.ts';
import { applyPatch, applySnapshot } from '../../../src/client/transcript.ts';
import type { Message } from '../../../src/protocol/message.ts';
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

describe('the window of a tab', () => {
  it.each([
    [999, 1, 1_000, false],
    [1_000, 1, 1_000, true],
    [1_000, 30, 1_000, true],
    // What the visitor has loaded stays.
    [1_200, 1, 1_200, true],
  ])(
    'of %i rows that %i more come to has %i, and tells whether older ones were let go',
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

  it('is in order and without doubles, in whatever order patches come', () => {
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

  it('keeps what was loaded above when a whole snapshot joins it', () => {
    const before = prependEarlier(applySnapshot(empty, snapshot([row(5), row(6)]), false), {
      messages: [row(3), row(4)],
      hasEarlier: true,
    });
    const after = applySnapshot(before, snapshot([row(6), row(7)]), true);
    expect(ids(after)).toEqual(['m3', 'm4', 'm5', 'm6', 'm7']);
  });

  it('starts anew where a snapshot leaves a gap, or is another visitor’s', () => {
    const before = applySnapshot(empty, snapshot([row(1), row(2)]), false);
    expect(ids(applySnapshot(before, snapshot([row(9)]), true))).toEqual(['m9']);
    expect(ids(applySnapshot(before, snapshot([row(2)], 'a.1'), true))).toEqual(['m2']);
  });

  it('leaves a row above the window to what is loaded later', () => {
    const before = applySnapshot(empty, snapshot([row(5), row(6)]), false);
    expect(ids(applyPatch(before, patch([row(2), row(7)])))).toEqual(['m5', 'm6', 'm7']);
  });

  it('keeps the object of a message that did not change', () => {
    const before = applySnapshot(empty, snapshot([row(1), row(2)]), false);
    const after = applyPatch(before, patch([row(3)]));
    expect(after.messages[0]).toBe(before.messages[0]);
    expect(after.connection).toBe(before.connection);
  });
});
