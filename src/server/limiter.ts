import { createHash } from 'node:crypto';
import type { BrokerLogger } from './logs.ts';
import { memoryRateLimits, type RateLimitStore } from './rate-limits.ts';

/** A shared store that is slower than this is not waited for, in ms. */
const patience = 500;

/** Between two lines in the log about a store that is out of reach, in ms. */
const quiet = 60_000;

export interface Limiter {
  /** Seconds to wait, 0 for none. Never rejects. */
  take(kind: string, who: string, perMinute: number): Promise<number>;
  /** Whether the shared store answered last. */
  readonly isShared: boolean;
}

/**
 * Asks the store, and counts in this process while it is out of reach: a visitor is neither locked out
 * by a Redis that is down, nor let in without any limit.
 */
export function createLimiter(
  store: RateLimitStore | null,
  maxKeys: number,
  now: () => number,
  logger: BrokerLogger,
): Limiter {
  const own = memoryRateLimits(maxKeys, now);
  let isShared = store !== null;
  let toldAt = Number.NEGATIVE_INFINITY;

  async function ask(key: string, perMinute: number): Promise<number> {
    if (!store) return own.take(key, perMinute);
    try {
      const wait = await withDeadline(store.take(key, perMinute));
      isShared = true;
      return wait;
    } catch (error) {
      isShared = false;
      if (now() - toldAt >= quiet) {
        toldAt = now();
        const message = 'The shared rate limits are out of reach: this broker counts by itself.';
        logger.warn({ event: 'rate-limits-lost', message, reason: reasonOf(error) });
      }
      return own.take(key, perMinute);
    }
  }

  return {
    async take(kind, who, perMinute) {
      // Bounded, and no address or visitor id stands in somebody else's memory in plain words.
      const digest = createHash('sha256').update(who).digest('base64url').slice(0, 22);
      return Math.ceil((await ask(`${kind}:${digest}`, perMinute)) / 1000);
    },
    get isShared() {
      return isShared;
    },
  };
}

/** Only the code, as `ECONNREFUSED`, or the kind: a message could quote an address or a password. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

async function withDeadline(wait: Promise<number>): Promise<number> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DOMException('too slow', 'TimeoutError')), patience);
  });
  try {
    return await Promise.race([wait, late]);
  } finally {
    clearTimeout(timer);
  }
}
