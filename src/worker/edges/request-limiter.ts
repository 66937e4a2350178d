import type { RateLimits } from '../../protocol/gateway/adapter.ts';

/** Counts the requests on the connection, for code outside of the core that can delay its own. */
export class RequestLimiter {
  readonly #pace: RateLimits | undefined;
  #times: number[] = [];

  constructor(pace: RateLimits | undefined) {
    this.#pace = pace;
  }

  /** Counts one request. */
  count(): void {
    this.#times.push(performance.now());
  }

  /** The delay before the next request, in ms. A quarter of the gateway's limit is kept for messages and pings. */
  get wait(): number {
    if (!this.#pace) return 0;
    const { count, window } = this.#pace.requests;
    const now = performance.now();
    this.#times = this.#times.filter((time) => time > now - window);
    const oldest = this.#times.at(-Math.floor(count * 0.75));
    return oldest === undefined ? 0 : oldest + window - now;
  }
}
