import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SessionSettings } from '../../../src/protocol/gateway/tokens.ts';
import type { StoredSession } from '../../../src/worker/genesys-cloud/credential-store.ts';
import { SessionCredentials } from '../../../src/worker/genesys-cloud/session-credentials.ts';
import { noJourney } from './session-environment.ts';

const urls = {
  visitor: 'https://shop.example/visitor',
  code: 'https://shop.example/code',
  exchange: 'https://api.example/exchange',
  refresh: 'https://api.example/refresh',
  revoke: 'https://api.example/revoke',
};
const guests: SessionSettings = {
  deploymentId: 'deployment',
  visitorUrl: null,
  isReturning: true,
  allowsGuests: false,
  journeyContext: null,
  authentication: null,
  credential: (token, jwt) => `${token} ${jwt}`,
};
const members: SessionSettings = {
  ...guests,
  authentication: {
    codeUrl: urls.code,
    exchangeUrl: urls.exchange,
    refreshUrl: urls.refresh,
    revokeUrl: urls.revoke,
  },
};
const kept: StoredSession = {
  subject: 'ada',
  token: 'kept',
  jwt: 'jwt',
  refreshToken: 'refresh',
  customerId: 'cookie-1',
};
const wanted = () => true;

type Answer = () => Response | Promise<Response>;

class MemoryVault {
  session: StoredSession | null = null;
  readonly read = vi.fn(async () => this.session);
  readonly write = vi.fn(async (session: StoredSession) => {
    this.session = session;
  });
  readonly delete = vi.fn(async () => {
    this.session = null;
  });
}

let answers: Record<string, Answer>;
let asked: { readonly url: string; readonly init: RequestInit }[];
let vault: MemoryVault;

beforeEach(() => {
  asked = [];
  vault = new MemoryVault();
  answers = {
    [urls.visitor]: () => Response.json({ subject: 'ada' }),
    [urls.code]: () => Response.json({ subject: 'ada', code: 'code' }),
    [urls.exchange]: () => Response.json({ jwt: 'jwt-1', refreshToken: 'refresh-1' }),
    [urls.refresh]: () => Response.json({ jwt: 'jwt-2' }),
    [urls.revoke]: () => new Response(null, { status: 204 }),
  };
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init = {}) => {
    const url = String(input);
    asked.push({ url, init });
    const answer = answers[url];
    if (!answer) throw new TypeError('fetch failed');
    return answer();
  });
});

afterEach(() => void vi.restoreAllMocks());

const tokensOf = (settings: SessionSettings) =>
  new SessionCredentials(settings, () => {}, vault, noJourney);
const paths = () => asked.map(({ url }) => url);
const bodyOf = (url: string): unknown =>
  JSON.parse(String(asked.find((one) => one.url === url)?.init.body));
const settle = () => new Promise((resolve) => setImmediate(resolve));

it('a sign-out is over once nothing is stored, whether or not the platform answers', async () => {
  const tokens = new SessionCredentials(members, () => {}, vault, noJourney);
  await tokens.fetch(false, wanted);
  answers[urls.revoke] = () => new Promise(() => {});
  let deletes: () => void = () => {};
  vault.delete.mockImplementation(
    () =>
      new Promise((resolve) => {
        deletes = resolve;
      }),
  );
  const over = vi.fn();
  void tokens.endSession().then(over);
  await settle();
  expect(over).not.toHaveBeenCalled();
  deletes();
  await settle();
  expect(over).toHaveBeenCalledTimes(1);
});

describe('an identity that can’t be revoked', () => {
  it.each<[string, Answer, string]>([
    ['since the platform refuses', () => new Response(null, { status: 500 }), 'returned 500'],
    [
      'since it is out of reach',
      () => {
        throw new TypeError('fetch failed');
      },
      'fetch failed',
    ],
  ])('%s: it is forgotten here all the same, and the log is told', async (_, answer, why) => {
    const logged: string[] = [];
    const log = (what: string, cause: unknown) => void logged.push(`${what}: ${cause}`);
    const tokens = new SessionCredentials(members, log, vault, noJourney);
    await tokens.fetch(false, wanted);
    answers[urls.revoke] = answer;
    void tokens.endSession();
    expect(tokens.current()).toBeNull();
    await settle();
    expect(vault.session).toBeNull();
    expect(logged).toHaveLength(1);
    expect(logged[0]).toContain(why);
    expect(logged[0]).not.toContain('jwt-1');
  });
});

describe('what is asked', () => {
  it('the site, by its cookie, and the platform, without any', async () => {
    const tokens = tokensOf({ ...members, visitorUrl: urls.visitor });
    expect(await tokens.fetch(false, wanted)).toMatchObject({ ok: true });
    expect(paths()).toEqual([urls.visitor, urls.code, urls.exchange]);
    for (const { url, init } of asked) {
      const isOurs = url.startsWith('https://shop.example');
      expect(init).toMatchObject({
        method: 'POST',
        credentials: isOurs ? 'same-origin' : 'omit',
        cache: 'no-store',
        signal: expect.any(AbortSignal),
      });
    }
    expect(asked.at(-1)?.init.headers).toEqual({ 'content-type': 'application/json' });
  });

  it.each([
    [{}, {}],
    [{ redirectUri: null, codeVerifier: null }, {}],
    [{ redirectUri: 'https://r' }, { redirectUri: 'https://r' }],
    [{ codeVerifier: 'v' }, { codeVerifier: 'v' }],
    [
      { nonce: 'n', maxAge: 0, iss: 'https://id.example' },
      { nonce: 'n', maxAge: 0, iss: 'https://id.example' },
    ],
    [{ nonce: '', maxAge: null, iss: null }, {}],
    [{ secret: 'not for the platform' }, {}],
  ])('the platform for an identity, with what the site gave: %j', async (given, more) => {
    answers[urls.code] = () => Response.json({ subject: 'ada', code: 'c0de', ...given });
    await tokensOf(members).fetch(false, wanted);
    expect(bodyOf(urls.exchange)).toEqual({
      deploymentId: 'deployment',
      oauth: { code: 'c0de', ...more },
    });
  });

  it('the platform with the identity provider’s token in the implicit flow, and its nonce', async () => {
    answers[urls.code] = () => Response.json({ subject: 'ada', idToken: 'id', nonce: 'n' });
    expect(await tokensOf(members).fetch(false, wanted)).toMatchObject({ ok: true });
    expect(bodyOf(urls.exchange)).toMatchObject({ oauth: { idToken: 'id', nonce: 'n' } });
  });

  it.each([
    [{ idToken: 'id' }],
    [{ idToken: 'id', nonce: '' }],
    [{ idToken: 'id', nonce: 'n', code: 'c' }],
    [{ code: 'c', maxAge: -1 }],
    [{ code: 'c', maxAge: '600' }],
    [{ code: 'c', nonce: 7 }],
    [{}],
  ])('nothing, for an answer of the site that no exchange can be made of: %j', async (given) => {
    answers[urls.code] = () => Response.json({ subject: 'ada', ...given });
    expect(await tokensOf(members).fetch(false, wanted)).toMatchObject({ kind: 'unavailable' });
    expect(paths()).not.toContain(urls.exchange);
  });

  it('the platform with the journey context of the same cookie id as the session', async () => {
    const journeyContext = (id: string) => ({ customer: { id } });
    const environment = { ...noJourney, journeyContext };
    const tokens = new SessionCredentials(members, () => {}, vault, environment);
    await tokens.fetch(false, wanted);
    expect(tokens.customerId).toMatch(/^[0-9a-f-]{36}$/);
    expect(bodyOf(urls.exchange)).toMatchObject({
      journeyContext: { customer: { id: tokens.customerId } },
    });
  });

  it('no visitor, for a guest without an account', async () => {
    const result = await tokensOf(guests).fetch(false, wanted);
    expect(result).toMatchObject({ ok: true, expiresIn: null });
    expect(asked).toEqual([]);
  });
});

describe('a visitor who comes back', () => {
  it('has another token, and is the same to the platform, unless the site says otherwise', async () => {
    for (const isReturning of [true, false]) {
      vault.session = null;
      const tokens = tokensOf({ ...guests, isReturning });
      await tokens.fetch(false, wanted);
      const { customerId } = tokens;
      expect(vault.session).toMatchObject({ customerId });
      await tokens.fetch(false, wanted);
      expect(tokens.customerId).toBe(customerId);
      await tokens.fetch(true, wanted);
      expect(tokens.customerId === customerId).toBe(isReturning);
    }
  });

  it('gets a cookie id where the row is of an older build', async () => {
    vault.session = { subject: 'ada', token: 'kept', jwt: null, refreshToken: null };
    const tokens = tokensOf(guests);
    await tokens.fetch(false, wanted);
    expect(tokens.current()).toBe('kept null');
    expect(vault.session).toMatchObject({ token: 'kept', customerId: expect.any(String) });
  });

  it('is another one after a sign-out', async () => {
    const tokens = tokensOf(guests);
    await tokens.fetch(false, wanted);
    const { customerId } = tokens;
    await tokens.endSession();
    expect(tokens.customerId).toBeNull();
    await tokens.fetch(false, wanted);
    expect(tokens.customerId).not.toBe(customerId);
  });
});

describe('a guest who signs in', () => {
  const open: SessionSettings = { ...members, allowsGuests: true };
  const nobody = () => new Response(null, { status: 401 });
  const guest = () => vault.session?.subject ?? '';

  async function chatting(settings = open, environment = noJourney): Promise<SessionCredentials> {
    answers[urls.code] = nobody;
    const tokens = new SessionCredentials(settings, () => {}, vault, environment);
    // Who may sign in at any time is asked for again.
    expect(await tokens.fetch(false, wanted)).toMatchObject({ ok: true, expiresIn: 900 });
    expect(vault.session?.jwt).toBeNull();
    return tokens;
  }

  it('goes on with the token and the cookie id, under the name that the site gives', async () => {
    const tokens = await chatting();
    const before = vault.session;
    answers[urls.code] = () => Response.json({ subject: 'ada', code: 'code' });
    expect(await tokens.fetch(false, wanted, guest())).toEqual({
      ok: true,
      subject: 'ada',
      expiresIn: null,
      isSame: false,
      steppedUpFrom: before?.subject,
    });
    expect(tokens.current()).toBe(`${before?.token} jwt-1`);
    expect(tokens.customerId).toBe(before?.customerId);
    // A hub that dies before it has stored the name learns it from the next worker.
    expect(await tokensOf(open).fetch(false, wanted)).toMatchObject({
      subject: 'ada',
      steppedUpFrom: before?.subject,
    });
    // Nothing of it is left for the next visitor.
    await tokens.endSession();
    answers[urls.code] = nobody;
    expect(await tokens.fetch(false, wanted)).not.toHaveProperty('steppedUpFrom');
    expect(guest()).not.toBe(before?.subject);
  });

  it.each<[string, SessionSettings, Partial<typeof noJourney>, () => string | null, boolean]>([
    ['no conversation is open', open, {}, () => null, false],
    ['another guest’s is open', open, {}, () => 'another', false],
    ['the deployment says no', open, { allowsUpgrade: async () => false }, guest, false],
    ['the token is worth nothing', open, {}, guest, true],
  ])('is another visitor where %s', async (_, settings, environment, running, isFresh) => {
    const tokens = await chatting(settings, { ...noJourney, ...environment });
    const { token, customerId } = vault.session ?? {};
    answers[urls.code] = () => Response.json({ subject: 'ada', code: 'code' });
    const result = await tokens.fetch(isFresh, wanted, running());
    expect(result).toMatchObject({ ok: true, subject: 'ada' });
    expect(result).not.toHaveProperty('steppedUpFrom');
    expect(tokens.current()?.split(' ')[0]).not.toBe(token);
    expect(tokens.customerId).not.toBe(customerId);
  });

  it('is asked for by the site’s own endpoint first, which may name guests', async () => {
    answers[urls.visitor] = () => Response.json({ subject: 'anonymous-7' });
    const tokens = await chatting({ ...open, visitorUrl: urls.visitor });
    expect(guest()).toBe('anonymous-7');
    answers[urls.visitor] = () => Response.json({ subject: 'ada' });
    answers[urls.code] = () => Response.json({ subject: 'ada', code: 'code' });
    expect(await tokens.fetch(false, wanted, 'anonymous-7')).toMatchObject({
      subject: 'ada',
      steppedUpFrom: 'anonymous-7',
    });
  });

  it('must sign in again, or sign out, when the site no longer knows them', async () => {
    vault.session = kept;
    answers[urls.code] = nobody;
    expect(await tokensOf(open).fetch(false, wanted)).toMatchObject({ kind: 'signed-out' });
    expect(vault.session).toEqual(kept);
  });

  it('is no guest because the platform refuses the code', async () => {
    const tokens = await chatting();
    const before = vault.session;
    answers[urls.code] = () => Response.json({ subject: 'ada', code: 'code' });
    answers[urls.exchange] = nobody;
    expect(await tokens.fetch(false, wanted, guest())).toMatchObject({ kind: 'signed-out' });
    expect(vault.session).toEqual(before);
  });

  it('is nobody at all where the site has no guests', async () => {
    answers[urls.code] = nobody;
    expect(await tokensOf(members).fetch(false, wanted)).toMatchObject({ kind: 'signed-out' });
  });
});

describe('an identity that has expired before it is revoked', () => {
  const bearers = () =>
    asked
      .filter(({ url }) => url === urls.revoke)
      .map(({ init }) => new Headers(init.headers).get('authorization'));

  async function signOut(session: StoredSession): Promise<string[]> {
    vault.session = session;
    const logged: string[] = [];
    const log = (what: string, cause: unknown) => void logged.push(`${what}: ${cause}`);
    await new SessionCredentials(members, log, vault, noJourney).endSession();
    await settle();
    return logged;
  }

  it('is refreshed, and then revoked', async () => {
    answers[urls.revoke] = () => new Response(null, { status: bearers().length === 1 ? 401 : 204 });
    expect(await signOut(kept)).toEqual([]);
    expect(bearers()).toEqual(['Bearer jwt', 'Bearer jwt-2']);
    expect(bodyOf(urls.refresh)).toEqual({ refreshToken: 'refresh' });
  });

  it.each<[string, StoredSession, number, number]>([
    ['it can’t be refreshed', { ...kept, refreshToken: null }, 200, 1],
    ['its right to be refreshed is used up', kept, 401, 1],
    ['the platform is out of order', kept, 503, 1],
    ['the next one is refused, too', kept, 200, 2],
  ])('is told of in the log where %s', async (_, session, status, revocations) => {
    answers[urls.revoke] = nobodyThere;
    answers[urls.refresh] = () => Response.json({ jwt: 'jwt-2' }, { status });
    const logged = await signOut(session);
    expect(logged).toHaveLength(1);
    expect(logged.join()).not.toContain('jwt');
    expect(bearers()).toHaveLength(revocations);
  });

  const nobodyThere = () => new Response(null, { status: 401 });
});

describe('a guest’s session', () => {
  it('of before is gone on with by the next worker, and is another one when a new one is wanted', async () => {
    vault.session = { ...kept, jwt: null, refreshToken: null };
    const tokens = tokensOf(guests);
    expect(await tokens.fetch(false, wanted)).toMatchObject({ subject: 'ada', isSame: false });
    expect(tokens.current()).toBe('kept null');
    expect(await tokens.fetch(true, wanted)).toMatchObject({ subject: 'ada' });
    expect(tokens.current()).not.toContain('kept');
    expect(vault.session?.token).toBe(tokens.current()?.split(' ')[0]);
  });

  it('that is no longer requested is neither stored nor shown', async () => {
    vault.session = { ...kept, jwt: null, refreshToken: null };
    const tokens = tokensOf(guests);
    expect(await tokens.fetch(true, () => false)).toMatchObject({ ok: true });
    expect(tokens.current()).toBeNull();
    expect(vault.write).not.toHaveBeenCalled();
  });

  it('is not shown when it was stored but no longer requested', async () => {
    let isWanted = true;
    const tokens = tokensOf(guests);
    vault.write.mockImplementation(async () => {
      isWanted = false;
    });
    await tokens.fetch(false, () => isWanted);
    expect(tokens.current()).toBeNull();
  });

  it.each([
    [1, true],
    [512, true],
    [0, false],
    [513, false],
  ])('may be of a visitor whose name is %i long: %s', async (length, ok) => {
    answers[urls.visitor] = () => Response.json({ subject: 'a'.repeat(length) });
    const tokens = tokensOf({ ...guests, visitorUrl: urls.visitor });
    expect(await tokens.fetch(false, wanted)).toMatchObject({ ok });
  });
});

describe('an identity', () => {
  it('of before is shown again once the site has said whose it is', async () => {
    vault.session = kept;
    const tokens = tokensOf(members);
    await tokens.fetch(false, wanted);
    expect(tokens.current()).toBe('kept jwt');
    expect(paths()).toEqual([urls.code]);
    // The session is another one, the identity the same.
    await tokens.fetch(true, wanted);
    const [token, jwt] = tokens.current()?.split(' ') ?? [];
    expect(token).not.toBe('kept');
    expect(jwt).toBe('jwt');
    expect(paths()).toEqual([urls.code]);
  });

  it('that the gateway refuses is refreshed once, and the right to do so is kept', async () => {
    vault.session = kept;
    const tokens = tokensOf(members);
    await tokens.fetch(false, wanted);
    tokens.drop(true);
    expect(tokens.current()).toBeNull();
    expect(await tokens.fetch(false, wanted)).toMatchObject({ isSame: false });
    expect(bodyOf(urls.refresh)).toEqual({ refreshToken: 'refresh' });
    expect(tokens.current()).toBe('kept jwt-2');
    expect(vault.session).toEqual({ ...kept, jwt: 'jwt-2' });
    expect(await tokens.fetch(false, wanted)).toMatchObject({ isSame: true });
    expect(paths()).toEqual([urls.code, urls.refresh]);
  });

  it('is refreshed again until the last answer was used', async () => {
    vault.session = kept;
    const tokens = tokensOf(members);
    tokens.drop(true);
    await tokens.fetch(false, () => false);
    await tokens.fetch(false, wanted);
    await tokens.fetch(false, wanted);
    expect(paths().filter((url) => url === urls.refresh)).toHaveLength(2);
  });

  it('brings another right to be refreshed where the platform gives one', async () => {
    vault.session = kept;
    answers[urls.refresh] = () => Response.json({ jwt: 'jwt-2', refreshToken: 'refresh-2' });
    const tokens = tokensOf(members);
    tokens.drop(true);
    await tokens.fetch(false, wanted);
    expect(vault.session).toMatchObject({ jwt: 'jwt-2', refreshToken: 'refresh-2' });
  });

  it.each([400, 401, 403])(
    'whose right to be refreshed is used up (%i) comes from the site’s code, in the same session',
    async (status) => {
      vault.session = kept;
      answers[urls.refresh] = () => new Response(null, { status });
      const tokens = tokensOf({ ...members, visitorUrl: urls.visitor });
      tokens.drop(true);
      await tokens.fetch(false, wanted);
      expect(tokens.current()).toBe('kept jwt-1');
      expect(paths()).toEqual([urls.visitor, urls.refresh, urls.code, urls.exchange]);
    },
  );

  it('that can’t be refreshed comes from the code at once, which is not asked for twice', async () => {
    vault.session = { ...kept, refreshToken: null };
    const tokens = tokensOf(members);
    tokens.drop(true);
    await tokens.fetch(false, wanted);
    expect(tokens.current()).toBe('kept jwt-1');
    expect(paths()).toEqual([urls.code, urls.exchange]);
  });

  it('without a right to be refreshed is kept without one', async () => {
    answers[urls.exchange] = () => Response.json({ jwt: 'jwt-1' });
    await tokensOf(members).fetch(false, wanted);
    expect(vault.session).toMatchObject({ subject: 'ada', jwt: 'jwt-1', refreshToken: null });
  });

  it('is the code’s owner’s, whoever the site named before', async () => {
    vault.session = { ...kept, jwt: null };
    answers[urls.refresh] = () => new Response(null, { status: 401 });
    answers[urls.code] = () => Response.json({ subject: 'bob', code: 'code' });
    const tokens = tokensOf({ ...members, visitorUrl: urls.visitor });
    expect(await tokens.fetch(false, wanted)).toMatchObject({ subject: 'bob' });
    expect(tokens.current()).not.toContain('kept');
  });

  it('of another visitor is neither refreshed nor used, but revoked', async () => {
    vault.session = { ...kept, subject: 'bob' };
    const tokens = tokensOf(members);
    await tokens.fetch(false, wanted);
    expect(vault.session).toMatchObject({ subject: 'ada', jwt: 'jwt-1' });
    expect(tokens.current()).not.toContain('kept');
    expect(paths()).toEqual([urls.code, urls.exchange, urls.revoke]);
  });

  it('that another visitor replaces is revoked when the site names that visitor', async () => {
    vault.session = { ...kept, subject: 'bob' };
    const tokens = tokensOf({ ...members, visitorUrl: urls.visitor });
    answers[urls.revoke] = () => new Response(null, { status: 503 });
    // The platform is out of order, which only the log tells.
    expect(await tokens.fetch(false, wanted)).toMatchObject({ ok: true, subject: 'ada' });
    await vi.waitFor(() => expect(paths()).toContain(urls.revoke));
    const { headers } = asked.find(({ url }) => url === urls.revoke)?.init ?? {};
    expect(headers).toEqual({ authorization: 'Bearer jwt' });
  });

  it('is not revoked when nobody has taken the token that would replace it', async () => {
    vault.session = { ...kept, subject: 'bob' };
    const tokens = tokensOf({ ...members, visitorUrl: urls.visitor });
    await tokens.fetch(false, () => false);
    expect(vault.session).toMatchObject({ subject: 'bob' });
    expect(paths()).not.toContain(urls.revoke);
  });

  it('that is given to a visitor who has signed out since is revoked', async () => {
    const tokens = tokensOf(members);
    let isWanted = true;
    answers[urls.exchange] = async () => {
      isWanted = false;
      await tokens.endSession();
      return Response.json({ jwt: 'late' });
    };
    await tokens.fetch(false, () => isWanted);
    expect(vault.session).toBeNull();
    const { headers } = asked.find(({ url }) => url === urls.revoke)?.init ?? {};
    expect(headers).toEqual({ authorization: 'Bearer late' });
  });
});

describe('a sign-out', () => {
  it('takes the session from here, and from the platform', async () => {
    vault.session = kept;
    const tokens = tokensOf(members);
    await tokens.fetch(false, wanted);
    tokens.endSession();
    expect(tokens.current()).toBeNull();
    await settle();
    expect(vault.session).toBeNull();
    const { init } = asked.at(-1) ?? {};
    expect(paths().at(-1)).toBe(urls.revoke);
    expect(init).toMatchObject({
      method: 'DELETE',
      headers: { authorization: 'Bearer jwt' },
      credentials: 'omit',
      signal: expect.any(AbortSignal),
    });
  });

  it('asks the site anew who is there, and shows nothing as the same', async () => {
    const tokens = tokensOf(members);
    await tokens.fetch(false, wanted);
    tokens.endSession();
    expect(await tokens.fetch(false, wanted)).toMatchObject({ isSame: false });
    expect(paths().filter((url) => url === urls.code)).toHaveLength(2);
  });

  it('asks the site who is there even where the browser would not let go of what it kept', async () => {
    vault.session = kept;
    vault.delete.mockImplementation(async () => {});
    const tokens = tokensOf(members);
    await tokens.fetch(false, wanted);
    tokens.endSession();
    answers[urls.code] = () => Response.json({ subject: 'bob', code: 'code' });
    expect(await tokens.fetch(false, wanted)).toMatchObject({ subject: 'bob' });
    expect(tokens.current()).not.toContain('kept');
  });

  it('is over before the next visitor gets anything, and a guest has nothing to revoke', async () => {
    vault.session = { ...kept, jwt: null };
    let forget = () => {};
    vault.delete.mockImplementation(
      () =>
        new Promise((resolve) => {
          forget = () => {
            vault.session = null;
            resolve();
          };
        }),
    );
    const tokens = tokensOf(guests);
    await tokens.fetch(false, wanted);
    tokens.endSession();
    const next = tokens.fetch(false, wanted);
    await settle();
    expect(tokens.current()).toBeNull();
    forget();
    expect(await next).toMatchObject({ ok: true, isSame: false });
    expect(tokens.current()).not.toContain('kept');
    expect(asked).toEqual([]);
  });

  it('is none the worse for a platform that is out of reach', async () => {
    vault.session = kept;
    delete answers[urls.revoke];
    const tokens = tokensOf(members);
    await tokens.fetch(false, wanted);
    tokens.endSession();
    await settle();
    expect(await tokens.fetch(false, wanted)).toMatchObject({ ok: true });
  });
});

describe('a failure', () => {
  it.each<[string, Answer, object]>([
    ['no network', () => Promise.reject(new TypeError('failed')), { kind: 'network' }],
    ['no JSON', () => new Response('<html>'), { kind: 'unavailable' }],
    ['another shape', () => Response.json({ code: '' }), { kind: 'unavailable' }],
    [
      'a code that is empty',
      () => Response.json({ subject: 'ada', code: '' }),
      { kind: 'unavailable' },
    ],
    ['signed out', () => new Response(null, { status: 401 }), { kind: 'signed-out' }],
    [
      'busy for 7 s',
      () => new Response(null, { status: 429, headers: { 'retry-after': '7' } }),
      { kind: 'rate-limited', retryAfter: 7_000 },
    ],
  ])('of the site’s is told: %s', async (_, answer, reported) => {
    answers[urls.code] = answer;
    const tokens = tokensOf(members);
    const result = await tokens.fetch(false, wanted);
    expect(result).toMatchObject({ ok: false, retryAfter: null, ...reported });
    expect(tokens.current()).toBeNull();
    expect(vault.write).not.toHaveBeenCalled();
  });

  it.each([
    ['a token that is empty', { jwt: '' }],
    ['something else', { token: 'x' }],
  ])('of the platform’s is told: %s', async (_, answer) => {
    answers[urls.exchange] = () => Response.json(answer);
    expect(await tokensOf(members).fetch(false, wanted)).toMatchObject({ kind: 'unavailable' });
  });

  it('names the part that failed, the site or the platform', async () => {
    const said = async (settings: SessionSettings) => {
      const result = await tokensOf(settings).fetch(false, wanted);
      return result.ok ? '' : result.message;
    };
    for (const status of [401, 403, 429, 500]) {
      answers[urls.visitor] = () => new Response(null, { status });
      expect(await said({ ...guests, visitorUrl: urls.visitor })).not.toContain('chat server');
      answers[urls.exchange] = () => new Response(null, { status });
      expect(await said(members)).toContain('chat server');
    }
  });
});
