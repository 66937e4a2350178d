import { z } from 'zod';
import { parseOptions } from './options.ts';
import type { RateLimitStore } from './rate-limits.ts';

export interface RedisRateLimitsOptions {
  /** `redis://…` or `rediss://…`, as in `REDIS_URL`. Redis 5 or newer, or Valkey. */
  readonly url: string;
  /** Before every key, so that several sites can share a server. @default 'partyline:rate:' */
  readonly prefix?: string;
}

/**
 * One number a key: when the bucket will be full again (GCRA). The server's own clock counts, since
 * those of the brokers differ, and a script is carried out as a whole, so two brokers can't both take
 * the last one. A key expires when its bucket is full.
 */
const takeScript = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local pace = 60000 / ARGV[1]
local full = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now)
local wait = full + pace - ARGV[1] * pace - now
if wait > 0.001 then return math.ceil(wait) end
redis.call('SET', KEYS[1], full + pace, 'PX', math.ceil(full + pace - now))
return 0`;

const optionsSchema = z.strictObject({
  url: z.string().regex(/^rediss?:\/\//, 'must be a redis: or rediss: URL'),
  prefix: z.string().default('partyline:rate:'),
});

/**
 * Rate limits that several brokers share, in Redis or Valkey. Needs the package `@redis/client`.
 * Connects at once and again whenever the line breaks; nothing waits for it meanwhile.
 *
 * @throws {PartylineError} `invalid-option`. Never quotes the URL, which may hold a password.
 */
export function redisRateLimits(options: RedisRateLimitsOptions): RateLimitStore {
  const { url, prefix } = parseOptions('redisRateLimits', optionsSchema, options);
  /** Why there is no line; a client without one says only that it has none. */
  let problem: unknown = null;
  const connecting = connect(url, (error) => {
    problem = error;
  });
  // Without the package: it is told to each `take`.
  connecting.catch(() => undefined);

  return {
    async take(key, perMinute) {
      const client = await connecting;
      if (!client.isReady && problem) throw problem;
      const wait = await client.eval(takeScript, {
        keys: [prefix + key],
        arguments: [String(perMinute)],
      });
      if (typeof wait !== 'number') throw new TypeError('the rate limits’ script failed');
      return wait;
    },
    async close() {
      // Without the package there is nothing to close, and each `take` has said so.
      const client = await connecting.catch(() => null);
      client?.destroy();
    },
  };
}

/** In ms, with jitter: brokers that lost it together must not come back together. */
export function reconnectDelay(retries: number): number {
  return Math.min(100 * 2 ** retries, 5_000) + Math.random() * 100;
}

/** @param failed is told each reason why there is no line */
async function connect(url: string, failed: (error: unknown) => void) {
  const { createClient } = await import('@redis/client');
  const client = createClient({
    url,
    // What can't be asked at once is answered by the broker's own count.
    disableOfflineQueue: true,
    socket: {
      connectTimeout: 5_000,
      reconnectStrategy: reconnectDelay,
    },
  });
  // A client without a listener takes the process down with it; `take` tells what is wrong.
  client.on('error', failed);
  // It is tried again for ever, by the strategy above.
  client.connect().catch(failed);
  return client;
}
