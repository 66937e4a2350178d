import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoff } from '../../../src/worker/core/backoff.ts';
import { defaultTiming } from '../../../src/worker/core/settings.ts';

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('backoff', () => {
  it('stays between 2 s and 30 s, whatever the attempt', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 }), random, (attempt, value) => {
        const delay = backoff(defaultTiming, attempt, value);
        expect(delay).toBeGreaterThanOrEqual(2_000);
        expect(delay).toBeLessThanOrEqual(30_000);
      }),
    );
  });

  it('never gives two hubs the same delay for different luck', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 50 }), random, random, (attempt, one, other) => {
        fc.pre(Math.abs(one - other) > 1e-6);
        const delays = [one, other].map((value) => backoff(defaultTiming, attempt, value));
        expect(delays[0]).not.toBe(delays[1]);
      }),
    );
  });
});
