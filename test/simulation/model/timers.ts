import type { TimerName } from '../../../src/worker/core/timers.ts';
import type { Machine } from './machine.ts';

/** Long waits are cut into pieces: src/worker/host/timers.ts. */
const longestWait = 30_000;

/** As src/worker/host/timers.ts, on a machine that sleeps. */
export class ModelTimers {
  readonly #machine: Machine;
  readonly #fire: (name: TimerName) => void;
  readonly #handles = new Map<TimerName, number>();
  #count = 0;

  constructor(machine: Machine, fire: (name: TimerName) => void) {
    this.#machine = machine;
    this.#fire = fire;
  }

  set(name: TimerName, at: number): void {
    this.#count += 1;
    const handle = this.#count;
    this.#handles.set(name, handle);
    const wait = Math.max(0, at - this.#machine.clock().now);
    this.#machine.after(Math.min(wait, longestWait), () => {
      if (this.#handles.get(name) !== handle) return;
      if (this.#machine.clock().now < at) this.set(name, at);
      else {
        this.#handles.delete(name);
        this.#fire(name);
      }
    });
  }

  clear(name: TimerName): void {
    this.#handles.delete(name);
  }

  clearAll(): void {
    this.#handles.clear();
  }
}
