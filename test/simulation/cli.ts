import { type Arguments, readArguments, usage } from './arguments.ts';
import { bundle } from './bundle.ts';
import { checkMutants } from './mutation.ts';
import { run } from './pool.ts';
import { profileOf } from './profile.ts';
import { replayFile } from './replay.ts';
import { describeBroken, describeProfile, describeTotals, duration } from './report.ts';
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
  if (read.replay !== null) return replayFile(read.replay, read.lines);
  if (read.mutants) return checkMutants(read.only, read.from, read.jobs);
  return read.seed === null ? campaign(read) : tell(read.seed, read);
}

/** How often a long campaign says where it is, in ms. */
const every = 30_000;

async function campaign(read: Arguments): Promise<number> {
  const begun = performance.now();
  let said = begun;
  const { url, remove } = await bundle();
  let told = 0;
  const totals = await run(url, read, ({ seeds, broken }) => {
    for (const { seed, rule } of broken.slice(told)) console.log(`seed ${seed} breaks '${rule}'`);
    told = broken.length;
    const now = performance.now();
    if (now - said < every) return;
    said = now;
    console.log(`${duration(now - begun)}: ${seeds} schedules, ${broken.length} broken`);
  }).finally(remove);
  const { dialect = 'webchat' } = read.profile;
  console.log(describeTotals(totals, performance.now() - begun, dialect));
  console.log(`\n${describeBroken(totals.broken)}`);
  const [first] = totals.broken;
  if (!first) return 0;
  console.log(`\nThe story of the first: npm run simulate -- --seed ${first.seed}`);
  return 1;
}

async function tell(seed: number, { lines, without, profile }: Arguments): Promise<number> {
  const outcome = await new Simulation(seed, { without, profile }).run();
  if (!outcome.violation) {
    console.log(`Seed ${seed} keeps every promise: ${outcome.steps} steps.`);
    return 0;
  }
  console.log(`Seed ${seed}: ${outcome.violation.message}\n`);
  const { options, outcome: small, tries } = await shrink(seed, { without, profile });
  console.log(
    `Made smaller in ${tries} tries: ${outcome.steps} → ${small.steps} steps, ${outcome.events.length} → ${small.events.length} events.`,
  );
  console.log(`Its profile: ${describeProfile(profileOf(seed, options))}`);
  console.log(`Its events: ${small.events.join(', ')}\n`);
  const { trace, violation } = await new Simulation(seed, { ...options, traceLimit: lines }).run();
  console.log(trace.join('\n'));
  console.log(`\n${violation?.message}`);
  return 1;
}
