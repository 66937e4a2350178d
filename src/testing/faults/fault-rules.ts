/** How often a rule applies. */
export interface Chance {
  /** Probability for each match, 0…1. @default 1 */
  readonly probability?: number;
  /** Maximum number of times. @default 1, or unlimited if `probability` is set */
  readonly times?: number;
}

interface Rule<T> {
  readonly value: T;
  readonly probability: number;
  left: number;
}

/** Rules in order of creation; each applies a number of times, or with a probability. */
export class FaultRules<T> {
  readonly #random: () => number;
  readonly #rules = new Set<Rule<T>>();

  constructor(random: () => number) {
    this.#random = random;
  }

  get isEmpty(): boolean {
    return this.#rules.size === 0;
  }

  /**
   * Returns a function that removes the rule.
   *
   * @throws {RangeError} for a probability outside 0…1, or `times` below 1.
   */
  add(value: T, chance: Chance = {}): () => void {
    const { probability = 1 } = chance;
    const times = chance.times ?? (chance.probability === undefined ? 1 : Number.POSITIVE_INFINITY);
    if (!(probability >= 0 && probability <= 1)) {
      throw new RangeError('faults: `probability` must be between 0 and 1');
    }
    if (!(times >= 1)) throw new RangeError('faults: `times` must be at least 1');
    const rule: Rule<T> = { value, probability, left: times };
    this.#rules.add(rule);
    return () => {
      this.#rules.delete(rule);
    };
  }

  /** The first rule that matches and applies; counts one use of it. */
  take(matches: (value: T) => boolean): T | null {
    for (const rule of this.#rules) {
      if (!matches(rule.value)) continue;
      if (rule.probability < 1 && this.#random() >= rule.probability) continue;
      rule.left -= 1;
      if (rule.left <= 0) this.#rules.delete(rule);
      return rule.value;
    }
    return null;
  }

  clear(): void {
    this.#rules.clear();
  }
}
