import type { Clock } from '../core/input.ts';
import type { TimerName } from '../core/timers.ts';

/** Long delays are split, in ms, so that the end of a sleep is noticed within this time. */
const maximumDelay = 30_000;

export interface Timers {
  set(name: TimerName, at: number): void;
  clear(name: TimerName): void;
  clearAll(): void;
}

export function createTimers(clock: () => Clock, fire: (name: TimerName) => void): Timers {
  const handles = new Map<TimerName, ReturnType<typeof setTimeout>>();

  function clear(name: TimerName): void {
    clearTimeout(handles.get(name));
    handles.delete(name);
  }

  function set(name: TimerName, at: number): void {
    clear(name);
    const delay = Math.max(0, at - clock().now);
    const handle = setTimeout(
      () => {
        if (clock().now < at) set(name, at);
        else {
          handles.delete(name);
          fire(name);
        }
      },
      Math.min(delay, maximumDelay),
    );
    handles.set(name, handle);
  }

  function clearAll(): void {
    for (const name of [...handles.keys()]) clear(name);
  }

  return { set, clear, clearAll };
}
