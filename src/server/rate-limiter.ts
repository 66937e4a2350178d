export interface RateLimiter {
  /** Takes one from the key's bucket: 0 when there was one, else the milliseconds until there is. */
  take(key: string): number;
}

interface Bucket {
  left: number;
  readAt: number;
}

/**
 * A token bucket a key, in the memory of this process: it holds `perMinute`, and fills again at that
 * pace. At most `maxKeys` buckets are kept; the one that rested longest goes first.
 */
export function createRateLimiter(
  perMinute: number,
  maxKeys: number,
  now: () => number,
): RateLimiter {
  const buckets = new Map<string, Bucket>();
  const perMillisecond = perMinute / 60_000;

  function take(key: string): number {
    const at = now();
    const known = buckets.get(key);
    // A wall clock that was set back must not lock anybody out.
    const rested = known ? Math.max(0, at - known.readAt) : 0;
    const left = known ? Math.min(perMinute, known.left + rested * perMillisecond) : perMinute;
    // Set again at the end, so that the map's order is the order of use.
    buckets.delete(key);
    buckets.set(key, { left: left >= 1 ? left - 1 : left, readAt: at });
    if (buckets.size > maxKeys) {
      const oldest = buckets.keys().next();
      if (!oldest.done) buckets.delete(oldest.value);
    }
    return left >= 1 ? 0 : Math.ceil((1 - left) / perMillisecond);
  }

  return { take };
}
