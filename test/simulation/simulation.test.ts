import { describe, expect, it } from 'vitest';
import { Simulation } from './simulation.ts';

/** Schedules of each dialect: fewer where the suite runs for each mutant. */
const seeds = Number(process.env.PARTYLINE_SEEDS ?? 300);

describe('a visitor in a storm', () => {
  it('keeps every promise', { timeout: 180_000 }, async () => {
    const broken: string[] = [];
    for (let seed = 1; seed <= seeds; seed += 1) {
      const { violation } = await new Simulation(seed).run();
      if (violation) broken.push(`npm run simulate -- --seed ${seed}: ${violation.message}`);
    }
    expect(broken).toEqual([]);
  });

  it('keeps them in Genesys Cloud’s dialect too', { timeout: 180_000 }, async () => {
    const broken: string[] = [];
    const profile = { dialect: 'genesys-cloud' } as const;
    for (let seed = 1; seed <= (seeds * 2) / 3; seed += 1) {
      const { violation } = await new Simulation(seed, { profile }).run();
      const command = `npm run simulate -- --dialect genesys-cloud --seed ${seed}`;
      if (violation) broken.push(`${command}: ${violation.message}`);
    }
    expect(broken).toEqual([]);
  });

  it('is the same at every run of a seed', async () => {
    const run = () => new Simulation(3, { traceLimit: 100_000 }).run();
    const first = await run();
    expect(first.trace.length).toBeGreaterThan(100);
    expect(await run()).toEqual(first);
  });

  it('does not draw otherwise when an event is suppressed', async () => {
    const { events } = await new Simulation(3).run();
    const suppressed = new Set(events.slice(-1));
    const without = await new Simulation(3, { suppressed }).run();
    expect(without.events).toEqual(events.slice(0, -1));
  });
});
