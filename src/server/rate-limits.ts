/**
 * Counts how often somebody asked. In memory by default; brokers that share one (see
 * `redisRateLimits`) give a visitor one limit, whichever of them is asked.
 */
export interface RateLimitStore {
  /**
   * Takes one from the bucket `key`, which holds `perMinute` and fills again at that pace.
   *
   * @returns 0 when there was one, else the milliseconds until there is.
   * @throws when the store can't be reached; the broker then counts by itself for a while.
   */
  take(key: string, perMinute: number): Promise<number>;
  /** Lets go of what it holds. */
  close(): Promise<void>;
}

interface Bucket {
  left: number;
  readAt: number;
}

/**
 * Buckets in the memory of this process. At most `maxKeys` are kept; the one that rested longest goes
 * first.
 */
export function memoryRateLimits(maxKeys: number, now: () => number = Date.now): RateLimitStore {
  const buckets = new Map<string, Bucket>();

  async function take(key: string, perMinute: number): Promise<number> {
    const perMillisecond = perMinute / 60_000;
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

  return { take, close: async () => buckets.clear() };
}
