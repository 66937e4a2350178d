/**
 * Whether a value of JSON has more levels than that. Without recursion: a text of a few kilobytes can
 * be deeper than a stack, and what reads it (`JSON.stringify`, a clone) would overflow.
 */
export function isDeeperThan(value: unknown, levels: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; depth <= levels; depth += 1) {
    level = level.flatMap((one) =>
      typeof one === 'object' && one !== null ? Object.values(one) : [],
    );
    if (level.length === 0) return false;
  }
  return true;
}
