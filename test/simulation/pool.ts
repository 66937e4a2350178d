import { cpus } from 'node:os';
import { Worker } from 'node:worker_threads';
import { addCounts, type FaultCounts } from './faults.ts';
import { pairCount } from './interactions.ts';
import type { Profile } from './profile.ts';

/** Seeds that a worker gets at a time. */
export interface Batch {
  readonly from: number;
  readonly count: number;
  readonly without: readonly string[];
  readonly profile: Partial<Profile>;
}

export interface Broken {
  readonly seed: number;
  readonly rule: string;
  readonly message: string;
}

export interface BatchResult {
  readonly seeds: number;
  readonly steps: number;
  /** Simulated ms. */
  readonly time: number;
  readonly faults: FaultCounts;
  /** How often each pair of features has met. */
  readonly met: readonly number[];
  readonly broken: readonly Broken[];
}

export interface Totals {
  seeds: number;
  steps: number;
  time: number;
  readonly faults: FaultCounts;
  readonly met: number[];
  readonly broken: Broken[];
}

export interface Campaign {
  readonly from: number;
  /** `null`: until `duration` is over. */
  readonly seeds: number | null;
  /** Real ms; `null`: until all seeds have run. */
  readonly duration: number | null;
  readonly jobs: number;
  readonly without: readonly string[];
  /** Overrides for every schedule. */
  readonly profile: Partial<Profile>;
  /** Whether it goes on after a violation. */
  readonly keepsGoing: boolean;
}

const batchLength = 50;

export const defaultJobs = Math.max(1, cpus().length);

/** The young generation's size, in MiB: most objects of a schedule are short-lived. */
const youngGeneration = 64;

/** Runs seeds in as many threads as there are jobs, each with its own copy of the bundle. */
export async function run(
  bundle: URL,
  campaign: Campaign,
  onBatch: (totals: Totals) => void,
): Promise<Totals> {
  const met = new Array<number>(pairCount).fill(0);
  const totals: Totals = { seeds: 0, steps: 0, time: 0, faults: {}, met, broken: [] };
  const end = campaign.duration === null ? null : performance.now() + campaign.duration;
  let next = campaign.from;

  function nextBatch(): Batch | null {
    if (end !== null && performance.now() >= end) return null;
    if (totals.broken.length > 0 && !campaign.keepsGoing) return null;
    const left = campaign.seeds === null ? batchLength : campaign.from + campaign.seeds - next;
    const count = Math.min(batchLength, left);
    if (count <= 0) return null;
    const { without, profile } = campaign;
    const batch = { from: next, count, without, profile };
    next += count;
    return batch;
  }

  async function work(): Promise<void> {
    const worker = new Worker(bundle, {
      resourceLimits: { maxYoungGenerationSizeMb: youngGeneration },
    });
    try {
      for (let batch = nextBatch(); batch; batch = nextBatch()) {
        const result = await ask(worker, batch);
        totals.seeds += result.seeds;
        totals.steps += result.steps;
        totals.time += result.time;
        addCounts(totals.faults, result.faults);
        result.met.forEach((times, pair) => {
          met[pair] = (met[pair] ?? 0) + times;
        });
        totals.broken.push(...result.broken);
        onBatch(totals);
      }
    } finally {
      await worker.terminate();
    }
  }

  await Promise.all(Array.from({ length: campaign.jobs }, work));
  totals.broken.sort((a, b) => a.seed - b.seed);
  return totals;
}

function ask(worker: Worker, batch: Batch): Promise<BatchResult> {
  return new Promise((resolve, reject) => {
    worker.once('message', (result: BatchResult) => {
      worker.off('error', reject);
      resolve(result);
    });
    worker.once('error', reject);
    worker.postMessage(batch);
  });
}
