/** What the bench's pages tell; called from outside as `bench.…`. Times are `performance.now()`. */

/** The function by which a page reports when it has been filled. */
export const reportBinding = 'benchReport';

/** The messages that a page must have before it counts as filled. */
export const page = 50;

declare global {
  var bench: object | undefined;
  var benchReport: ((payload: string) => void) | undefined;
}

/** Notes when messages arrive. The stamp comes first, so that noting costs no time that is measured. */
export class Probe {
  #arrivals = new Map<string, number>();
  readonly #waiting = new Map<string, (at: number) => void>();

  arrived(text: string): void {
    const at = performance.now();
    if (this.#arrivals.has(text)) return;
    this.#arrivals.set(text, at);
    this.#waiting.get(text)?.(at);
    this.#waiting.delete(text);
  }

  /** When that message arrived, or will have. */
  until(text: string): Promise<number> {
    const at = this.#arrivals.get(text);
    if (at !== undefined) return Promise.resolve(at);
    return new Promise((resolve) => this.#waiting.set(text, resolve));
  }

  /** All that arrived since the last time this was asked. */
  takeArrivals(): [string, number][] {
    const arrivals = [...this.#arrivals];
    this.#arrivals = new Map();
    return arrivals;
  }
}

/** Calls back once the newest page of messages is there, with the time. */
export function reportFilled(): void {
  globalThis.benchReport?.(JSON.stringify(performance.now()));
}
