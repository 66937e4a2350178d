import type { RateLimits } from '../../protocol/gateway/adapter.ts';

/** How many requests have left on the line, for those outside of the core that can wait. */
export class RequestLimiter {
  readonly #pace: RateLimits | undefined;
  #times: number[] = [];

  constructor(pace: RateLimits | undefined) {
    this.#pace = pace;
  }

  /** One leaves. */
  count(): void {
    this.#times.push(performance.now());
  }

  /**
   * How long somebody who can wait has to, in ms: a quarter of what the gateway allows is left to
   * messages and pings.
   */
  get wait(): number {
    if (!this.#pace) return 0;
    const { count, window } = this.#pace.requests;
    const now = performance.now();
    this.#times = this.#times.filter((time) => time > now - window);
    const oldest = this.#times.at(-Math.floor(count * 0.75));
    return oldest === undefined ? 0 : oldest + window - now;
  }
}
