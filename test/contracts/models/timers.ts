import { ModelTimers } from '../../simulation/model/timers.ts';
import type { Firing, TimersBench } from '../timers.ts';
import { quietWorld } from './sim-context.ts';

/** The simulation's machine, with a hub's timers on it. */
export function modelTimers(): TimersBench {
  const { scheduler, machine } = quietWorld();
  const firings: Firing[] = [];
  const again = new Map<string, number>();
  const timers = new ModelTimers(machine, (name) => {
    const { now } = machine.clock();
    firings.push({ name, at: now });
    const after = again.get(name);
    again.delete(name);
    if (after !== undefined) timers.set(name, now + after);
  });
  return {
    isExact: true,
    read: async () => machine.clock(),
    pass: async (duration) => {
      scheduler.runUntil(scheduler.now + duration);
      return [...firings];
    },
    sleep: async (duration) => {
      machine.sleep(duration);
      scheduler.runUntil(scheduler.now + duration);
    },
    setWall: async (by) => machine.jump(by),
    set: async (name, delay, later) => {
      if (later !== undefined) again.set(name, later);
      timers.set(name, machine.clock().now + delay);
      return [...firings];
    },
    clear: async (name) => timers.clear(name),
    clearAll: async () => timers.clearAll(),
  };
}
