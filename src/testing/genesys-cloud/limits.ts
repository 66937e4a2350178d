/** A rate limit with a sliding window. */
export class Limit {
  readonly #count: number;
  readonly #window: number;
  readonly #clock: () => number;
  #times: number[] = [];

  /** @param window in ms */
  constructor(count: number, window: number, clock: () => number) {
    this.#count = count;
    this.#window = window;
    this.#clock = clock;
  }

  /** Counts an attempt and returns `null`, or returns the seconds to wait. */
  take(): number | null {
    const now = this.#clock();
    this.#times = this.#times.filter((time) => time > now - this.#window);
    const [oldest] = this.#times;
    if (oldest !== undefined && this.#times.length >= this.#count) {
      return Math.max(1, Math.ceil((oldest + this.#window - now) / 1_000));
    }
    this.#times.push(now);
    return null;
  }
}
