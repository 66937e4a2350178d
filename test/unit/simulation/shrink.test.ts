import { describe, expect, it } from 'vitest';
import { profileOf } from '../../simulation/profile.ts';
import { shrink } from '../../simulation/shrink.ts';
import type { Options, Outcome } from '../../simulation/simulation.ts';
import { type RuleName, Violation } from '../../simulation/violation.ts';

const seed = 1;

/** A schedule of `a 1` … `a 40`, broken where `isBroken` says so. */
function scheduleOf(isBroken: (events: readonly string[], options: Options) => RuleName | null) {
  return (options: Options): Outcome => {
    const all = Array.from({ length: 40 }, (_, index) => `a ${index + 1}`);
    const events = all.filter((event) => !options.suppressed?.has(event));
    const rule = isBroken(events, options);
    const violation = rule === null ? null : new Violation(rule, 'broken');
    return {
      seed,
      steps: events.length,
      time: 0,
      faults: {},
      met: new Uint16Array(),
      events,
      violation,
      trace: [],
    };
  };
}

describe('a schedule that breaks a rule', () => {
  it('is reduced to the events that it takes', async () => {
    const simulate = scheduleOf((events) =>
      events.includes('a 7') && events.includes('a 31') ? 'store' : null,
    );
    const { outcome } = await shrink(seed, {}, simulate);
    expect(outcome.events).toEqual(['a 7', 'a 31']);
  });

  it('is not mistaken for one that breaks another rule', async () => {
    const simulate = scheduleOf((events) => {
      if (events.includes('a 7')) return 'store';
      return events.includes('a 8') ? 'tabs' : null;
    });
    const { outcome } = await shrink(seed, {}, simulate);
    expect(outcome.events).toEqual(['a 7']);
    expect(outcome.violation?.rule).toBe('store');
  });

  it('keeps the kinds of faults that it takes, and no other', async () => {
    const given: Options = { profile: { kills: 1, cuts: 1, loss: 0.1, minutes: 3 } };
    const simulate = scheduleOf((_, options) => {
      const { kills, loss, minutes } = profileOf(seed, options);
      return kills > 0 && loss > 0 && minutes > 1 ? 'store' : null;
    });
    const { options } = await shrink(seed, given, simulate);
    const profile = profileOf(seed, options);
    expect(profile).toMatchObject({ kills: 1, cuts: 0, loss: 0.1, sleeps: 0, tabs: 1 });
    expect(profile.minutes).toBeLessThan(1.2);
  });

  it('stays what it was where everything is needed', async () => {
    const simulate = scheduleOf((events, { profile }) =>
      events.length === 40 && profile === undefined ? 'store' : null,
    );
    const { outcome, options } = await shrink(seed, {}, simulate);
    expect(outcome.events).toHaveLength(40);
    expect(options).toEqual({});
  });
});
