/** Counts what somebody did in the last stretch of time. */
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

  /** Seconds to wait; `null` when it may be done, and then it is counted. */
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
