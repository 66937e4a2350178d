import { afterEach, describe, expect, test, vi } from 'vitest';
import { createTokenBroker, redisRateLimits } from '../../../src/server/index.ts';
import { reconnectDelay } from '../../../src/server/redis-rate-limits.ts';
import { hasRedis, startRedis } from '../../support/redis.ts';
import { secretsIn } from '../../support/secrets.ts';
import { answering, ask, brokerOptions, oauthToken, quietLogger } from './support.ts';

const good = () => ({ ...brokerOptions, fetch: answering(() => oauthToken()).fetch });

afterEach(() => {
  vi.useRealTimers();
});

/** The `reason` of each line in the log of a broker whose limits are there. */
async function reasonsWith(url: string): Promise<string[]> {
  const rateLimits = redisRateLimits({ url });
  const { logger, lines } = quietLogger();
  const broker = createTokenBroker({ ...good(), logger, rateLimits, now: () => Date.now() });
  try {
    // Until the first try to connect has failed, there is no reason yet.
    await expect
      .poll(() => rateLimits.take('probe', 1).catch(({ code }) => code), { timeout: 10_000 })
      .toBeDefined();
    expect((await broker.token(ask())).status).toBe(200);
    return lines.map((line) => JSON.parse(line).reason);
  } finally {
    await rateLimits.close();
  }
}

test('a broker says why a shared store is out of reach, by a code alone', async () => {
  expect(await reasonsWith('redis://:hunter2@127.0.0.1:1')).toEqual(['ECONNREFUSED']);
});

describe('a shared store', () => {
  test('that fails or hangs is replaced by the broker’s own count, and reported once', async () => {
    vi.useFakeTimers();
    const { logger, lines } = quietLogger();
    let calls = 0;
    const broker = createTokenBroker({
      ...good(),
      logger,
      limits: { tokensPerMinute: 2 },
      rateLimits: {
        take: () => {
          calls += 1;
          return calls === 1
            ? new Promise(() => {})
            : Promise.reject(new Error('redis://:hunter2@cache is down'));
        },
        close: async () => {},
      },
      now: () => 0,
    });
    const statuses = [];
    for (let index = 0; index < 3; index += 1) {
      const asking = broker.token(ask());
      await vi.advanceTimersByTimeAsync(500);
      statuses.push((await asking).status);
    }
    expect(statuses).toEqual([200, 200, 429]);
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain('hunter2');
    const health = new Request('https://shop.example/chat/health');
    expect(await (await broker.health(health)).json()).toEqual({ status: 'ok', rateLimits: 'own' });
  });
});

// A real Redis or Valkey; .ci/run installs one.
describe.runIf(hasRedis)('brokers that share a Redis', () => {
  test('give a visitor one limit, lose it for a while, and find it again', async () => {
    const redis = await startRedis();
    const { logger, lines } = quietLogger();
    const brokers = [1, 2, 3].map(() =>
      createTokenBroker({
        ...good(),
        logger,
        tokenReuse: 0,
        rateLimits: redisRateLimits({ url: redis.url }),
        limits: { tokensPerMinute: 6 },
      }),
    );
    const health = async (broker: (typeof brokers)[number]) =>
      (await broker.health(new Request('https://shop.example/chat/health'))).json();
    const shared = () =>
      expect
        .poll(
          async () => {
            const answers = [];
            for (const broker of brokers) {
              // Another visitor's, so that the counted one is not touched.
              await broker.routingLog(ask({}, 'POST', '{'));
              answers.push((await health(broker)).rateLimits);
            }
            return answers;
          },
          { timeout: 15_000 },
        )
        .toEqual(['shared', 'shared', 'shared']);
    try {
      await shared();
      const answers = await Promise.all(
        Array.from({ length: 12 }, (_, index) => brokers[index % 3]?.token(ask())),
      );
      const statuses = answers.map((answer) => answer?.status);
      expect(statuses.filter((status) => status === 200)).toHaveLength(6);
      const [refused] = answers.filter((answer) => answer?.status === 429);
      expect(Number(refused?.headers.get('Retry-After'))).toBeGreaterThanOrEqual(9);
      expect(Number(refused?.headers.get('Retry-After'))).toBeLessThanOrEqual(10);

      await redis.stop();
      // Each counts by itself now: nobody is locked out, and nobody is let in without limit.
      const alone = [];
      for (let index = 0; index < 8; index += 1) alone.push(await brokers[0]?.token(ask()));
      expect(alone.map((answer) => answer?.status)).toEqual([
        200, 200, 200, 200, 200, 200, 429, 429,
      ]);
      await redis.start();
      await shared();
    } finally {
      await Promise.all(brokers.map((broker) => broker.close()));
      await redis.close();
    }
    expect(lines.length).toBeGreaterThan(0);
    expect(secretsIn(lines.join())).toEqual([]);
  }, 60_000);
});

test.each([
  [0, 100],
  [1, 200],
  [3, 800],
  [5, 3_200],
  [6, 5_000],
  [50, 5_000],
])(
  'a store that was lost %i times is looked for again after %i ms, with jitter',
  (retries, least) => {
    const random = vi.spyOn(Math, 'random').mockReturnValueOnce(0);
    random.mockReturnValueOnce(0.5);
    expect([reconnectDelay(retries), reconnectDelay(retries)]).toEqual([least, least + 50]);
    random.mockRestore();
  },
);

describe.runIf(hasRedis)('a Redis of its own', () => {
  test('holds a minute’s worth a key and a prefix, for as long as it takes to fill', async () => {
    const redis = await startRedis();
    const { createClient } = await import('@redis/client');
    const client = await createClient({ url: redis.url }).connect();
    const stores = [
      redisRateLimits({ url: redis.url }),
      redisRateLimits({ url: redis.url, prefix: 'shop:' }),
    ];
    const [plain, prefixed] = stores;
    if (!plain || !prefixed) throw new Error('two stores');
    try {
      await expect
        .poll(() => plain.take('probe', 1).catch(() => null), { timeout: 10_000 })
        .not.toBeNull();
      await expect
        .poll(() => prefixed.take('probe', 1).catch(() => null), { timeout: 10_000 })
        .not.toBeNull();
      const waits = [];
      for (let index = 0; index < 4; index += 1) waits.push(await plain.take('token:a', 3));
      expect(waits.slice(0, 3)).toEqual([0, 0, 0]);
      // Twenty seconds, less what the test itself took.
      expect(waits[3]).toBeGreaterThan(15_000);
      expect(waits[3]).toBeLessThanOrEqual(20_000);
      expect(await prefixed.take('token:a', 3)).toBe(0);
      expect((await client.keys('*token:a')).toSorted()).toEqual([
        'partyline:rate:token:a',
        'shop:token:a',
      ]);
      // A key of a full bucket would stay for ever.
      const life = await client.pTTL('partyline:rate:token:a');
      expect(life).toBeGreaterThan(50_000);
      expect(life).toBeLessThanOrEqual(60_000);
      expect(await client.pTTL('shop:token:a')).toBeLessThanOrEqual(20_000);

      // Nobody waits for it to come back.
      client.destroy();
      await redis.stop();
      // The first may have been under way when the line broke; the others know it.
      for (let index = 0; index < 3; index += 1) {
        await expect(plain.take('token:a', 3)).rejects.toThrow();
      }
      await redis.start();
      await expect
        .poll(() => plain.take('probe', 1).catch(() => null), { timeout: 10_000 })
        .not.toBeNull();
    } finally {
      await Promise.all(stores.map((store) => store.close()));
      await expect(plain.take('token:a', 3)).rejects.toThrow();
      await redis.close();
    }
  }, 60_000);
});
