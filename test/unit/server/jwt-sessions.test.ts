import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { createJwtSessions, createTokenBroker } from '../../../src/server/index.ts';
import { secrets } from '../../support/secrets.ts';
import { answering, ask, brokerOptions, oauthToken, quietLogger } from './support.ts';

const common = { issuer: 'https://id.shop.example', audience: 'shop' };
const shared = { ...common, secret: secrets.site, algorithm: 'HS256' } as const;
const jwksUrl = 'https://id.shop.example/jwks';

function claims() {
  return new SignJWT({ customer: 'c-7' })
    .setIssuer(common.issuer)
    .setAudience(common.audience)
    .setSubject('visitor-1')
    .setIssuedAt()
    .setExpirationTime('5m');
}

const bearing = (jwt: string) => ask({ Authorization: `Bearer ${jwt}` });
const hmac = (secret: string, jwt = claims(), alg = 'HS256') =>
  jwt.setProtectedHeader({ alg }).sign(new TextEncoder().encode(secret));

const plain = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** What no verifier signs. */
function unsigned(alg: string): string {
  const exp = Math.floor(Date.now() / 1000) + 600;
  const body = { iss: common.issuer, aud: common.audience, sub: 'mallory', exp };
  return `${plain({ alg, typ: 'JWT' })}.${plain(body)}.`;
}

describe('a JWT of the site’s own, by a shared secret', () => {
  test('tells who the visitor is, from the header or a cookie', async () => {
    const read = createJwtSessions({ ...shared, cookieName: 'sid', subjectClaim: 'customer' });
    const jwt = await hmac(secrets.site);
    expect(await read(bearing(jwt))).toEqual({ subject: 'c-7' });
    expect(await read(ask({ Cookie: `a=b; sid=${jwt}` }))).toEqual({ subject: 'c-7' });
    expect(await createJwtSessions(shared)(ask({ Cookie: `sid=${jwt}` }))).toBeNull();
  });

  test.each([
    ['of another secret', () => hmac(secrets.session)],
    ['of another algorithm', () => hmac(secrets.site, claims(), 'HS512')],
    ['that has run out', () => hmac(secrets.site, claims().setExpirationTime('-1m'))],
    ['that is not valid yet', () => hmac(secrets.site, claims().setNotBefore('1m'))],
    ['of another issuer', () => hmac(secrets.site, claims().setIssuer('https://evil.example'))],
    ['for somebody else', () => hmac(secrets.site, claims().setAudience('other'))],
    [
      'without an end',
      () =>
        hmac(secrets.site, new SignJWT({ sub: 'x' }).setIssuer(common.issuer).setAudience('shop')),
    ],
    ['without a subject', () => hmac(secrets.site, claims().setSubject(''))],
    ['without a signature', () => unsigned('none')],
    ['without a signature, in capitals', () => unsigned('NONE')],
    ['that lies about its signature', () => unsigned('HS256')],
    ['of two parts', () => 'a.b'],
    ['that is no JWT', () => 'hello'],
    ['of a megabyte', () => 'x'.repeat(1_000_000)],
  ])('is refused: one %s', async (_, make) => {
    const broker = createTokenBroker({ ...brokerOptions, session: createJwtSessions(shared) });
    const response = await broker.token(bearing(await make()));
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: 'unauthorized' });
  });
});

describe('a JWT of the site’s own, by its public keys', () => {
  test('is believed, and no secret can be made of the public key', async () => {
    const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
    const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'RS256' };
    const server = answering(() => Response.json({ keys: [jwk] }));
    const read = createJwtSessions({ ...common, jwksUrl, algorithm: 'RS256', fetch: server.fetch });
    const sign = (kid: string) =>
      claims().setProtectedHeader({ alg: 'RS256', kid }).sign(privateKey);
    expect(await read(bearing(await sign('k1')))).toEqual({ subject: 'visitor-1' });
    expect(await read(bearing(await sign('k1')))).toEqual({ subject: 'visitor-1' });
    expect(server.inits).toHaveLength(1);
    expect(await read(bearing(await sign('other')))).toBeNull();
    expect(await read(bearing(await hmac(JSON.stringify(jwk).slice(0, 64))))).toBeNull();
    expect(await read(bearing(unsigned('none')))).toBeNull();
  });

  test.each([
    ['is down', () => Promise.reject(new TypeError('fetch failed'))],
    ['fails', () => new Response('oops', { status: 500 })],
    ['answers something else', () => new Response('<html>')],
  ])('can’t be checked while their server %s: 503, and nobody is signed out', async (_, answer) => {
    const { logger, lines } = quietLogger();
    const { privateKey } = await generateKeyPair('ES256');
    const session = createJwtSessions({
      ...common,
      jwksUrl,
      algorithm: 'ES256',
      fetch: answering(answer).fetch,
    });
    const broker = createTokenBroker({
      ...brokerOptions,
      logger,
      session,
      fetch: answering(() => oauthToken()).fetch,
    });
    const jwt = await claims().setProtectedHeader({ alg: 'ES256', kid: 'k' }).sign(privateKey);
    const response = await broker.token(bearing(jwt));
    expect(response.status).toBe(503);
    expect(response.headers.has('Retry-After')).toBe(true);
    expect(lines.join()).not.toContain(jwt);
  });
});

describe('a wrong option', () => {
  test.each([
    ['secret', { ...shared, secret: 'short' }],
    ['secret', { ...shared, algorithm: 'HS512' }],
    ['algorithm', { ...common, jwksUrl, algorithm: 'HS256' }],
    ['algorithm', { ...shared, algorithm: 'none' }],
    ['jwksUrl', { ...common, jwksUrl: 'http://id.shop.example/jwks', algorithm: 'RS256' }],
    ['issuer', { ...shared, issuer: '' }],
  ])('throws at once and names %s', (name, options) => {
    const create = () => createJwtSessions(options as Parameters<typeof createJwtSessions>[0]);
    expect(create).toThrow(name);
    expect(create).not.toThrow(secrets.site);
  });
});
