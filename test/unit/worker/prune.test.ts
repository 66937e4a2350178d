import { describe, expect, it } from 'vitest';
import { doomedCount } from '../../../src/worker/store/prune.ts';

const rows = (...timestamps: number[]) => timestamps.map((timestamp) => ({ timestamp }));

describe('of the oldest rows', () => {
  const young = rows(10, 11, 12, 13);

  it.each([
    [4, 0],
    [3, 1],
    [1, 3],
    [0, 4],
    [5, 0],
  ])('so many stay (%i), and the others go (%i)', (keep, doomed) => {
    expect(doomedCount(young, 4, keep, 0)).toBe(doomed);
  });

  it('only those of one batch go at a time, however many there are behind it', () => {
    expect(doomedCount(young, 1_000, 996, 0)).toBe(4);
    expect(doomedCount(young, 1_000, 997, 0)).toBe(3);
  });

  it.each([
    [10, 0],
    [11, 1],
    [12, 2],
    [14, 4],
  ])('those from before a time (%i) go, and one of that very time stays', (before, doomed) => {
    expect(doomedCount(young, 4, 100, before)).toBe(doomed);
  });

  it('one that is too old behind one that stays is left until it is the oldest', () => {
    expect(doomedCount(rows(1, 20, 2), 3, 100, 10)).toBe(1);
  });

  it('one without a time is of no use', () => {
    const damaged: object = { timestamp: undefined };
    const row = damaged as { timestamp: number };
    expect(doomedCount([row, ...young], 5, 100, 0)).toBe(1);
  });

  it('there may be none', () => {
    expect(doomedCount([], 0, 0, 0)).toBe(0);
  });
});
