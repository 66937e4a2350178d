/** The last lines of the step log, for the report of a failure. */
export class Trace {
  readonly #lines: string[] = [];
  readonly #limit: number;
  readonly #now: () => number;

  constructor(now: () => number, limit: number) {
    this.#now = now;
    this.#limit = limit;
  }

  add(who: string, what: string): void {
    if (this.#limit === 0) return;
    this.#lines.push(`${(this.#now() / 1000).toFixed(3).padStart(9)} ${who.padEnd(8)} ${what}`);
    if (this.#lines.length > 2 * this.#limit) {
      this.#lines.splice(0, this.#lines.length - this.#limit);
    }
  }

  get isOn(): boolean {
    return this.#limit > 0;
  }

  last(): readonly string[] {
    return this.#lines.slice(-this.#limit);
  }
}
