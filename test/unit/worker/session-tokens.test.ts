import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { genesysCloud } from '../../../src/protocol/genesys-cloud/index.ts';
import { startGateway } from '../../../src/testing/index.ts';
import {
  CredentialStore,
  type StoredSession,
} from '../../../src/worker/genesys-cloud/credential-store.ts';
import { SessionCredentials } from '../../../src/worker/genesys-cloud/session-credentials.ts';
import { Log } from '../../../src/worker/host/log.ts';
import { noJourney } from './session-environment.ts';

const wanted = () => true;

/** The site's own endpoint: whoever is signed in there. */
async function startSite(answer: () => { status: number; body?: unknown }) {
  const server = createServer((_, response) => {
    const { status, body = {} } = answer();
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function platform(options: { visitorUrl?: string; codeUrl?: string } = {}) {
  // There is no IndexedDB in Node: what is kept over a restart is tested in the browser.
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const gateway = await startGateway({ dialect: 'genesys-cloud' });
  onTestFinished(() => gateway.close());
  const { deploymentId, apiUrl } = gateway;
  const { sessions } = genesysCloud({ deploymentId, endpoint: apiUrl, ...options });
  if (!sessions) throw new Error('the dialect has sessions');
  const logError = (what: string, cause: unknown) => new Log().error(what, cause);
  return {
    gateway,
    sessions,
    tokens: new SessionCredentials(
      sessions,
      logError,
      new CredentialStore(sessions.deploymentId, '', logError),
      noJourney,
    ),
  };
}

/** What several workers keep, one after the other. */
class MemoryVault {
  session: StoredSession | null = null;
  read = async () => this.session;
  write = async (session: StoredSession) => {
    this.session = session;
  };
  delete = async () => {
    this.session = null;
  };
}

describe('a guest’s token', () => {
  it('is made once, kept, and made anew for a new session only', async () => {
    const { tokens } = await platform();
    const first = await tokens.fetch(false, wanted);
    const token = tokens.current();
    expect(first).toMatchObject({ ok: true, expiresIn: null, isSame: false });
    expect(token).toMatch(/^[0-9a-f-]{36}$/);
    tokens.drop(true);
    expect(tokens.current()).toBeNull();
    expect(await tokens.fetch(false, wanted)).toMatchObject({ ok: true, isSame: true });
    expect(tokens.current()).toBe(token);
    await tokens.fetch(true, wanted);
    expect(tokens.current()).not.toBe(token);
  });

  it('that is no longer requested is neither used nor stored', async () => {
    const { tokens } = await platform();
    await tokens.fetch(false, wanted);
    const token = tokens.current();
    // Asked for before a sign-out, and answered behind it.
    await tokens.fetch(true, () => false);
    expect(tokens.current()).toBe(token);
    expect(await tokens.fetch(false, wanted)).toMatchObject({ isSame: true });
  });

  it('belongs to one visitor: another one has another', async () => {
    let subject = 'visitor-1';
    const visitorUrl = await startSite(() => ({ status: 200, body: { subject } }));
    const { tokens } = await platform({ visitorUrl });
    expect(await tokens.fetch(false, wanted)).toMatchObject({
      subject: 'visitor-1',
      expiresIn: 900,
    });
    const token = tokens.current();
    subject = 'visitor-2';
    expect(await tokens.fetch(false, wanted)).toMatchObject({
      subject: 'visitor-2',
      isSame: false,
    });
    expect(tokens.current()).not.toBe(token);
  });

  it('is gone with a sign-out, however soon a visitor returns', async () => {
    const { tokens } = await platform();
    await tokens.fetch(false, wanted);
    const token = tokens.current();
    tokens.endSession();
    expect(tokens.current()).toBeNull();
    await tokens.fetch(false, wanted);
    expect(tokens.current()).not.toBe(token);
  });

  it.each([
    [401, 'signed-out'],
    [403, 'forbidden'],
    [429, 'rate-limited'],
    [503, 'unavailable'],
  ])('is not given when the site answers %i: %s', async (status, kind) => {
    const { tokens } = await platform({ visitorUrl: await startSite(() => ({ status })) });
    expect(await tokens.fetch(false, wanted)).toMatchObject({ ok: false, kind });
    expect(tokens.current()).toBeNull();
  });

  it('says that the site’s answer was of no use, without repeating it', async () => {
    const visitorUrl = await startSite(() => ({ status: 200, body: { subject: 7, secret: 'x' } }));
    const { tokens } = await platform({ visitorUrl });
    const result = await tokens.fetch(false, wanted);
    expect(result).toMatchObject({ ok: false, kind: 'unavailable' });
    expect(JSON.stringify(result)).not.toContain('x"');
  });
});

describe('an identity', () => {
  it('is exchanged for the site’s code, refreshed when it is refused, and revoked', async () => {
    let asked = 0;
    const codeUrl = await startSite(() => {
      asked += 1;
      return { status: 200, body: { subject: 'ada', code: 'ada', redirectUri: null } };
    });
    const { gateway, tokens } = await platform({ codeUrl });
    expect(await tokens.fetch(false, wanted)).toMatchObject({ ok: true, subject: 'ada' });
    const [token, jwt] = tokens.current()?.split(' ') ?? [];
    expect(jwt).toMatch(/^identity\./);
    // Asked for again while it is good: the same, without anybody being asked.
    expect(await tokens.fetch(false, wanted)).toMatchObject({ isSame: true });
    tokens.drop(true);
    await tokens.fetch(false, wanted);
    const [sameToken, refreshed] = tokens.current()?.split(' ') ?? [];
    expect(sameToken).toBe(token);
    expect(refreshed).not.toBe(jwt);
    // The site was asked once who is there, and its code used at the start.
    expect(asked).toBe(1);
    const base = '/api/v2/webdeployments/token';
    expect(gateway.stats.rest).toMatchObject({
      [`POST ${base}/oauthcodegrantjwtexchange`]: 1,
      [`POST ${base}/refresh`]: 1,
    });
    tokens.endSession();
    await gateway.stats.waitFor(({ rest }) => rest[`DELETE ${base}/revoke`] === 1);
  });

  it('that is another one’s by now is not gone on with, as the site’s own endpoint says', async () => {
    let subject = 'ada';
    const visitorUrl = await startSite(() => ({ status: 200, body: { subject } }));
    const codeUrl = await startSite(() => ({ status: 200, body: { subject, code: subject } }));
    const { tokens } = await platform({ visitorUrl, codeUrl });
    expect(await tokens.fetch(false, wanted)).toMatchObject({ subject: 'ada', expiresIn: 900 });
    const ada = tokens.current();
    expect(await tokens.fetch(false, wanted)).toMatchObject({ isSame: true });
    subject = 'bob';
    expect(await tokens.fetch(false, wanted)).toMatchObject({ subject: 'bob', isSame: false });
    const [adasToken] = ada?.split(' ') ?? [];
    expect(tokens.current()).not.toContain(adasToken);
  });

  it('that the site no longer knows has no visitor', async () => {
    let status = 200;
    const visitorUrl = await startSite(() => ({ status, body: { subject: 'ada' } }));
    const codeUrl = await startSite(() => ({ status, body: { subject: 'ada', code: 'ada' } }));
    const { tokens } = await platform({ visitorUrl, codeUrl });
    await tokens.fetch(false, wanted);
    status = 401;
    expect(await tokens.fetch(false, wanted)).toMatchObject({ ok: false, kind: 'signed-out' });
  });

  it('is asked of the site once in a worker’s life where there is its code alone', async () => {
    let subject = 'ada';
    let asked = 0;
    const codeUrl = await startSite(() => {
      asked += 1;
      return { status: 200, body: { subject, code: subject } };
    });
    const { gateway, sessions } = await platform({ codeUrl });
    const vault = new MemoryVault();
    const worker = () => new SessionCredentials(sessions, () => undefined, vault, noJourney);
    const first = worker();
    await first.fetch(false, wanted);
    await first.fetch(false, wanted);
    expect(asked).toBe(1);
    // The next worker finds the same visitor, who needs no other identity.
    const second = worker();
    expect(await second.fetch(false, wanted)).toMatchObject({ subject: 'ada' });
    expect(second.current()).toBe(first.current());
    // And the one after that somebody else.
    subject = 'bob';
    const third = worker();
    expect(await third.fetch(false, wanted)).toMatchObject({ subject: 'bob' });
    expect(third.current()?.split(' ')[0]).not.toBe(first.current()?.split(' ')[0]);
    expect(asked).toBe(3);
    const { rest } = gateway.stats;
    expect(rest['POST /api/v2/webdeployments/token/oauthcodegrantjwtexchange']).toBe(2);
  });

  it.each([
    [429, 'rate-limited', 0],
    [503, 'unavailable', 0],
    [401, 'ok', 1],
    [400, 'ok', 1],
  ])('whose refreshing is answered %i is %s', async (status, kind, codes) => {
    let asked = 0;
    const codeUrl = await startSite(() => {
      asked += 1;
      return { status: 200, body: { subject: 'ada', code: 'ada' } };
    });
    const { gateway, tokens } = await platform({ codeUrl });
    await tokens.fetch(false, wanted);
    gateway.faults.rest({ how: 'status', status, retryAfter: 7 }, { path: 'token/refresh' });
    tokens.drop(true);
    const result = await tokens.fetch(false, wanted);
    expect(result.ok ? 'ok' : result.kind).toBe(kind);
    if (!result.ok)
      expect(result).toMatchObject({
        retryAfter: 7_000,
        message: expect.stringContaining('chat server'),
      });
    expect(asked).toBe(1 + codes);
  });

  it.each([
    [400, 'signed-out'],
    [401, 'signed-out'],
    [403, 'signed-out'],
    [404, 'unavailable'],
    [429, 'rate-limited'],
    [500, 'unavailable'],
  ])(
    'that the platform does not take, with %i, is %s, and the site is not blamed',
    async (status, kind) => {
      const codeUrl = await startSite(() => ({
        status: 200,
        body: { subject: 'ada', code: 'ada' },
      }));
      const { gateway, tokens } = await platform({ codeUrl });
      gateway.faults.rest({ how: 'status', status }, { path: 'oauthcodegrantjwtexchange' });
      expect(await tokens.fetch(false, wanted)).toMatchObject({
        kind,
        message: expect.stringContaining('chat server'),
      });
    },
  );
});
