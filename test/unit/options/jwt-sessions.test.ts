import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { createJwtSessions, type JwtSessionsOptions } from '../../../src/server/index.ts';
import { secrets } from '../../support/secrets.ts';
import { ask } from '../server/support.ts';

// As in broker.test.ts: each option is set to what is not its default, and seen where it counts.

type Shared = Extract<JwtSessionsOptions, { secret: string }>;

const at = Date.parse('2026-05-12T14:30:00.000Z');

const plain: Shared = {
  issuer: 'https://id.shop.example',
  audience: 'shop',
  secret: secrets.site,
  algorithm: 'HS256',
  now: () => at,
};

const claims = { iss: plain.issuer, aud: 'shop', sub: 'visitor-1', exp: at / 1_000 + 60 };

interface Token {
  readonly payload?: object;
  readonly secret?: string;
  readonly alg?: string;
  readonly cookie?: string;
}

async function read(options: Partial<Shared>, token: Token) {
  const { payload = {}, secret = secrets.site, alg = 'HS256', cookie } = token;
  const jwt = await new SignJWT({ ...claims, ...payload })
    .setProtectedHeader({ alg })
    .sign(new TextEncoder().encode(secret));
  const headers = cookie ? { Cookie: `${cookie}=${jwt}` } : { Authorization: `Bearer ${jwt}` };
  return createJwtSessions({ ...plain, ...options })(ask(headers));
}

const longSecret = 'another secret of the site, of forty-eight bytes and more';

/** A value of each option, and a token that is good with it and not without it. */
const cases = {
  issuer: [{ issuer: 'https://other.example' }, { payload: { iss: 'https://other.example' } }],
  audience: [{ audience: 'care' }, { payload: { aud: 'care' } }],
  cookieName: [{ cookieName: 'sid' }, { cookie: 'sid' }],
  subjectClaim: [{ subjectClaim: 'uid' }, { payload: { sub: '', uid: 'visitor-1' } }],
  clockTolerance: [{ clockTolerance: 60 }, { payload: { exp: at / 1_000 - 30 } }],
  now: [{ now: () => at - 120_000 }, { payload: { exp: at / 1_000 - 60 } }],
  secret: [{ secret: longSecret }, { secret: longSecret }],
  algorithm: [
    { algorithm: 'HS384', secret: longSecret },
    { alg: 'HS384', secret: longSecret },
  ],
} as const satisfies Record<keyof Required<Shared>, readonly [Partial<Shared>, Token]>;

describe('an option of the site’s own sign-in is seen where it counts:', () => {
  it.each(Object.entries(cases))('%s', async (_, [options, token]) => {
    expect(await read(options, token)).toEqual({ subject: 'visitor-1' });
    expect(await read({}, token)).toBeNull();
  });
});
