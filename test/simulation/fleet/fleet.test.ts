import { describe, expect, it } from 'vitest';
import { measure } from './measures.ts';
import {
  addedSecond,
  cap,
  core,
  floor,
  loneWait,
  type Policy,
  plain,
  policies,
  recommended,
} from './policies.ts';
import { outage, restart, smaller } from './scenarios.ts';
import { simulate } from './simulate.ts';

const small = smaller(restart, 50);
const smallOutage = smaller(outage, 50);

/** The same policy, and every wait that it has given. */
function watched(policy: Policy): { policy: Policy; waits: number[] } {
  const waits: number[] = [];
  const delay: Policy['delay'] = (...input) => {
    const wait = policy.delay(...input);
    waits.push(wait);
    return wait;
  };
  return { policy: { ...policy, delay }, waits };
}

describe('a fleet of 20,000 hubs before a gateway for 200 a second', () => {
  it.each(policies)('$name: every wait is between 2 s and 30 s, and all come back', (policy) => {
    const { policy: same, waits } = watched(policy);
    const { all, half } = measure(simulate(same, small));
    expect(waits.length).toBeGreaterThan(small.hubs);
    expect(waits.reduce((a, b) => Math.min(a, b))).toBeGreaterThanOrEqual(floor);
    expect(waits.reduce((a, b) => Math.max(a, b))).toBeLessThanOrEqual(cap);
    // What the gateway can't accept, no policy can have back.
    expect(half).toBeGreaterThan(small.hubs / small.capacity / 2 - 1);
    expect(all).toBeGreaterThan(small.hubs / small.capacity - 1);
    expect(all).toBeLessThan(600);
  });

  it('meets in a single second without jitter, and with one second of it', () => {
    for (const policy of [plain, addedSecond]) {
      expect(measure(simulate(policy, small)).peak).toBe(small.hubs);
    }
  });

  it('is spread by full jitter from the first try on, and back much sooner', () => {
    const before = measure(simulate(plain, small));
    const after = measure(simulate(recommended, small));
    expect(after.peak).toBeLessThan(before.peak / 4);
    expect(after.peakOnceUp).toBeLessThan(before.peakOnceUp / 4);
    expect(after.triesPerHub).toBeLessThan(before.triesPerHub / 2);
    expect(after.all).toBeLessThan(before.all / 3);
    expect(loneWait(recommended)).toBeCloseTo(5_000);
  });

  it('has not met again when a long outage ends', () => {
    const before = measure(simulate(plain, smallOutage));
    const after = measure(simulate(recommended, smallOutage));
    expect(after.peakOnceUp).toBeLessThan(before.peakOnceUp / 2);
    expect(after.all).toBeLessThan(before.all / 1.5);
  });

  it('is the same fleet at every run', () => {
    expect(simulate(core, small)).toEqual(simulate(core, small));
    expect(simulate(core, small, 2).tries).not.toEqual(simulate(core, small).tries);
  });

  it('counts every try once: the accepted ones are the hubs', () => {
    const { accepted, tries } = simulate(core, small);
    expect(accepted.reduce((sum, count) => sum + count, 0)).toBe(small.hubs);
    expect(tries.subarray(0, 2).every((count) => count === 0)).toBe(true);
  });
});
