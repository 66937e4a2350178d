import { afterEach, beforeEach, describe, vi } from 'vitest';
import { createClock } from '../../../src/worker/host/clock.ts';
import { createTimers } from '../../../src/worker/host/timers.ts';
import { modelTimers } from '../../contracts/models/timers.ts';
import {
  clockCases,
  exactClockCases,
  type Firing,
  longTimerCases,
  type TimersBench,
  timerCases,
} from '../../contracts/timers.ts';
import { holds } from './cases.ts';

/** @param isCounting the monotonic clock of this machine goes on in its sleep */
function ownTimers(isCounting: boolean): TimersBench {
  let slept = 0;
  const monotonic = performance.now.bind(performance);
  vi.spyOn(performance, 'now').mockImplementation(() => monotonic() + slept);
  const clock = createClock();
  const firings: Firing[] = [];
  const again = new Map<string, number>();
  const timers = createTimers(clock, (name) => {
    const { now } = clock();
    firings.push({ name, at: now });
    const after = again.get(name);
    again.delete(name);
    if (after !== undefined) timers.set(name, now + after);
  });
  return {
    isExact: true,
    read: async () => clock(),
    pass: async (duration) => {
      vi.advanceTimersByTime(duration);
      return [...firings];
    },
    // What waits does not wait less for it.
    sleep: async (duration) => {
      vi.setSystemTime(Date.now() + duration);
      if (isCounting) slept += duration;
    },
    setWall: async (by) => {
      vi.setSystemTime(Date.now() + by);
    },
    set: async (name, delay, later) => {
      if (later !== undefined) again.set(name, later);
      timers.set(name, clock().now + delay);
      return [...firings];
    },
    clear: async (name) => timers.clear(name),
    clearAll: async () => timers.clearAll(),
  };
}

const cases = [...timerCases, ...longTimerCases, ...clockCases, ...exactClockCases];

describe('the simulation’s clock and timers', () => {
  holds(cases, modelTimers);
});

for (const [machine, isCounting] of [
  ['stands still in its sleep', false],
  ['goes on in its sleep', true],
] as const) {
  describe(`a worker’s clock and timers where the monotonic clock ${machine}`, () => {
    beforeEach(() => {
      vi.useFakeTimers({ toFake: ['performance', 'Date', 'setTimeout', 'clearTimeout'] });
    });
    afterEach(() => {
      vi.restoreAllMocks();
      vi.useRealTimers();
    });
    holds(cases, () => ownTimers(isCounting));
  });
}
