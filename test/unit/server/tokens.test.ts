import { describe, expect, test } from 'vitest';
import { createTokenBroker } from '../../../src/server/index.ts';
import { answering, ask, brokerOptions, oauthToken } from './support.ts';

/** An OAuth server that answers on demand, with numbered tokens. */
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

/** An OAuth server whose tokens are counted. */
function counted(changes: Record<string, unknown> = {}) {
  let count = 0;
  return answering(() => {
    count += 1;
    return oauthToken({ access_token: `token-${count}`, ...changes });
  });
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
    const { ask, pass } = withSubject(counted({ expires_in: 2 }));
    await ask();
    pass(199);
    expect((await ask()).body.token).toBe('token-1');
    pass(1);
    expect((await ask()).body.token).toBe('token-2');
  });

  test.each([
    [undefined, 4_999, 'token-1'],
    [undefined, 5_000, 'token-2'],
    [30_000, 29_999, 'token-1'],
    [30_000, 30_000, 'token-2'],
    [1, 0, 'token-1'],
    [1, 1, 'token-2'],
    [0, 0, 'token-2'],
    // A clock that was set back says nothing about its age.
    [undefined, -1, 'token-2'],
  ])('with tokenReuse %s is %i ms later %s', async (tokenReuse, later, token) => {
    const options = tokenReuse === undefined ? {} : { tokenReuse };
    const { ask, pass } = withSubject(counted(), options);
    await ask();
    pass(later);
    expect((await ask()).body.token).toBe(token);
  });

  test('is kept for as many visitors as are allowed: the first goes first', async () => {
    const { ask, pass } = withSubject(counted(), { limits: { visitors: 2 } });
    const tokenOf = async (subject: string) => (await ask({ 'X-Subject': subject })).body.token;
    expect([await tokenOf('a'), await tokenOf('b')]).toEqual(['token-1', 'token-2']);
    expect([await tokenOf('a'), await tokenOf('b')]).toEqual(['token-1', 'token-2']);
    expect(await tokenOf('c')).toBe('token-3');
    expect([await tokenOf('c'), await tokenOf('b')]).toEqual(['token-3', 'token-2']);
    expect(await tokenOf('a')).toBe('token-4');
    pass(1_000);
    // One that was asked for anew is a new one in this order, too.
    expect((await ask({ ...refused, 'X-Subject': 'c' })).body.token).toBe('token-5');
    expect(await tokenOf('d')).toBe('token-6');
    expect(await tokenOf('c')).toBe('token-5');
  });

  test('that takes long is as old as the question for it', async () => {
    const oauth = slowOAuth();
    const { ask, pass } = withSubject(oauth);
    const asking = ask();
    await settled();
    pass(4_000);
    oauth.answer();
    expect((await asking).body.token).toBe('token-1');
    pass(1_000);
    const again = ask();
    await settled();
    oauth.answer();
    expect((await again).body.token).toBe('token-2');
  });
});

describe('a pause that the OAuth server asks for', () => {
  const busy = (seconds: string) =>
    answering(() => new Response(null, { status: 503, headers: { 'Retry-After': seconds } }));

  test.each([
    ['2', 1_999, 2_000],
    ['60', 59_999, 60_000],
    // One that is longer is not believed.
    ['61', 59_999, 60_000],
    ['99999', 59_999, 60_000],
  ])('of %s s is kept for %i ms, and over after %i ms', async (seconds, before, after) => {
    const oauth = busy(seconds);
    const { ask, pass } = withSubject(oauth);
    const { response } = await ask();
    expect(response.headers.get('Retry-After')).toBe(seconds);
    pass(before);
    expect((await ask()).response.headers.get('Retry-After')).toBe('1');
    expect(oauth.bodies).toHaveLength(1);
    pass(after - before);
    await ask();
    expect(oauth.bodies).toHaveLength(2);
  });

  test.each(['0', 'Wed, 21 Oct 2026 07:28:00 GMT'])('of %s is none', async (seconds) => {
    const oauth = busy(seconds);
    const { ask } = withSubject(oauth);
    await ask();
    await ask();
    expect(oauth.bodies).toHaveLength(2);
  });

  test('does not keep what is there already from anybody', async () => {
    let isBusy = false;
    const oauth = answering(() =>
      isBusy ? new Response(null, { status: 429, headers: { 'Retry-After': '20' } }) : oauthToken(),
    );
    const { ask } = withSubject(oauth);
    await ask();
    isBusy = true;
    expect((await ask({ 'X-Subject': 'two' })).status).toBe(502);
    expect((await ask()).status).toBe(200);
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

test('a failure rejects all waiting callers, and is not cached', async () => {
  let isDown = true;
  const oauth = answering(() => (isDown ? new Response(null, { status: 500 }) : oauthToken()));
  const { ask } = withSubject(oauth);
  const both = await Promise.all([ask(), ask()]);
  expect(both.map(({ status }) => status)).toEqual([502, 502]);
  isDown = false;
  expect((await ask()).status).toBe(200);
});
