import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message } from '../../../src/protocol/message.ts';
import { differenceOf } from '../../simulation/invariants/difference.ts';

function row(number: number): Message {
  return {
    messageId: `m${number}`,
    conversationId: 'c1',
    sequence: number,
    from: { id: 'agent-1', name: 'Ada', role: 'agent' },
    text: '',
    timestamp: number,
    status: 'received',
    failure: null,
    missingBefore: 0,
    position: [1, number, 0, 0],
  };
}

const rows = Array.from({ length: 30 }, (_, index) => row(index));

describe('the difference of two lists of rows', () => {
  it('is the appended rows alone, and what a full window has let go', () => {
    const [first] = rows;
    const { gone, from, to } = differenceOf(rows.slice(0, 10), rows.slice(1, 12));
    expect(gone).toEqual([first]);
    expect([from, to]).toEqual([9, 11]);
  });

  it('is nothing where nothing changed', () => {
    expect(differenceOf(rows, [...rows])).toMatchObject({ gone: [], from: 30, to: 30 });
  });

  it('leaves out of both lists only rows that are in both, in the same order', () => {
    const list = fc.subarray(rows);
    const changed = fc.uniqueArray(fc.nat(29));
    fc.assert(
      fc.property(list, list, changed, (before, kept, numbers) => {
        const after = kept.map((one) =>
          numbers.includes(one.timestamp) ? { ...one, missingBefore: 1 } : one,
        );
        const { gone, from, to } = differenceOf(before, after);
        const left = before.filter((one) => !gone.includes(one));
        expect([...after.slice(0, from), ...after.slice(to)]).toEqual(left);
      }),
    );
  });
});
