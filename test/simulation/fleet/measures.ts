import { at } from './counts.ts';
import { type Timeline, ticksPerSecond } from './simulate.ts';

export interface Measures {
  /** Attempts in the busiest second. */
  readonly peak: number;
  /** The same of the seconds in which the gateway accepts. */
  readonly peakOnceUp: number;
  readonly triesPerHub: number;
  /** Seconds since the gateway's return until so many hubs have a socket. */
  readonly half: number;
  readonly most: number;
  readonly all: number;
}

export function measure(timeline: Timeline): Measures {
  const { tries, scenario } = timeline;
  return {
    peak: highest(tries),
    peakOnceUp: highest(tries.subarray(scenario.down)),
    triesPerHub: sum(tries) / scenario.hubs,
    half: back(timeline, 0.5),
    most: back(timeline, 0.99),
    all: back(timeline, 1),
  };
}

export function acceptedPerSecond({ accepted, tries }: Timeline): Uint32Array {
  return tries.map((_, second) =>
    sum(accepted.subarray(second * ticksPerSecond, (second + 1) * ticksPerSecond)),
  );
}

function back({ accepted, scenario }: Timeline, share: number): number {
  let missing = share * scenario.hubs;
  for (let moment = 0; moment < accepted.length; moment += 1) {
    missing -= at(accepted, moment);
    if (missing <= 0) return (moment + 1) / ticksPerSecond - scenario.down;
  }
  return Number.POSITIVE_INFINITY;
}

function highest(counts: Uint32Array): number {
  return counts.reduce((most, count) => Math.max(most, count), 0);
}

function sum(counts: Uint32Array): number {
  return counts.reduce((total, count) => total + count, 0);
}
