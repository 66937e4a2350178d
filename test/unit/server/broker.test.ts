import { describe, expect, test } from 'vitest';
import { createTokenBroker } from '../../../src/server/index.ts';
import { answering, ask, brokerOptions, oauthToken, quietLogger } from './support.ts';

describe('the token broker', () => {
  test('gives a visitor with a session a token of their own', async () => {
    const oauth = answering(() => oauthToken());
    const broker = createTokenBroker({ ...brokerOptions, fetch: oauth.fetch, now: () => 1_000 });

    const response = await broker.token(ask());

    expect(response.status).toBe(200);
    expect(response.headers.get('Cache-Control')).toBe('no-store');
    expect(await response.json()).toEqual({
      token: 'upstream-token',
      expiresAt: '1970-01-01T00:15:01.000Z',
      expiresIn: 900,
      subject: 'visitor-1',
    });
    expect(Object.fromEntries(new URLSearchParams(oauth.bodies[0]))).toEqual({
      grant_type: 'client_credentials',
      client_id: 'the-client',
      client_secret: 'the-secret',
      scope: 'webchat:send webchat:read conversation:read',
      subject: 'visitor-1',
    });
  });

  test('asks anew for every visitor', async () => {
    let count = 0;
    const oauth = answering(() => oauthToken({ access_token: `token-${++count}` }));
    let subject = 'one';
    const broker = createTokenBroker({
      ...brokerOptions,
      fetch: oauth.fetch,
      session: async () => ({ subject }),
    });

    const first = await (await broker.token(ask())).json();
    subject = 'two';
    const second = await (await broker.token(ask())).json();

    expect(first).toMatchObject({ token: 'token-1', subject: 'one' });
    expect(second).toMatchObject({ token: 'token-2', subject: 'two' });
    expect(new URLSearchParams(oauth.bodies[1]).get('subject')).toBe('two');
  });

  test.each([
    ['another site', { 'Sec-Fetch-Site': 'cross-site' }],
    ['a sister subdomain', { 'Sec-Fetch-Site': 'same-site' }],
    ['another origin', { Origin: 'https://evil.example' }],
    ['another port', { Origin: 'https://shop.example:8443' }],
    ['an opaque origin', { Origin: 'null' }],
    [
      'a browser that contradicts itself',
      { Origin: 'https://shop.example', 'Sec-Fetch-Site': 'x' },
    ],
  ])('refuses %s before anything else', async (_, headers) => {
    const broker = createTokenBroker({
      ...brokerOptions,
      session: () => Promise.reject(new Error('must not be asked')),
    });
    for (const method of ['POST', 'GET', 'OPTIONS']) {
      const response = await broker.token(ask(headers, method));
      expect(response.status).toBe(403);
      expect(response.headers.has('Access-Control-Allow-Origin')).toBe(false);
    }
  });

  test('lets its own pages in, behind a proxy too', async () => {
    const { fetch } = answering(() => oauthToken());
    const direct = createTokenBroker({ ...brokerOptions, fetch });
    const own = { Origin: 'https://shop.example', 'Sec-Fetch-Site': 'same-origin' };
    expect((await direct.token(ask(own))).status).toBe(200);

    const origin = 'https://www.shop.example';
    const proxied = createTokenBroker({ ...brokerOptions, fetch, origin });
    expect((await proxied.token(ask({ Origin: origin }))).status).toBe(200);
    expect((await proxied.token(ask(own))).status).toBe(403);
  });

  test('takes POST alone, and says so before it asks for a session', async () => {
    const broker = createTokenBroker({ ...brokerOptions, session: async () => null });
    const response = await broker.token(ask({}, 'GET'));
    expect(response.status).toBe(405);
    expect(response.headers.get('Allow')).toBe('POST');
  });

  test('answers 401 without a session, and requests no token', async () => {
    const oauth = answering(() => oauthToken());
    const broker = createTokenBroker({
      ...brokerOptions,
      fetch: oauth.fetch,
      session: async () => null,
    });
    const response = await broker.token(ask());
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: 'unauthorized' });
    expect(oauth.bodies).toEqual([]);
  });

  test('slows down one visitor, and not the others', async () => {
    let subject = 'eager';
    let clock = 0;
    const broker = createTokenBroker({
      ...brokerOptions,
      fetch: answering(() => oauthToken()).fetch,
      session: async () => ({ subject }),
      limits: { tokensPerMinute: 2 },
      now: () => clock,
    });
    expect((await broker.token(ask())).status).toBe(200);
    expect((await broker.token(ask())).status).toBe(200);
    const refused = await broker.token(ask());
    expect(refused.status).toBe(429);
    expect(refused.headers.get('Retry-After')).toBe('30');

    subject = 'calm';
    expect((await broker.token(ask())).status).toBe(200);

    subject = 'eager';
    clock += 30_000;
    expect((await broker.token(ask())).status).toBe(200);
  });

  test('never lets an empty subject through', async () => {
    const { logger } = quietLogger();
    const broker = createTokenBroker({
      ...brokerOptions,
      logger,
      session: async () => ({ subject: '' }),
    });
    expect((await broker.token(ask())).status).toBe(500);
  });

  test('answers also when the session check breaks', async () => {
    const { logger, lines } = quietLogger();
    const broker = createTokenBroker({
      ...brokerOptions,
      logger,
      session: () => Promise.reject(new Error('the session store is down')),
    });
    const response = await broker.token(ask());
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('session store');
    expect(lines.join()).toContain('the session store is down');
  });
});

describe('a broken OAuth server', () => {
  const secretBody = '{"error":"invalid_client","hint":"the-secret is wrong"}';
  const cases: [string, () => Promise<Response> | Response][] = [
    ['refuses', () => new Response(secretBody, { status: 401 })],
    ['fails', () => new Response('the-secret', { status: 500 })],
    ['answers no JSON', () => new Response('the-secret')],
    ['answers no token', () => Response.json({ token_type: 'bearer', expires_in: 1 })],
    ['answers another kind of token', () => oauthToken({ token_type: 'mac' })],
    [
      'grants more than a browser may hold',
      () => oauthToken({ scope: 'webchat:send platform:read:all' }),
    ],
    ['cannot be reached', () => Promise.reject(new TypeError('the-secret: fetch failed'))],
  ];

  test.each(cases)('that %s becomes 502 without its words', async (_, answer) => {
    const { logger, lines } = quietLogger();
    const { fetch } = answering(answer);
    const broker = createTokenBroker({ ...brokerOptions, logger, fetch });
    const response = await broker.token(ask());
    expect(response.status).toBe(502);
    const reported = JSON.stringify([await response.text(), [...response.headers], lines]);
    expect(reported).not.toContain('the-secret');
    expect(reported).not.toContain('upstream-token');
    expect(lines).toHaveLength(1);
  });

  test('that hangs is given up after the time-out', async () => {
    const { logger, lines } = quietLogger();
    const broker = createTokenBroker({
      ...brokerOptions,
      logger,
      oauthTimeout: 1,
      fetch: (_, init) =>
        new Promise((_resolve, reject) => {
          init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
        }),
    });
    expect((await broker.token(ask())).status).toBe(502);
    expect(lines.join()).toContain('no response within 1 ms');
  });

  test('that is too busy passes its Retry-After on', async () => {
    const { logger } = quietLogger();
    const { fetch } = answering(
      () => new Response(null, { status: 429, headers: { 'Retry-After': '7' } }),
    );
    const broker = createTokenBroker({ ...brokerOptions, logger, fetch });
    const response = await broker.token(ask());
    expect(response.status).toBe(502);
    expect(response.headers.get('Retry-After')).toBe('7');
  });

  test('is never followed to another address', async () => {
    const oauth = answering(() => oauthToken());
    await createTokenBroker({ ...brokerOptions, fetch: oauth.fetch }).token(ask());
    expect(oauth.inits[0]?.redirect).toBe('error');
  });
});

describe('a wrong option', () => {
  test.each([
    ['scopes', { scopes: ['webchat:send', 'platform:read:all'] }],
    ['scopes', { scopes: ['conversation:write'] }],
    ['scopes', { scopes: ['webchat:send user:write'] }],
    ['scopes', { scopes: [] }],
    ['oauthUrl', { oauthUrl: '/oauth/token' }],
    ['clientSecret', { clientSecret: '' }],
    ['origin', { origin: 'https://shop.example/' }],
    ['oauthTimeout', { oauthTimeout: 0 }],
    ['limits.tokensPerMinute', { limits: { tokensPerMinute: 0 } }],
  ])('throws at once and names %s', (name, wrong) => {
    const create = () => createTokenBroker({ ...brokerOptions, ...wrong });
    expect(create).toThrow(name);
    expect(create).toThrow(expect.objectContaining({ code: 'invalid-option' }));
    expect(create).not.toThrow('the-secret');
  });

  test('is not a scope that the gateway knows', () => {
    const scopes = ['webchat:send', 'webchat:file-upload', 'conversation:read', 'user:read'];
    expect(() => createTokenBroker({ ...brokerOptions, scopes })).not.toThrow();
  });

  test('is also plain http to another machine, which is warned of', () => {
    const { logger, lines } = quietLogger();
    createTokenBroker({ ...brokerOptions, logger, oauthUrl: 'http://oauth.example/token' });
    createTokenBroker({ ...brokerOptions, logger, oauthUrl: 'http://127.0.0.1:8081/token' });
    expect(lines).toHaveLength(1);
  });
});
