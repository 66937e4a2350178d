import { describe, expect, it } from 'vitest';
import { occurrences } from './bundle.ts';
import { mutants } from './mutants.ts';

describe('the mutants', () => {
  it('each fit the sources in exactly one place', async () => {
    const counts = await Promise.all(
      mutants.map(async (mutant) => `${mutant.name}: ${await occurrences(mutant)}`),
    );
    expect(counts).toEqual(mutants.map(({ name }) => `${name}: 1`));
  });

  it('bear different names', () => {
    const names = mutants.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
