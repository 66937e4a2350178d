/** Waits before a new hub is tried, in ms; after the last one the visitor has to ask. */
const delays = [0, 250, 1_000, 4_000, 10_000];

/** A hub that has lived so long was a good one. */
const healthyAfter = 10_000;

/** Plans new hubs after one has died: at once, then slower and slower, then no more. */
export class Respawn {
  #deaths = 0;
  #aliveSince: number | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @returns in how many ms it is tried; `null` when it has been tried often enough. */
  plan(attempt: () => void): number | null {
    if (this.#aliveSince !== null && performance.now() - this.#aliveSince > healthyAfter) {
      this.#deaths = 0;
    }
    this.#aliveSince = null;
    const delay = delays[this.#deaths];
    this.#deaths += 1;
    if (delay === undefined) return null;
    this.#timer = setTimeout(attempt, delay);
    return delay;
  }

  succeeded(): void {
    this.#aliveSince ??= performance.now();
  }

  cancel(): void {
    clearTimeout(this.#timer);
  }

  reset(): void {
    this.cancel();
    this.#deaths = 0;
  }
}
