import { nextRandom } from '../../../src/worker/core/random.ts';
import { defaultTiming } from '../../../src/worker/core/settings.ts';
import { at } from './counts.ts';
import { floor, type Policy } from './policies.ts';

/** Milliseconds in which the order of tries does not matter. */
export const tick = 10;

const none = -1;

/**
 * All hubs of a fleet, each of them three numbers and a place in a calendar: a list of hubs for every
 * tick. After a failed try a hub does what `fail` and `openCircuit` of the core do.
 */
export class Hubs {
  private readonly failures: Uint8Array;
  private readonly waits: Float64Array;
  private readonly due: Float64Array;
  private readonly following: Int32Array;
  private readonly first: Int32Array;
  private seed: number;

  constructor(
    private readonly policy: Policy,
    count: number,
    ticks: number,
    seed: number,
  ) {
    this.failures = new Uint8Array(count);
    this.waits = new Float64Array(count).fill(floor);
    this.due = new Float64Array(count);
    this.following = new Int32Array(count);
    this.first = new Int32Array(ticks).fill(none);
    this.seed = seed;
    for (let hub = 0; hub < count; hub += 1) this.fail(hub);
  }

  /** Calls `attempt` for each hub whose wait is over in this tick; false sends it back to waiting. */
  try(moment: number, attempt: () => boolean): void {
    let hub = at(this.first, moment);
    while (hub !== none) {
      const next = at(this.following, hub);
      if (!attempt()) this.fail(hub);
      hub = next;
    }
  }

  private fail(hub: number): void {
    const due = at(this.due, hub) + this.wait(hub);
    const moment = Math.floor(due / tick);
    this.due[hub] = due;
    this.following[hub] = at(this.first, moment);
    this.first[moment] = hub;
  }

  private wait(hub: number): number {
    const attempt = at(this.failures, hub);
    if (attempt >= defaultTiming.attempts) return defaultTiming.probe * (1 - 0.1 * this.random());
    const wait = this.policy.delay(attempt, this.random(), at(this.waits, hub));
    this.failures[hub] = attempt + 1;
    this.waits[hub] = wait;
    return wait;
  }

  private random(): number {
    const { seed, value } = nextRandom(this.seed);
    this.seed = seed;
    return value;
  }
}
