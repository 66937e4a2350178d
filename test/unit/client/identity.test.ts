import { describe, expect, it } from 'vitest';
import { isOtherIdentity, isVisitorUncertain } from '../../../src/client/session/identity.ts';

describe('isOtherIdentity', () => {
  it.each([
    ['a page without a snapshot', null, 'ada', 3, false],
    ['the first token', { visitor: null, resetCount: 0 }, 'ada', 0, false],
    ['the same visitor', { visitor: 'ada', resetCount: 1 }, 'ada', 1, false],
    ['another visitor', { visitor: 'ada', resetCount: 1 }, 'bob', 2, true],
    ['a sign-out while nobody was known', { visitor: null, resetCount: 0 }, null, 1, true],
    // Unsent text is dropped: nothing is left that tells whether it was sent.
    [
      'the same visitor after signing out and in',
      { visitor: 'ada', resetCount: 1 },
      'ada',
      2,
      true,
    ],
    [
      'a lost store, whose reset count starts anew',
      { visitor: 'ada', resetCount: 2 },
      'ada',
      0,
      false,
    ],
    ['a hub that does not know the visitor yet', { visitor: 'ada', resetCount: 1 }, null, 1, false],
    ['a sign-out', { visitor: 'ada', resetCount: 1 }, null, 2, true],
    ['another visitor in a lost store', { visitor: 'ada', resetCount: 2 }, 'bob', 0, true],
  ])('%s', (_, before, visitor, resetCount, isAnother) => {
    expect(isOtherIdentity(before, { visitor, resetCount })).toBe(isAnother);
  });
});

describe('isVisitorUncertain', () => {
  it.each([
    ['no: a page without a snapshot', null, null, 0, false],
    ['no: nobody was known before', { visitor: null, resetCount: 0 }, null, 0, false],
    ['no: the same visitor', { visitor: 'ada', resetCount: 1 }, 'ada', 1, false],
    ['no: another visitor', { visitor: 'ada', resetCount: 1 }, 'bob', 1, false],
    ['no: a sign-out', { visitor: 'ada', resetCount: 1 }, null, 2, false],
    ['yes: the hub knows nobody', { visitor: 'ada', resetCount: 1 }, null, 1, true],
    ['yes: the hub’s store was lost', { visitor: 'ada', resetCount: 1 }, null, 0, true],
  ])('%s', (_, before, visitor, resetCount, expected) => {
    expect(isVisitorUncertain(before, { visitor, resetCount })).toBe(expected);
  });
});
