/** Everything that is made to go wrong, and is counted where it does. */
export const faultKinds = [
  'frame lost',
  'frame doubled',
  'frame swapped',
  'connection cut',
  'connect failed',
  'gateway restart',
  'gateway outage',
  'crowded out',
  'auth refused',
  'token expired',
  'rate limited',
  'internal error',
  'conversation forgotten',
  'evicted',
  'farewell',
  'message without time',
  'conversation deleted',
  'resent too soon to know',
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
  'page left',
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
