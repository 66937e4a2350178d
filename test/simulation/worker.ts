import { parentPort } from 'node:worker_threads';
import { addCounts, type FaultCounts } from './faults.ts';
import { pairCount } from './interactions.ts';
import type { Batch, BatchResult, Broken } from './pool.ts';
import { Simulation } from './simulation.ts';

/** A thread of the pool: receives seeds, returns totals. */
async function runBatch({ from, count, without, profile }: Batch): Promise<BatchResult> {
  const faults: FaultCounts = {};
  const met = new Array<number>(pairCount).fill(0);
  const broken: Broken[] = [];
  let steps = 0;
  let time = 0;
  for (let seed = from; seed < from + count; seed += 1) {
    const outcome = await new Simulation(seed, { without, profile }).run();
    steps += outcome.steps;
    time += outcome.time;
    addCounts(faults, outcome.faults);
    outcome.met.forEach((times, pair) => {
      if (times > 0) met[pair] = (met[pair] ?? 0) + times;
    });
    const { violation } = outcome;
    if (violation) broken.push({ seed, rule: violation.rule, message: violation.message });
  }
  return { seeds: count, steps, time, faults, met, broken };
}

parentPort?.on('message', async (batch: Batch) => {
  parentPort?.postMessage(await runBatch(batch));
});
