import { decodeJwt, decodeProtectedHeader } from 'jose';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Gateway } from '../../../src/testing/index.ts';
import { allScopes, gatewayForTest } from './support.ts';

function form(gateway: Gateway, changes: Record<string, string> = {}) {
  return {
    grant_type: 'client_credentials',
    client_id: gateway.clientId,
    client_secret: gateway.clientSecret,
    scope: allScopes,
    ...changes,
  };
}

async function ask(gateway: Gateway, fields: Record<string, string>) {
  const body = new URLSearchParams(fields);
  const response = await fetch(gateway.oauthUrl, { method: 'POST', body });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

test('a token is an RS256 JWT for the subject, with the scopes and the life', async () => {
  const gateway = await gatewayForTest({ tokenLife: 120 });
  const answer = await ask(gateway, form(gateway, { subject: 'visitor-1' }));
  expect(answer).toMatchObject({
    status: 200,
    body: { token_type: 'bearer', expires_in: 120, scope: allScopes },
  });
  expect(answer.headers.get('cache-control')).toBe('no-store');
  const { access_token } = z.object({ access_token: z.string() }).parse(answer.body);
  expect(decodeProtectedHeader(access_token).alg).toBe('RS256');
  const claims = decodeJwt(access_token);
  expect(claims).toMatchObject({ sub: 'visitor-1', scope: allScopes });
  expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBeCloseTo(120, 3);
});

test('without a subject the token is the application’s', async () => {
  const gateway = await gatewayForTest();
  const { body } = await ask(gateway, form(gateway));
  const { access_token } = z.object({ access_token: z.string() }).parse(body);
  expect(decodeJwt(access_token).sub).toBe(gateway.clientId);
});

describe('what is refused', () => {
  test.each([
    ['another grant', { grant_type: 'password' }, 400, 'unsupported_grant_type'],
    ['a broad scope', { scope: 'webchat:send platform:read:all' }, 400, 'invalid_scope'],
    ['no scope', { scope: '' }, 400, 'invalid_scope'],
    ['a wrong secret', { client_secret: 'guess' }, 401, 'invalid_client'],
    ['a wrong client', { client_id: 'somebody' }, 401, 'invalid_client'],
  ])('%s', async (_what, changes, status, error) => {
    const gateway = await gatewayForTest();
    expect(await ask(gateway, form(gateway, changes))).toMatchObject({ status, body: { error } });
    expect(gateway.stats.tokensIssued).toBe(0);
  });

  test('a body that is no form', async () => {
    const gateway = await gatewayForTest();
    const response = await fetch(gateway.oauthUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(form(gateway)),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: 'invalid_request' });
  });

  test('no page may read an answer', async () => {
    const gateway = await gatewayForTest();
    const { headers } = await ask(gateway, form(gateway));
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });
});
