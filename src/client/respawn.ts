import { type PageClock, pageClock } from './clock.ts';

/** Waits before a new hub is tried, in ms; after the last one the visitor has to ask. */
const delays = [0, 250, 1_000, 4_000, 10_000];

/** A hub that has lived so long was a good one. */
const healthyAfter = 10_000;

/** Plans new hubs after one has died: at once, then slower and slower, then no more. */
export class Respawn {
  readonly #clock: PageClock;
  #deaths = 0;
  #aliveSince: number | null = null;
  #cancel = () => {};

  constructor(clock = pageClock) {
    this.#clock = clock;
  }

  /** @returns in how many ms it is tried; `null` when it has been tried often enough. */
  plan(attempt: () => void): number | null {
    if (this.#aliveSince !== null && this.#clock.now() - this.#aliveSince > healthyAfter) {
      this.#deaths = 0;
    }
    this.#aliveSince = null;
    const delay = delays[this.#deaths];
    this.#deaths += 1;
    if (delay === undefined) return null;
    this.#cancel = this.#clock.after(delay, attempt);
    return delay;
  }

  succeeded(): void {
    this.#aliveSince ??= this.#clock.now();
  }

  cancel(): void {
    this.#cancel();
  }

  reset(): void {
    this.cancel();
    this.#deaths = 0;
  }
}
