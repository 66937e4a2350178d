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
  return read.seed === null ? campaign(read) : runOne(read.seed, read);
}

/** The interval of progress reports, in ms. */
const every = 30_000;

async function campaign(read: Arguments): Promise<number> {
  const begun = performance.now();
  let reportedAt = begun;
  const { url, remove } = await bundle();
  let printed = 0;
  const totals = await run(url, read, ({ seeds, broken }) => {
    for (const { seed, rule } of broken.slice(printed))
      console.log(`seed ${seed} violates '${rule}'`);
    printed = broken.length;
    const now = performance.now();
    if (now - reportedAt < every) return;
    reportedAt = now;
    console.log(`${duration(now - begun)}: ${seeds} schedules, ${broken.length} violations`);
  }).finally(remove);
  const { dialect = 'webchat' } = read.profile;
  console.log(describeTotals(totals, performance.now() - begun, dialect));
  console.log(`\n${describeBroken(totals.broken)}`);
  const [first] = totals.broken;
  if (!first) return 0;
  console.log(`\nThe steps of the first: npm run simulate -- --seed ${first.seed}`);
  return 1;
}

async function runOne(seed: number, { lines, without, profile }: Arguments): Promise<number> {
  const outcome = await new Simulation(seed, { without, profile }).run();
  if (!outcome.violation) {
    console.log(`Seed ${seed} violates no rule: ${outcome.steps} steps.`);
    return 0;
  }
  console.log(`Seed ${seed}: ${outcome.violation.message}\n`);
  const { options, outcome: small, tries } = await shrink(seed, { without, profile });
  console.log(
    `Shrunk in ${tries} runs: ${outcome.steps} → ${small.steps} steps, ${outcome.events.length} → ${small.events.length} events.`,
  );
  console.log(`Profile: ${describeProfile(profileOf(seed, options))}`);
  console.log(`Events: ${small.events.join(', ')}\n`);
  const { trace, violation } = await new Simulation(seed, { ...options, traceLimit: lines }).run();
  console.log(trace.join('\n'));
  console.log(`\n${violation?.message}`);
  return 1;
}
