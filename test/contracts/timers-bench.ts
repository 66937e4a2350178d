import type { Clock } from '../../src/worker/core/input.ts';
import type { TimerName } from '../../src/worker/core/timers.ts';
import { createTimers } from '../../src/worker/host/timers.ts';
import type { ClockBench, Firing, TimersBench } from './timers.ts';

/** How time goes on the machine that the timers run on. */
export type Machine = Pick<ClockBench, 'isExact' | 'sleep' | 'setWall'> & {
  pass(duration: number): Promise<void>;
};

/** The real timers by this clock. */
export function timersBench(clock: () => Clock, machine: Machine): TimersBench {
  const firings: Firing[] = [];
  const again = new Map<TimerName, number>();
  const timers = createTimers(clock, (name) => {
    const { now } = clock();
    firings.push({ name, at: now });
    const after = again.get(name);
    again.delete(name);
    if (after !== undefined) timers.set(name, now + after);
  });
  return {
    ...machine,
    read: async () => clock(),
    pass: async (duration) => {
      await machine.pass(duration);
      return [...firings];
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
