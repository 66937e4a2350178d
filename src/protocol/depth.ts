/**
 * Whether a JSON value is nested more than `levels` deep. Iterative, since a few kilobytes of JSON can be
 * nested deep enough to overflow the stack, here as in `JSON.stringify` or a structured clone.
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
