import { beforeEach, describe, expect, it } from 'vitest';
import type { PageClock } from '../../../src/client/clock.ts';
import { Respawn } from '../../../src/client/respawn.ts';

let now = 0;
let planned: { readonly at: number; readonly work: () => void }[] = [];
let attempts = 0;

const clock: PageClock = {
  now: () => now,
  after: (delay, work) => {
    const plan = { at: now + delay, work };
    planned.push(plan);
    return () => {
      planned = planned.filter((one) => one !== plan);
    };
  },
};

function passes(duration: number): void {
  now += duration;
  const due = planned.filter(({ at }) => at <= now);
  planned = planned.filter(({ at }) => at > now);
  for (const { work } of due) work();
}

let respawn = new Respawn(clock);
const plan = () =>
  respawn.plan(() => {
    attempts += 1;
  });

beforeEach(() => {
  now = 1_000;
  planned = [];
  attempts = 0;
  respawn = new Respawn(clock);
});

describe('a hub that has died', () => {
  it('is followed by another one at once, then ever later, and after the fifth by none', () => {
    expect([plan(), plan(), plan(), plan(), plan()]).toEqual([0, 250, 1_000, 4_000, 10_000]);
    expect(plan()).toBeNull();
    expect(plan()).toBeNull();
  });

  it('was a good one when it had lived for more than ten seconds', () => {
    for (const [life, delay] of [
      [9_999, 250],
      [10_000, 1_000],
      [10_001, 0],
    ] as const) {
      if (life === 9_999) plan();
      respawn.succeeded();
      now += life;
      expect(plan(), String(life)).toBe(delay);
    }
  });

  it('lives from its first snapshot on, and not from its last', () => {
    plan();
    respawn.succeeded();
    now += 9_000;
    respawn.succeeded();
    now += 2_000;
    expect(plan()).toBe(0);
  });

  it('that never spoke is no good one, however long that was', () => {
    plan();
    now += 60_000;
    expect(plan()).toBe(250);
  });

  it('is tried again when its time has come, and not when that was called off', () => {
    plan();
    passes(0);
    expect(attempts).toBe(1);
    plan();
    passes(249);
    expect(attempts).toBe(1);
    passes(1);
    expect(attempts).toBe(2);
    plan();
    respawn.cancel();
    passes(60_000);
    expect(attempts).toBe(2);
  });

  it('starts from the first delay again once the visitor asks', () => {
    for (let death = 0; death < 6; death += 1) plan();
    respawn.reset();
    expect(planned).toHaveLength(4);
    expect(plan()).toBe(0);
  });
});
