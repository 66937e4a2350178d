import { describe, expect, it } from 'vitest';
import type { Gateway, GatewayOptions } from '../../../src/testing/index.ts';
import { adapterOf, GenesysClient, history } from './genesys-client.ts';
import { gatewayForTest } from './support.ts';

const start = (options: GatewayOptions = {}) =>
  gatewayForTest({ dialect: 'genesys-cloud', ...options });
const upgradable = () => start({ deployment: { allowSessionUpgrade: true } });

function urlsOf(gateway: Gateway) {
  const { authentication } = adapterOf(gateway).sessions;
  if (!authentication) throw new Error('the adapter has a codeUrl');
  return authentication;
}

async function post(url: string, body: unknown): Promise<{ status: number; jwt?: string }> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: response.status, ...(await response.json()) };
}

const exchange = (gateway: Gateway, oauth: object, more: object = {}) =>
  post(urlsOf(gateway).exchangeUrl, { deploymentId: gateway.deploymentId, oauth, ...more });

const revoke = async (gateway: Gateway, jwt: string) => {
  const headers = { authorization: `Bearer ${jwt}` };
  return (await fetch(urlsOf(gateway).revokeUrl, { method: 'DELETE', headers })).status;
};

const presenceOf = { events: [{ eventType: 'Presence', presence: { type: 'SignIn' } }] };

describe('the exchange for an identity', () => {
  const asked = 'ada?nonce=n&max_age=0&redirect_uri=https%3A%2F%2Fr';
  const all = { nonce: 'n', maxAge: 0, redirectUri: 'https://r' };

  it.each([
    [{ code: 'ada' }, 200],
    [{ code: asked, ...all }, 200],
    [{ code: asked, ...all, nonce: 'other' }, 401],
    [{ code: asked, ...all, nonce: undefined }, 401],
    [{ code: asked, ...all, maxAge: undefined }, 401],
    [{ code: asked, ...all, redirectUri: undefined }, 401],
    [{ code: asked, ...all, maxAge: '0' }, 400],
    [{ code: '?nonce=n', nonce: 'n' }, 401],
    [{ idToken: 'ada', nonce: 'n' }, 200],
    [{ idToken: 'ada?nonce=n', nonce: 'other' }, 401],
    [{ idToken: 'ada' }, 400],
    [{ idToken: 'ada', nonce: 'n', code: 'ada' }, 400],
    [{}, 400],
  ])('of %j is answered %i', async (oauth, status) => {
    expect((await exchange(await start(), oauth)).status).toBe(status);
  });

  it('takes the journey context in the shape of the schemas', async () => {
    const gateway = await start();
    const customer = { id: 'c', idType: 'cookie' };
    const context = { customer, customerSession: { id: '', type: 'web' } };
    const taken = await exchange(gateway, { code: 'ada' }, { journeyContext: context });
    expect(taken.status).toBe(200);
    expect(gateway.stats.events).toContainEqual(
      expect.objectContaining({ kind: 'journey', subject: 'ada', context }),
    );
    const refused = await exchange(gateway, { code: 'ada' }, { journeyContext: { customer } });
    expect(refused.status).toBe(400);
  });

  it('is for this deployment alone', async () => {
    const gateway = await start();
    const refused = await exchange(gateway, { code: 'ada' }, { deploymentId: 'another' });
    expect(refused.status).toBe(400);
  });
});

it('an identity is revoked once, and refused afterwards', async () => {
  const gateway = await start();
  const { jwt = '' } = await exchange(gateway, { code: 'ada' });
  expect(await revoke(gateway, jwt)).toBe(204);
  expect(await revoke(gateway, jwt)).toBe(401);
  expect(await revoke(gateway, 'no identity')).toBe(401);
});

describe('a guest’s session whose visitor signs in', () => {
  async function chatting(gateway: Gateway): Promise<GenesysClient> {
    const guest = await new GenesysClient(gateway).opened();
    guest.says('hello');
    await guest.next('StructuredMessage');
    return guest;
  }

  it('goes on, and tells so; its other connections are closed', async () => {
    const gateway = await upgradable();
    const guest = await chatting(gateway);
    const elsewhere = await new GenesysClient(gateway, guest.token).opened();
    expect(await guest.signIn('ada')).toMatchObject({
      body: { connected: true, newSession: false, clearedExistingSession: false },
    });
    expect(await guest.next('StructuredMessage')).toMatchObject({ body: presenceOf });
    expect(await elsewhere.next('ConnectionClosedEvent')).toMatchObject({
      body: { reason: 'signedIn' },
    });
    guest.says('hello again');
    await guest.next('StructuredMessage');
    expect(await history(gateway, guest)).toMatchObject({
      value: { messages: [{ text: 'hello' }, { text: 'hello again' }] },
    });
    expect(await gateway.agent.conversations()).toHaveLength(1);
    // Signing in once more changes nothing.
    expect(await guest.signIn('ada')).toMatchObject({ body: { newSession: false } });
  });

  it('can’t become a guest’s again', async () => {
    const gateway = await upgradable();
    const guest = await chatting(gateway);
    await guest.signIn('ada');
    guest.send({ action: 'configureSession', deploymentId: gateway.deploymentId });
    expect(await guest.next('string')).toMatchObject({ code: 4017 });
  });

  it('replaces the one that the visitor had elsewhere', async () => {
    const gateway = await upgradable();
    const before = await chatting(gateway);
    await before.signIn('ada');
    const guest = await chatting(gateway);
    expect(await guest.signIn('ada')).toMatchObject({
      body: { newSession: false, clearedExistingSession: true },
    });
    await before.next('SessionClearedEvent');
    await before.next('ConnectionClosedEvent');
  });

  it('is cleared where the deployment does not let it go on', async () => {
    const gateway = await start();
    const guest = await chatting(gateway);
    const elsewhere = await new GenesysClient(gateway, guest.token).opened();
    expect(await guest.signIn('ada')).toMatchObject({
      body: { newSession: true, clearedExistingSession: true },
    });
    await elsewhere.next('SessionClearedEvent');
    expect(await history(gateway, guest)).toMatchObject({ value: { messages: [] } });
  });
});

it('another conversation with the same token is the same visitor’s, in a session of its own', async () => {
  const gateway = await start();
  const guest = await new GenesysClient(gateway).opened();
  guest.says('first');
  await guest.next('StructuredMessage');
  await gateway.agent.end((await gateway.agent.nextQueued()).conversationId);
  const { deploymentId } = gateway;
  guest.send({ action: 'configureSession', deploymentId, startNew: true });
  expect(await guest.next('SessionResponse')).toMatchObject({
    body: { newSession: true, readOnly: false, clearedExistingSession: false },
  });
  guest.says('second');
  const subjects = new Set<string>();
  await gateway.agent.nextQueued();
  for (const { subject } of await gateway.agent.conversations()) subjects.add(subject);
  expect(await gateway.agent.conversations()).toHaveLength(2);
  expect(subjects.size).toBe(1);
});
