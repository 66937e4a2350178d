/**
 * Counts requests. In memory by default; brokers that share a store (see `redisRateLimits`) enforce one
 * limit per visitor together.
 */
export interface RateLimitStore {
  /**
   * Takes one token from the bucket `key`, which holds `perMinute` and refills at that rate.
   *
   * @returns 0 when the bucket held one, otherwise the milliseconds until it will.
   * @throws when the store can't be reached; the broker then counts on its own.
   */
  take(key: string, perMinute: number): Promise<number>;
  /** Releases connections and memory. */
  close(): Promise<void>;
}

interface Bucket {
  left: number;
  readAt: number;
}

/**
 * Buckets in the memory of this process. At most `maxKeys` are kept; the least recently used is dropped
 * first.
 */
export function memoryRateLimits(maxKeys: number, now: () => number = Date.now): RateLimitStore {
  const buckets = new Map<string, Bucket>();

  async function take(key: string, perMinute: number): Promise<number> {
    const perMillisecond = perMinute / 60_000;
    const at = now();
    const bucket = buckets.get(key);
    // A clock that was set back must not lock visitors out.
    const elapsed = bucket ? Math.max(0, at - bucket.readAt) : 0;
    const left = bucket ? Math.min(perMinute, bucket.left + elapsed * perMillisecond) : perMinute;
    // Reinserted last, so that the map is ordered by use.
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
