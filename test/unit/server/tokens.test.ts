import { describe, expect, test } from 'vitest';
import { createTokenBroker } from '../../../src/server/index.ts';
import { answering, ask, brokerOptions, oauthToken } from './support.ts';

/** An OAuth server that answers when it is told to, with tokens that are counted. */
function slowOAuth() {
  const waiting: (() => void)[] = [];
  let count = 0;
  const oauth = answering(async () => {
    count += 1;
    const access_token = `token-${count}`;
    await new Promise<void>((resolve) => waiting.push(resolve));
    return oauthToken({ access_token });
  });
  return {
    ...oauth,
    answer: () => {
      for (const resolve of waiting.splice(0)) resolve();
    },
  };
}

const refused = { 'Partyline-Token-Refused': '1' };

function withSubject(oauth: { fetch: typeof globalThis.fetch }, options: object = {}) {
  let clock = 1_000_000;
  const broker = createTokenBroker({
    ...brokerOptions,
    fetch: oauth.fetch,
    session: async (request) => ({ subject: request.headers.get('X-Subject') ?? 'one' }),
    now: () => clock,
    ...options,
  });
  return {
    pass: (ms: number) => {
      clock += ms;
    },
    ask: async (headers: Record<string, string> = {}) => {
      const response = await broker.token(ask(headers));
      return { status: response.status, body: await response.json(), response };
    },
  };
}

/** Until every promise that can settle has settled. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('a token of one visitor', () => {
  test('is asked for once, however many of the visitor’s browsers ask together', async () => {
    const oauth = slowOAuth();
    const { ask } = withSubject(oauth, { tokenReuse: 0 });
    const asking = [ask(), ask(), ask({ 'X-Subject': 'two' })];
    await settled();
    oauth.answer();
    const [first, second, other] = await Promise.all(asking);
    expect(oauth.bodies).toHaveLength(2);
    expect(first?.body.token).toBe(second?.body.token);
    expect(other?.body.token).not.toBe(first?.body.token);
    expect(other?.body.subject).toBe('two');
  });

  test('is never given to another visitor, in flight or kept', async () => {
    let count = 0;
    const oauth = answering(() => oauthToken({ access_token: `token-${++count}` }));
    const { ask } = withSubject(oauth);
    const given = new Map<string, string>();
    for (let round = 0; round < 50; round += 1) {
      const subject = `visitor-${round % 7}`;
      const { body } = await ask({ 'X-Subject': subject });
      expect(given.get(body.token) ?? subject).toBe(subject);
      given.set(body.token, subject);
    }
    expect(given.size).toBe(7);
  });

  test('is given again for a moment, with what is left of its life', async () => {
    let count = 0;
    const oauth = answering(() => oauthToken({ access_token: `token-${++count}` }));
    const { ask, pass } = withSubject(oauth);
    expect((await ask()).body).toMatchObject({ token: 'token-1', expiresIn: 900 });
    pass(4_000);
    expect((await ask()).body).toMatchObject({ token: 'token-1', expiresIn: 896 });
    pass(1_000);
    expect((await ask()).body).toMatchObject({ token: 'token-2', expiresIn: 900 });
  });

  test('is not given again when the gateway has refused it', async () => {
    let count = 0;
    const oauth = answering(() => oauthToken({ access_token: `token-${++count}` }));
    const { ask } = withSubject(oauth);
    await ask();
    expect((await ask(refused)).body.token).toBe('token-2');
    expect((await ask()).body.token).toBe('token-2');
  });

  test('is not given again when a tenth of a short life has gone', async () => {
    let count = 0;
    const oauth = answering(() => oauthToken({ access_token: `token-${++count}`, expires_in: 2 }));
    const { ask, pass } = withSubject(oauth);
    await ask();
    pass(200);
    expect((await ask()).body.token).toBe('token-2');
  });
});

test('an OAuth server that asks for a pause is left alone, by every visitor', async () => {
  const oauth = answering(
    () => new Response(null, { status: 429, headers: { 'Retry-After': '20' } }),
  );
  const { ask, pass } = withSubject(oauth);
  expect((await ask()).status).toBe(502);
  pass(5_000);
  const { status, response } = await ask({ 'X-Subject': 'two' });
  expect([status, response.headers.get('Retry-After')]).toEqual([502, '15']);
  expect(oauth.bodies).toHaveLength(1);
  pass(15_000);
  await ask();
  expect(oauth.bodies).toHaveLength(2);
});

test('a failure is told to all who wait for it, and kept for nobody', async () => {
  let isDown = true;
  const oauth = answering(() => (isDown ? new Response(null, { status: 500 }) : oauthToken()));
  const { ask } = withSubject(oauth);
  const both = await Promise.all([ask(), ask()]);
  expect(both.map(({ status }) => status)).toEqual([502, 502]);
  isDown = false;
  expect((await ask()).status).toBe(200);
});
