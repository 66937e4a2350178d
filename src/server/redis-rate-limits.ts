import { z } from 'zod';
import { parseOptions } from './options.ts';
import type { RateLimitStore } from './rate-limits.ts';

export interface RedisRateLimitsOptions {
  /** `redis://…` or `rediss://…`. Redis 5 or newer, or Valkey. */
  readonly url: string;
  /** Prefix of every key, so that several sites can share a server. @default 'partyline:rate:' */
  readonly prefix?: string;
}

/**
 * Stores one number per key: the time at which the bucket is full again (GCRA). It uses the clock of the
 * Redis server, since those of the brokers differ. Scripts are atomic, so two brokers can't both take the
 * last token. A key expires when its bucket is full.
 */
const takeScript = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local interval = 60000 / ARGV[1]
local full = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now)
local wait = full + interval - ARGV[1] * interval - now
if wait > 0.001 then return math.ceil(wait) end
redis.call('SET', KEYS[1], full + interval, 'PX', math.ceil(full + interval - now))
return 0`;

const optionsSchema = z.strictObject({
  url: z.string().regex(/^rediss?:\/\//, 'must be a redis: or rediss: URL'),
  prefix: z.string().default('partyline:rate:'),
});

/**
 * Rate limits that several brokers share, in Redis or Valkey. Needs the package `@redis/client`. Connects
 * at once, and reconnects by itself; requests do not wait for it.
 *
 * @throws {PartylineError} `invalid-option`. Never quotes the URL, which may hold a password.
 */
export function redisRateLimits(options: RedisRateLimitsOptions): RateLimitStore {
  const { url, prefix } = parseOptions('redisRateLimits', optionsSchema, options);
  /** The last connection error; the client itself only reports that it is not connected. */
  let problem: unknown = null;
  const connecting = connect(url, (error) => {
    problem = error;
  });
  // If the package is missing, each `take` rejects.
  connecting.catch(() => undefined);

  return {
    async take(key, perMinute) {
      const client = await connecting;
      if (!client.isReady && problem) throw problem;
      const wait = await client.eval(takeScript, {
        keys: [prefix + key],
        arguments: [String(perMinute)],
      });
      if (typeof wait !== 'number')
        throw new TypeError('The rate limit script returned no number.');
      return wait;
    },
    async close() {
      // If the package is missing, there is nothing to close.
      const client = await connecting.catch(() => null);
      client?.destroy();
    },
  };
}

/** In ms, with jitter, so that brokers do not all reconnect at the same moment. */
export function reconnectDelay(retries: number): number {
  return Math.min(100 * 2 ** retries, 5_000) + Math.random() * 100;
}

/** @param failed called with each connection error */
async function connect(url: string, failed: (error: unknown) => void) {
  const { createClient } = await import('@redis/client');
  const client = createClient({
    url,
    // While disconnected, the broker counts on its own.
    disableOfflineQueue: true,
    socket: {
      connectTimeout: 5_000,
      reconnectStrategy: reconnectDelay,
    },
  });
  // Without a listener, an error event ends the process; `take` reports the error.
  client.on('error', failed);
  // Retried without end, by the strategy above.
  client.connect().catch(failed);
  return client;
}
