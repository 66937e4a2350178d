import { describe, expect, it } from 'vitest';
import { Simulation } from './simulation.ts';

/** How many seeds, and from which; one seed alone tells its story. */
const count = Number(process.env.SIM_SEEDS ?? 200);
const from = Number(process.env.SIM_FROM ?? 1);
const only = process.env.SIM_SEED;
/** Rules that are not asserted, with commas: what is behind a known failure can be seen so. */
const without = (process.env.SIM_WITHOUT ?? '').split(',');

describe('a visitor in a storm', () => {
  if (only !== undefined) {
    it(`keeps every promise (seed ${only})`, { timeout: 0 }, () => {
      const traceLimit = Number(process.env.SIM_TRACE ?? 400);
      const { violation, trace } = new Simulation(Number(only), { traceLimit, without }).run();
      if (violation) console.log(trace.join('\n'));
      expect(violation?.message).toBeUndefined();
    });
    return;
  }

  it(`keeps every promise (${count} seeds)`, { timeout: 0 }, () => {
    const broken: string[] = [];
    for (let seed = from; seed < from + count; seed += 1) {
      const { violation } = new Simulation(seed, { without }).run();
      if (violation) broken.push(`seed ${seed}: ${violation.message}`);
    }
    expect(broken).toEqual([]);
  });

  it('is the same at every run of a seed', () => {
    const run = () => new Simulation(from, { traceLimit: 100_000, without }).run().trace;
    expect(run()).toEqual(run());
  });
});
