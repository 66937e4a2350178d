import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import {
  createJwtSessions,
  createVisitorSessions,
  type JwtSessionsOptions,
  newVisitor,
  SessionUnavailable,
} from '../../../src/server/index.ts';
import { secrets } from '../../support/secrets.ts';
import { answering, ask } from './support.ts';

const now = Date.parse('2026-05-12T14:30:00.000Z');
const seconds = now / 1000;

interface Signing {
  readonly secret?: string;
  readonly alg?: string;
  readonly header?: object;
}

function sign(
  payload: object,
  { secret = secrets.site, alg = 'HS256', header = {} }: Signing = {},
): Promise<string> {
  return new SignJWT({ ...payload })
    .setProtectedHeader({ alg, ...header })
    .sign(new TextEncoder().encode(secret));
}

/** A signed token that is just so long. */
async function signedOfLength(length: number, payload: object, secret: string) {
  // A length of base64url leaves one of four out, so the header has to give way at times.
  for (const kid of ['', 'k', 'kk', 'kkk']) {
    const header = kid === '' ? {} : { kid };
    const bare = (await sign({ ...payload, pad: '' }, { secret, header })).length;
    const first = Math.floor(((length - bare) * 3) / 4) - 3;
    for (let pad = first; pad < first + 6; pad += 1) {
      const jwt = await sign({ ...payload, pad: 'x'.repeat(pad) }, { secret, header });
      if (jwt.length === length) return jwt;
    }
  }
  throw new Error('no token of that length');
}

describe('a JWT of the site’s own', () => {
  const options = {
    issuer: 'https://id.shop.example',
    audience: 'shop',
    secret: secrets.site,
    algorithm: 'HS256',
    now: () => now,
  } as const;
  const claims = {
    iss: options.issuer,
    aud: options.audience,
    sub: 'visitor-1',
    exp: seconds + 60,
  };
  type Settings = Partial<Extract<JwtSessionsOptions, { secret: string }>>;
  const read = (jwt: string, changes: Settings = {}) =>
    createJwtSessions({ ...options, ...changes })(ask({ Authorization: `Bearer ${jwt}` }));
  const isGood = async (changes: object, settings: Settings = {}) =>
    (await read(await sign({ ...claims, ...changes }), settings)) !== null;

  test.each<[number | undefined, number, boolean]>([
    [undefined, 1, true],
    [undefined, 0, true],
    [undefined, -4, true],
    [undefined, -5, false],
    [0, 1, true],
    [0, 0, false],
    [300, -299, true],
    [300, -300, false],
  ])(
    'with a tolerance of %s s, which ends in %i s, is good: %s',
    async (clockTolerance, left, isIt) => {
      const settings = clockTolerance === undefined ? {} : { clockTolerance };
      expect(await isGood({ exp: seconds + left }, settings)).toBe(isIt);
    },
  );

  test.each([
    [0, true],
    [5, true],
    [6, false],
  ])('that begins in %i s is good: %s', async (wait, isIt) => {
    expect(await isGood({ nbf: seconds + wait })).toBe(isIt);
  });

  test.each<[string, object, boolean]>([
    ['for several, the site among them', { aud: ['other', 'shop'] }, true],
    ['for several, without the site', { aud: ['other', 'shops'] }, false],
    ['for somebody whose name begins alike', { aud: 'shop-admin' }, false],
    ['for nobody', { aud: undefined }, false],
    ['of nobody', { iss: undefined }, false],
    ['of an issuer whose name begins alike', { iss: 'https://id.shop.example/other' }, false],
    ['without an end', { exp: undefined }, false],
    ['without a visitor', { sub: undefined }, false],
    ['of a visitor with 128 characters', { sub: 'x'.repeat(128) }, true],
    ['of a visitor with 129 characters', { sub: 'x'.repeat(129) }, false],
  ])('%s is good: %s', async (_, changes, isIt) => {
    expect(await isGood(changes)).toBe(isIt);
  });

  test.each([
    ['a text', 'c-7', { subject: 'c-7' }],
    ['a number', 7, null],
    ['empty', '', null],
    ['missing', undefined, null],
  ])('names the visitor by the claim that the site chose: %s', async (_, customer, visitor) => {
    const jwt = await sign({ ...claims, customer });
    expect(await read(jwt, { subjectClaim: 'customer' })).toEqual(visitor);
  });

  test.each([
    [8_192, { subject: 'visitor-1' }],
    [8_193, null],
  ])('of %i characters', async (length, visitor) => {
    expect(await read(await signedOfLength(length, claims, secrets.site))).toEqual(visitor);
  });

  test('with an extension that has to be understood is none', async () => {
    const header = { crit: ['exp2'], exp2: 1 };
    const head = Buffer.from(JSON.stringify({ alg: 'HS256', ...header })).toString('base64url');
    const [, payload, signature] = (await sign(claims)).split('.');
    expect(await read(`${head}.${payload}.${signature}`)).toBeNull();
  });

  test.each([
    ['Bearer', { subject: 'header' }],
    ['bearer', { subject: 'header' }],
    ['BEARER ', { subject: 'header' }],
    ['Basic', { subject: 'cookie' }],
    ['XBearer', { subject: 'cookie' }],
    ['Bearer-', { subject: 'cookie' }],
  ])('comes from the header %j before it comes from a cookie', async (scheme, visitor) => {
    const [header, cookie] = await Promise.all(
      ['header', 'cookie'].map((sub) => sign({ ...claims, sub })),
    );
    const request = ask({ Authorization: `${scheme} ${header}`, Cookie: `sid=${cookie}` });
    expect(await createJwtSessions({ ...options, cookieName: 'sid' })(request)).toEqual(visitor);
    expect(await createJwtSessions({ ...options, cookieName: 'id' })(request)).toEqual(
      visitor.subject === 'header' ? visitor : null,
    );
  });

  test('is the one word of its header, or there is none', async () => {
    const jwt = await sign(claims);
    expect(await read(jwt)).not.toBeNull();
    expect(await read(`${jwt} more`)).toBeNull();
    expect(await read('')).toBeNull();
  });

  test('goes by the wall clock where no other is given', async () => {
    const { now: _, ...others } = options;
    const sessions = createJwtSessions(others);
    const jwt = async (exp: number) =>
      ask({ Authorization: `Bearer ${await sign({ ...claims, exp })}` });
    const today = Math.floor(Date.now() / 1000);
    expect(await sessions(await jwt(today + 60))).toEqual({ subject: 'visitor-1' });
    expect(await sessions(await jwt(today - 60))).toBeNull();
  });

  test.each<[string, 'HS256' | 'HS384' | 'HS512', number]>([
    ['HS256', 'HS256', 32],
    ['HS384', 'HS384', 48],
    ['HS512', 'HS512', 64],
  ])('by %s has a secret that is long enough for it', async (alg, algorithm, bytes) => {
    const secret = 'ö'.repeat(bytes / 2);
    const jwt = await sign(claims, { secret, alg });
    expect(await read(jwt, { algorithm, secret })).toEqual({ subject: 'visitor-1' });
    for (const other of ['HS256', 'HS384', 'HS512'].filter((one) => one !== alg)) {
      const wrong = await sign(claims, { secret: secret.repeat(2), alg: other });
      expect(await read(wrong, { algorithm, secret: secret.repeat(2) })).toBeNull();
    }
    const short = () => createJwtSessions({ ...options, algorithm, secret: secret.slice(1) });
    expect(short).toThrow('secret');
    expect(short).not.toThrow('ööö');
  });

  test.each<[string, object, object]>([
    ['clockTolerance', { clockTolerance: 0 }, { clockTolerance: -1 }],
    ['clockTolerance', { clockTolerance: 300 }, { clockTolerance: 301 }],
    ['clockTolerance', {}, { clockTolerance: 1.5 }],
    ['audience', {}, { audience: '' }],
    ['cookieName', { cookieName: 'a' }, { cookieName: '' }],
    ['subjectClaim', { subjectClaim: 'a' }, { subjectClaim: '' }],
    ['now', {}, { now: 7 }],
    ['jwksTimeout', {}, { jwksTimeout: 1 }],
  ])('has %s in bounds: %o, not %o', (name, good, wrong) => {
    const create = (changes: object) => () =>
      createJwtSessions(Object.assign({}, options, changes));
    expect(create(good)).not.toThrow();
    expect(create(wrong)).toThrow(expect.objectContaining({ code: 'invalid-option' }));
    expect(create(wrong)).toThrow(name);
  });
});

describe('the public keys of a site', () => {
  const jwksUrl = 'https://id.shop.example/jwks';
  const options = {
    issuer: 'https://id.shop.example',
    audience: 'shop',
    jwksUrl,
    algorithm: 'ES256',
  } as const;

  async function keys(count: number) {
    const pairs = await Promise.all(
      Array.from({ length: count }, () => generateKeyPair('ES256', { extractable: true })),
    );
    const published = await Promise.all(pairs.map(({ publicKey }) => exportJWK(publicKey)));
    const token = (index: number, header = {}) =>
      new SignJWT({})
        .setProtectedHeader({ alg: 'ES256', ...header })
        .setIssuer(options.issuer)
        .setAudience('shop')
        .setSubject('visitor-1')
        .setExpirationTime('5m')
        .sign(pairs[index]?.privateKey ?? new Uint8Array());
    return { published, token };
  }

  test('are requested where the site says, and distinguished by their ids', async () => {
    const { published, token } = await keys(2);
    const asked: string[] = [];
    const fetch: typeof globalThis.fetch = async (url) => {
      asked.push(String(url));
      return Response.json({
        keys: published.map((jwk, index) => ({ ...jwk, alg: 'ES256', kid: `k${index}` })),
      });
    };
    const read = createJwtSessions({ ...options, fetch });
    const bearing = async (jwt: Promise<string>) => ask({ Authorization: `Bearer ${await jwt}` });
    for (const index of [0, 1]) {
      const jwt = bearing(token(index, { kid: `k${index}` }));
      expect(await read(await jwt)).toEqual({ subject: 'visitor-1' });
    }
    expect(await read(await bearing(token(0, { kid: 'k1' })))).toBeNull();
    // Without an id either could be meant: that is the token's fault, and no reason for a 503.
    expect(await read(await bearing(token(0)))).toBeNull();
    expect(asked).toEqual([jwksUrl]);
  });

  test('that come too late leave the session unknown, which is not signed out', async () => {
    const { token } = await keys(1);
    const fetch: typeof globalThis.fetch = (_, init) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
      });
    const read = createJwtSessions({ ...options, fetch, jwksTimeout: 1 });
    const request = ask({ Authorization: `Bearer ${await token(0)}` });
    await expect(read(request)).rejects.toBeInstanceOf(SessionUnavailable);
    await expect(read(ask())).resolves.toBeNull();
  });

  test.each<[string, object, object]>([
    ['jwksTimeout', { jwksTimeout: 1 }, { jwksTimeout: 0 }],
    ['jwksTimeout', { jwksTimeout: 30_000 }, { jwksTimeout: 30_001 }],
    [
      'jwksUrl',
      { jwksUrl: 'http://localhost:1/jwks' },
      { jwksUrl: 'http://localhost.evil.example/' },
    ],
    [
      'jwksUrl',
      { jwksUrl: 'http://127.0.0.1/jwks' },
      { jwksUrl: 'http://127.0.0.1.evil.example/' },
    ],
    ['jwksUrl', { jwksUrl: 'http://[::1]/jwks' }, { jwksUrl: 'http://[::2]/jwks' }],
    [
      'jwksUrl',
      { jwksUrl: 'http://127.10.200.30/jwks' },
      { jwksUrl: 'http://a.127.0.0.1.example/' },
    ],
    ['jwksUrl', {}, { jwksUrl: 'http://my-localhost/jwks' }],
    ['jwksUrl', {}, { jwksUrl: '/jwks' }],
    ['jwksUrl', {}, { jwksUrl: 'file:///jwks' }],
    ['algorithm', { algorithm: 'RS256' }, { algorithm: 'HS512' }],
    ['algorithm', { algorithm: 'PS256' }, { algorithm: 'none' }],
    ['algorithm', { algorithm: 'EdDSA' }, { algorithm: 'ES512' }],
    ['fetch', { fetch: answering(() => Response.json({})).fetch }, { fetch: 'no' }],
  ])('have %s in bounds: %o, not %o', (name, good, wrong) => {
    const create = (changes: object) => () =>
      createJwtSessions(Object.assign({}, options, changes));
    expect(create(good)).not.toThrow();
    expect(create(wrong)).toThrow(expect.objectContaining({ code: 'invalid-option' }));
    expect(create(wrong)).toThrow(name);
  });
});

describe('a visitor’s session', () => {
  const secret = secrets.session;
  const visit = (cookie?: string, url = 'https://shop.example/', headers = {}) =>
    new Request(url, {
      headers: { ...headers, ...(cookie === undefined ? {} : { Cookie: cookie }) },
    });
  const pairOf = (setCookie: string | null) => setCookie?.split(';')[0] ?? '';
  const claims = { sub: 'visitor-1', aud: 'partyline-visitor', iat: seconds, exp: seconds + 60 };
  const read = async (payload: object, options: { secret?: string; alg?: string } = {}) =>
    createVisitorSessions({ secret, now: () => now }).read(
      visit(`partyline_visitor=${await sign(payload, { secret, ...options })}`),
    );

  test('lives as long as the cookie that bears it, to the second', async () => {
    let clock = now;
    const sessions = createVisitorSessions({ secret, maxAge: 1_000, now: () => clock });
    const { setCookie, session } = await sessions.ensure(visit());
    expect(setCookie).toMatch(/; Max-Age=1000; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
    clock = now + 999_999;
    expect(await sessions.read(visit(pairOf(setCookie)))).toEqual(session);
    clock = now + 1_000_000;
    expect(await sessions.read(visit(pairOf(setCookie)))).toBeNull();
    const anew = await sessions.ensure(visit(pairOf(setCookie)));
    expect(anew.session.subject).not.toBe(session.subject);
    expect(anew.setCookie).not.toBeNull();
  });

  test('is renewed once a tenth of its life has gone, and not before', async () => {
    let clock = now;
    const sessions = createVisitorSessions({ secret, maxAge: 1_000, now: () => clock });
    const { setCookie, session } = await sessions.ensure(visit());
    const cookie = pairOf(setCookie);
    clock = now + 99_999;
    expect(await sessions.ensure(visit(cookie))).toEqual({ session, setCookie: null });
    clock = now + 100_000;
    const renewed = await sessions.ensure(visit(cookie));
    expect(renewed.session).toEqual(session);
    clock = now + 1_099_999;
    expect(await sessions.read(visit(pairOf(renewed.setCookie)))).toEqual(session);
  });

  test.each<[string, object]>([
    ['an end', { exp: undefined }],
    ['a beginning', { iat: undefined }],
    ['a visitor', { sub: undefined }],
    ['a visitor with a name of its own', { sub: '' }],
    ['whom it is for', { aud: undefined }],
    ['whom it is for among them', { aud: ['partyline', 'partyline-visitors'] }],
    ['a visitor of 128 characters at most', { sub: 'x'.repeat(129) }],
    ['a name of 256 characters at most', { name: 'x'.repeat(257) }],
    ['a name of some kind', { name: '' }],
    ['a name that is a text', { name: 7 }],
  ])('is none without %s', async (_, changes) => {
    expect(await read({ ...claims, ...changes })).toBeNull();
  });

  test.each<[string, object, object]>([
    ['as it is issued', {}, {}],
    ['with the longest visitor id', { sub: 'x'.repeat(128) }, { subject: 'x'.repeat(128) }],
    ['with the longest name', { name: 'x'.repeat(256) }, { name: 'x'.repeat(256) }],
    ['for several', { aud: ['other', 'partyline-visitor'] }, {}],
  ])('is one %s', async (_, changes, session) => {
    expect(await read({ ...claims, ...changes })).toEqual({
      subject: 'visitor-1',
      name: null,
      ...session,
    });
  });

  test.each([
    [4_096, true],
    [4_097, false],
  ])('of %i characters is one: %s', async (length, isOne) => {
    const jwt = await signedOfLength(length, claims, secret);
    const sessions = createVisitorSessions({ secret, now: () => now });
    const found = await sessions.read(visit(`partyline_visitor=${jwt}`));
    expect(found !== null).toBe(isOne);
  });

  test('is accepted with the current secret or an earlier one', async () => {
    const previous = createVisitorSessions({ secret: secrets.formerSession, now: () => now });
    const both = createVisitorSessions({ secret: [secret, secrets.formerSession], now: () => now });
    const ada = { subject: 'visitor-1', name: 'Ada' };
    const old = pairOf(await previous.issue(visit(), ada));
    expect(await both.ensure(visit(old))).toEqual({ session: ada, setCookie: null });
    // A new one is signed with the present secret alone.
    const fresh = pairOf(await both.issue(visit(), ada));
    expect(await createVisitorSessions({ secret, now: () => now }).read(visit(fresh))).toEqual(ada);
    expect(await previous.read(visit(fresh))).toBeNull();
  });

  test.each([
    ['http://127.0.0.1:8080/', {}, false],
    ['https://shop.example/', {}, true],
    ['http://127.0.0.1:8080/', { secure: true }, true],
    ['https://shop.example/', { secure: false }, false],
    ['http://127.0.0.1:8080/', { cookieName: '__Host-visitor' }, true],
    ['http://127.0.0.1:8080/', { cookieName: 'my__Host-visitor' }, false],
  ])('at %s, with %o, is for https alone: %s', async (url, options, isSecure) => {
    const sessions = createVisitorSessions({ secret, ...options });
    const setCookie = await sessions.issue(visit(undefined, url), newVisitor());
    expect(setCookie.endsWith('; SameSite=Lax; Secure')).toBe(isSecure);
    expect(setCookie.endsWith('; SameSite=Lax')).toBe(!isSecure);
    expect(await sessions.read(visit(pairOf(setCookie), url))).not.toBeNull();
  });

  test('is read under the cookie’s own name alone', async () => {
    const sessions = createVisitorSessions({ secret, cookieName: 'visitor', now: () => now });
    const { setCookie, session } = await sessions.ensure(visit());
    const pair = pairOf(setCookie);
    expect(await sessions.read(visit(pair))).toEqual(session);
    expect(await sessions.read(visit(`other_${pair}`))).toBeNull();
    expect(await sessions.read(visit(`visitor=x; ${pair}`))).toBeNull();
    expect(await sessions.read(visit(`other_visitor=x; ${pair}`))).toEqual(session);
  });

  test('in the header goes before one in a cookie', async () => {
    const sessions = createVisitorSessions({ secret, now: () => now });
    const cookie = pairOf(await sessions.issue(visit(), { subject: 'cookie', name: null }));
    const header = pairOf(await sessions.issue(visit(), { subject: 'header', name: null }));
    const headers = { Authorization: `bearer  ${header.split('=')[1]}` };
    expect(await sessions.read(visit(cookie, undefined, headers))).toMatchObject({
      subject: 'header',
    });
    for (const other of ['Basic abc', `X${headers.Authorization}`, `${headers.Authorization} x`]) {
      expect(await sessions.read(visit(cookie, undefined, { Authorization: other }))).toMatchObject(
        {
          subject: 'cookie',
        },
      );
    }
  });

  test('is a new one for every visitor without one', async () => {
    const sessions = createVisitorSessions({ secret });
    const [one, two] = await Promise.all([sessions.ensure(visit()), sessions.ensure(visit())]);
    expect(one?.session).toEqual({ subject: expect.stringMatching(/^[\da-f-]{36}$/), name: null });
    expect(one?.session.subject).not.toBe(two?.session.subject);
  });
});
