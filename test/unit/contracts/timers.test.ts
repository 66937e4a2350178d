import { afterEach, beforeEach, describe, vi } from 'vitest';
import { createClock } from '../../../src/worker/host/clock.ts';
import { modelTimers } from '../../contracts/models/timers.ts';
import {
  clockCases,
  exactClockCases,
  longTimerCases,
  type TimersBench,
  timerCases,
} from '../../contracts/timers.ts';
import { timersBench } from '../../contracts/timers-bench.ts';
import { holds } from './cases.ts';

/** @param isCounting the monotonic clock of this machine goes on in its sleep */
function ownTimers(isCounting: boolean): TimersBench {
  let slept = 0;
  const monotonic = performance.now.bind(performance);
  vi.spyOn(performance, 'now').mockImplementation(() => monotonic() + slept);
  return timersBench(createClock(), {
    isExact: true,
    pass: async (duration) => {
      vi.advanceTimersByTime(duration);
    },
    // What waits does not wait less for it.
    sleep: async (duration) => {
      vi.setSystemTime(Date.now() + duration);
      if (isCounting) slept += duration;
    },
    setWall: async (by) => {
      vi.setSystemTime(Date.now() + by);
    },
  });
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
