import { Random } from './random.ts';

/**
 * Every random event of a storm has a name, like `cut 3`: the third cut that was drawn.
 * Suppressed events are drawn but do not happen. Each kind has a random stream
 * of its own, so leaving one out changes little of the rest.
 */
export class Events {
  /** The events that happened. */
  readonly happened: string[] = [];
  readonly latencies: Random;
  readonly #seed: number;
  readonly #suppressed: ReadonlySet<string>;
  readonly #provoked = new Set<string>();
  readonly #kinds = new Map<string, { readonly random: Random; drawn: number }>();

  constructor(seed: number, suppressed: ReadonlySet<string>) {
    this.#seed = seed;
    this.#suppressed = suppressed;
    this.latencies = Random.named(seed, 'latency');
  }

  /** Whether the event happens. */
  happens(event: string): boolean {
    if (this.#suppressed.has(event)) return false;
    this.happened.push(event);
    return true;
  }

  /** Makes the fault occur at the next opportunity. */
  provoke(kind: string): void {
    this.#provoked.add(kind);
  }

  /** Draws whether a fault occurs now. */
  strikes(kind: string, probability: number): boolean {
    if (this.#provoked.delete(kind)) return true;
    if (probability === 0) return false;
    let drawn = this.#kinds.get(kind);
    if (!drawn) {
      drawn = { random: Random.named(this.#seed, kind), drawn: 0 };
      this.#kinds.set(kind, drawn);
    }
    if (!drawn.random.chance(probability)) return false;
    drawn.drawn += 1;
    return this.happens(`${kind} ${drawn.drawn}`);
  }
}
