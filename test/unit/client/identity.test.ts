import { describe, expect, it } from 'vitest';
import { isOfAnother, isUncertain } from '../../../src/client/identity.ts';

describe('whose it is', () => {
  it.each([
    ['a page that has seen nothing', null, 'ada', 3, false],
    ['the first token', { visitor: null, resetCount: 0 }, 'ada', 0, false],
    ['the same visitor', { visitor: 'ada', resetCount: 1 }, 'ada', 1, false],
    ['another visitor', { visitor: 'ada', resetCount: 1 }, 'bob', 2, true],
    ['a sign-out while nobody was known', { visitor: null, resetCount: 0 }, null, 1, true],
    // What was typed before is not sent once more: nobody remembers whether it was sent.
    ['the same visitor, out and in again', { visitor: 'ada', resetCount: 1 }, 'ada', 2, true],
    [
      'a store that forgot how often it was wiped',
      { visitor: 'ada', resetCount: 2 },
      'ada',
      0,
      false,
    ],
    ['a hub that does not know yet', { visitor: 'ada', resetCount: 1 }, null, 1, false],
    ['a sign-out', { visitor: 'ada', resetCount: 1 }, null, 2, true],
    ['another visitor in such a store', { visitor: 'ada', resetCount: 2 }, 'bob', 0, true],
  ])('%s', (_, before, visitor, resetCount, isAnother) => {
    expect(isOfAnother(before, { visitor, resetCount })).toBe(isAnother);
  });
});

describe('whether it is the same visitor', () => {
  it.each([
    ['is certain on a page that has seen nothing', null, null, 0, false],
    ['is certain where nobody was known', { visitor: null, resetCount: 0 }, null, 0, false],
    ['is certain of the same one', { visitor: 'ada', resetCount: 1 }, 'ada', 1, false],
    ['is certain of another', { visitor: 'ada', resetCount: 1 }, 'bob', 1, false],
    ['is certain after a sign-out', { visitor: 'ada', resetCount: 1 }, null, 2, false],
    ['is uncertain when the hub knows nobody', { visitor: 'ada', resetCount: 1 }, null, 1, true],
    ['is uncertain when its store was lost', { visitor: 'ada', resetCount: 1 }, null, 0, true],
  ])('%s', (_, before, visitor, resetCount, expected) => {
    expect(isUncertain(before, { visitor, resetCount })).toBe(expected);
  });
});
