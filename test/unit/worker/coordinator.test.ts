import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { buildsChannel, type Presence, presenceSchema } from '../../../src/protocol/builds.ts';
import { bootOf } from '../../../src/protocol/epoch.ts';
import type { RestResult } from '../../../src/protocol/gateway/rest.ts';
import { hubLock, tabLock } from '../../../src/protocol/locks.ts';
import { protocolVersion } from '../../../src/protocol/version.ts';
import { genesysWebchat } from '../../../src/protocol/webchat/index.ts';
import { HubCoordinator } from '../../../src/worker/host/coordinator.ts';
import { Log } from '../../../src/worker/host/log.ts';
import { checkOptions } from '../../../src/worker/options.ts';
import { Browser, type FakeHost, plainFrames, settled } from './browser.ts';

const nothing: RestResult = {
  ok: true,
  value: { type: 'history', messages: [], nextCursor: null, invalidCount: 0 },
};
const gateway = {
  ...genesysWebchat({ socketUrl: 'wss://gateway/webchat', apiUrl: 'https://api' }),
  ...plainFrames,
  response: () => nothing,
};

let browser: Browser;
let ports: MessagePort[];

beforeEach(() => {
  vi.useFakeTimers();
  browser = new Browser();
  ports = [];
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () =>
    Response.json({ token: 't', expiresIn: 900, subject: 'visitor' }),
  );
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  for (const port of ports) port.close();
});

/** A worker of one build of the site. */
class Worker {
  readonly host: FakeHost;
  readonly station: HubCoordinator;
  readonly notes: string[] = [];
  readonly build: string;

  constructor(build: string, kind: 'shared-worker' | 'tab' = 'shared-worker', name = '') {
    const log = new Log();
    vi.spyOn(log, 'note').mockImplementation(({ detail }) => void this.notes.push(detail));
    this.build = build;
    this.host = browser.worker(`https://shop.example/${build}/hub.js`);
    const options = checkOptions({ gateway, build, name });
    this.station = this.host.run(() => new HubCoordinator(options, kind, log));
  }

  get isHolder(): boolean {
    return browser.lockTable.holder(hubLock('')) === this.host;
  }
}

/** A tab as the hub knows it. */
class Tab {
  readonly words: { readonly type: string; readonly epoch?: string; readonly address?: unknown }[] =
    [];
  readonly #port: MessagePort;
  isForgotten = false;

  constructor({ station, host }: Worker) {
    const { port1, port2 } = new MessageChannel();
    ports.push(port1, port2);
    this.#port = port2;
    host.run(() =>
      station.connect(port1, () => {
        this.isForgotten = true;
      }),
    );
    port2.addEventListener('message', ({ data }) => {
      if (typeof data.type === 'string' && data.type.startsWith('partyline-')) {
        this.words.push(data);
      }
    });
    port2.start();
  }

  /** The page is there, and shows the chat. */
  async attaches(tabId: string): Promise<MessagePort> {
    void browser.worker().locks.request(tabLock(tabId), () => new Promise<never>(() => {}));
    const { port1, port2 } = new MessageChannel();
    ports.push(port2);
    const attach = {
      protocolVersion,
      tabId,
      visible: true,
      conversationId: null,
      visitor: null,
      resetCount: 0,
    };
    this.#port.postMessage({ type: 'partyline-attach', attach, stream: port1 }, [port1]);
    await settled();
    return port2;
  }

  /** Where it is sent; `undefined`: nowhere. */
  get movedTo(): unknown {
    return this.words.find(({ type }) => type === 'partyline-redirect')?.address;
  }

  get boots(): string[] {
    return this.words.flatMap(({ epoch }) => (epoch === undefined ? [] : [bootOf(epoch)]));
  }
}

async function start(
  build: string,
  kind: 'shared-worker' | 'tab' = 'shared-worker',
): Promise<Worker> {
  const worker = new Worker(build, kind);
  await settled();
  return worker;
}

async function open(worker: Worker): Promise<Tab> {
  const tab = new Tab(worker);
  await settled();
  return tab;
}

/** A word on the channel that no worker of the site has said. */
async function says(word: object): Promise<void> {
  browser.post(buildsChannel(''), null, word);
  await settled();
}

const presence: Presence = {
  type: 'partyline-build',
  boot: 'b',
  build: '9',
  isHolder: false,
  address: { url: 'https://shop.example/9/hub.js', name: 'partyline' },
};

describe('one build', () => {
  it('has one hub, which greets every tab and sends none away', async () => {
    const worker = await start('1');
    const tabs = [await open(worker), await open(worker)];
    expect(worker.isHolder).toBe(true);
    for (const tab of tabs) expect(tab.words.map(({ type }) => type)).toEqual(['partyline-hello']);
    expect(tabs[0]?.boots).toEqual(tabs[1]?.boots);
  });

  it('in two workers has one hub: the tabs of the later one join the first', async () => {
    const first = await start('1');
    const stays = await open(first);
    const second = await start('1');
    const goes = await open(second);
    expect(first.isHolder).toBe(true);
    expect(goes.movedTo).toEqual(first.host.address);
    expect(stays.movedTo).toBeUndefined();
    // It does not wait for a lock that it does not want, and reads nothing.
    expect(browser.lockTable.waiting(hubLock(''))).toBe(0);
    expect(second.host.asked).toEqual([]);
  });

  it('that has joined another begins anew for a tab that still comes, when that one is gone', async () => {
    const first = await start('1');
    const second = await start('1');
    const previous = await open(second);
    first.host.dies();
    const tab = await open(second);
    expect(second.isHolder).toBe(true);
    expect(tab.movedTo).toBeUndefined();
    expect(tab.boots).not.toEqual(previous.boots);
    expect(tab.boots).toHaveLength(1);
  });

  it('sends a tab on that comes to a worker which has joined another', async () => {
    const first = await start('1');
    const second = await start('1');
    const tab = await open(second);
    const later = await open(second);
    for (const { movedTo } of [tab, later]) expect(movedTo).toEqual(first.host.address);
    // Each is reported once.
    expect(tab.words.filter(({ type }) => type === 'partyline-redirect')).toHaveLength(1);
  });

  it('passes to the next in the queue when the holder dies, and the others join it', async () => {
    const gone = browser.worker();
    void gone.locks.request(hubLock(''), () => new Promise<never>(() => {}));
    await settled();
    const [second, third] = [await start('1'), await start('1')];
    const [tab, other] = [await open(second), await open(third)];
    expect([second.isHolder, third.isHolder]).toEqual([false, false]);
    expect([tab.movedTo, other.movedTo]).toEqual([undefined, undefined]);
    gone.dies();
    await settled();
    expect(second.isHolder).toBe(true);
    expect(tab.movedTo).toBeUndefined();
    expect(other.movedTo).toEqual(second.host.address);
  });
});

/** A tab of this worker's, whose hub has a line. */
async function talking(worker: Worker): Promise<Tab> {
  const tab = await open(worker);
  await tab.attaches('old');
  worker.host.lines.newest.opens();
  worker.host.lines.newest.hears({ type: 'authenticated', serverTime: null });
  return tab;
}

describe('two builds', () => {
  it.each([
    ['1', '2'],
    ['9', '10'],
    ['1.9.3', '1.10'],
    ['2026.11.23', '2026.11.23.1'],
  ])('the newer one takes over: %s, then %s', async (older, newer) => {
    const first = await start(older);
    const tab = await open(first);
    const second = await start(newer);
    const fresh = await open(second);
    expect(second.isHolder).toBe(true);
    expect(tab.movedTo).toEqual(second.host.address);
    expect(fresh.movedTo).toBeUndefined();
    expect(second.host.asked).toEqual(['restore']);
    // The older one has written all that it had.
    expect(first.host.asked.slice(-2)).toEqual(['strict ', 'close']);
  });

  it.each([
    ['2', '1'],
    ['10', '9'],
    ['1.10', '1.9.9'],
    ['1.0', '1'],
  ])('the older one joins, whoever came first: %s, then %s', async (newer, older) => {
    const first = await start(newer);
    const stays = await open(first);
    const second = await start(older);
    const tab = await open(second);
    expect(first.isHolder).toBe(true);
    expect(tab.movedTo).toEqual(first.host.address);
    expect(stays.movedTo).toBeUndefined();
    expect(browser.lockTable.waiting(hubLock(''))).toBe(0);
  });

  it('have one socket: the newer one’s is opened when the older one’s has ended', async () => {
    const first = await start('1');
    await talking(first);
    const second = await start('2');
    const page = await open(second);
    await page.attaches('new');
    expect(first.host.lines.closed).toEqual([first.host.lines.newest]);
    expect(second.isHolder).toBe(false);
    first.host.lines.newest.ends();
    await settled();
    expect(second.isHolder).toBe(true);
    expect(second.host.lines.opened).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(first.host.lines.opened).toHaveLength(1);
  });

  it('the leaving hub waits for its socket’s end for 2 s, and no longer', async () => {
    const first = await start('1');
    const old = await talking(first);
    const second = await start('2');
    await vi.advanceTimersByTimeAsync(1_999);
    await settled();
    expect([second.isHolder, old.movedTo]).toEqual([false, undefined]);
    await vi.advanceTimersByTimeAsync(1);
    await settled();
    expect([second.isHolder, old.movedTo]).toEqual([true, second.host.address]);
  });

  it('a third that comes meanwhile is no reason to step down twice; the newest has it in the end', async () => {
    const first = await start('1');
    const old = await talking(first);
    const second = await start('2');
    const third = await start('3');
    expect(first.host.lines.closed).toHaveLength(1);
    first.host.lines.newest.ends();
    await settled();
    expect(old.words.filter(({ type }) => type === 'partyline-redirect')).toHaveLength(1);
    expect(old.movedTo).toEqual(second.host.address);
    expect([first, second, third].map(({ isHolder }) => isHolder)).toEqual([false, false, true]);
    const late = await open(second);
    expect(late.movedTo).toEqual(third.host.address);
  });

  it('an older worker that a page still comes to joins the newer one, and does not fight for it', async () => {
    const first = await start('1');
    await open(first);
    const second = await start('2');
    expect(second.isHolder).toBe(true);
    const late = await open(first);
    expect(late.movedTo).toEqual(second.host.address);
    expect(second.isHolder).toBe(true);
    // And has it when the newer one is gone for good.
    second.host.dies();
    const last = await open(first);
    expect(first.isHolder).toBe(true);
    expect(last.movedTo).toBeUndefined();
  });

  it('a newer one that waits while an older one gets the lock first takes it from that', async () => {
    const gone = browser.worker();
    void gone.locks.request(hubLock(''), () => new Promise<never>(() => {}));
    await settled();
    const older = await start('1');
    const newer = await start('2');
    const [tab, fresh] = [await open(older), await open(newer)];
    gone.dies();
    await settled();
    expect(newer.isHolder).toBe(true);
    expect(tab.movedTo).toEqual(newer.host.address);
    expect(fresh.movedTo).toBeUndefined();
  });
});

describe('in a tab, without SharedWorker', () => {
  it('a newer one takes over, and the older one’s tabs find it through the channels: it has no address', async () => {
    const first = await start('1', 'tab');
    const tab = await open(first);
    const second = await start('2', 'tab');
    expect(second.isHolder).toBe(true);
    expect(tab.movedTo).toBeNull();
  });

  it('the next host takes over when the tab that ran the hub is closed', async () => {
    const first = await start('1', 'tab');
    await open(first);
    first.host.dies();
    const second = await start('1', 'tab');
    const tab = await open(second);
    expect(second.isHolder).toBe(true);
    expect(tab.movedTo).toBeUndefined();
  });
});

const invalid: readonly (readonly [string, object])[] = [
  ['of something else', { hello: 1 }],
  ...[
    'https://evil.example/hub.js',
    // Each reads like the site's own at one end.
    'https://shop.example.evil.test/hub.js',
    'https://shop.example@evil.test/hub.js',
    'https://shop.example:8443/hub.js',
    'https://evil-shop.example/hub.js',
    'http://shop.example/hub.js',
  ].map((url) => [`of ${url}`, { ...presence, address: { url, name: '' } }] as const),
  ['with a build that is no number', { ...presence, build: 'next' }],
];

describe('a word between builds', () => {
  it.each(invalid)('%s is noted, and hands nothing over', async (_, word) => {
    const worker = await start('1');
    const tab = await open(worker);
    // Somebody waits for the lock, as whoever takes over would.
    void browser.worker().locks.request(hubLock(''), async () => {});
    await says(word);
    expect(worker.notes).toEqual(['Invalid message between builds dropped']);
    expect(worker.isHolder).toBe(true);
    expect(tab.movedTo).toBeUndefined();
  });

  it('that announces a newer build is ignored while no hub waits for the lock', async () => {
    const worker = await start('1');
    const tab = await open(worker);
    await says(presence);
    expect(worker.notes).toEqual(['Takeover by an unknown build ignored']);
    expect(worker.isHolder).toBe(true);
    expect(tab.movedTo).toBeUndefined();
  });

  it('that two newer builds send at once moves all tabs to one of them', async () => {
    const worker = await start('1');
    const tab = await open(worker);
    await tab.attaches('tab');
    worker.host.lines.newest.opens();
    void browser.worker().locks.request(hubLock(''), async () => {});
    const other = { url: 'https://shop.example/10/hub.js', name: 'partyline' };
    browser.post(buildsChannel(''), null, presence);
    await says({ ...presence, build: '10', address: other });
    worker.host.lines.newest.ends();
    await settled();
    expect(tab.movedTo).toEqual(presence.address);
  });

  it('that claims the socket is nothing to the hub that has it', async () => {
    const worker = await start('1');
    const tab = await open(worker);
    void browser.worker().locks.request(hubLock(''), async () => {});
    await says({ ...presence, isHolder: true });
    expect(worker.isHolder).toBe(true);
    expect(tab.movedTo).toBeUndefined();
    expect(worker.notes).toEqual([]);
  });

  it('is repeated only by the holder, to hubs that are not newer', async () => {
    const heard: Presence[] = [];
    const listener = browser.worker().openChannel(buildsChannel(''));
    listener.onmessage = ({ data }) => void heard.push(presenceSchema.parse(data));
    const worker = await start('5');
    expect(heard.at(-1)).toMatchObject({ isHolder: true, build: '5' });
    heard.length = 0;
    await says({ ...presence, build: '4' });
    await says({ ...presence, build: '5.0' });
    expect(heard.filter(({ boot }) => boot !== 'b')).toMatchObject([
      { isHolder: true, build: '5', address: worker.host.address },
      { isHolder: true, build: '5', address: worker.host.address },
    ]);
  });

  it('of an older holder is answered by a newer one that waits', async () => {
    const gone = browser.worker();
    void gone.locks.request(hubLock(''), () => new Promise<never>(() => {}));
    const heard: Presence[] = [];
    browser.worker().openChannel(buildsChannel('')).onmessage = ({ data }) =>
      void heard.push(presenceSchema.parse(data));
    const worker = await start('5');
    const tab = await open(worker);
    expect(heard).toMatchObject([{ isHolder: false, build: '5' }]);
    heard.length = 0;
    await says({ ...presence, build: '4', isHolder: true });
    expect(heard.filter(({ boot }) => boot !== 'b')).toMatchObject([
      { isHolder: false, build: '5' },
    ]);
    // Of one that waits as we do, nothing follows.
    heard.length = 0;
    await says({ ...presence, build: '6' });
    expect(heard.filter(({ boot }) => boot !== 'b')).toEqual([]);
    expect(tab.movedTo).toBeUndefined();
    expect(worker.notes).toEqual([]);
  });
});

it('hubs of different names do not meet', async () => {
  const german = new Worker('1', 'shared-worker', 'de');
  await settled();
  const english = new Worker('2', 'shared-worker', 'en');
  await settled();
  const holders = ['de', 'en', ''].map((name) => browser.lockTable.holder(hubLock(name)));
  expect(holders).toEqual([german.host, english.host, null]);
  const tab = await open(german);
  await settled();
  expect(tab.movedTo).toBeUndefined();
});

describe('a tab that has gone', () => {
  it('is dropped with its port, and gets no more messages', async () => {
    const first = await start('1');
    const gone = await open(first);
    const stream = await gone.attaches('gone');
    const stays = await open(first);
    expect(gone.isForgotten).toBe(false);
    stream.postMessage({ type: 'bye' });
    await settled();
    expect(gone.isForgotten).toBe(true);
    first.host.lines.newest.opens();
    const second = await start('2');
    first.host.lines.newest.ends();
    await settled();
    expect(stays.movedTo).toEqual(second.host.address);
    expect(gone.movedTo).toBeUndefined();
  });
});
