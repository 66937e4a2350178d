import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import {
  type BotOptions,
  type Gateway,
  type GatewayOptions,
  type SkillGroupOption,
  startGateway,
} from '../../../src/testing/index.ts';
import { freePort } from '../../support/ports.ts';
import { adapterOf, GenesysClient, history } from '../testing/genesys-client.ts';
import { call, gatewayForTest, Line, tokenFor } from '../testing/support.ts';

// Each option of the gateway emulator is set to what is not its default, and seen at the running gateway. The
// types see to it that none is without a case, those inside of others neither.

type Checks<Name extends PropertyKey> = Record<Name, () => Promise<void>>;

const guests = (options: GatewayOptions = {}) =>
  gatewayForTest({ dialect: 'genesys-cloud', ...options });

/** Timers wait for `pass` from now on. Sockets need none of those, the waiting for frames neither. */
function stopTimers(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

afterEach(() => {
  vi.useRealTimers();
});

/** Resolves once everything that the gateway has sent so far has arrived, including a close. */
async function isOpen({ socket, closed }: Line): Promise<boolean> {
  socket.ping();
  const pong = once(socket, 'pong').then(() => true);
  return Promise.race([pong, closed.then(() => false)]);
}

const typesOf = (line: Line) => line.heard.map(({ type }) => type);

interface Application {
  readonly clientId: string;
  readonly clientSecret: string;
}

async function oauthStatus({ oauthUrl }: Gateway, { clientId, clientSecret }: Application) {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    scope: 'webchat:send',
  });
  return (await fetch(oauthUrl, { method: 'POST', body })).status;
}

/** What two of an application's credentials are worth, each where the gateway has been given another. */
async function expectApplication(option: Partial<Application>): Promise<void> {
  const application = { clientId: 'shop', clientSecret: 'secret' };
  const gateway = await gatewayForTest({ ...application, ...option });
  expect(gateway).toMatchObject({ ...application, ...option });
  expect(await oauthStatus(gateway, { ...application, ...option })).toBe(200);
  expect(await oauthStatus(gateway, application)).toBe(401);
}

/** Whether pages of these origins may open a socket, and read an answer of REST. */
async function admitted(gateway: Gateway, origins: readonly string[]): Promise<unknown[]> {
  const url = gateway.dialect === 'webchat' ? gateway.socketUrl : adapterOf(gateway).socketUrl;
  return Promise.all(
    origins.map(async (origin) => {
      const { headers } = await fetch(`${gateway.apiUrl}/nothing`, { headers: { origin } });
      const socket = await new Line(url, { origin }).opened().then(
        () => true,
        () => false,
      );
      return [socket, headers.get('access-control-allow-origin')];
    }),
  );
}

/** Which calls of many a fault of chance meets. */
async function fates(options: GatewayOptions): Promise<number[]> {
  const gateway = await gatewayForTest(options);
  gateway.faults.rest({ how: 'status', status: 503 }, { probability: 0.5 });
  const statuses: number[] = [];
  for (let index = 0; index < 24; index += 1) {
    statuses.push((await call(gateway, 'none', '/routing/skillgroups')).status);
  }
  return statuses;
}

const plain = {
  dialect: async () => {
    const [webchat, cloud] = await Promise.all([gatewayForTest(), guests()]);
    await Line.of(webchat, 'ann');
    expect(cloud.dialect).toBe('genesys-cloud');
    await new GenesysClient(cloud).opened();
    expect(
      await new Line(webchat.socketUrl.replace(String(webchat.port), String(cloud.port))).closed,
    ).toBe(1006);
  },
  deploymentId: async () => {
    const gateway = await guests({ deploymentId: 'deployment-7' });
    expect(gateway.deploymentId).toBe('deployment-7');
    const guest = await new GenesysClient(gateway).opened();
    guest.send({ action: 'configureSession', deploymentId: 'deployment-1' });
    expect(await guest.next('string')).toMatchObject({ code: 403 });
    expect((await fetch(adapterOf(gateway).configurationUrl)).status).toBe(200);
    const usual = { ...gateway, deploymentId: 'deployment-1' };
    expect((await fetch(adapterOf(usual).configurationUrl)).status).toBe(404);
    expect(await new Line(adapterOf(usual).socketUrl).closed).toBe(1006);
  },
  sessionLife: async () => {
    let now = 1e12;
    const gateway = await guests({ sessionLife: 777, clock: () => now });
    const guest = new GenesysClient(gateway);
    const life = { durationSeconds: 777, expirationDate: 1e9 + 777 };
    expect(await guest.session()).toMatchObject(life);
    guest.send({ action: 'getConfiguration' });
    expect(await guest.next('GetConfigurationResponse')).toMatchObject({
      body: { sessionDurationSeconds: 777 },
    });
    now += 776_999;
    // Whatever is said prolongs it.
    guest.says('hello');
    await guest.next('StructuredMessage');
    now += 776_999;
    guest.send({ action: 'getJwt' });
    await guest.next('JwtResponse');
    now += 1;
    guest.send({ action: 'getJwt' });
    expect(await guest.next('string')).toMatchObject({ code: 4006 });
  },
  historyKeepsIds: async () => {
    const isKept = async (historyKeepsIds: boolean) => {
      const gateway = await guests({ historyKeepsIds });
      const guest = await new GenesysClient(gateway).opened();
      guest.says('hello', 'own-1');
      await guest.next('StructuredMessage');
      const reported = await history(gateway, guest);
      if (!reported.ok || reported.value.type !== 'history') throw new Error('there is no history');
      return reported.value.messages.map(({ messageId }) => messageId === 'own-1');
    };
    expect(await isKept(true)).toEqual([true]);
    expect(await isKept(false)).toEqual([false]);
  },
  fileLinkLife: async () => {
    let now = 1e12;
    const gateway = await guests({ fileLinkLife: 77, clock: () => now });
    const guest = await new GenesysClient(gateway).opened();
    guest.says('hello');
    const { conversationId } = await gateway.agent.nextQueued();
    const file = { name: 'a.txt', type: 'text/plain', bytes: Buffer.from('abc') };
    const { files } = await gateway.agent.sendFile(conversationId, file);
    const status = async () => (await fetch(files?.[0]?.url ?? '')).status;
    now += 76_999;
    expect(await status()).toBe(200);
    now += 1;
    expect(await status()).toBe(403);
  },
  port: async () => {
    const port = await freePort();
    const gateway = await gatewayForTest({ port });
    expect(gateway.port).toBe(port);
    for (const url of [gateway.socketUrl, gateway.apiUrl, gateway.oauthUrl, gateway.agentUrl]) {
      expect(new URL(url).port).toBe(String(port));
    }
    await Line.of(gateway, 'ann');
  },
  clientId: async () => {
    await expectApplication({ clientId: 'another-client' });
    // Its tokens are for it alone.
    const [gateway, same, other] = await Promise.all(
      ['shop', 'shop', 'bank'].map((clientId) => gatewayForTest({ clientId })),
    );
    if (!gateway || !same || !other) throw new Error('there are three');
    const token = await tokenFor(gateway, 'ann');
    expect((await call(same, token, '/routing/skillgroups')).status).toBe(200);
    expect((await call(other, token, '/routing/skillgroups')).status).toBe(401);
  },
  clientSecret: () => expectApplication({ clientSecret: 'another-secret' }),
  tokenLife: async () => {
    const gateway = await gatewayForTest({ tokenLife: 7, clock: () => 1e12 });
    const response = await fetch(gateway.oauthUrl, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: gateway.clientId,
        client_secret: gateway.clientSecret,
        scope: 'webchat:send webchat:read',
      }),
    });
    const answer: unknown = await response.json();
    expect(answer).toMatchObject({ expires_in: 7 });
    const token = z.object({ access_token: z.string() }).parse(answer).access_token;
    expect(decodeJwt(token)).toMatchObject({ iat: 1e9, exp: 1e9 + 7 });
    const line = await Line.open(gateway);
    stopTimers();
    line.send({ type: 'auth', token });
    await line.next('auth');
    await pass(6_999);
    await line.settled();
    expect(typesOf(line)).not.toContain('error');
    await pass(1);
    expect(await line.next('error')).toMatchObject({ code: 'TOKEN_EXPIRED' });
  },
  expiryGrace: async () => {
    const gateway = await gatewayForTest({ expiryGrace: 777 });
    const line = await Line.of(gateway, 'ann');
    stopTimers();
    gateway.faults.expireTokens();
    await line.next('error');
    await pass(776);
    expect(await isOpen(line)).toBe(true);
    await pass(1);
    expect(await line.closed).toBe(4001);
  },
  pingInterval: async () => {
    const gateway = await gatewayForTest({ pingInterval: 777 });
    const token = await tokenFor(gateway, 'ann');
    const line = await Line.open(gateway);
    stopTimers();
    line.send({ type: 'auth', token });
    await line.next('auth');
    await pass(776);
    await line.settled();
    expect(typesOf(line)).not.toContain('ping');
    await pass(1);
    await line.next('ping');
  },
  pongTimeout: async () => {
    const gateway = await gatewayForTest({ pingInterval: 1_000, pongTimeout: 777 });
    const token = await tokenFor(gateway, 'ann');
    const line = await Line.open(gateway);
    stopTimers();
    line.send({ type: 'auth', token });
    await line.next('auth');
    await pass(1_000);
    await line.next('ping');
    await pass(776);
    expect(await isOpen(line)).toBe(true);
    await pass(1);
    expect(await line.closed).toBe(4008);
  },
  minimumClientPing: async () => {
    let now = 1e12;
    const gateway = await gatewayForTest({ minimumClientPing: 777, clock: () => now });
    const line = await Line.of(gateway, 'ann');
    const tooOften: number[] = [];
    for (const later of [0, 777, 776]) {
      now += later;
      await line.settled();
      tooOften.push(gateway.stats.violations.length);
    }
    expect(tooOften).toEqual([0, 0, 1]);
  },
  sequences: async () => {
    const gateway = await gatewayForTest({ sequences: false });
    const { line, conversationId } = await Line.inConversation(gateway, 'ann');
    const token = await tokenFor(gateway, 'ann');
    const path = `/conversations/messages?conversationId=${conversationId}`;
    const frames: unknown[] = [];
    // Twice: known values are reported in another place.
    for (let time = 0; time < 2; time += 1) {
      line.say(conversationId, 'm1', 'hello');
      frames.push(await line.next('message'));
    }
    await gateway.agent.say(conversationId, 'hi');
    frames.push(await line.next('message'));
    const post = { conversationId, messageId: 'm2', text: 'by REST' };
    const posted = await call(gateway, token, '/conversations/messages', post);
    const pages = await Promise.all(
      ['', '&before=2040-01-01T00:00:00Z'].map((query) => call(gateway, token, path + query)),
    );
    const entities = pages.flatMap(
      ({ body }) => z.object({ entities: z.array(z.unknown()) }).parse(body).entities,
    );
    expect(entities).toHaveLength(6);
    for (const message of [...frames, posted.body, ...entities]) {
      expect(message).toHaveProperty('messageId');
      expect(message).not.toHaveProperty('sequence');
    }
    expect((await call(gateway, token, `${path}&before=2`)).status).toBe(400);
  },
  allowedOrigins: async () => {
    const origins = ['https://shop.example', 'http://127.0.0.1:8080', 'https://evil.example'];
    for (const dialect of ['webchat', 'genesys-cloud'] as const) {
      const shop = await gatewayForTest({ dialect, allowedOrigins: ['https://shop.example'] });
      expect(await admitted(shop, origins)).toEqual([
        [true, 'https://shop.example'],
        [false, null],
        [false, null],
      ]);
      const any = await gatewayForTest({ dialect, allowedOrigins: ['*'] });
      expect(await admitted(any, origins)).toEqual(origins.map((origin) => [true, origin]));
    }
  },
  clock: async () => {
    let now = Date.UTC(2030, 0, 2, 3, 4, 5, 678);
    const timestamp = new Date(now).toISOString();
    const gateway = await gatewayForTest({ clock: () => now, pingInterval: 20 });
    const { line, conversationId } = await Line.inConversation(gateway, 'ann');
    expect(line.heard[0]).toMatchObject({ serverTime: timestamp });
    line.say(conversationId, 'm1', 'hello');
    expect(await line.next('message')).toMatchObject({ timestamp });
    expect(await line.next('ping')).toMatchObject({ payload: { at: timestamp } });
    expect(await gateway.agent.conversations()).toMatchObject([{ createdAt: timestamp }]);
    for (const { at } of gateway.stats.events) expect(at).toBe(now);
    const token = await tokenFor(gateway, 'ann');
    const answer = await call(gateway, token, '/routing/skillgroups');
    expect(answer.headers.get('date')).toBe('Wed, 02 Jan 2030 03:04:05 GMT');
    const desk = new Line(gateway.agentUrl);
    await desk.opened();
    desk.send({ type: 'hello', agent: { id: 'a', name: 'A' } });
    expect(await desk.next('conversations')).toMatchObject({ now: timestamp });
    now += 900_000;
    expect((await call(gateway, token, '/routing/skillgroups')).status).toBe(401);
  },
  seed: async () => {
    const [first, again, other] = await Promise.all(
      [{ seed: 7 }, { seed: 7 }, { seed: 8 }].map(fates),
    );
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  },
  logger: async () => {
    let now = 1e12;
    const options = { clock: () => now, bot: {} };
    const [logger, cloudLogger] = [{ error: vi.fn() }, { error: vi.fn() }];
    const gateway = await gatewayForTest({ ...options, logger });
    const cloud = await guests({ ...options, logger: cloudLogger });
    const token = await tokenFor(gateway, 'ann');
    const { line, conversationId } = await Line.inConversation(gateway, 'ann');
    const [late, desk] = [await Line.open(gateway), new Line(gateway.agentUrl)];
    await desk.opened();
    const guest = await new GenesysClient(cloud).opened();
    stopTimers();
    line.say(conversationId, 'm1', 'hello');
    await line.next('message');
    await pass(1_500);
    await line.next('typing');
    // An invalid clock: every event that needs a timestamp fails.
    now = Number.NaN;
    // The bot's answer.
    await pass(600);
    vi.useRealTimers();
    line.say(conversationId, 'm2', 'hello?');
    late.send({ type: 'auth', token });
    expect(await late.closed).toBe(1011);
    expect((await call(gateway, token, '/routing/skillgroups')).status).toBe(500);
    desk.send({ type: 'hello', agent: { id: 'a', name: 'A' } });
    await desk.next('error');
    desk.send({ type: 'take', conversationId });
    guest.says('hello');
    expect(await guest.next('string')).toMatchObject({ code: 500 });
    expect(await history(cloud, guest)).toMatchObject({ ok: false });
    const reported = ({ error }: typeof logger) => new Set(error.mock.calls.map(([what]) => what));
    await vi.waitFor(() => {
      expect(reported(logger)).toEqual(
        new Set([
          'gateway: unexpected error',
          'gateway: failed to handle a frame',
          'gateway: failed to verify a token',
          'gateway: failed to handle a REST call',
          'gateway: failed to handle an agent frame',
          'gateway: failed to send the conversation list to agents',
        ]),
      );
    }, 4_000);
    expect(reported(cloudLogger)).toEqual(
      new Set(['gateway: failed to handle a request', 'gateway: failed to handle a REST call']),
    );
  },
} satisfies Partial<Checks<keyof GatewayOptions>>;

const file = { action: 'onAttachment', attachmentId: 'a', fileName: 'a.x', fileType: 'image/png' };
const placeSchema = z.object({ url: z.string(), headers: z.record(z.string(), z.string()) });

/** Uploads bytes to the place that a guest asks for. */
async function upload(guest: GenesysClient, size: number): Promise<void> {
  guest.send(file);
  const { body } = await guest.next('PresignedUrlResponse');
  const { url, headers } = placeSchema.parse(body);
  const bytes = new Blob(['x'.repeat(size)], { type: file.fileType });
  await fetch(url, { method: 'PUT', headers, body: bytes });
}

describe('the clock of the gateway emulator, in the guests’ dialect,', () => {
  const start = 1e12;
  let now: number;

  async function opened() {
    now = start;
    const gateway = await guests({ clock: () => now });
    return { gateway, guest: await new GenesysClient(gateway).opened() };
  }

  it('is in whatever bears a timestamp', async () => {
    const { gateway, guest } = await opened();
    const timestamp = new Date(start).toISOString();
    const channel = { time: timestamp };
    guest.says('hello');
    expect(await guest.next('StructuredMessage')).toMatchObject({ body: { channel } });
    await gateway.agent.typing((await gateway.agent.nextQueued()).conversationId);
    expect(await guest.next('StructuredMessage')).toMatchObject({
      body: { type: 'Event', channel },
    });
    guest.send({ ...file, fileSize: 0 });
    expect(await guest.next('GenerateUrlError')).toMatchObject({ body: { timestamp } });
    await upload(guest, 3);
    expect(await guest.next('UploadSuccessEvent')).toMatchObject({ body: { timestamp } });
  });

  const tooMany = 'TooManyRequestsErrorMessage';
  type Ask = (guest: GenesysClient, gateway: Gateway) => Promise<boolean>;

  it.each<[string, number, number, Ask]>([
    [
      'messages',
      5,
      1_000,
      async (guest) => {
        guest.says('hello');
        return (await guest.next('StructuredMessage', tooMany)).class !== tooMany;
      },
    ],
    [
      'echoes',
      2,
      60_000,
      async (guest) => {
        guest.send({ action: 'echo', message: { type: 'Text', text: 'ping' } });
        return (await guest.next('StructuredMessage', tooMany)).class !== tooMany;
      },
    ],
    // One was for its session.
    [
      'requests',
      59,
      60_000,
      async (guest) => {
        guest.send({ action: 'getConfiguration' });
        return (await guest.next('GetConfigurationResponse', tooMany)).class !== tooMany;
      },
    ],
    [
      'looks into the history',
      10,
      60_000,
      async (guest, gateway) => (await history(gateway, guest)).ok,
    ],
  ])('gives %s their time: %i in %i ms', async (_, count, window, ask) => {
    const { guest, gateway } = await opened();
    for (let index = 0; index < count; index += 1) expect(await ask(guest, gateway)).toBe(true);
    now += window - 1;
    expect(await ask(guest, gateway)).toBe(false);
    now += 1;
    expect(await ask(guest, gateway)).toBe(true);
  });

  it('ends the life of a token for REST', async () => {
    const { guest, gateway } = await opened();
    guest.send({ action: 'getJwt' });
    const { jwt } = z.object({ jwt: z.string() }).parse((await guest.next('JwtResponse')).body);
    const status = async () => {
      const headers = { authorization: `Bearer ${jwt}` };
      return (await fetch(`${gateway.apiUrl}/api/v2/webmessaging/messages`, { headers })).status;
    };
    now += 59_999;
    expect(await status()).toBe(200);
    now += 1;
    expect(await status()).toBe(401);
  });
});

const skillGroup = {
  name: async () => {
    for (const group of ['Kilns', { name: 'Kilns' }]) {
      const gateway = await gatewayForTest({ skillGroups: [group] });
      expect(await groupsOf(gateway)).toEqual([{ id: 'kilns', name: 'Kilns' }]);
      await Line.inConversation(gateway, 'ann', ['Kilns']);
      await Line.inConversation(gateway, 'bob', ['Billing']);
      const queued = await gateway.agent.queue();
      expect(queued.map(({ subject }) => subject)).toEqual(['ann']);
    }
    // Where a guest names none, it is the first.
    const cloud = await guests({ skillGroups: ['Kilns', 'Billing'] });
    const [speaker, comer] = [
      await new GenesysClient(cloud).opened(),
      await new GenesysClient(cloud).opened(),
    ];
    speaker.says('hello');
    const events = [{ eventType: 'Presence', presence: { type: 'Join' } }];
    comer.send({ action: 'onMessage', message: { type: 'Event', events } });
    await vi.waitFor(async () => {
      const queued = await cloud.agent.queue();
      expect(queued.map(({ routing }) => routing.skillGroups)).toEqual([['Kilns'], ['Kilns']]);
    }, 4_000);
  },
  id: async () => {
    const gateway = await gatewayForTest({ skillGroups: [{ name: 'Kilns', id: 'group-7' }] });
    expect(await groupsOf(gateway)).toEqual([{ id: 'group-7', name: 'Kilns' }]);
  },
  agentsOnShift: async () => {
    const gateway = await gatewayForTest({
      skillGroups: [
        'Billing',
        { name: 'Kilns', agentsOnShift: 7 },
        { name: 'Ash', agentsOnShift: 0 },
      ],
    });
    const path = '/workforcemanagement/skillcoverage?skillGroups=Billing,Kilns,Ash';
    const { body } = await call(gateway, await tokenFor(gateway, 'ann'), path);
    expect(body).toEqual({
      entities: [
        { skillGroup: 'Billing', agentsOnShift: 2 },
        { skillGroup: 'Kilns', agentsOnShift: 7 },
        { skillGroup: 'Ash', agentsOnShift: 0 },
      ],
    });
  },
} satisfies Checks<keyof SkillGroupOption>;

async function groupsOf(gateway: Gateway): Promise<unknown> {
  const { body } = await call(gateway, await tokenFor(gateway, 'ann'), '/routing/skillgroups');
  return z.object({ entities: z.unknown() }).parse(body).entities;
}

/** A visitor's message, which the bot has heard and will answer. */
async function saidToBot(options: BotOptions) {
  const gateway = await gatewayForTest({ bot: options });
  const { line, conversationId } = await Line.inConversation(gateway, 'ann');
  stopTimers();
  line.say(conversationId, 'm1', 'hello');
  await line.next('message');
  return line;
}

async function answerOfBot(options: BotOptions) {
  const line = await saidToBot({ ...options, afterMs: 10, typingMs: 10 });
  await pass(10);
  const typing = await line.next('typing');
  await pass(10);
  return [typing, await line.next('message')];
}

const bot = {
  afterMs: async () => {
    const line = await saidToBot({ afterMs: 777 });
    await pass(776);
    await line.settled();
    expect(typesOf(line)).not.toContain('typing');
    await pass(1);
    await line.next('typing');
  },
  typingMs: async () => {
    const line = await saidToBot({ afterMs: 10, typingMs: 777 });
    await pass(10);
    await line.next('typing');
    await pass(776);
    await line.settled();
    expect(line.messages).toHaveLength(1);
    await pass(1);
    await line.next('message');
  },
  id: async () => {
    for (const frame of await answerOfBot({ id: 'bot-7' })) {
      expect(frame).toMatchObject({ from: { id: 'bot-7' } });
    }
  },
  name: async () => {
    const frames = await answerOfBot({ name: 'Botty' });
    for (const frame of frames) expect(frame).toMatchObject({ from: { name: 'Botty' } });
    expect(frames.at(-1)?.text).toContain('I am Botty.');
  },
} satisfies Checks<keyof BotOptions>;

type Uploads = Exclude<GatewayOptions['uploads'], false | undefined>;

async function guestWithRules(options: GatewayOptions['uploads']) {
  const gateway = await guests(options === undefined ? {} : { uploads: options });
  const guest = new GenesysClient(gateway);
  const { inbound } = z
    .object({ allowedMedia: z.object({ inbound: z.unknown() }) })
    .parse(await guest.session()).allowedMedia;
  return { gateway, guest, inbound };
}

const uploads = {
  none: async () => {
    const { gateway, guest, inbound } = await guestWithRules(false);
    expect(inbound).toEqual({ fileTypes: [], maxFileSizeKB: 0 });
    guest.send({ ...file, fileSize: 3 });
    expect(await guest.next('string')).toMatchObject({ code: 4000 });
    expect(await configurationOf(gateway)).toMatchObject({
      messenger: { fileUpload: { enableAttachments: false } },
    });
  },
  mimeTypes: async () => {
    const { gateway, guest, inbound } = await guestWithRules({ mimeTypes: ['text/x-seven'] });
    expect(inbound).toMatchObject({ fileTypes: [{ type: 'text/x-seven' }] });
    guest.send({ ...file, fileSize: 3 });
    expect(await guest.next('GenerateUrlError')).toMatchObject({ body: { errorCode: 4001 } });
    guest.send({ ...file, fileSize: 3, fileType: 'text/x-seven' });
    await guest.next('PresignedUrlResponse');
    expect(await configurationOf(gateway)).toMatchObject({
      messenger: { fileUpload: { enableAttachments: true } },
    });
  },
  maximumSize: async () => {
    const { guest, inbound } = await guestWithRules({ maximumSize: 2_048 });
    expect(inbound).toMatchObject({ maxFileSizeKB: 2 });
    guest.send({ ...file, fileSize: 2_049 });
    expect(await guest.next('GenerateUrlError')).toMatchObject({ body: { errorCode: 4002 } });
    // Whoever tells no size is measured when it comes.
    for (const [size, answer] of [
      [2_048, 'UploadSuccessEvent'],
      [2_049, 'UploadFailureEvent'],
    ] as const) {
      await upload(guest, size);
      await guest.next(answer);
    }
  },
  checksType: async () => {
    const { guest } = await guestWithRules({ checksType: false });
    guest.send(file);
    const { url, headers } = placeSchema.parse((await guest.next('PresignedUrlResponse')).body);
    await fetch(url, { method: 'PUT', headers, body: new Blob(['abc']) });
    await guest.next('UploadSuccessEvent');
  },
} satisfies Checks<'none' | keyof Uploads>;

type DeploymentOptions = NonNullable<GatewayOptions['deployment']>;

async function configurationOf(gateway: Gateway): Promise<unknown> {
  return (await fetch(adapterOf(gateway).configurationUrl)).json();
}

/** What the settings say of conversations, where the option has either value. */
async function expectConfiguration(
  name: keyof DeploymentOptions,
  reported: (value: boolean) => object,
) {
  for (const value of [true, false]) {
    const gateway = await guests({ deployment: { [name]: value } });
    expect(await configurationOf(gateway)).toMatchObject({
      messenger: { apps: { conversations: reported(value) } },
    });
  }
}

const deployment = {
  languages: async () => {
    const gateway = await guests({ deployment: { languages: ['de', 'fr'] } });
    const reported = { languages: ['de', 'fr'], defaultLanguage: 'de' };
    expect(await configurationOf(gateway)).toMatchObject(reported);
  },
  showsTyping: () =>
    expectConfiguration('showsTyping', (shown) => ({ showAgentTypingIndicator: shown })),
  sendsTyping: async () => {
    await expectConfiguration('sendsTyping', (reported) => ({ showUserTypingIndicator: reported }));
    const guest = await new GenesysClient(
      await guests({ deployment: { sendsTyping: false } }),
    ).opened();
    const events = [{ eventType: 'Typing', typing: { type: 'On' } }];
    guest.send({ action: 'onMessage', message: { type: 'Event', events } });
    expect(await guest.next('StructuredMessage', 'string')).toMatchObject({ code: 403 });
  },
  autoStart: () => expectConfiguration('autoStart', (enabled) => ({ autoStart: { enabled } })),
  clear: async () => {
    await expectConfiguration('clear', (enabled) => ({ conversationClear: { enabled } }));
    const guest = await new GenesysClient(await guests({ deployment: { clear: false } })).opened();
    const events = [{ eventType: 'Presence', presence: { type: 'Clear' } }];
    guest.send({ action: 'onMessage', message: { type: 'Event', events } });
    expect(await guest.next('string')).toMatchObject({ code: 403 });
  },
  disconnect: async () => {
    await expectConfiguration('disconnect', (enabled) => ({ conversationDisconnect: { enabled } }));
    const gateway = await guests({ deployment: { disconnect: false } });
    const guest = await new GenesysClient(gateway).opened();
    guest.says('hello');
    await guest.next('StructuredMessage');
    await gateway.agent.end((await gateway.agent.nextQueued()).conversationId);
    guest.says('anybody?');
    expect(await guest.next('StructuredMessage', 'string')).toMatchObject({
      body: { text: 'anybody?' },
    });
    await gateway.agent.nextQueued();
  },
  allowSessionUpgrade: async () => {
    for (const allowSessionUpgrade of [true, false]) {
      const gateway = await guests({ deployment: { allowSessionUpgrade } });
      const { configurationUrl } = adapterOf(gateway);
      const response = await fetch(configurationUrl);
      expect(await response.json()).toMatchObject({ auth: { allowSessionUpgrade } });
      const guest = await new GenesysClient(gateway).opened();
      guest.says('hello');
      await guest.next('StructuredMessage');
      const { body } = await guest.signIn('ada');
      expect(body).toMatchObject({ newSession: !allowSessionUpgrade });
    }
  },
  namesBots: async () => {
    const gateway = await guests({ deployment: { namesBots: true } });
    const guest = await new GenesysClient(gateway).opened();
    guest.says('hello');
    await guest.next('StructuredMessage');
    const { conversationId } = await gateway.agent.nextQueued();
    const from = { id: 'bot-7', name: 'Botty', role: 'bot' } as const;
    await gateway.agent.say(conversationId, 'beep', { from });
    expect(await guest.next('StructuredMessage')).toMatchObject({
      body: { text: 'beep', channel: { from: { nickname: 'Botty' } } },
    });
  },
  markdown: () => expectConfiguration('markdown', (enabled) => ({ markdown: { enabled } })),
  endsSession: async () => {
    await expectConfiguration('endsSession', (ends) => ({
      conversationDisconnect: { type: ends ? 'ReadOnly' : 'Send' },
    }));
    for (const endsSession of [true, false]) {
      const gateway = await guests({ deployment: { endsSession } });
      const guest = await new GenesysClient(gateway).opened();
      guest.says('hello');
      await guest.next('StructuredMessage');
      await gateway.agent.end((await gateway.agent.nextQueued()).conversationId);
      await guest.next('StructuredMessage');
      guest.says('too late?');
      await guest.next(endsSession ? 'string' : 'StructuredMessage');
    }
  },
} satisfies Checks<keyof DeploymentOptions>;

type Storage = Exclude<GatewayOptions['storage'], 'memory' | undefined>;
type StorageKind<T> = T extends object ? keyof T : never;

const storage = {
  // What is kept there survives the process: storage.test.ts, which takes seconds.
  directory: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'partyline-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const directory = join(folder, 'file', 'chats');
    await writeFile(join(folder, 'file'), '');
    await expect(startGateway({ storage: { directory } })).rejects.toThrow(directory);
  },
  databaseUrl: async () => {
    const asked: string[] = [];
    const server = createServer((socket) => {
      socket.once('data', (data) => {
        asked.push(data.toString('latin1'));
        socket.destroy();
      });
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void server.close());
    const address = server.address();
    if (typeof address !== 'object' || !address) throw new Error('the server has no port');
    const databaseUrl = `postgres://seven:secret@127.0.0.1:${address.port}/chats?sslmode=disable`;
    // Nobody speaks PostgreSQL there, but is asked for that database in that name.
    await expect(startGateway({ storage: { databaseUrl } })).rejects.toThrow();
    expect(asked).toEqual([expect.stringMatching(/user\0seven\0.*database\0chats\0/)]);
  },
} satisfies Checks<StorageKind<Storage>>;

const nested = { uploads, deployment, skillGroups: skillGroup, bot, storage } satisfies Record<
  Exclude<keyof GatewayOptions, keyof typeof plain>,
  Checks<string>
>;

describe('an option of the gateway emulator is seen where it counts', () => {
  it.each(Object.entries(plain))('%s', (_, check) => check());
  describe.each(Object.entries(nested))('%s', (_, checks) => {
    it.each(Object.entries(checks))('%s', (_name, check) => check());
  });
});
