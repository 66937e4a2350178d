import { describe, expect, it } from 'vitest';
import { occurrences } from './bundle.ts';
import { mutants } from './mutants.ts';
import { Simulation } from './simulation.ts';

/** How many schedules of each dialect: fewer where the suite runs once a mutant. */
const seeds = Number(process.env.PARTYLINE_SEEDS ?? 300);

describe('a visitor in a storm', () => {
  it('keeps every promise', { timeout: 180_000 }, () => {
    const broken: string[] = [];
    for (let seed = 1; seed <= seeds; seed += 1) {
      const { violation } = new Simulation(seed).run();
      if (violation) broken.push(`npm run simulate -- --seed ${seed}: ${violation.message}`);
    }
    expect(broken).toEqual([]);
  });

  it('keeps them in Genesys Cloud’s dialect too', { timeout: 180_000 }, () => {
    const broken: string[] = [];
    const profile = { dialect: 'genesys-cloud' } as const;
    for (let seed = 1; seed <= (seeds * 2) / 3; seed += 1) {
      const { violation } = new Simulation(seed, { profile }).run();
      const command = `npm run simulate -- --dialect genesys-cloud --seed ${seed}`;
      if (violation) broken.push(`${command}: ${violation.message}`);
    }
    expect(broken).toEqual([]);
  });

  it('is the same at every run of a seed', () => {
    const run = () => new Simulation(3, { traceLimit: 100_000 }).run();
    const first = run();
    expect(first.trace.length).toBeGreaterThan(100);
    expect(run()).toEqual(first);
  });

  it('does not draw otherwise when an event is suppressed', () => {
    const { events } = new Simulation(3).run();
    const suppressed = new Set(events.slice(-1));
    expect(new Simulation(3, { suppressed }).run().events).toEqual(events.slice(0, -1));
  });
});

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
