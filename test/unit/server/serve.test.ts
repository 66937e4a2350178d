import { request, Server } from 'node:http';
import { describe, expect, test, vi } from 'vitest';
import { createTokenBroker, serveBroker } from '../../../src/server/index.ts';
import { answering, brokerOptions, oauthToken } from './support.ts';

function broker(options: object = {}) {
  return createTokenBroker({
    ...brokerOptions,
    fetch: answering(() => oauthToken()).fetch,
    now: () => 0,
    ...options,
  });
}

/** A request by itself; `fetch` names headers of its own. */
function post(port: number, body = '', headers: Record<string, string> = {}) {
  return new Promise<{ status: number | undefined; headers: NodeJS.Dict<string | string[]> }>(
    (resolve, reject) => {
      const options = { host: '127.0.0.1', port, path: '/chat/token', method: 'POST' };
      const sending = request(
        { ...options, headers: { Connection: 'keep-alive', ...headers } },
        (response) => {
          response.resume();
          resolve({ status: response.statusCode, headers: response.headers });
        },
      );
      sending.on('error', reject).end(body);
    },
  );
}

describe('a broker that is served alone', () => {
  test('keeps a connection for longer than a balancer does, unless a body is left on it', async () => {
    const served = await serveBroker(broker());
    try {
      const good = await post(served.port);
      expect(good).toMatchObject({ status: 200, headers: { 'keep-alive': 'timeout=75' } });
      expect(good.headers.connection).toBe('keep-alive');
      const long = await post(served.port, 'x'.repeat(2_000));
      expect(long).toMatchObject({ status: 413, headers: { connection: 'close' } });
      const foreign = await post(served.port, '', { Origin: 'https://evil.example' });
      expect(foreign).toMatchObject({ status: 403, headers: { connection: 'keep-alive' } });
    } finally {
      await served.close();
    }
  });

  test.each([
    [200, 'keep-alive'],
    [400, 'keep-alive'],
    [408, 'close'],
    [413, 'close'],
    [429, 'keep-alive'],
  ])('leaves the connection after an answer of %i: %s', async (status, connection) => {
    // Of a body that does not come in time: that takes ten seconds.
    const fetch = async () => new Response(null, { status });
    const served = await serveBroker({ ...broker(), fetch });
    try {
      expect(await post(served.port)).toMatchObject({ status, headers: { connection } });
    } finally {
      await served.close();
    }
  });

  test('listens to this machine alone, and gives a head ten seconds, a request twenty', async () => {
    const listen = vi.spyOn(Server.prototype, 'listen');
    const served = await serveBroker(broker());
    const [server] = listen.mock.contexts;
    const [address] = listen.mock.calls;
    listen.mockRestore();
    await served.close();
    expect(address?.slice(0, 2)).toEqual([0, '127.0.0.1']);
    expect(server).toMatchObject({ headersTimeout: 10_000, requestTimeout: 20_000 });
  });

  test('knows the address of the client', async () => {
    const served = await serveBroker(broker({ limits: { requestsPerAddress: 1 } }));
    try {
      const first = await post(served.port, '', { 'X-Forwarded-For': '192.0.2.1' });
      const second = await post(served.port, '', { 'X-Forwarded-For': '192.0.2.2' });
      expect([first.status, second.status]).toEqual([200, 429]);
    } finally {
      await served.close();
    }
  });

  test('listens where configured, reports when it can’t, and frees the port when it closes', async () => {
    const first = await serveBroker(broker());
    const { port } = first;
    expect(port).toBeGreaterThan(0);
    await expect(serveBroker(broker(), { port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await first.close();
    const second = await serveBroker(broker(), { port, host: 'localhost' });
    expect(second.port).toBe(port);
    await second.close();
    await expect(post(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('closes its broker with itself', async () => {
    const close = vi.fn(async () => {});
    const served = await serveBroker(broker({ rateLimits: { take: async () => 0, close } }));
    expect((await post(served.port)).status).toBe(200);
    await served.close();
    expect(close).toHaveBeenCalledOnce();
  });
});
