import { beforeEach, describe, expect, it } from 'vitest';
import type { PageClock } from '../../../src/client/clock.ts';
import { ReconnectSchedule } from '../../../src/client/connection/reconnect-schedule.ts';

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

let schedule = new ReconnectSchedule(clock);
const plan = () =>
  schedule.schedule(() => {
    attempts += 1;
  });

beforeEach(() => {
  now = 1_000;
  planned = [];
  attempts = 0;
  schedule = new ReconnectSchedule(clock);
});

describe('ReconnectSchedule', () => {
  it('allows an attempt at once, then with growing delays, and none after the fifth', () => {
    expect([plan(), plan(), plan(), plan(), plan()]).toEqual([0, 250, 1_000, 4_000, 10_000]);
    expect(plan()).toBeNull();
    expect(plan()).toBeNull();
  });

  it('starts over after a hub that lived for more than 10 s', () => {
    for (const [life, delay] of [
      [9_999, 250],
      [10_000, 1_000],
      [10_001, 0],
    ] as const) {
      if (life === 9_999) plan();
      schedule.onConnected();
      now += life;
      expect(plan(), String(life)).toBe(delay);
    }
  });

  it('counts a hub’s life from its first snapshot', () => {
    plan();
    schedule.onConnected();
    now += 9_000;
    schedule.onConnected();
    now += 2_000;
    expect(plan()).toBe(0);
  });

  it('does not start over after a hub that never connected', () => {
    plan();
    now += 60_000;
    expect(plan()).toBe(250);
  });

  it('runs the attempt after the delay, unless it is cancelled', () => {
    plan();
    passes(0);
    expect(attempts).toBe(1);
    plan();
    passes(249);
    expect(attempts).toBe(1);
    passes(1);
    expect(attempts).toBe(2);
    plan();
    schedule.cancel();
    passes(60_000);
    expect(attempts).toBe(2);
  });

  it('starts over after a reset', () => {
    for (let death = 0; death < 6; death += 1) plan();
    schedule.reset();
    expect(planned).toHaveLength(4);
    expect(plan()).toBe(0);
  });
});
