import { describe, expect, it } from 'vitest';
import { isOfAnother } from '../../../src/client/identity.ts';

describe('whose it is', () => {
  it.each([
    ['a page that has seen nothing', null, 'ada', 3, false],
    ['the first token', { visitor: null, wipes: 0 }, 'ada', 0, false],
    ['the same visitor', { visitor: 'ada', wipes: 1 }, 'ada', 1, false],
    ['another visitor', { visitor: 'ada', wipes: 1 }, 'bob', 2, true],
    ['a sign-out while nobody was known', { visitor: null, wipes: 0 }, null, 1, true],
    // What was typed before is not sent once more: nobody remembers whether it was sent.
    ['the same visitor, out and in again', { visitor: 'ada', wipes: 1 }, 'ada', 2, true],
    ['a store that forgot how often it was wiped', { visitor: 'ada', wipes: 2 }, 'ada', 0, false],
    ['another visitor in such a store', { visitor: 'ada', wipes: 2 }, 'bob', 0, true],
  ])('%s', (_, before, visitor, wipes, isAnother) => {
    expect(isOfAnother(before, { visitor, wipes })).toBe(isAnother);
  });
});
