import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  type BrokerLimits,
  createTokenBroker,
  serveBroker,
  type TokenBrokerOptions,
} from '../../../src/server/index.ts';
import { answering, brokerOptions, oauthToken } from '../server/support.ts';

// Each option of the site's server is set to what is not its default, and seen where it counts. The types see
// to it that none is without a case.

const address = '192.0.2.1';

function brokerOf(options: Partial<TokenBrokerOptions>) {
  const oauth = answering(() => oauthToken());
  const broker = createTokenBroker({
    ...brokerOptions,
    fetch: oauth.fetch,
    now: () => 0,
    ...options,
  });
  onTestFinished(() => broker.close());
  const at = (path: string, headers: Record<string, string> = {}, body?: string) =>
    broker.fetch(
      new Request(`https://shop.example${path}`, {
        method: 'POST',
        headers,
        ...(body === undefined ? {} : { body }),
      }),
      { address },
    );
  const token = (headers: Record<string, string> = {}) => at('/chat/token', headers);
  return { broker, oauth, at, token };
}

const entry = {
  at: '2024-05-12T14:30:00.000Z',
  routing: { skillGroups: ['Billing'] },
  verdict: 'sent',
  problems: [],
};

async function statuses(asks: readonly (() => Promise<Response>)[]): Promise<number[]> {
  const answers: number[] = [];
  for (const asked of asks) answers.push((await asked()).status);
  return answers;
}

function times<T>(count: number, value: T): T[] {
  return Array.from({ length: count }, () => value);
}

/** A path of the broker's, and another in its place. */
async function moves(options: Partial<TokenBrokerOptions>, from: string, to: string) {
  const { at } = brokerOf({ ...options, session: async () => null });
  expect((await at(from)).status).toBe(404);
  expect((await at(to)).status).not.toBe(404);
}

afterEach(() => {
  vi.useRealTimers();
});

const limits = {
  tokensPerMinute: async () => {
    const { token } = brokerOf({ limits: { tokensPerMinute: 2 } });
    expect(await statuses(times(3, () => token()))).toEqual([200, 200, 429]);
  },
  requestsPerAddress: async () => {
    const { token } = brokerOf({ limits: { requestsPerAddress: 2 }, session: async () => null });
    expect(await statuses(times(3, () => token()))).toEqual([401, 401, 429]);
  },
  routingLogsPerMinute: async () => {
    const { at } = brokerOf({ limits: { routingLogsPerMinute: 2 } });
    const log = () => at('/chat/routing-log', {}, JSON.stringify(entry));
    expect(await statuses(times(3, log))).toEqual([204, 204, 429]);
  },
  routingLogEntries: async () => {
    const { at, broker } = brokerOf({ limits: { routingLogEntries: 2 } });
    for (const verdict of ['one', 'two', 'three']) {
      await at('/chat/routing-log', {}, JSON.stringify({ ...entry, verdict }));
    }
    expect(broker.routingLogEntries().map(({ verdict }) => verdict)).toEqual(['two', 'three']);
  },
  routingLogBytes: async () => {
    const body = JSON.stringify(entry);
    const log = (most: number) =>
      brokerOf({ limits: { routingLogBytes: most } }).at('/chat/routing-log', {}, body);
    expect((await log(body.length)).status).toBe(204);
    expect((await log(body.length - 1)).status).toBe(413);
  },
  visitors: async () => {
    let subject = 'a';
    const { token } = brokerOf({
      limits: { tokensPerMinute: 1, visitors: 1 },
      session: async () => ({ subject }),
      trustedProxies: 1,
    });
    const as = (name: string) => async () => {
      subject = name;
      return token();
    };
    // Only one can be remembered: who came before another one is new again.
    expect(await statuses([as('a'), as('a'), as('b'), as('a')])).toEqual([200, 429, 200, 200]);
  },
} satisfies Record<keyof Required<BrokerLimits>, () => Promise<void>>;

const options = {
  oauthUrl: async () => {
    const fetch = vi.fn(async () => oauthToken());
    await brokerOf({ oauthUrl: 'https://other.example/token', fetch }).token();
    expect(String(fetch.mock.calls[0]?.at(0))).toBe('https://other.example/token');
  },
  clientId: () => expectClient({ clientId: 'another-client' }, 'another-client'),
  clientSecret: () => expectClient({ clientSecret: 'another-secret' }, 'another-secret'),
  scopes: async () => {
    const { oauth, token } = brokerOf({ scopes: ['webchat:send'] });
    await token();
    expect(new URLSearchParams(oauth.bodies[0]).get('scope')).toBe('webchat:send');
  },
  session: async () => {
    expect((await brokerOf({ session: async () => null }).token()).status).toBe(401);
  },
  origin: async () => {
    const headers = { Origin: 'https://www.shop.example' };
    expect((await brokerOf({}).token(headers)).status).toBe(403);
    for (const origin of [headers.Origin, ['https://a.example', headers.Origin]]) {
      expect((await brokerOf({ origin }).token(headers)).status).toBe(200);
    }
  },
  trustedProxies: async () => {
    const { token } = brokerOf({ trustedProxies: 1, limits: { requestsPerAddress: 1 } });
    const from = (forwarded: string) => () => token({ 'X-Forwarded-For': forwarded });
    expect(await statuses([from('192.0.2.7'), from('192.0.2.8'), from('192.0.2.8')])).toEqual([
      200, 200, 429,
    ]);
  },
  tokenPath: () => moves({ tokenPath: '/other/token' }, '/chat/token', '/other/token'),
  routingLogPath: () => moves({ routingLogPath: '/other/log' }, '/chat/routing-log', '/other/log'),
  healthPath: () => moves({ healthPath: '/other/health' }, '/chat/health', '/other/health'),
  oauthTimeout: async () => {
    vi.useFakeTimers();
    const signals: AbortSignal[] = [];
    const { token } = brokerOf({
      oauthTimeout: 777,
      fetch: (_, init) =>
        new Promise((_, reject) => {
          const { signal } = init ?? {};
          if (!signal) return;
          signals.push(signal);
          signal.addEventListener('abort', () => reject(signal.reason));
        }),
    });
    const answer = token();
    await vi.advanceTimersByTimeAsync(776);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    await vi.advanceTimersByTimeAsync(2);
    expect((await answer).status).toBe(502);
  },
  tokenReuse: async () => {
    let now = 0;
    const { oauth, token } = brokerOf({ tokenReuse: 7_777, now: () => now });
    const asked: number[] = [];
    for (now of [0, 7_776, 7_778]) {
      await token();
      asked.push(oauth.bodies.length);
    }
    expect(asked).toEqual([1, 1, 2]);
  },
  limits: async () => {
    const { token } = brokerOf({ limits: { tokensPerMinute: 1 } });
    expect(await statuses(times(2, () => token()))).toEqual([200, 429]);
  },
  rateLimits: async () => {
    const take = vi.fn(async () => 5_000);
    const { token } = brokerOf({ rateLimits: { take, close: async () => {} } });
    expect((await token()).headers.get('Retry-After')).toBe('5');
    expect(take).toHaveBeenCalled();
  },
  logger: async () => {
    const error = vi.fn();
    const logger = { info: () => {}, warn: () => {}, error };
    await brokerOf({ logger, fetch: () => Promise.reject(new Error('away')) }).token();
    expect(error).toHaveBeenCalledWith(expect.objectContaining({ event: 'oauth-failed' }));
  },
  fetch: async () => {
    const fetch = vi.fn(async () => oauthToken());
    await brokerOf({ fetch }).token();
    expect(fetch).toHaveBeenCalledOnce();
  },
  now: async () => {
    const answer: { expiresAt?: string } = await (
      await brokerOf({ now: () => 1e12 }).token()
    ).json();
    expect(answer.expiresAt).toBe(new Date(1e12 + 900_000).toISOString());
  },
} satisfies Record<keyof Required<TokenBrokerOptions>, () => Promise<void>>;

async function expectClient(changed: Partial<TokenBrokerOptions>, reported: string): Promise<void> {
  const { oauth, token } = brokerOf(changed);
  await token();
  const authorization = new Headers(oauth.inits[0]?.headers).get('Authorization') ?? '';
  const basic = Buffer.from(authorization.replace('Basic ', ''), 'base64').toString();
  expect(`${oauth.bodies[0]} ${basic}`).toContain(reported);
}

describe('an option of the token broker is seen where it counts', () => {
  it.each(Object.entries(options))('%s', (_, check) => check());
  it.each(Object.entries(limits))('limits.%s', (_, check) => check());
});

it('serveBroker listens where configured', async () => {
  const { broker } = brokerOf({});
  const { port, close } = await serveBroker(broker, { host: '127.0.0.2' });
  expect((await fetch(`http://127.0.0.2:${port}/chat/health`)).status).toBe(200);
  await expect(fetch(`http://127.0.0.1:${port}/chat/health`)).rejects.toThrow();
  await expect(serveBroker(broker, { port, host: '127.0.0.2' })).rejects.toThrow(/EADDRINUSE/);
  await close();
});
