import type { Clock } from '../core/input.ts';

/** A wall clock that runs ahead of the monotonic one by more than this tells that we slept. */
const sleepThreshold = 5_000;

/**
 * Monotonic time that also counts sleep: `performance.now()` stands still on some systems while a
 * laptop sleeps, and a token's life does not.
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
