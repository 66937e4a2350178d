import { describe, expect, test, vi } from 'vitest';
import {
  createTokenBroker,
  type LogEntry,
  SessionUnavailable,
  type TokenBrokerOptions,
} from '../../../src/server/index.ts';
import { answering, ask, brokerOptions, oauthToken } from './support.ts';

const entry = {
  at: '2026-05-12T14:30:00.000Z',
  routing: { skillGroups: ['Billing'] },
  verdict: 'matched',
  problems: [],
};
const address = '192.0.2.1';

function brokerWith(options: Partial<TokenBrokerOptions> = {}) {
  const reported: [string, LogEntry][] = [];
  const keep = (level: string) => (one: LogEntry) => void reported.push([level, one]);
  const broker = createTokenBroker({
    ...brokerOptions,
    fetch: answering(() => oauthToken()).fetch,
    logger: { info: keep('info'), warn: keep('warn'), error: keep('error') },
    now: () => 0,
    ...options,
  });
  const at = (path: string, init: RequestInit = {}) =>
    broker.fetch(new Request(`https://shop.example${path}`, { method: 'POST', ...init }), {
      address,
    });
  return { broker, at, told: reported };
}

/** A broker that answers so, and the request for it. */
const answers: [string, number, string | null, () => Promise<Response>][] = [
  ['a token', 200, null, () => brokerWith().at('/chat/token')],
  [
    'a log entry',
    204,
    null,
    () => brokerWith().at('/chat/routing-log', { body: JSON.stringify(entry) }),
  ],
  ['its health', 200, null, () => brokerWith().at('/chat/health', { method: 'GET' })],
  [
    'another origin',
    403,
    'forbidden',
    () => brokerWith().at('/chat/token', { headers: { Origin: 'https://evil.example' } }),
  ],
  ['a GET', 405, 'method-not-allowed', () => brokerWith().at('/chat/token', { method: 'GET' })],
  ['a POST for its health', 405, 'method-not-allowed', () => brokerWith().at('/chat/health')],
  [
    'nobody',
    401,
    'unauthorized',
    () => brokerWith({ session: async () => null }).at('/chat/token'),
  ],
  [
    'too many of an address',
    429,
    'rate-limited',
    async () => {
      const { at } = brokerWith({ limits: { requestsPerAddress: 1 } });
      await at('/chat/token');
      return at('/chat/token');
    },
  ],
  [
    'too many of a visitor',
    429,
    'rate-limited',
    async () => {
      const { at } = brokerWith({ limits: { tokensPerMinute: 1 } });
      await at('/chat/token');
      return at('/chat/token');
    },
  ],
  [
    'a long body',
    413,
    'too-large',
    () => brokerWith().at('/chat/token', { body: 'x'.repeat(1_025) }),
  ],
  ['no JSON', 400, 'rejected', () => brokerWith().at('/chat/routing-log', { body: '{' })],
  ['another shape', 400, 'rejected', () => brokerWith().at('/chat/routing-log', { body: '{}' })],
  [
    'a failing OAuth server',
    502,
    'unavailable',
    () => brokerWith({ fetch: () => Promise.reject(new Error('down')) }).at('/chat/token'),
  ],
  [
    'a session that can’t be checked',
    503,
    'unavailable',
    () =>
      brokerWith({ session: () => Promise.reject(new SessionUnavailable('down')) }).at(
        '/chat/token',
      ),
  ],
  [
    'a session check that breaks',
    500,
    'internal',
    () => brokerWith({ session: () => Promise.reject(new Error('down')) }).at('/chat/token'),
  ],
  [
    'its end',
    503,
    'unavailable',
    async () => {
      const { broker, at } = brokerWith();
      await broker.close();
      return at('/chat/health', { method: 'GET' });
    },
  ],
  ['another path', 404, 'not-found', () => brokerWith().at('/chat/token/')],
];

describe('every answer', () => {
  test.each(answers)(
    'to %s (%i) stays out of caches and other origins',
    async (_, status, code, make) => {
      const response = await make();
      expect(response.status).toBe(status);
      expect(response.headers.get('Cache-Control')).toBe('no-store');
      expect(response.headers.get('X-Content-Type-Options')).toBe('nosniff');
      expect(response.headers.has('Access-Control-Allow-Origin')).toBe(false);
      const type = response.headers.get('Content-Type');
      expect(type).toBe(status === 204 ? null : 'application/json; charset=utf-8');
      if (code === null) return;
      expect(await response.json()).toEqual({
        code,
        message: expect.stringMatching(/^\S.*\.$|: /),
      });
    },
  );

  test.each<[string, string | null, () => Promise<Response>]>([
    ['Allow', 'POST', () => brokerWith().at('/chat/token', { method: 'PUT' })],
    ['Allow', 'POST', () => brokerWith().at('/chat/routing-log', { method: 'GET' })],
    ['Allow', 'GET, HEAD', () => brokerWith().at('/chat/health', { method: 'DELETE' })],
    [
      'Retry-After',
      '5',
      () =>
        brokerWith({ session: () => Promise.reject(new SessionUnavailable('down')) }).at(
          '/chat/routing-log',
        ),
    ],
    [
      'Retry-After',
      null,
      () => brokerWith({ session: () => Promise.reject(new Error('down')) }).at('/chat/token'),
    ],
    [
      'Retry-After',
      '17',
      () =>
        brokerWith({
          fetch: async () => new Response(null, { status: 429, headers: { 'Retry-After': '17' } }),
        }).at('/chat/token'),
    ],
    [
      'Retry-After',
      null,
      () =>
        brokerWith({ fetch: async () => new Response(null, { status: 500 }) }).at('/chat/token'),
    ],
  ])('has the header %s: %s where it should', async (name, value, make) => {
    expect((await make()).headers.get(name)).toBe(value);
  });
});

describe('what is wrong with a request', () => {
  // Each has every fault of those behind it.
  test('is asked in the order that is documented', async () => {
    let isSignedIn = false;
    let clock = 0;
    const { at } = brokerWith({
      session: async () => (isSignedIn ? { subject: 'visitor-1' } : null),
      limits: { requestsPerAddress: 3, tokensPerMinute: 1 },
      now: () => clock,
    });
    const long = 'x'.repeat(2_000);
    const foreign = { 'Sec-Fetch-Site': 'same-site' };
    const status = async (init: RequestInit) => (await at('/chat/token', init)).status;

    // Neither of these two counts against the address.
    for (let index = 0; index < 5; index += 1) {
      expect(await status({ method: 'GET', headers: foreign })).toBe(403);
      expect(await status({ method: 'GET' })).toBe(405);
    }
    expect(await status({ body: long })).toBe(413);
    expect(await status({})).toBe(401);
    expect(await status({})).toBe(401);
    expect(await status({ body: long })).toBe(429);
    clock += 60_000;
    isSignedIn = true;
    expect(await status({})).toBe(200);
    expect(await status({})).toBe(429);
    expect(await status({ body: long })).toBe(413);
  });

  test('of the routing log is asked in the order that is documented', async () => {
    let isSignedIn = false;
    const { at } = brokerWith({
      session: async () => (isSignedIn ? { subject: 'visitor-1' } : null),
      limits: { routingLogsPerMinute: 3 },
    });
    const long = 'x'.repeat(20_000);
    const status = async (body: string) => (await at('/chat/routing-log', { body })).status;
    expect(await status(long)).toBe(401);
    isSignedIn = true;
    expect(await status(long)).toBe(413);
    expect(await status('{')).toBe(400);
    expect(await status(JSON.stringify(entry))).toBe(204);
    expect(await status(long)).toBe(429);
  });
});

describe('a limit', () => {
  test.each([
    ['tokens', '/chat/token', '', 200],
    ['log entries', '/chat/routing-log', JSON.stringify(entry), 204],
  ])(
    'on %s of a visitor is sixty in a minute, where the site says nothing else',
    async (_, path, body, good) => {
      const { at } = brokerWith();
      for (let index = 0; index < 60; index += 1) {
        expect((await at(path, { body })).status).toBe(good);
      }
      const refused = await at(path, { body });
      expect([refused.status, refused.headers.get('Retry-After')]).toEqual([429, '1']);
    },
  );

  test('on tokens and one on log entries have nothing to do with each other', async () => {
    const { at } = brokerWith({ limits: { tokensPerMinute: 1, routingLogsPerMinute: 2 } });
    const body = JSON.stringify(entry);
    expect((await at('/chat/token')).status).toBe(200);
    expect((await at('/chat/token')).status).toBe(429);
    expect((await at('/chat/routing-log', { body })).status).toBe(204);
    expect((await at('/chat/routing-log', { body })).status).toBe(204);
    expect((await at('/chat/routing-log', { body })).status).toBe(429);
  });

  test.each([
    ['/chat/token', 1_024, {}, 200],
    ['/chat/routing-log', 16_384, {}, 204],
    ['/chat/routing-log', 300, { limits: { routingLogBytes: 300 } }, 204],
  ])(
    'on the body of %s is %i bytes, and one more is refused',
    async (path, bytes, options, good) => {
      const { at } = brokerWith(options);
      const body = JSON.stringify(entry).padEnd(bytes);
      expect((await at(path, { body })).status).toBe(good);
      const refused = await at(path, { body: `${body} ` });
      expect(refused.status).toBe(413);
      expect(await refused.json()).toMatchObject({
        message: `Request body exceeds ${bytes.toLocaleString('en')} bytes.`,
      });
    },
  );

  test.each([
    ['one character', 'x', 200],
    ['128 characters', 'x'.repeat(128), 200],
    ['129 characters', 'x'.repeat(129), 500],
    ['none', '', 500],
  ])('on a subject: one of %s', async (_, subject, status) => {
    const { at, told } = brokerWith({ session: async () => ({ subject }) });
    const response = await at('/chat/token');
    expect(response.status).toBe(status);
    if (status === 200) expect(await response.json()).toMatchObject({ subject });
    else expect(told).toContainEqual(['error', expect.objectContaining({ event: 'internal' })]);
  });
});

test.each(['/chat/token', '/chat/routing-log'])(
  'a body that dribbles in at %s is given up after ten seconds, as late and not as long',
  async (path) => {
    vi.useFakeTimers();
    try {
      const body = new ReadableStream({ pull: () => new Promise(() => {}) });
      const init: RequestInit & { duplex: 'half' } = { body, duplex: 'half' };
      const asking = brokerWith().at(path, init);
      await vi.advanceTimersByTimeAsync(10_000);
      const response = await asking;
      expect(response.status).toBe(408);
      expect(await response.json()).toMatchObject({ code: 'timeout' });
    } finally {
      vi.useRealTimers();
    }
  },
);

describe('one handler', () => {
  test('has the paths that the site names, and no other', async () => {
    const { at } = brokerWith({ tokenPath: '/t', routingLogPath: '/l', healthPath: '/h' });
    expect((await at('/t?a=b#c')).status).toBe(200);
    expect((await at('/l', { body: JSON.stringify(entry) })).status).toBe(204);
    expect((await at('/h', { method: 'GET' })).status).toBe(200);
    for (const path of [
      '/',
      '/T',
      '/t/',
      '/x/t',
      '/chat/token',
      '/chat/routing-log',
      '/chat/health',
    ]) {
      expect((await at(path)).status).toBe(404);
    }
  });

  test('answers HEAD on the health path without a body, and on no other path', async () => {
    const { at } = brokerWith();
    expect((await at('/chat/health', { method: 'HEAD' })).status).toBe(200);
    expect((await at('/chat/token', { method: 'HEAD' })).status).toBe(405);
  });

  test('says whether the limits are shared, and closes their store with itself', async () => {
    let closed = 0;
    const close = async () => {
      closed += 1;
    };
    const { broker, at } = brokerWith({ rateLimits: { take: async () => 0, close } });
    const health = async () => (await at('/chat/health', { method: 'GET' })).json();
    expect(await health()).toEqual({ status: 'ok', rateLimits: 'shared' });
    await broker.close();
    expect(closed).toBe(1);
    expect(await health()).toMatchObject({ code: 'unavailable' });
    const without = brokerWith();
    expect(await (await without.at('/chat/health', { method: 'GET' })).json()).toEqual({
      status: 'ok',
      rateLimits: 'own',
    });
    await expect(without.broker.close()).resolves.toBeUndefined();
  });
});

describe('the operator’s log', () => {
  const duration = expect.any(Number);

  test('has a line for each request, with where its token came from', async () => {
    const { at, told } = brokerWith();
    await Promise.all([at('/chat/token'), at('/chat/token')]);
    await at('/chat/token');
    await at('/chat/routing-log', { body: '{' });
    await at('/chat/health', { method: 'GET' });
    expect(told.map(([level]) => level)).toEqual(Array(5).fill('info'));
    const lines = told.map(([, line]) => line);
    expect(lines).toHaveLength(5);
    expect(lines.slice(0, 2)).toEqual(
      expect.arrayContaining([
        { event: 'token', status: 200, duration, source: 'upstream' },
        { event: 'token', status: 200, duration, source: 'flight' },
      ]),
    );
    expect(lines.slice(2)).toEqual([
      { event: 'token', status: 200, duration, source: 'reused' },
      { event: 'routing-log', status: 400, duration },
      { event: 'health', status: 200, duration },
    ]);
  });

  test('says how long a request took, in whole milliseconds', async () => {
    const clock = vi.spyOn(performance, 'now').mockReturnValueOnce(5_000);
    clock.mockReturnValue(5_250.4);
    const { at, told } = brokerWith();
    await at('/chat/health', { method: 'GET' });
    clock.mockRestore();
    expect(told.map(([, line]) => line)).toEqual([{ event: 'health', status: 200, duration: 250 }]);
  });

  test.each<[string, Partial<TokenBrokerOptions>, LogEntry]>([
    [
      'the OAuth server refuses',
      { fetch: async () => Response.json({ error: 'invalid_client' }, { status: 401 }) },
      { event: 'oauth-failed', reason: 'refused', message: 'status 401 invalid_client' },
    ],
    [
      'the session check throws',
      { session: () => Promise.reject(new RangeError('no row')) },
      { event: 'internal', reason: 'RangeError', message: 'no row' },
    ],
    [
      'the session check throws what is no error',
      { session: () => Promise.reject('no row') },
      {
        event: 'internal',
        reason: 'unknown',
        message: 'A value that is not an Error was thrown.',
      },
    ],
    [
      'the session check quotes the secret',
      { session: () => Promise.reject(new Error('sent the-secret')) },
      { event: 'internal', reason: 'Error', message: 'sent [redacted]' },
    ],
  ])('says why, when %s', async (_, options, line) => {
    const { at, told } = brokerWith(options);
    await at('/chat/token');
    expect(told.map(([level, one]) => [level, one.event])).toEqual([
      ['error', line.event],
      ['info', 'token'],
    ]);
    expect(told[0]?.[1]).toEqual(line);
  });
});

describe('a token’s end', () => {
  test.each([
    [0, 900, '1970-01-01T00:15:00.000Z'],
    [Date.parse('2026-12-31T23:59:59.999Z'), 1, '2027-01-01T00:00:00.999Z'],
    [Date.parse('2026-12-31T23:59:59.999Z'), 0.5, '2027-01-01T00:00:00.499Z'],
  ])(
    'is told as an instant in UTC with milliseconds (%i, %d s)',
    async (now, expires_in, expiresAt) => {
      const { at } = brokerWith({
        now: () => now,
        fetch: answering(() => oauthToken({ expires_in })).fetch,
      });
      expect(await (await at('/chat/token')).json()).toEqual({
        token: 'upstream-token',
        expiresAt,
        expiresIn: expires_in,
        subject: 'visitor-1',
      });
    },
  );

  test('of one that is given again is what is left, and no more', async () => {
    let clock = 1_000;
    const { at } = brokerWith({ now: () => clock });
    await at('/chat/token');
    clock += 2_500;
    expect(await (await at('/chat/token')).json()).toMatchObject({
      expiresIn: 897.5,
      expiresAt: '1970-01-01T00:15:01.000Z',
    });
  });
});

test('what came in by the routing log can’t be changed by who reads it', async () => {
  const { broker, at } = brokerWith();
  await at('/chat/routing-log', { body: JSON.stringify(entry) });
  const read: unknown[] = [...broker.routingLogEntries()];
  const handed = broker.routingLogEntries();
  Reflect.apply(Array.prototype.pop, handed, []);
  expect(broker.routingLogEntries()).toEqual(read);
  expect(read).toHaveLength(1);
});

test('a request may come without anything known beside it', async () => {
  const { broker } = brokerWith();
  expect((await broker.token(ask())).status).toBe(200);
});
