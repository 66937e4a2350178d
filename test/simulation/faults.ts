/** The faults that the simulation injects and counts. */
export const faultKinds = [
  'frame lost',
  'frame duplicated',
  'frame reordered',
  'connection cut',
  'connect failed',
  'gateway restart',
  'gateway outage',
  'too many connections',
  'auth refused',
  'token expired',
  'rate limited',
  'internal error',
  'conversation forgotten',
  'evicted',
  'farewell',
  'message without time',
  'conversation deleted',
  'resent before it was in the history',
  'REST failed',
  'REST answer lost',
  'REST hung',
  'REST busy',
  'REST 401',
  'REST behind',
  'broker failed',
  'broker busy',
  'broker signed out',
  'worker killed',
  'power cut',
  'write lost',
  'database deleted',
  'sleep',
  'clock jump',
  'offline',
  'tab frozen',
  'tab closed',
  'page navigated',
  'tab cached',
  'visitor changed',
  'newer build',
] as const;
export type FaultKind = (typeof faultKinds)[number];

export type FaultCounts = Partial<Record<FaultKind, number>>;

export function addCounts(sum: FaultCounts, more: FaultCounts): void {
  for (const kind of faultKinds) {
    const count = more[kind];
    if (count !== undefined) sum[kind] = (sum[kind] ?? 0) + count;
  }
}
