import { SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { createVisitorSessions, newVisitor } from '../../../src/server/index.ts';

const secret = 'a secret of at least thirty-two bytes';
const day = 24 * 60 * 60 * 1000;

function visit(cookie?: string, url = 'http://127.0.0.1:8080/') {
  return new Request(url, cookie === undefined ? {} : { headers: { Cookie: cookie } });
}

const pairOf = (setCookie: string | null) => setCookie?.split(';')[0] ?? '';

function signed(algorithm: string, audience = 'partyline-visitor') {
  return new SignJWT({})
    .setProtectedHeader({ alg: algorithm })
    .setSubject('mallory')
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime('1d')
    .sign(new TextEncoder().encode(secret.repeat(2)));
}

describe('a visitor', () => {
  test('is made known at the first view, and is the same at the next', async () => {
    const sessions = createVisitorSessions({ secret });
    const first = await sessions.ensure(visit());
    expect(first.setCookie).toMatch(
      /^partyline_visitor=[\w.-]+; Max-Age=34560000; Path=\/; HttpOnly; SameSite=Lax$/,
    );
    const second = await sessions.ensure(visit(`a=b; ${pairOf(first.setCookie)}; c=d`));
    expect(second).toEqual({ session: first.session, setCookie: null });
  });

  test('outlives a restart of the server', async () => {
    const before = createVisitorSessions({ secret });
    const { session, setCookie } = await before.ensure(visit());
    const after = createVisitorSessions({ secret });
    expect(await after.read(visit(pairOf(setCookie)))).toEqual(session);
  });

  test('is forgotten when the session has run out, and renewed long before', async () => {
    let clock = Date.parse('2024-05-12');
    const sessions = createVisitorSessions({ secret, now: () => clock });
    const { session, setCookie } = await sessions.ensure(visit());
    const cookie = pairOf(setCookie);

    clock += 41 * day;
    const renewed = await sessions.ensure(visit(cookie));
    expect(renewed.session).toEqual(session);
    expect(renewed.setCookie).not.toBeNull();

    clock += 360 * day;
    expect(await sessions.read(visit(cookie))).toBeNull();
    expect(await sessions.read(visit(pairOf(renewed.setCookie)))).toEqual(session);
  });

  test('can have a name, and can send the session as a bearer token', async () => {
    const sessions = createVisitorSessions({ secret });
    const ada = { subject: 'user-7', name: 'Ada Ö.' };
    const jwt = pairOf(await sessions.issue(visit(), ada)).split('=')[1];
    const request = new Request('http://127.0.0.1/', {
      headers: { Authorization: `Bearer ${jwt}`, Cookie: 'partyline_visitor=garbage' },
    });
    expect(await sessions.read(request)).toEqual(ada);
  });

  test('gets a cookie for https alone over https', async () => {
    const sessions = createVisitorSessions({ secret });
    const overHttps = await sessions.issue(visit(undefined, 'https://shop.example/'), newVisitor());
    expect(overHttps).toContain('; Secure');
    const forced = createVisitorSessions({ secret, secure: true });
    expect(await forced.issue(visit(), newVisitor())).toContain('; Secure');
  });
});

describe('a session is refused', () => {
  const sessions = createVisitorSessions({ secret: secret.repeat(2) });
  const read = (jwt: string) => sessions.read(visit(`partyline_visitor=${jwt}`));

  test('when it is not ours', async () => {
    expect(await read(await signed('HS256'))).toMatchObject({ subject: 'mallory' });
    const others = createVisitorSessions({ secret: 'another secret of thirty-two bytes' });
    expect(await read(pairOf(await others.issue(visit(), newVisitor())).slice(18))).toBeNull();
  });

  test('when it is signed in another way, or not at all', async () => {
    expect(await read(await signed('HS512'))).toBeNull();
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = { sub: 'mallory', aud: 'partyline-visitor', iat: 0, exp: 9_999_999_999 };
    expect(await read(`${encode({ alg: 'none' })}.${encode(claims)}.`)).toBeNull();
  });

  test('when it was signed for another end', async () => {
    expect(await read(await signed('HS256', 'newsletter'))).toBeNull();
  });

  test.each(['', 'x', '..', 'a.b.c'])('when it is garbage: %j', async (garbage) => {
    expect(await read(garbage)).toBeNull();
  });
});

test.each([
  ['secret', { secret: 'too short' }],
  ['maxAge', { secret, maxAge: 401 * 24 * 60 * 60 }],
  ['cookieName', { secret, cookieName: 'a;b' }],
])('a wrong %s throws at once and is named', (name, options) => {
  expect(() => createVisitorSessions(options)).toThrow(name);
});
