import { backoff } from '../../../src/worker/core/backoff.ts';
import { defaultTiming } from '../../../src/worker/core/settings.ts';

/** No retry before, in ms. */
export const floor = 2_000;
/** No retry later, in ms. */
export const cap = 30_000;

export interface Policy {
  readonly id: string;
  /** What the table and the picture call it. */
  readonly name: string;
  /** In seconds; `n` counts retries from 0, `a…b` is a uniform draw. */
  readonly formula: string;
  /**
   * The wait before a retry, in ms.
   *
   * @param attempt from 0
   * @param random in [0, 1)
   * @param previous the wait before the last retry; the floor at the first
   */
  readonly delay: (attempt: number, random: number, previous: number) => number;
}

const between = (low: number, high: number, random: number) => low + random * (high - low);
const bound = (first: number, attempt: number) => Math.min(first * 2 ** attempt, cap);

function fullJitter(first: number, id: string, name: string): Policy {
  return {
    id,
    name,
    formula: `2…min(${first / 1_000}·2ⁿ, 30)`,
    delay: (attempt, random) => between(floor, bound(first, attempt), random),
  };
}

export const plain: Policy = {
  id: 'plain',
  name: 'Exponential, no jitter',
  formula: 'min(2·2ⁿ, 30)',
  delay: (attempt) => bound(floor, attempt),
};

export const article: Policy = {
  id: 'article',
  name: 'The guide',
  formula: 'min(2·2ⁿ + 0…1, 30)',
  delay: (attempt, random) => Math.min(floor * 2 ** attempt + random * 1_000, cap),
};

export const addedSecond: Policy = {
  id: 'added-second',
  name: 'One second added',
  formula: 'min(2·2ⁿ, 29) + 0…1',
  delay: (attempt, random) => Math.min(floor * 2 ** attempt, 29_000) + random * 1_000,
};

/** Whatever ships: this row says which of the others the hub follows. */
export const core: Policy = {
  id: 'core',
  name: '`backoff` of the core, as it is',
  formula: 'its defaults',
  delay: (attempt, random) => backoff(defaultTiming, attempt, random),
};

export const decorrelated: Policy = {
  id: 'decorrelated',
  name: 'Decorrelated jitter',
  formula: '2…min(3·previous, 30)',
  delay: (_attempt, random, previous) => between(floor, Math.min(3 * previous, cap), random),
};

export const equalJitter: Policy = {
  id: 'equal',
  name: 'Equal jitter from 8 s',
  formula: '½…1 of min(8·2ⁿ, 30)',
  delay: (attempt, random) => {
    const upper = bound(8_000, attempt);
    return between(upper / 2, upper, random);
  },
};

export const uniform: Policy = {
  id: 'uniform',
  name: 'The whole range, always',
  formula: '2…30',
  delay: (_attempt, random) => between(floor, cap, random),
};

export const textbook = fullJitter(2_000, 'full-2', 'Full jitter under the guide’s bound');
export const recommended = fullJitter(8_000, 'full-8', 'Full jitter from 8 s');

/** For a gateway that says that it restarts: 5 to 30 s is what close code 1012 asks for. */
export const warned: Policy = {
  id: 'warned',
  name: 'The same, after a close with 1012',
  formula: 'first 5…30, then as above',
  delay: (attempt, random, previous) =>
    attempt === 0 ? between(5_000, cap, random) : recommended.delay(attempt, random, previous),
};

export const policies: readonly Policy[] = [
  plain,
  article,
  addedSecond,
  core,
  textbook,
  fullJitter(4_000, 'full-4', 'Full jitter from 4 s'),
  recommended,
  fullJitter(16_000, 'full-16', 'Full jitter from 16 s'),
  uniform,
  equalJitter,
  decorrelated,
  warned,
];

/** What a hub waits that alone has lost its socket: the mean wait before the first retry, in ms. */
export function loneWait(policy: Policy): number {
  const draws = 1_000;
  let sum = 0;
  for (let draw = 0; draw < draws; draw += 1) sum += policy.delay(0, (draw + 0.5) / draws, floor);
  return sum / draws;
}
