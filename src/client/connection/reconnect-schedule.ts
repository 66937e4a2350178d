import { type PageClock, pageClock } from '../clock.ts';

/** Delays before each attempt, in ms. After the last one, the visitor has to ask for another. */
const delays = [0, 250, 1_000, 4_000, 10_000];

/** A hub that has lived longer than this resets the delays, in ms. */
const healthyAfter = 10_000;

/** Schedules attempts to reach a hub: at once, then with growing delays, then none. */
export class ReconnectSchedule {
  readonly #clock: PageClock;
  #failures = 0;
  #connectedAt: number | null = null;
  #cancel = () => {};

  constructor(clock = pageClock) {
    this.#clock = clock;
  }

  /** @returns the delay until the attempt, in ms; `null`: no attempts are left. */
  schedule(attempt: () => void): number | null {
    if (this.#connectedAt !== null && this.#clock.now() - this.#connectedAt > healthyAfter) {
      this.#failures = 0;
    }
    this.#connectedAt = null;
    const delay = delays[this.#failures];
    this.#failures += 1;
    if (delay === undefined) return null;
    this.#cancel = this.#clock.after(delay, attempt);
    return delay;
  }

  onConnected(): void {
    this.#connectedAt ??= this.#clock.now();
  }

  cancel(): void {
    this.#cancel();
  }

  reset(): void {
    this.cancel();
    this.#failures = 0;
  }
}
