import { describe, expect, test } from 'vitest';
import { OAuthError, type OAuthSettings, requestToken } from '../../../src/server/oauth.ts';
import { answering, oauthToken } from './support.ts';

const settings: OAuthSettings = {
  oauthUrl: 'https://oauth.example/oauth/token',
  clientId: 'the client & co',
  clientSecret: 's+e/c=r%t &',
  scopes: ['webchat:send', 'webchat:read', 'conversation:read'],
  oauthTimeout: 1_000,
  fetch: () => Promise.reject(new Error('no OAuth server in this test')),
};

function requestFrom(answer: () => Promise<Response> | Response, subject = 'visitor-1') {
  return requestToken({ ...settings, fetch: answering(answer).fetch }, subject);
}

async function failureOf(answer: () => Promise<Response> | Response) {
  const error: unknown = await requestFrom(answer).catch((reason: unknown) => reason);
  if (!(error instanceof OAuthError)) throw new Error('expected an OAuthError', { cause: error });
  return error;
}

describe('the request for a token', () => {
  test('is a form of the client credentials grant, whatever the words are made of', async () => {
    const asked: [unknown, RequestInit | undefined][] = [];
    const fetch: typeof globalThis.fetch = async (url, init) => {
      asked.push([url, init]);
      return oauthToken();
    };
    await requestToken({ ...settings, fetch }, 'a/b?c#d%e&f+g ö');
    const [[url, init] = []] = asked;
    expect(url).toBe('https://oauth.example/oauth/token');
    expect(init).toMatchObject({ method: 'POST', redirect: 'error' });
    expect(Object.fromEntries(new Headers(init?.headers))).toEqual({
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect([...new URLSearchParams(String(init?.body))]).toEqual([
      ['grant_type', 'client_credentials'],
      ['client_id', 'the client & co'],
      ['client_secret', 's+e/c=r%t &'],
      ['scope', 'webchat:send webchat:read conversation:read'],
      ['subject', 'a/b?c#d%e&f+g ö'],
    ]);
  });
});

describe('an answer of the OAuth server', () => {
  test.each([
    ['as it should be', {}],
    ['with its type in other letters', { token_type: 'Bearer' }],
    ['with its type in capitals', { token_type: 'BEARER' }],
    ['without a scope', { scope: undefined }],
    ['with an empty scope', { scope: '' }],
    ['with fewer scopes', { scope: 'webchat:send' }],
    ['with spaces around its scopes', { scope: ' webchat:send  user:read ' }],
    ['with a key that nobody knows', { refresh_token: 'x' }],
  ])('is a token: %s', async (_, changes) => {
    expect(await requestFrom(() => oauthToken(changes))).toEqual({
      token: 'upstream-token',
      expiresIn: 900,
    });
  });

  test.each([
    ['expires_in', { expires_in: 0 }],
    ['expires_in', { expires_in: -1 }],
    ['expires_in', { expires_in: '900' }],
    ['expires_in', { expires_in: null }],
    ['access_token', { access_token: '' }],
    ['access_token', { access_token: null }],
    ['access_token', { access_token: 7 }],
    ['token_type', { token_type: 'bearer2' }],
    ['token_type', { token_type: 'a bearer' }],
    ['token_type', { token_type: undefined }],
    ['scope', { scope: ['webchat:send'] }],
  ])('is none, and the log names what is wrong: %s', async (key, changes) => {
    const { reason, message, retryAfter } = await failureOf(() => oauthToken(changes));
    expect([reason, retryAfter]).toEqual(['invalid', null]);
    expect(message).toMatch(new RegExp(`: check ${key}\\.$`));
  });

  test.each(['', 'null', '[]', '<html>', '"token"'])('is none: %j', async (text) => {
    expect(await failureOf(() => new Response(text))).toMatchObject({ reason: 'invalid' });
  });

  test.each([
    'conversation:write',
    'conversation:read:all',
    'user:read webchat:send user:write',
    'webchat:',
    'webchat:*',
    'webchat:Send',
    'xwebchat:send',
    'webchat:send,webchat:read',
    '*',
  ])('is thrown away with the scope %j', async (scope) => {
    const { reason, message } = await failureOf(() => oauthToken({ scope }));
    expect(reason).toBe('too-broad');
    expect(message).not.toContain('upstream-token');
  });

  const padded = (bytes: number) => {
    const text = JSON.stringify({
      access_token: 'upstream-token',
      token_type: 'bearer',
      expires_in: 900,
    });
    return new Response(text.padEnd(bytes));
  };

  test('is read up to 64 KiB', async () => {
    expect(await requestFrom(() => padded(65_536))).toMatchObject({ token: 'upstream-token' });
    expect(await failureOf(() => padded(65_537))).toMatchObject({ reason: 'invalid' });
  });
});

describe('a refusal of the OAuth server', () => {
  test.each([
    'invalid_request',
    'invalid_client',
    'invalid_grant',
    'unauthorized_client',
    'unsupported_grant_type',
    'invalid_scope',
  ])('is told by its name: %s', async (error) => {
    const reported = await failureOf(() => Response.json({ error }, { status: 400 }));
    expect(reported).toMatchObject({ reason: 'refused', message: `status 400 ${error}` });
  });

  test.each([
    ['another name', Response.json({ error: 's+e/c=r%t &' }, { status: 401 })],
    ['a description', Response.json({ error_description: 's+e/c=r%t &' }, { status: 401 })],
    ['no JSON', new Response('s+e/c=r%t &', { status: 401 })],
  ])('is told by its status alone, when it has %s', async (_, answer) => {
    const reported = await failureOf(() => answer.clone());
    expect(reported).toMatchObject({ reason: 'refused', message: 'status 401' });
  });

  test.each([
    ['7', 7],
    ['0', 0],
    ['99999', 99_999],
    ['100000', null],
    ['1.5', null],
    ['-1', null],
    ['7s', null],
    ['', null],
    ['Wed, 21 Oct 2026 07:28:00 GMT', null],
    [undefined, null],
  ])('that says Retry-After: %s asks for %s seconds', async (header, seconds) => {
    const headers: Record<string, string> = header === undefined ? {} : { 'Retry-After': header };
    const reported = await failureOf(() => new Response(null, { status: 429, headers }));
    expect([reported.message, reported.retryAfter]).toEqual(['status 429', seconds]);
  });
});

describe('an OAuth server that can’t be reached', () => {
  test.each([
    ['its code', Object.assign(new Error('x'), { code: 'ECONNREFUSED' }), ' (ECONNREFUSED)'],
    ['nothing, where that is no text', { code: 7 }, ''],
    ['nothing, where there is none', new Error('connect 10.0.0.1 with the secret'), ''],
    ['nothing, where there is no cause', undefined, ''],
    ['nothing, where the cause is null', null, ''],
    ['nothing, where the cause is a text', 'code', ''],
  ])('is told of with %s', async (_, cause, words) => {
    const reported = await failureOf(() =>
      Promise.reject(new TypeError('fetch failed: s+e/c=r%t &', { cause })),
    );
    expect(reported).toMatchObject({
      reason: 'network',
      message: `unreachable${words}`,
      retryAfter: null,
    });
  });

  test('is reported although the thrown value is no error', async () => {
    const reported = await failureOf(() => Promise.reject('down'));
    expect(reported).toMatchObject({ reason: 'network', message: 'unreachable' });
  });

  test('is reported as slow when it is still silent at the time-out', async () => {
    const fetch: typeof globalThis.fetch = (_, init) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
      });
    const asking = requestToken({ ...settings, oauthTimeout: 1, fetch }, 'visitor-1');
    await expect(asking).rejects.toMatchObject({
      reason: 'timeout',
      message: 'no response within 1 ms',
      retryAfter: null,
    });
  });

  test('is reported as such when the answer breaks off', async () => {
    const broken = new ReadableStream({
      start: (controller) => controller.error(new TypeError('terminated')),
    });
    expect(await failureOf(() => new Response(broken))).toMatchObject({ reason: 'network' });
  });
});
