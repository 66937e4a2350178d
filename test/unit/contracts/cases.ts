import { expect, it } from 'vitest';
import type { Case } from '../../contracts/contract.ts';

/** Each case of a contract as a test of its own. */
export function holds<Bench>(cases: readonly Case<Bench>[], bench: () => Bench): void {
  for (const { name, run } of cases) {
    it(name, async () => {
      expect.hasAssertions();
      await run(bench(), {
        equal: (actual, expected, what) => expect(actual, what).toStrictEqual(expected),
      });
    });
  }
}
