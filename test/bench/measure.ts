import type { Sample } from './statistics.ts';

/** What our side may take, given what the floor took. */
export interface Aim {
  readonly text: string;
  readonly limit: (floor: number) => number;
}

/** One line of the table. The medians are compared. */
export interface Measure {
  readonly what: string;
  readonly unit: 'ms' | 'kB' | 'MiB' | '';
  /** `null` where a hub does what the floor has no like of. */
  readonly floor: Sample | null;
  readonly ours: Sample;
  readonly aim: Aim | null;
}

export function timesFloor(factor: number): Aim {
  return { text: `≤ ${factor} × baseline`, limit: (floor) => floor * factor };
}

export function floorPlus(extra: number, unit: string): Aim {
  return { text: `≤ baseline + ${extra} ${unit}`, limit: (floor) => floor + extra };
}

export function atMost(limit: number): Aim {
  return { text: `≤ ${limit}`, limit: () => limit };
}

export function isMet({ aim, floor, ours }: Measure): boolean | null {
  return aim ? ours.p50 <= aim.limit(floor?.p50 ?? 0) : null;
}
