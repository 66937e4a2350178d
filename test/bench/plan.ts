/** How much is measured. Counts, but for what says otherwise. */
export interface Plan {
  /** Tabs of each side, ascending: the same tabs and some more. */
  readonly tabCounts: readonly number[];
  readonly messages: number;
  /** From one message to the next, in ms: long enough that none waits for the one before it. */
  readonly pause: number;
  readonly bursts: number;
  readonly burstLength: number;
  readonly burstTabs: number;
  readonly few: number;
  readonly many: number;
  readonly navigations: number;
  readonly attachments: number;
  readonly kills: number;
  readonly memoryTabs: number;
  readonly memoryRounds: number;
}

const full: Plan = {
  tabCounts: [1, 5, 20],
  messages: 200,
  pause: 25,
  bursts: 5,
  burstLength: 5_000,
  burstTabs: 5,
  few: 100,
  many: 100_000,
  navigations: 25,
  attachments: 30,
  kills: 30,
  memoryTabs: 6,
  memoryRounds: 3,
};

const quick: Plan = {
  ...full,
  tabCounts: [1, 5],
  messages: 40,
  bursts: 1,
  burstLength: 1_000,
  many: 5_000,
  navigations: 3,
  attachments: 5,
  kills: 1,
  memoryTabs: 3,
  memoryRounds: 1,
};

/** `BENCH_QUICK=1` is for whoever changes the bench: its numbers are too few to tell anything. */
export const isQuick = process.env.BENCH_QUICK === '1';

export function choosePlan(): Plan {
  return isQuick ? quick : full;
}
