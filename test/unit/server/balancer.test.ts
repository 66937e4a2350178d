import { describe, expect, test } from 'vitest';
import { createTokenBroker, redisRateLimits, serveBroker } from '../../../src/server/index.ts';
import { hasNginx, startNginx } from '../../support/nginx.ts';
import { hasRedis, startRedis } from '../../support/redis.ts';
import { answering, brokerOptions, oauthToken } from './support.ts';

/** A real nginx that hands requests round. */
async function startBalancer(ports: readonly number[]) {
  const { port, close } = await startNginx(
    `location / {
       proxy_pass http://brokers;
       proxy_set_header Host $host;
       proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
       proxy_next_upstream error timeout http_503 non_idempotent;
     }`,
    `upstream brokers { ${ports.map((one) => `server 127.0.0.1:${one};`).join(' ')} }`,
  );
  return { url: `http://127.0.0.1:${port}`, close };
}

// A real nginx and a real Redis or Valkey; .ci/run installs both.
describe.runIf(hasRedis && hasNginx)('two brokers behind a balancer', () => {
  test('act as one: one limit, one address each, and one can go', async () => {
    const redis = await startRedis();
    const served = await Promise.all(
      [1, 2].map(async () => {
        const broker = createTokenBroker({
          ...brokerOptions,
          origin: 'https://shop.example',
          fetch: answering(() => oauthToken()).fetch,
          session: async (request) => ({ subject: request.headers.get('X-Visitor') ?? 'one' }),
          trustedProxies: 1,
          rateLimits: redisRateLimits({ url: redis.url }),
          limits: { tokensPerMinute: 6, requestsPerAddress: 20 },
        });
        return { broker, ...(await serveBroker(broker)) };
      }),
    );
    const balancer = await startBalancer(served.map(({ port }) => port));
    const ask = async (visitor: string, forwarded = '') => {
      const headers = {
        'X-Visitor': visitor,
        Origin: 'https://shop.example',
        ...(forwarded ? { 'X-Forwarded-For': forwarded } : {}),
      };
      const response = await fetch(`${balancer.url}/chat/token`, { method: 'POST', headers });
      return response.status;
    };
    const many = async (count: number, visitor: (index: number) => string, forwarded?: string) => {
      const statuses = [];
      for (let index = 0; index < count; index += 1) {
        statuses.push(await ask(visitor(index), forwarded));
      }
      return statuses;
    };
    try {
      // Both have found the Redis, and nginx has both.
      const states = () =>
        Promise.all(
          served.map(async ({ broker, port }) => {
            await broker.routingLog(
              new Request('http://x/', {
                method: 'POST',
                headers: { 'X-Visitor': 'probe', 'X-Forwarded-For': '203.0.113.9' },
              }),
            );
            const health = await fetch(`http://127.0.0.1:${port}/chat/health`);
            return (await health.json()).rateLimits;
          }),
        );
      await expect.poll(states, { timeout: 10_000 }).toEqual(['shared', 'shared']);
      await expect
        .poll(async () => (await fetch(`${balancer.url}/chat/health`).catch(() => null))?.status)
        .toBe(200);

      expect(await many(8, () => 'one')).toEqual([200, 200, 200, 200, 200, 200, 429, 429]);
      // A page can't choose its address: what it writes stands left of what nginx adds.
      const lies = await many(20, (index) => `visitor-${index}`, '198.51.100.1');
      expect(lies.filter((status) => status === 200).length).toBeLessThanOrEqual(13);
      expect(lies.at(-1)).toBe(429);

      await served[0]?.close();
      expect((await fetch(`${balancer.url}/chat/health`)).status).toBe(200);
    } finally {
      await balancer.close();
      for (const { close } of served.slice(1)) await close();
      await redis.close();
    }
  }, 60_000);
});
