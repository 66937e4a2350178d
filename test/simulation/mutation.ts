import { bundle, occurrences } from './bundle.ts';
import { type Mutant, mutants } from './mutants.ts';
import { type Broken, run } from './pool.ts';
import type { Profile } from './profile.ts';
import { Simulation } from './simulation.ts';

/** Schedules in which a mutant must be caught. */
const seedsPerMutant = 3_000;

interface Fate {
  /** `null`: the mutant survived. */
  readonly caught: Broken | null;
  readonly seeds: number;
}

/** Lists mutants whose text is not in the sources exactly once. */
async function invalidCount(): Promise<string[]> {
  const counts = await Promise.all(
    mutants.map(async (mutant) => ({ mutant, count: await occurrences(mutant) })),
  );
  return counts
    .filter(({ count }) => count !== 1)
    .map(({ mutant: { name, file }, count }) => `${name}: found ${count} times in ${file}`);
}

/** Runs each mutant until a rule catches it. Returns the exit code: 1 when one survives. */
export async function checkMutants(
  names: readonly string[],
  from: number,
  jobs: number,
): Promise<number> {
  const wrong = await invalidCount();
  if (wrong.length > 0) {
    console.error(`Mutants that do not fit the sources:\n  ${wrong.join('\n  ')}`);
    return 2;
  }
  const chosen = mutants.filter(({ name }) => names.length === 0 || names.includes(name));
  console.log('| mutant | caught by | seed | schedules |\n|---|---|---|---|');
  let survivors = 0;
  for (const mutant of chosen) {
    const { caught, seeds } = await fateOf(mutant, from, jobs);
    if (!caught) survivors += 1;
    const fate = caught ? `\`${caught.rule}\` | ${caught.seed}` : '**survived** | –';
    console.log(`| \`${mutant.name}\` | ${fate} | ${seeds} |`);
  }
  console.log(`\n${chosen.length - survivors} of ${chosen.length} mutants are caught.`);
  return survivors > 0 ? 1 : 0;
}

async function fateOf(mutant: Mutant, from: number, jobs: number): Promise<Fate> {
  const { url, remove } = await bundle([mutant]);
  const { profile = {} } = mutant;
  const end = from + seedsPerMutant;
  try {
    let next = from;
    while (next < end) {
      const campaign = { from: next, seeds: end - next, duration: null, jobs, keepsGoing: false };
      const { broken } = await run(url, { ...campaign, without: [], profile }, () => {});
      let caught: Broken | null = null;
      for (const one of broken) {
        if (!(await failsWithoutMutant(one.seed, profile))) {
          caught = one;
          break;
        }
      }
      if (caught) return { caught, seeds: caught.seed - from + 1 };
      const last = broken.at(-1);
      if (!last) break;
      next = last.seed + 1;
    }
    return { caught: null, seeds: seedsPerMutant };
  } finally {
    await remove();
  }
}

/** A violation that occurs without the mutant too does not count. */
async function failsWithoutMutant(seed: number, profile: Partial<Profile>): Promise<boolean> {
  const { violation } = await new Simulation(seed, { profile }).run();
  return violation !== null;
}
