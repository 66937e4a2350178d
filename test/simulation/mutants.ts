import { bundle, type Mutation } from './bundle.ts';
import { type Campaign, run } from './pool.ts';

interface Mutant extends Mutation {
  readonly name: string;
}

const core = (file: string) => `src/worker/core/${file}.ts`;

/** Breaks that a simulation worth its name must notice. */
export const mutants: readonly Mutant[] = [];

/** Schedules in which a mutant must be caught. */
const maximumSeeds = 3_000;

/** Runs each mutant until a rule catches it. Returns the exit code: 1 when one survives. */
export async function checkMutants(jobs: number): Promise<number> {
  let survivors = 0;
  for (const mutant of mutants) {
    const campaign: Campaign = {
      from: 1,
      seeds: maximumSeeds,
      duration: null,
      jobs,
      without: [],
      keepsGoing: false,
    };
    const { broken, seeds } = await run(await bundle([mutant]), campaign, () => {});
    const [first] = broken;
    if (!first) survivors += 1;
    const fate = first ? `${first.rule} (seed ${first.seed})` : `SURVIVES ${seeds} schedules`;
    console.log(`${mutant.name.padEnd(36)} ${fate}`);
  }
  console.log(`\n${mutants.length - survivors} of ${mutants.length} mutants are caught.`);
  return survivors > 0 ? 1 : 0;
}
