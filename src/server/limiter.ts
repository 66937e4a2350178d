import { createHash } from 'node:crypto';
import type { BrokerLogger } from './logs.ts';
import { memoryRateLimits, type RateLimitStore } from './rate-limits.ts';

/** For an answer of the shared store, in ms. */
const deadline = 500;

/** Between two log entries about a store that can't be reached, in ms. */
const warningInterval = 60_000;

export interface Limiter {
  /** Counts a request. Resolves with the seconds to wait, 0 for none; never rejects. */
  take(kind: string, who: string, perMinute: number): Promise<number>;
  /** Whether the shared store answered the last request. */
  readonly isShared: boolean;
}

/**
 * Counts in the store, or in this process while the store can't be reached: a Redis that is down
 * neither locks visitors out nor lifts the limits.
 */
export function createLimiter(
  store: RateLimitStore | null,
  maxKeys: number,
  now: () => number,
  logger: BrokerLogger,
): Limiter {
  const own = memoryRateLimits(maxKeys, now);
  let isShared = store !== null;
  let warnedAt = Number.NEGATIVE_INFINITY;

  async function takeFrom(key: string, perMinute: number): Promise<number> {
    if (!store) return own.take(key, perMinute);
    try {
      const wait = await withDeadline(store.take(key, perMinute));
      isShared = true;
      return wait;
    } catch (error) {
      isShared = false;
      if (now() - warnedAt >= warningInterval) {
        warnedAt = now();
        const message = 'Shared rate limit store unreachable; this broker counts on its own.';
        logger.warn({ event: 'rate-limits-lost', message, reason: reasonOf(error) });
      }
      return own.take(key, perMinute);
    }
  }

  return {
    async take(kind, who, perMinute) {
      // Bounds the key's length, and keeps addresses and visitor ids out of the store.
      const digest = createHash('sha256').update(who).digest('base64url').slice(0, 22);
      return Math.ceil((await takeFrom(`${kind}:${digest}`, perMinute)) / 1000);
    },
    get isShared() {
      return isShared;
    },
  };
}

/** Only the code, such as `ECONNREFUSED`, or the name: a message may quote an address or a password. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

async function withDeadline(wait: Promise<number>): Promise<number> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new DOMException('The rate limit store timed out.', 'TimeoutError')),
      deadline,
    );
  });
  try {
    return await Promise.race([wait, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
