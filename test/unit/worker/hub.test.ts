import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { bootOf } from '../../../src/protocol/epoch.ts';
import type { ExtensionHost, GatewayExtension } from '../../../src/protocol/gateway/extension.ts';
import type { RestCall, RestResult } from '../../../src/protocol/gateway/rest.ts';
import { aliveLock, hubLock, tabLock } from '../../../src/protocol/locks.ts';
import type { Call, StreamMessage } from '../../../src/protocol/port.ts';
import { protocolVersion } from '../../../src/protocol/version.ts';
import { genesysWebchat } from '../../../src/protocol/webchat/index.ts';
import type { Input } from '../../../src/worker/core/input.ts';
import { BrokerTokens } from '../../../src/worker/edges/broker-token.ts';
import { Hub } from '../../../src/worker/host/hub.ts';
import { Log } from '../../../src/worker/host/log.ts';
import { genesysCloud } from '../../../src/worker/index.ts';
import { checkOptions, type HubOptions } from '../../../src/worker/options.ts';
import { Browser, type FakeHost, plainFrames, settled } from './browser.ts';

const article = genesysWebchat({ socketUrl: 'wss://gateway/webchat', apiUrl: 'https://api' });
const routing = { skillGroups: ['Billing'] };

/** What the broker and REST answer; a test may hold them back. */
class Server {
  subject = 'visitor-1';
  expiresIn = 900;
  readonly asked: { readonly url: string; readonly init: RequestInit }[] = [];
  #held: (() => void)[] = [];
  isHeld = false;
  isDown = false;

  readonly fetch: typeof fetch = async (input, init = {}) => {
    const url = String(input);
    const { subject, expiresIn } = this;
    this.asked.push({ url, init });
    if (this.isDown) throw new TypeError('fetch failed');
    if (this.isHeld) {
      await new Promise<void>((resolve, reject) => {
        this.#held.push(resolve);
        init.signal?.addEventListener('abort', () => reject(init.signal?.reason));
      });
    }
    if (url !== '/chat/token') return Response.json({});
    return Response.json({ token: `token of ${subject}`, expiresIn, subject });
  };

  /** The oldest question that waits is answered. */
  answers(): void {
    this.#held.shift()?.();
  }

  get tokens() {
    return this.asked.filter(({ url }) => url === '/chat/token');
  }

  get rest() {
    return this.asked.filter(({ url }) => url.startsWith('https://api'));
  }
}

/** A tab as its hub sees it. */
class Tab {
  readonly posts: StreamMessage[] = [];
  isClosed = false;

  post(message: StreamMessage): void {
    this.posts.push(structuredClone(message));
  }

  close(): void {
    this.isClosed = true;
  }

  get types(): string[] {
    return this.posts.map(({ type }) => type);
  }

  /** The newest word on that. */
  shared(key: 'connection' | 'conversation' | 'draft' | 'hub'): unknown {
    const reported = this.posts.flatMap((post) =>
      'shared' in post && post.shared[key] !== undefined ? [post.shared[key]] : [],
    );
    return reported.at(-1);
  }
}

/** Fails on anything that the socket did not receive. */
function answerOf(call: RestCall): RestResult {
  if (call.type === 'conversation') {
    const { conversationId } = call;
    const conversation = { conversationId, status: 'connected' } as const;
    return { ok: true, value: { type: 'conversation', conversation } };
  }
  const history = { messages: [], nextCursor: null, invalidCount: 0 };
  return { ok: true, value: { type: 'history', ...history } };
}

let server: Server;
let browser: Browser;
/** Each holds a lock as long as it is there. */
let pages: Map<string, FakeHost>;

beforeEach(() => {
  vi.useFakeTimers();
  server = new Server();
  browser = new Browser();
  pages = new Map();
  vi.spyOn(globalThis, 'fetch').mockImplementation(server.fetch);
  vi.spyOn(console, 'warn').mockImplementation(() => {});
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

function startHub(
  options: Partial<HubOptions> & {
    createExtension?: (hub: ExtensionHost) => GatewayExtension;
    response?: (call: RestCall) => RestResult;
  } = {},
  host = browser.worker(),
) {
  const { createExtension, response = answerOf, ...others } = options;
  const gateway = {
    ...article,
    ...plainFrames,
    traits: { ...article.traits, routingApi: false },
    response,
    ...(createExtension ? { createExtension } : {}),
  };
  const reported: string[] = [];
  const log = new Log();
  const checked = checkOptions({ gateway, ...others });
  const events = {
    lockAcquired: () => reported.push('lockAcquired'),
    handedOver: () => reported.push('handedOver'),
  };
  const hub = host.run(() => new Hub(checked, 'shared-worker', log, events));
  return { hub, host, told: reported, log };
}

async function attach(hub: Hub, tabId = 'tab', tab = new Tab()): Promise<Tab> {
  if (!pages.has(tabId)) {
    const page = browser.worker();
    pages.set(tabId, page);
    void page.locks.request(tabLock(tabId), () => new Promise<never>(() => {}));
  }
  void hub.attach(tabId, true, { conversationId: null, visitor: null, resetCount: 0 }, tab);
  await settled();
  return tab;
}

async function callOf(hub: Hub, call: Call, tabId = 'tab') {
  const answer = hub.call(tabId, call);
  await settled();
  return answer;
}

async function later(duration: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(duration);
  await settled();
}

/** A hub with a tab and an open conversation. */
async function inConversation(options: Parameters<typeof startHub>[0] = {}) {
  const started = startHub(options);
  const { hub, host } = started;
  const tab = await attach(hub);
  host.lines.newest.opens();
  host.lines.newest.hears({ type: 'authenticated', serverTime: null });
  const opening = hub.call('tab', { type: 'start', routing });
  await settled();
  host.lines.newest.hears({
    type: 'conversation',
    conversation: { conversationId: 'c', status: 'connected' },
  });
  await settled();
  expect(await opening).toMatchObject({ ok: true });
  return { ...started, tab };
}

const agent = { id: 'ada', name: 'Ada', role: 'agent' } as const;
const says = (sequence: number, text = `text ${sequence}`) =>
  ({
    type: 'message',
    message: {
      conversationId: 'c',
      messageId: `m${sequence}`,
      sequence,
      from: agent,
      text,
      timestamp: 1_000 + sequence,
    },
  }) as const;

describe('a hub that starts', () => {
  it('says hello once tabs can queue for the lock that tells of its death', async () => {
    const { hub, host } = startHub({ build: '7.1' });
    browser.lockTable.slow();
    let isSaid = false;
    const hello = hub.hello();
    void hello.then(() => {
      isSaid = true;
    });
    await settled();
    expect(isSaid).toBe(false);
    browser.lockTable.catchesUp();
    expect(await hello).toEqual({
      type: 'partyline-hello',
      epoch: hub.epoch,
      protocolVersion,
      build: '7.1',
      name: '',
    });
    expect(browser.lockTable.holder(aliveLock(bootOf(hub.epoch)))).toBe(host);
    await settled();
    // For its whole life, whatever becomes of the conversation.
    hub.stepDown();
    await settled();
    expect(browser.lockTable.holder(aliveLock(bootOf(hub.epoch)))).toBe(host);
  });

  it('is another one with each start, and waits for other times by chance', async () => {
    expect(bootOf(startHub().hub.epoch)).not.toBe(bootOf(startHub().hub.epoch));
    const delays = new Set<unknown>();
    for (const seed of [1, 2, 3]) {
      vi.spyOn(crypto, 'getRandomValues').mockImplementation((array) => {
        if (array instanceof Int32Array) array[0] = seed;
        return array;
      });
      browser = new Browser();
      pages.clear();
      server.isDown = true;
      const tab = await attach(startHub().hub);
      delays.add(JSON.stringify(tab.shared('connection')));
    }
    expect(delays.size).toBeGreaterThan(1);
  });

  it('follows its dialect’s policy: opens no connection without a message', async () => {
    const { hub, host } = startHub({
      gateway: genesysCloud({ deploymentId: 'd', region: 'eu-west-1' }),
    });
    const error = vi.spyOn(console, 'error').mockImplementation(() => {});
    const tab = await attach(hub);
    expect(tab.shared('connection')).toMatchObject({ phase: 'ready' });
    expect(host.lines.opened).toEqual([]);
    expect(error).not.toHaveBeenCalled();
  });

  it('reads nothing of the store, and opens nothing, while another one has the conversation', async () => {
    const first = startHub();
    await settled();
    const second = startHub();
    const tab = await attach(second.hub, 'late');
    expect(first.told).toEqual(['lockAcquired']);
    expect(second.told).toEqual([]);
    expect(second.host.asked).toEqual([]);
    expect(tab.posts).toEqual([]);
    first.host.dies();
    await settled();
    expect(second.told).toEqual(['lockAcquired']);
    expect(second.host.asked).toEqual(['restore']);
    expect(tab.types).toContain('snapshot');
  });

  it('goes nowhere when it is abandoned, and leaves the queue for the lock', async () => {
    const first = startHub();
    await settled();
    const second = startHub();
    const tab = await attach(second.hub, 'late');
    second.hub.abandon();
    await settled();
    expect(browser.lockTable.waiting(hubLock(''))).toBe(0);
    first.host.dies();
    await settled();
    expect(second.told).toEqual([]);
    expect(second.host.asked).toEqual([]);
    expect(tab.posts).toEqual([]);
    expect(server.asked).toEqual([]);
  });

  it.each([
    [true, 'waiting'],
    [false, 'offline'],
  ])('knows whether there is a network (%s): %s', async (isOnline, phase) => {
    const host = browser.worker();
    browser.isOnline = isOnline;
    server.isDown = true;
    const { hub } = startHub({}, host);
    const tab = await attach(hub);
    expect(tab.shared('connection')).toMatchObject({ phase });
  });

  it('hears of the network’s coming and going, and tries again when it is there', async () => {
    server.isDown = true;
    const { hub, host } = startHub();
    const tab = await attach(hub);
    browser.network('offline');
    expect(tab.shared('connection')).toMatchObject({ phase: 'offline' });
    server.isDown = false;
    browser.network('online');
    // Never sooner than 2 s after the last try.
    await later(2_000);
    expect(host.lines.opened).toHaveLength(1);
  });
});

describe('a tab', () => {
  it('gets its snapshot as soon as the store was read, and none if it has gone meanwhile', async () => {
    const host = browser.worker();
    host.storeIsSlow = true;
    const { hub } = startHub({}, host);
    const stays = await attach(hub, 'stays');
    const goes = await attach(hub, 'goes');
    hub.detach('goes');
    host.storeCatchesUp();
    await settled();
    expect(stays.types).toContain('snapshot');
    expect(stays.shared('hub')).toMatchObject({ tabs: 1, epoch: hub.epoch });
    expect(goes.posts).toEqual([]);
    expect(goes.isClosed).toBe(true);
  });

  it('that attaches twice before that gets one snapshot, at its second end', async () => {
    server.isHeld = true;
    const host = browser.worker();
    host.storeIsSlow = true;
    const { hub } = startHub({}, host);
    const previous = await attach(hub);
    const tab = await attach(hub);
    host.storeCatchesUp();
    await settled();
    expect(previous.posts).toEqual([]);
    expect(tab.types.filter((type) => type === 'snapshot')).toHaveLength(1);
    // Nobody waits for its death twice.
    expect(browser.lockTable.waiting(tabLock('tab'))).toBe(1);
  });

  it('whose lock is released is gone: its port is closed, and the others hear of it', async () => {
    const { hub } = startHub();
    const tab = await attach(hub);
    const other = await attach(hub, 'other');
    expect(other.shared('hub')).toMatchObject({ tabs: 2 });
    pages.get('tab')?.dies();
    await settled();
    expect(tab.isClosed).toBe(true);
    expect(other.isClosed).toBe(false);
    expect(other.shared('hub')).toMatchObject({ tabs: 1 });
    const before = tab.posts.length;
    await callOf(hub, { type: 'draft', text: 'hey' }, 'other');
    expect(tab.posts).toHaveLength(before);
    expect(other.shared('draft')).toBe('hey');
  });

  it('that says goodbye is not waited for any more', async () => {
    const { hub } = startHub();
    const tab = await attach(hub);
    expect(browser.lockTable.waiting(tabLock('tab'))).toBe(1);
    hub.detach('tab');
    hub.detach('tab');
    expect(tab.isClosed).toBe(true);
    expect(browser.lockTable.waiting(tabLock('tab'))).toBe(0);
  });

  it('that the hub leaves behind is not waited for', async () => {
    const { hub, host, told } = startHub();
    const tab = await attach(hub);
    expect(browser.lockTable.waiting(tabLock('tab'))).toBe(1);
    hub.stepDown();
    host.lines.newest.ends();
    await settled();
    expect(told).toEqual(['lockAcquired', 'handedOver']);
    expect(browser.lockTable.waiting(tabLock('tab'))).toBe(0);
    // Its page moves with that port's last word.
    expect(tab.isClosed).toBe(false);
  });

  it('of an unknown kind is ignored', async () => {
    const seen: Input[] = [];
    const { hub } = startHub({ inspect: { onStep: ({ input }) => seen.push(input) } });
    await attach(hub);
    hub.tabInput({ type: 'tab-used', tabId: 'stranger' });
    hub.tabInput({ type: 'tab-pull', tabId: 'tab' });
    expect(seen.filter(({ type }) => type.startsWith('tab-'))).toMatchObject([
      { type: 'tab-attached' },
      { type: 'tab-pull', tabId: 'tab' },
    ]);
  });

  it('brings what its page knows of the conversation, and whether it is seen', async () => {
    const seen: Input[] = [];
    const { hub } = startHub({ inspect: { onStep: ({ input }) => seen.push(input) } });
    await attach(hub);
    void hub.attach(
      'tab',
      false,
      { conversationId: 'c', visitor: 'visitor-1', resetCount: 2 },
      new Tab(),
    );
    await settled();
    expect(seen).toContainEqual({
      type: 'tab-attached',
      tabId: 'tab',
      isVisible: false,
      conversationId: 'c',
      visitor: 'visitor-1',
      resetCount: 2,
    });
  });
});

describe('the connection', () => {
  it('is opened with the broker’s token, and authenticated', async () => {
    const { hub, host } = startHub();
    await attach(hub);
    expect(server.tokens).toHaveLength(1);
    expect(host.lines.opened).toHaveLength(1);
    host.lines.newest.opens();
    expect(host.lines.sent).toEqual([{ type: 'authenticate' }]);
    expect(host.lines.newest.token).toBe('token of visitor-1');
  });

  it('is closed when no tab has been there for 30 s, and opened for the next', async () => {
    const { hub, host } = await inConversation();
    hub.detach('tab');
    await later(29_999);
    expect(host.lines.closed).toEqual([]);
    await later(1);
    expect(host.lines.closed).toEqual([host.lines.newest]);
    host.lines.newest.ends();
    await attach(hub, 'next');
    expect(host.lines.opened).toHaveLength(2);
  });

  it('that ends is reported, and opened again after a pause', async () => {
    const { host, tab } = await inConversation();
    host.lines.newest.ends();
    await settled();
    expect(tab.shared('connection')).toMatchObject({ phase: 'waiting' });
    await later(8_000);
    expect(host.lines.opened).toHaveLength(2);
  });

  it('takes what stands beside the core asks for, and the core counts it', async () => {
    const seen: Input[] = [];
    const { hub, host } = startHub({ inspect: { onStep: ({ input }) => seen.push(input) } });
    await attach(hub);
    host.lines.newest.opens();
    expect(hub.send({ type: 'rest-token' })).toBe(true);
    expect(host.lines.sent).toEqual([{ type: 'authenticate' }, { type: 'rest-token' }]);
    expect(seen).toContainEqual({ type: 'command-sent', command: { type: 'rest-token' } });
    host.lines.newest.ends();
    expect(hub.send({ type: 'ping' })).toBe(false);
    expect(seen).not.toContainEqual({ type: 'command-sent', command: { type: 'ping' } });
  });
});

describe('a token', () => {
  it('that arrives after a sign-out is ignored for every next visitor', async () => {
    const { hub, host } = startHub();
    server.isHeld = true;
    await attach(hub);
    await callOf(hub, { type: 'sign-out' });
    server.isHeld = false;
    server.subject = 'visitor-2';
    await callOf(hub, { type: 'reconnect' });
    expect(server.tokens).toHaveLength(2);
    server.answers();
    await settled();
    host.lines.newest.opens();
    expect(host.lines.newest.token).toBe('token of visitor-2');
  });

  it('is gone with the sign-out, and its connection too', async () => {
    const ended = vi.spyOn(BrokerTokens.prototype, 'endSession');
    const { hub, host } = await inConversation();
    expect(ended).not.toHaveBeenCalled();
    await callOf(hub, { type: 'sign-out' });
    expect(ended).toHaveBeenCalledTimes(1);
    expect(host.lines.closed).toEqual([host.lines.newest]);
  });

  it('that the gateway refuses is dropped, and the broker is informed', async () => {
    const { hub, host } = startHub();
    await attach(hub);
    host.lines.newest.opens();
    server.isHeld = true;
    host.lines.newest.hears({ type: 'refused', message: 'expired' });
    host.lines.newest.ends();
    await settled();
    expect(server.tokens.at(-1)?.init.headers).toEqual({ 'Partyline-Token-Refused': '1' });
  });

  it('that a sign-out takes along was not refused, and the next visitor’s request says so', async () => {
    const { hub, host } = await inConversation();
    await callOf(hub, { type: 'sign-out' });
    host.lines.newest.ends();
    await callOf(hub, { type: 'reconnect' });
    expect(server.tokens).toHaveLength(2);
    expect(server.tokens.at(-1)?.init.headers).toEqual({});
  });
});

describe('a sign-out', () => {
  it('is not complete before the credentials are deleted', async () => {
    let deleted: () => void = () => {};
    vi.spyOn(BrokerTokens.prototype, 'endSession').mockReturnValue(
      new Promise((resolve) => {
        deleted = resolve;
      }),
    );
    const { hub } = await inConversation();
    const settle = vi.fn();
    void hub.call('tab', { type: 'sign-out' }).then(settle);
    await settled();
    expect(settle).not.toHaveBeenCalled();
    // Nothing else waits for that.
    expect(await callOf(hub, { type: 'mark-read' })).toMatchObject({ ok: true });
    deleted();
    await settled();
    expect(settle).toHaveBeenCalledWith(expect.objectContaining({ ok: true }));
  });

  it('refuses a call that was made before it, and is carried out after it', async () => {
    const { hub } = await inConversation();
    void hub.call('tab', { type: 'sign-out' });
    const late = hub.call('tab', { type: 'draft', text: 'my name is Ada' });
    expect(await late).toMatchObject({ epoch: hub.epoch.replace('.1', '.0') });
    expect(await late).toMatchObject({ ok: false, problem: { code: 'signed-out' } });
  });
});

describe('REST', () => {
  it('returns what the socket did not bring', async () => {
    const { message } = says(1, 'missed');
    const { tab } = await inConversation({
      response: (call) =>
        call.type === 'history-since'
          ? {
              ok: true,
              value: { type: 'history', messages: [message], nextCursor: null, invalidCount: 0 },
            }
          : answerOf(call),
    });
    await later(60_000);
    expect(tab.posts.flatMap((post) => ('upserts' in post ? post.upserts : []))).toMatchObject([
      { messageId: 'm1', text: 'missed' },
    ]);
  });

  it('is asked with the token, and not waited for once the visitor has changed', async () => {
    const { hub, host } = await inConversation();
    server.isHeld = true;
    await later(60_000);
    await settled();
    const call = server.rest.at(-1);
    expect(call?.init.headers).toMatchObject({ authorization: 'Bearer token of visitor-1' });
    expect(call?.init.signal?.aborted).toBe(false);
    await callOf(hub, { type: 'sign-out' });
    host.lines.newest.ends();
    expect(call?.init.signal?.aborted).toBe(true);
  });
});

describe('what changes', () => {
  it('is looked for once a task, and not at all where nothing came', async () => {
    const seen: Input['type'][] = [];
    const { hub } = startHub({ inspect: { onStep: ({ input }) => seen.push(input.type) } });
    await attach(hub);
    seen.length = 0;
    hub.tabInput({ type: 'tab-used', tabId: 'tab' });
    await settled();
    expect(seen).toEqual(['tab-used', 'flush']);
    seen.length = 0;
    for (let count = 0; count < 3; count += 1) hub.tabInput({ type: 'tab-used', tabId: 'tab' });
    await settled();
    expect(seen).toEqual(['tab-used', 'flush', 'tab-used', 'tab-used', 'flush']);
  });

  it('goes out at once, and what is queued behind it together', async () => {
    const { host, tab } = await inConversation();
    const before = tab.posts.length;
    for (let sequence = 1; sequence <= 100; sequence += 1) host.lines.newest.hears(says(sequence));
    const atOnce = tab.posts.slice(before);
    expect(atOnce.filter(({ type }) => type === 'patch')).toMatchObject([
      { upserts: [{ messageId: 'm1' }] },
    ]);
    await settled();
    const later = tab.posts.slice(before + atOnce.length).filter(({ type }) => type === 'patch');
    expect(later).toHaveLength(1);
    expect(later[0]).toMatchObject({ upserts: { length: 99 } });
    // The next is the first of its task again.
    const between = tab.posts.length;
    host.lines.newest.hears(says(101));
    expect(tab.posts.length).toBeGreaterThan(between);
  });

  it('is written 15 ms later in one transaction, where no call waits for it', async () => {
    const { hub, host } = await inConversation();
    await later(15);
    const before = host.asked.length;
    const timers = vi.getTimerCount();
    for (const text of ['h', 'he', 'hey']) await callOf(hub, { type: 'draft', text });
    expect(vi.getTimerCount()).toBe(timers + 1);
    await later(14);
    expect(host.asked.length).toBe(before);
    await later(1);
    expect(host.asked.slice(before)).toEqual(['relaxed put-meta,put-meta,put-meta']);
    await later(1_000);
    expect(host.asked).toHaveLength(before + 1);
    await callOf(hub, { type: 'draft', text: 'hey,' });
    await later(15);
    expect(host.asked.slice(before + 1)).toEqual(['relaxed put-meta']);
  });

  it('is written at once where a call waits, after earlier writes', async () => {
    const { hub, host, tab } = await inConversation();
    await later(15);
    const before = host.asked.length;
    const timers = vi.getTimerCount();
    await callOf(hub, { type: 'draft', text: 'hey' });
    host.storeIsSlow = true;
    let isPromised = false;
    void hub.call('tab', { type: 'send', messageId: 'mine', text: 'hello' }).then(() => {
      isPromised = true;
    });
    await settled();
    expect(host.asked.slice(before)).toEqual(['strict put-meta,put-outbox']);
    expect(vi.getTimerCount()).toBe(timers);
    // Neither promised nor sent before it is kept.
    expect(isPromised).toBe(false);
    expect(host.lines.sent.map(({ type }) => type)).not.toContain('send-message');
    host.storeCatchesUp();
    await settled();
    expect(isPromised).toBe(true);
    expect(host.lines.sent.at(-1)).toMatchObject({ type: 'send-message', messageId: 'mine' });
    expect(tab.posts.length).toBeGreaterThan(0);
    // Nothing is written a second time.
    const written = host.asked.length;
    await later(1_000);
    expect(host.asked).toHaveLength(written);
  });

  it('is written before what is earlier is read', async () => {
    const { hub, host } = await inConversation({ limits: { page: 1 } });
    for (const sequence of [1, 2, 3]) host.lines.newest.hears(says(sequence));
    await settled();
    await later(15);
    await callOf(hub, { type: 'draft', text: 'hey' });
    const before = host.asked.length;
    const answer = await callOf(hub, { type: 'load-earlier', before: null, count: 5 });
    expect(host.asked.slice(before)).toEqual(['relaxed put-meta', 'read 2']);
    expect(answer).toMatchObject({
      ok: true,
      value: { messages: [{ messageId: 'm1' }, {}, { messageId: 'm3' }] },
    });
  });

  it('is kept within the site’s limits', async () => {
    const { host } = await inConversation({ limits: { window: 50, stored: 70, storedDays: 2 } });
    await later(60_000);
    const prune = host.asked.find((what) => what.startsWith('prune'));
    const [, keep, before] = prune?.split(' ') ?? [];
    expect(keep).toBe('70');
    expect(Math.abs(Date.now() - 2 * 86_400_000 - Number(before))).toBeLessThanOrEqual(3_600_000);
  });
});

describe('a call', () => {
  it('waits for the store to be read, and each has its own answer', async () => {
    const host = browser.worker();
    host.storeIsSlow = true;
    const { hub } = startHub({}, host);
    await attach(hub);
    const seen: string[] = [];
    const typing = hub.call('tab', { type: 'typing', isTyping: true });
    const wrong = hub.call('tab', { type: 'send', messageId: 'm', text: 'hi' });
    void typing.then(() => seen.push('typing'));
    await settled();
    expect(seen).toEqual([]);
    host.storeCatchesUp();
    await settled();
    expect(await typing).toEqual({ ok: true, epoch: hub.epoch, value: null });
    expect(await wrong).toMatchObject({ ok: false, problem: { code: 'no-conversation' } });
  });

  it('is answered for the visitor who made it', async () => {
    const { hub } = await inConversation();
    const previous = hub.epoch;
    const answer = await callOf(hub, { type: 'sign-out' });
    expect(hub.epoch).not.toBe(previous);
    expect(answer).toMatchObject({ ok: true, epoch: previous });
    expect(await callOf(hub, { type: 'mark-read' })).toMatchObject({ epoch: hub.epoch });
  });

  it('to start is measured by the site’s own schema, and no other', async () => {
    const attributes = z.strictObject({ userTier: z.string() });
    const { hub, host } = startHub({ routing: { attributes } });
    await attach(hub);
    host.lines.newest.opens();
    host.lines.newest.hears({ type: 'authenticated', serverTime: null });
    const answer = await callOf(hub, {
      type: 'start',
      routing: { ...routing, attributes: { usertier: 'gold' } },
    });
    expect(answer).toMatchObject({ ok: false });
    expect(JSON.stringify(answer)).toContain('userTier');
    expect(host.lines.sent.map(({ type }) => type)).toEqual(['authenticate']);
    void callOf(hub, { type: 'start', routing: { ...routing, attributes: { userTier: 'gold' } } });
    await settled();
    expect(host.lines.sent.map(({ type }) => type)).toContain('open-conversation');
  });
});

describe('a hub that steps down', () => {
  it('admits no tab before everything is written, and has released the lock by then', async () => {
    const { hub, host, told } = await inConversation();
    await callOf(hub, { type: 'draft', text: 'half a thought' });
    host.storeIsSlow = true;
    hub.stepDown();
    host.lines.newest.ends();
    await settled();
    expect(told).toEqual(['lockAcquired']);
    expect(browser.lockTable.holder(hubLock(''))).toBe(host);
    host.storeCatchesUp();
    await settled();
    expect(told).toEqual(['lockAcquired', 'handedOver']);
    expect(browser.lockTable.holder(hubLock(''))).toBeNull();
    expect(browser.disk.meta?.draft).toBe('half a thought');
    // For good: a power cut takes nothing of it.
    expect(host.asked.slice(-2)).toEqual(['strict ', 'close']);
    expect(browser.disk.losePower(0)).toBe(0);
  });

  it('does nothing any more: no timer, no request, no word to a tab', async () => {
    const { hub, host, tab } = await inConversation();
    server.isHeld = true;
    await later(60_000);
    await settled();
    const call = server.rest.at(-1);
    hub.stepDown();
    host.lines.newest.ends();
    await settled();
    expect(call?.init.signal?.aborted).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
    const before = [tab.posts.length, host.asked.length, server.asked.length];
    host.lines.newest.hears(says(1));
    browser.network('online');
    hub.detach('tab');
    await attach(hub, 'late');
    await settled();
    await later(3_600_000);
    expect([tab.posts.length, host.asked.length, server.asked.length]).toEqual(before);
  });

  it('waits at most 2 s for its echo, and at most 2 s for the connection’s end', async () => {
    const { hub, host, told } = await inConversation();
    await callOf(hub, { type: 'send', messageId: 'mine', text: 'hello' });
    hub.stepDown();
    await settled();
    expect(host.lines.closed).toEqual([]);
    await later(1_999);
    expect(host.lines.closed).toEqual([]);
    await later(1);
    expect(host.lines.closed).toEqual([host.lines.newest]);
    await later(1_999);
    await settled();
    expect(told).toEqual(['lockAcquired']);
    await later(1);
    await settled();
    expect(told).toEqual(['lockAcquired', 'handedOver']);
    expect([...browser.disk.outbox.keys()]).toEqual(['mine']);
  });
});

describe('what stands beside the hub', () => {
  it('the routing log hears what became of a routing, where the site keeps one', async () => {
    await inConversation({ routingLogUrl: '/chat/routing-log' });
    const lines = server.asked.filter(({ url }) => url === '/chat/routing-log');
    expect(lines.map(({ init }) => JSON.parse(String(init.body)))).toContainEqual(
      expect.objectContaining({ routing, verdict: expect.any(String) }),
    );
  });

  it('an inspector sees each step, with the states before and after it', async () => {
    const onStep = vi.fn();
    const { hub } = startHub({ inspect: { onStep } });
    await attach(hub);
    const steps = onStep.mock.calls.map(([step]) => step);
    expect(steps.map(({ input }) => input.type)).toEqual(
      expect.arrayContaining(['restored', 'tab-attached', 'flush', 'token']),
    );
    for (const [index, { before }] of steps.entries()) {
      if (index > 0) expect(before).toBe(steps[index - 1].after);
    }
    expect(steps.flatMap(({ effects }) => effects)).toContainEqual(
      expect.objectContaining({ type: 'open-socket' }),
    );
  });

  it('logs invalid frames and errors', async () => {
    const { hub, host, log } = await inConversation();
    const note = vi.spyOn(log, 'note');
    const error = vi.spyOn(log, 'error').mockImplementation(() => {});
    host.lines.newest.hears({ type: 'invalid', reason: 'no JSON' });
    expect(note).toHaveBeenCalledWith({
      kind: 'invalid',
      detail: 'Invalid frame ignored: no JSON',
    });
    const cause = new Error('full');
    hub.logError('File upload failed', cause);
    expect(error).toHaveBeenCalledWith('File upload failed', cause);
  });

  it('a dialect’s gateway extension supplies tokens, receives events, and answers calls first', async () => {
    const current = () => 'a session’s secret';
    const extension: GatewayExtension = {
      tokens: {
        current,
        drop: vi.fn(),
        endSession: vi.fn(async () => {}),
        fetch: vi.fn(async () => ({ ok: true, expiresIn: null, subject: 'guest' }) as const),
      },
      restTokens: { get: async () => 'a token of the line' },
      answer: () => null,
      shouldSend: vi.fn(() => true),
      onEvent: vi.fn((event) => event),
      onConnectionClosed: () => {},
      onVisitorChange: vi.fn(),
    };
    const { hub, host } = startHub({ createExtension: () => extension });
    await attach(hub);
    expect(hub.answerExtensionCall).toBe(extension.answer);
    expect(server.tokens).toEqual([]);
    host.lines.newest.opens();
    host.lines.newest.hears({ type: 'authenticated', serverTime: null });
    void hub.call('tab', { type: 'start', routing });
    await settled();
    const conversation = { conversationId: 'c', status: 'connected' } as const;
    host.lines.newest.hears({ type: 'conversation', conversation });
    await later(60_000);
    await settled();
    expect(host.lines.newest.token).toBe('a session’s secret');
    expect(extension.onEvent).toHaveBeenCalledWith({ type: 'conversation', conversation });
    expect(extension.shouldSend).toHaveBeenCalledWith({ type: 'authenticate' });
    const { headers } = server.rest.at(-1)?.init ?? {};
    expect(headers).toMatchObject({ authorization: 'Bearer a token of the line' });
    host.lines.newest.ends();
    expect(extension.onVisitorChange).not.toHaveBeenCalled();
    await callOf(hub, { type: 'sign-out' });
    expect(extension.tokens.endSession).toHaveBeenCalledTimes(1);
    expect(extension.onVisitorChange).toHaveBeenCalledTimes(1);
    expect(startHub().hub.answerExtensionCall).toBeUndefined();
  });
});
