import { describe, expect, test } from 'vitest';
import { clientAddress } from '../../../src/server/address.ts';
import { createTokenBroker, redisRateLimits } from '../../../src/server/index.ts';
import { hasRedis, startRedis } from '../../support/redis.ts';
import { secretsIn } from '../../support/secrets.ts';
import { answering, ask, brokerOptions, oauthToken, quietLogger } from './support.ts';

const good = () => ({ ...brokerOptions, fetch: answering(() => oauthToken()).fetch });

describe('an address', () => {
  const forwarded = (value: string) =>
    new Request('https://shop.example/', { headers: { 'X-Forwarded-For': value } });

  test.each([
    ['the connection’s own, without a proxy', '6.6.6.6', '192.0.2.1', 0, '192.0.2.1'],
    ['what the nearest proxy has added', '6.6.6.6, 192.0.2.1', '10.0.0.1', 1, '192.0.2.1'],
    ['what the outer of two has added', '6.6.6.6, 192.0.2.1, 10.0.0.2', '10.0.0.1', 2, '192.0.2.1'],
    ['not known where a proxy is missing', '6.6.6.6', '10.0.0.1', 2, null],
    ['not known where there is garbage', 'unknown', '10.0.0.1', 1, null],
    ['one of IPv4 in IPv6', '', '::ffff:192.0.2.1', 0, '192.0.2.1'],
    ['the network of an IPv6 one', '', '2001:db8:1:2:3:4:5:6', 0, '2001:db8:1:2::/64'],
    ['the network of a short IPv6 one', '', '2001:db8::7', 0, '2001:db8:0:0::/64'],
  ])('is %s', (_, header, address, proxies, expected) => {
    expect(clientAddress(forwarded(header), { address }, proxies)).toBe(expected);
  });

  test('has a limit of its own, before anybody’s session is looked at', async () => {
    let asked = 0;
    const broker = createTokenBroker({
      ...good(),
      session: async () => {
        asked += 1;
        return { subject: `visitor-${asked}` };
      },
      limits: { requestsPerAddress: 3 },
      now: () => 0,
    });
    const from = (address: string) => broker.token(ask(), { address });
    const statuses = [];
    for (let index = 0; index < 5; index += 1) statuses.push((await from('192.0.2.1')).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    expect((await from('192.0.2.1')).headers.get('Retry-After')).toBe('20');
    expect(asked).toBe(3);
    expect((await from('192.0.2.2')).status).toBe(200);
  });
});

describe('a shared store', () => {
  test('that fails or hangs is replaced by the broker’s own count, and told of once', async () => {
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
    for (let index = 0; index < 3; index += 1) statuses.push((await broker.token(ask())).status);
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
