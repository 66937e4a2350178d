import { Random } from './random.ts';

/**
 * Everything that happens by chance in a storm has a name, like `cut 3`: the third cut that was drawn.
 * What is suppressed is drawn all the same, and then does not happen. Each kind has a stream of chance
 * of its own, so what is left out moves little of the rest.
 */
export class Events {
  /** Those that took place. */
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

  /** Whether the event takes place. */
  happens(event: string): boolean {
    if (this.#suppressed.has(event)) return false;
    this.happened.push(event);
    return true;
  }

  /** The next time that such a fault may strike, it does. */
  provoke(kind: string): void {
    this.#provoked.add(kind);
  }

  /** Draws whether a fault strikes here and now. */
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
