import type { Clock } from '../core/input.ts';

/** If the wall clock gets ahead of the monotonic clock by more than this, in ms, the device slept. */
const sleepThreshold = 5_000;

/**
 * Monotonic time that includes sleep: on some systems `performance.now()` stops while a laptop sleeps,
 * but tokens still expire.
 */
export function createClock(): () => Clock {
  let lastMonotonic = performance.now();
  let lastWall = Date.now();
  let slept = 0;
  return () => {
    const monotonic = performance.now();
    const wall = Date.now();
    const ahead = wall - lastWall - (monotonic - lastMonotonic);
    if (ahead > sleepThreshold) slept += ahead;
    lastMonotonic = monotonic;
    lastWall = wall;
    return { now: monotonic + slept, wall };
  };
}
