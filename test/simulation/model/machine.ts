import type { Clock } from '../../../src/worker/core/input.ts';
import type { SimContext } from '../sim-context.ts';

/** The visitor's computer: it sleeps, its clock is wrong, and its browser may have no network. */
export class Machine {
  isOnline = true;
  readonly #context: SimContext;
  #awakeAt = 0;
  /** Tasks that came due during sleep, in order. */
  #missed: (() => void)[] = [];
  /** The wall clock's offset from the gateway's, in ms. */
  #skew: number;
  /** A wall clock that jumps ahead looks like sleep: see src/worker/host/clock.ts. */
  #ahead = 0;
  /** When it jumped, in the gateway's epoch ms. */
  readonly #jumps: number[] = [];

  constructor(context: SimContext) {
    this.#context = context;
    this.#skew = context.random.between(-600_000, 600_000);
  }

  clock(): Clock {
    const { now } = this.#context.scheduler;
    return { now: now + this.#ahead, wall: epochTime(now) + this.#skew };
  }

  /** Schedules on this machine: what comes due during sleep runs when it wakes. */
  after(delay: number, run: () => void): void {
    this.#context.scheduler.after(delay, () => this.#awake(run));
  }

  #awake(run: () => void): void {
    if (this.isAsleep) this.#missed.push(run);
    else run();
  }

  sleep(duration: number): void {
    this.#context.trace.add('machine', `sleeps for ${Math.round(duration)} ms`);
    const until = this.#context.scheduler.now + duration;
    if (until <= this.#awakeAt) return;
    this.#awakeAt = until;
    this.#context.scheduler.after(duration + 1, () => {
      if (!this.isAsleep) this.wake();
    });
  }

  wake(): void {
    this.#awakeAt = this.#context.scheduler.now;
    for (const run of this.#missed.splice(0)) this.after(0, run);
  }

  /** Since when, in simulated ms. */
  get awakeSince(): number {
    return this.#awakeAt;
  }

  get isAsleep(): boolean {
    return this.#awakeAt > this.#context.scheduler.now;
  }

  jump(by: number): void {
    this.#context.trace.add('machine', `clock jumps by ${Math.round(by)} ms`);
    this.#skew += by;
    if (by <= 5_000) return;
    this.#ahead += by;
    this.#jumps.push(epochTime(this.#context.scheduler.now));
  }

  /** Whether the clock was set forward by at least `span` ms after `since`, in epoch ms. */
  seemedToSleep(from: number, duration: number): boolean {
    return this.#jumps.some((at) => at >= from && at <= from + duration);
  }
}

/** The gateway's clock, epoch ms. */
export function epochTime(now: number): number {
  return 1_700_000_000_000 + Math.floor(now);
}
