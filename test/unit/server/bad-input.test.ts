import { createServer, request as httpRequest, type Server } from 'node:http';
import { connect } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createTokenBroker,
  createVisitorSessions,
  type LogEntry,
  serveBroker,
  type TokenBroker,
} from '../../../src/server/index.ts';
import { secrets, secretsIn } from '../../support/secrets.ts';
import { answering, oauthToken } from './support.ts';

const sessions = createVisitorSessions({ secret: [secrets.session, secrets.formerSession] });

/** What the brokers tell their operators. */
let reported = '';
const keep = (entry: LogEntry) => {
  reported += `${JSON.stringify(entry)}\n`;
};

afterAll(() => {
  expect(reported).toContain('"event":"internal"');
  expect(secretsIn(reported)).toEqual([]);
});

function brokerOf(oauth: () => Promise<Response> | Response): TokenBroker {
  return createTokenBroker({
    oauthUrl: 'https://oauth.example/oauth/token',
    clientId: 'the-client',
    clientSecret: secrets.client,
    session: async (request) => {
      if (request.headers.has('X-Break')) {
        throw new Error(`can't read ${request.headers.get('Cookie')} with ${secrets.client}`);
      }
      return sessions.read(request);
    },
    fetch: answering(oauth).fetch,
    logger: { info: keep, warn: keep, error: keep },
    limits: { tokensPerMinute: 10_000, routingLogsPerMinute: 10_000, requestsPerAddress: 10_000 },
  });
}

interface Site {
  readonly origin: string;
  readonly port: number;
  close(): Promise<void>;
}

async function serveHttp(listener: Parameters<typeof createServer>[1]): Promise<Site> {
  const server: Server = createServer(listener);
  server.keepAliveTimeout = 75_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const ways: [string, (broker: TokenBroker) => Promise<Site>][] = [
  [
    'alone',
    async (broker) => {
      const { port, close } = await serveBroker(broker);
      return { origin: `http://127.0.0.1:${port}`, port, close };
    },
  ],
  ['in node:http', (broker) => serveHttp(getRequestListener((request) => broker.fetch(request)))],
  [
    'in hono',
    (broker) => {
      const app = new Hono();
      app.all('/chat/*', (context) => broker.fetch(context.req.raw));
      return serveHttp(getRequestListener(app.fetch));
    },
  ],
];

async function cookieOf(subject = 'visitor-1'): Promise<string> {
  const request = new Request('http://127.0.0.1/');
  const setCookie = await sessions.issue(request, { subject, name: null });
  return setCookie.split(';')[0] ?? '';
}

function visitorJwt(secret: string, expiry: string): Promise<string> {
  return new SignJWT({})
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject('mallory')
    .setAudience('partyline-visitor')
    .setIssuedAt()
    .setExpirationTime(expiry)
    .sign(new TextEncoder().encode(secret));
}

const plain = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe.each(ways)('the broker %s', (_, serve) => {
  let site: Site;
  let answer: () => Promise<Response> | Response = () =>
    oauthToken({ access_token: secrets.token });

  beforeAll(async () => {
    site = await serve(brokerOf(() => answer()));
  });
  afterAll(() => site.close());

  async function ask(
    path: string,
    init: RequestInit & { duplex?: 'half' } = {},
    cookie?: string,
  ): Promise<{ status: number; text: string; headers: Headers }> {
    const response = await fetch(`${site.origin}${path}`, {
      method: 'POST',
      redirect: 'manual',
      ...init,
      headers: { Cookie: cookie ?? (await cookieOf()), ...init.headers },
    });
    return { status: response.status, text: await response.text(), headers: response.headers };
  }

  /** Short, JSON, of the known shape, and with nothing that helps an attacker. */
  function expectRefusal(
    { status, text, headers }: { status: number; text: string; headers: Headers },
    expected: number,
  ): void {
    expect([status, text]).toEqual([expected, expect.any(String)]);
    expect(Object.keys(JSON.parse(text))).toEqual(['code', 'message']);
    expect(text.length).toBeLessThan(300);
    expect(text).not.toMatch(/\bat \S+:\d+|node_modules|\.ts\b|Error:/);
    expect(secretsIn(text)).toEqual([]);
    expect(headers.get('Cache-Control')).toBe('no-store');
    expect(headers.has('Access-Control-Allow-Origin')).toBe(false);
  }

  const entry = {
    at: '2026-05-12T14:30:00.000Z',
    routing: { skillGroups: ['billing'] },
    verdict: 'refused',
    problems: [],
  };

  test('gives a token, and takes a log entry', async () => {
    const { status, text } = await ask('/chat/token');
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({ token: secrets.token, subject: 'visitor-1' });
    const logged = await ask('/chat/routing-log', { body: JSON.stringify(entry) });
    expect([logged.status, logged.text]).toEqual([204, '']);
  });

  test('answers a balancer’s health check, and no other request', async () => {
    const health = await fetch(`${site.origin}/chat/health`);
    expect([health.status, await health.json()]).toEqual([
      200,
      { status: 'ok', rateLimits: 'own' },
    ]);
    expect((await fetch(`${site.origin}/chat/health`, { method: 'HEAD' })).status).toBe(200);
    expectRefusal(await ask('/chat/health'), 405);
  });

  test.each(['/chat/token', '/chat/routing-log'])('%s takes POST alone', async (path) => {
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const refused = await ask(path, { method });
      expectRefusal(refused, 405);
      expect(refused.headers.get('Allow')).toBe('POST');
    }
    // fetch knows no such method, and a HEAD has no body.
    const raw = (method: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const { port } = site;
        const sending = httpRequest({ host: '127.0.0.1', port, path, method }, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        sending.on('error', reject).end();
      });
    expect(await raw('HEAD')).toBe(405);
    expect(await raw('PROPFIND')).toBe(405);
  });

  test.each(['/chat/token', '/chat/routing-log'])('%s is for its own pages', async (path) => {
    const { origin } = site;
    const foreign = [
      { Origin: 'https://evil.example' },
      { Origin: 'null' },
      { Origin: origin.replace('127.0.0.1', 'localhost') },
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site', Origin: origin },
      { 'Sec-Fetch-Site': 'nonsense' },
    ];
    // Node's fetch sets this header itself, so these go by hand.
    for (const headers of foreign) {
      const status = await new Promise((resolve, reject) => {
        const options = { host: '127.0.0.1', port: site.port, path, method: 'POST', headers };
        httpRequest(options, (response) => {
          response.resume();
          resolve(response.statusCode);
        })
          .on('error', reject)
          .end();
      });
      expect([headers, status]).toEqual([headers, 403]);
    }
  });

  test('refuses bodies that are too long, with a length and without one', async () => {
    // A connection with the rest of a body on it is closed, and must not be used for the next.
    const headers = { Connection: 'close' };
    // Much longer ones meet a closed connection, maybe before the answer is read.
    const long = 'x'.repeat(60_000);
    expectRefusal(await ask('/chat/token', { body: long, headers }), 413);
    expectRefusal(await ask('/chat/routing-log', { body: long, headers }), 413);
    const streamed = () =>
      new ReadableStream({
        start(controller) {
          for (let index = 0; index < 40; index += 1) {
            controller.enqueue(new TextEncoder().encode('x'.repeat(1_000)));
          }
          controller.close();
        },
      });
    expectRefusal(await ask('/chat/token', { body: streamed(), duplex: 'half', headers }), 413);
    expectRefusal(
      await ask('/chat/routing-log', { body: streamed(), duplex: 'half', headers }),
      413,
    );
  });

  test.each([
    ['nothing', ''],
    ['no JSON', '{'],
    ['bytes', Buffer.from([0xff, 0xfe, 0x00, 0x80])],
    ['a list', '[]'],
    ['null', 'null'],
    ['a number', '7'],
    ['a wrong instant', JSON.stringify({ ...entry, at: 'yesterday' })],
    ['a wrong verdict', JSON.stringify({ ...entry, verdict: { $gt: '' } })],
    ['wrong problems', JSON.stringify({ ...entry, problems: 'many' })],
    ['a routing of a wrong type', JSON.stringify({ ...entry, routing: 'Billing' })],
    ['a secret in the wrong place', JSON.stringify({ ...entry, at: secrets.token })],
    ['a thousand levels', `${'['.repeat(1_000)}${']'.repeat(1_000)}`],
    [
      'seven thousand levels where one may be',
      `{"at":"2026-05-12T14:30:00.000Z","verdict":"x","problems":[],"routing":{"a":${'['.repeat(7_000)}${']'.repeat(7_000)}}}`,
    ],
  ])('refuses %s in the routing log', async (_, body) => {
    expectRefusal(await ask('/chat/routing-log', { body }), 400);
  });

  test('is not polluted by a prototype', async () => {
    const body = JSON.stringify(entry).replace('{', '{"__proto__":{"polluted":true},');
    await ask('/chat/routing-log', { body });
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  test('takes every broken session for none', async () => {
    const cookie = await cookieOf();
    const [name = '', jwt = ''] = cookie.split(/=(.*)/);
    const [head = '', payload = '', signature = ''] = jwt.split('.');
    const none = `${plain({ alg: 'none' })}.${payload}.`;
    const broken = [
      '',
      '=',
      ';;;',
      name,
      `${name}=`,
      `${name}=%00%ff`,
      `${name}="${jwt}"`,
      `${name}=${head}.${payload}`,
      `${name}=${head}.${payload}.${signature.slice(1)}`,
      `${name}=${head}.${plain({ sub: 'mallory', exp: 9e9, iat: 1, aud: 'partyline-visitor' })}.${signature}`,
      `${name}=${none}`,
      `${name}=${none}${signature}`,
      `${name}=${await visitorJwt(secrets.session, '-1s')}`,
      `${name}=${await visitorJwt(secrets.site, '1h')}`,
      `${name}=${'x'.repeat(8_000)}`,
      `${name.toUpperCase()}=${jwt}`,
      `__Host-${name}=${jwt}`,
    ];
    for (const each of broken) expectRefusal(await ask('/chat/token', {}, each), 401);
    for (const bearer of ['', 'x', none, `${jwt} ${jwt}`]) {
      const headers = { Authorization: `Bearer ${bearer}` };
      const { status } = await ask('/chat/token', { headers }, bearer === '' ? '' : undefined);
      // Without a bearer token that can be read the cookie counts.
      expect([401, ...(bearer.includes(' ') ? [200] : [])]).toContain(status);
    }
    const previous = await visitorJwt(secrets.formerSession, '1h');
    expect((await ask('/chat/token', {}, `${name}=${previous}`)).status).toBe(200);
  });

  test('tells nothing of what broke inside', async () => {
    expectRefusal(await ask('/chat/token', { headers: { 'X-Break': '1' } }), 500);
    answer = () => new Response(`${secrets.client} is wrong`, { status: 401 });
    expectRefusal(await ask('/chat/token', { headers: { 'Partyline-Token-Refused': '1' } }), 502);
    answer = () => oauthToken({ access_token: secrets.token });
  });

  test('bears what is no HTTP, and goes on', async () => {
    for (const bytes of [
      '\x16\x03\x01\x02\x00',
      'GET / HTTP/9\r\n\r\n',
      'POST /chat/token HTTP/1.1\r\nHost: \x00\r\n\r\n',
    ]) {
      await new Promise<void>((resolve) => {
        const socket = connect(site.port, '127.0.0.1', () => socket.write(bytes));
        socket
          .on('close', () => resolve())
          .on('error', () => resolve())
          .resume();
        socket.setTimeout(2_000, () => socket.destroy());
      });
    }
    expect((await ask('/chat/token')).status).toBe(200);
  });
});

test('a broker that is closing says so to its balancer, and answers what is asked meanwhile', async () => {
  const broker = brokerOf(() => oauthToken({ access_token: secrets.token }));
  await broker.close();
  const health = await broker.fetch(new Request('http://127.0.0.1/chat/health'));
  expect(health.status).toBe(503);
  const headers = { Cookie: await cookieOf() };
  const asking = new Request('http://127.0.0.1/chat/token', { method: 'POST', headers });
  expect((await broker.fetch(asking)).status).toBe(200);
});

test('a `__Host-` cookie is secure, always', async () => {
  const hosted = createVisitorSessions({
    secret: secrets.session,
    cookieName: '__Host-visitor',
  });
  const { setCookie } = await hosted.ensure(new Request('http://127.0.0.1/'));
  expect(setCookie).toMatch(/^__Host-visitor=.*; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
});
