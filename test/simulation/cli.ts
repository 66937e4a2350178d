import { type Arguments, readArguments, usage } from './arguments.ts';
import { bundle } from './bundle.ts';
import { checkMutants } from './mutants.ts';
import { run } from './pool.ts';
import { describeBroken, describeTotals, duration } from './report.ts';
import { shrink } from './shrink.ts';
import { Simulation } from './simulation.ts';

/** Returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  let read: Arguments;
  try {
    read = readArguments(args);
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    console.error(`${error.message}\n\n${usage}`);
    return 2;
  }
  if (read.mutants) return checkMutants(read.jobs);
  return read.seed === null ? campaign(read) : tell(read.seed, read);
}

/** How often a long campaign says where it is, in ms. */
const every = 30_000;

async function campaign(read: Arguments): Promise<number> {
  const begun = performance.now();
  let said = begun;
  const totals = await run(await bundle(), read, ({ seeds, broken }) => {
    const now = performance.now();
    if (now - said < every) return;
    said = now;
    console.log(`${duration(now - begun)}: ${seeds} schedules, ${broken.length} broken`);
  });
  console.log(describeTotals(totals, performance.now() - begun));
  console.log(`\n${describeBroken(totals.broken)}`);
  const [first] = totals.broken;
  if (!first) return 0;
  console.log(`\nThe story of the first: npm run simulate -- --seed ${first.seed}`);
  return 1;
}

function tell(seed: number, { lines, without }: Arguments): number {
  const outcome = new Simulation(seed, { without }).run();
  if (!outcome.violation) {
    console.log(`Seed ${seed} keeps every promise: ${outcome.steps} steps.`);
    return 0;
  }
  console.log(`Seed ${seed}: ${outcome.violation.message}\n`);
  const { options, outcome: small, tries } = shrink(seed, outcome, { without });
  console.log(
    `Made smaller in ${tries} tries: ${outcome.steps} → ${small.steps} steps, ${outcome.events.length} → ${small.events.length} events.`,
  );
  console.log(`Of the profile: ${JSON.stringify(options.profile ?? {})}`);
  console.log(`Events: ${small.events.join(', ')}\n`);
  const { trace, violation } = new Simulation(seed, { ...options, traceLimit: lines }).run();
  console.log(trace.join('\n'));
  console.log(`\n${violation?.message}`);
  return 1;
}
