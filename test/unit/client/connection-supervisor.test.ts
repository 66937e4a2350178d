import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { HubRpc } from '../../../src/client/calls/hub-rpc.ts';
import { ConnectionSupervisor } from '../../../src/client/connection/connection-supervisor.ts';
import { Replica } from '../../../src/client/transcript/replica.ts';
import { PartylineError } from '../../../src/protocol/errors.ts';
import { hostLock } from '../../../src/protocol/locks.ts';
import { protocolVersion } from '../../../src/protocol/version.ts';
import { rowOf } from '../../contracts/ports.ts';
import {
  attachOf,
  FakeBrowser,
  type FakeSharedWorker,
  hubUrl,
  SharedHub,
  siteFallback,
  siteWorker,
  TabHub,
} from './fake-browser.ts';

let browser: FakeBrowser;
let rpc: HubRpc;
let replica: Replica;
let supervisor: ConnectionSupervisor;
let warnings: string[] = [];

beforeAll(async () => {
  await import('../../../src/client/calls/hub-calls.ts');
  await import('../../../src/client/connection/tab-host.ts');
  await import('../../../src/client/connection/broadcast-transport.ts');
});

beforeEach(() => {
  vi.useFakeTimers();
  warnings = [];
  vi.spyOn(console, 'warn').mockImplementation((line) => void warnings.push(line));
  browser = new FakeBrowser();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** The page starts. */
function start({ hasFallback = false } = {}): void {
  rpc = new HubRpc();
  replica = new Replica(rpc, {
    changed() {},
    alert() {},
    sessionHintChanged() {},
    olderRowsKept() {},
  });
  const options = {
    name: '',
    worker: siteWorker,
    ...(hasFallback ? { fallback: siteFallback } : {}),
  };
  supervisor = new ConnectionSupervisor(options, rpc, replica);
  supervisor.attach();
}

function startWithoutSharedWorker({ hasFallback = true } = {}): void {
  browser = new FakeBrowser({ hasSharedWorker: false });
  start({ hasFallback });
}

/** Scripts that the page loads on demand have loaded by then. */
async function passes(duration: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(duration);
  // An attempt that is due now can lead to another one, and each may load a script.
  for (let turn = 0; turn < 3; turn += 1) {
    await vi.dynamicImportSettled();
    await vi.advanceTimersByTimeAsync(0);
  }
}

const lastWorker = (): FakeSharedWorker | undefined => browser.sharedWorkers.at(-1);
const attempts = () => browser.sharedWorkers.length;
const connection = () => replica.snapshot.connection;

/** The last attempt reaches a hub. */
async function hubAnswers(boot: string): Promise<SharedHub> {
  const hub = new SharedHub(browser.locks, boot);
  await passes(0);
  hub.greet(lastWorker());
  hub.sendSnapshot(lastWorker());
  await passes(0);
  return hub;
}

/** The worker’s script can’t be loaded, this time. */
async function scriptFails(): Promise<void> {
  await passes(0);
  lastWorker()?.onerror?.();
}

/** A call as it is seen by the page that makes it. */
function ask(): { outcome: unknown } {
  const asked: { outcome: unknown } = { outcome: null };
  rpc.call({ type: 'end' }).then(
    ({ value }) => {
      asked.outcome = value;
    },
    (error: unknown) => {
      asked.outcome = error instanceof PartylineError ? error.code : error;
    },
  );
  return asked;
}

/** What the page has sent to a worker by Comlink. */
const callsTo = (worker: FakeSharedWorker | undefined): unknown[] =>
  worker?.port.posted.flatMap((data) => Object(data).argumentList?.[0]?.value ?? []) ?? [];

/** What the page has sent on its stream. */
const streamTo = (worker: FakeSharedWorker | undefined): unknown[] => {
  const attached = worker && attachOf(worker.port);
  return [...(attached?.stream.peers ?? [])].flatMap(({ posted }) => posted);
};

/** Nothing of the page is left: no timer, no open port or channel, no lock but those of `others`. */
function expectNothingLeft(...others: readonly string[]): void {
  expect(vi.getTimerCount()).toBe(0);
  expect(browser.openPorts()).toBe(0);
  expect(browser.locks.names).toEqual(others);
  expect(browser.runningWorkers).toBe(0);
}

describe('ConnectionSupervisor.attach', () => {
  it('attaches once, shows the hub’s snapshot, and sends the calls that waited', async () => {
    start();
    expect(supervisor.isAttached).toBe(true);
    expect(connection().phase).toBe('connecting');
    const asked = ask();
    supervisor.attach();
    await hubAnswers('a');
    expect(attempts()).toBe(1);
    expect(connection().phase).toBe('ready');
    expect(callsTo(lastWorker())).toEqual([{ type: 'end' }]);
    expect(asked.outcome).toBeNull();
    supervisor.post({ type: 'used' });
    expect(streamTo(lastWorker())).toEqual([{ type: 'ack', revision: 1 }, { type: 'used' }]);
  });

  it('stays with a hub that runs', async () => {
    start();
    await hubAnswers('a');
    await passes(3_600_000);
    expect(attempts()).toBe(1);
    expect(warnings).toEqual([]);
  });

  it('tells the hub of the conversation and the visitor that the page remembers', async () => {
    browser.localStorage.setItem('partyline.conversation', 'c1');
    browser.localStorage.setItem('partyline.visitor', 'ada');
    start();
    await passes(0);
    const session = { conversationId: 'c1', visitor: 'ada', resetCount: 0 };
    expect(attachOf(browser.sharedWorkers[0]?.port ?? expect.fail())?.attach).toMatchObject(
      session,
    );
    const hub = new SharedHub(browser.locks, 'a');
    hub.greet(lastWorker());
    hub.sendSnapshot(lastWorker(), { resetCount: 3 });
    await passes(0);
    hub.stop();
    await passes(0);
    expect(attachOf(browser.sharedWorkers[1]?.port ?? expect.fail())?.attach).toMatchObject({
      ...session,
      resetCount: 3,
    });
  });

  it('tells a hub of the visitor for whom calls wait, even if the last hub knew nobody', async () => {
    start();
    const hub = await hubAnswers('a');
    ask();
    hub.stop();
    await passes(0);
    const next = new SharedHub(browser.locks, 'b');
    next.greet(lastWorker());
    next.sendSnapshot(lastWorker(), { visitor: null });
    await passes(0);
    next.stop();
    await passes(250);
    expect(attempts()).toBe(3);
    const attached = attachOf(lastWorker()?.port ?? expect.fail());
    expect(attached?.attach).toMatchObject({ conversationId: null, visitor: 'ada' });
  });

  it('fails at once without a SharedWorker and a fallback, and keeps the rows', async () => {
    browser = new FakeBrowser({ hasSharedWorker: false });
    start();
    const asked = ask();
    replica.update({ ...replica.snapshot, messages: [rowOf(1)] });
    supervisor.attach();
    await passes(0);
    expect(supervisor.isAttached).toBe(false);
    expect(asked.outcome).toBe('unreachable');
    expect(connection()).toMatchObject({
      phase: 'failed',
      problem: {
        code: 'unreachable',
        message: 'No SharedWorker in this browser. Pass connect() a fallback.',
      },
    });
    expect(replica.snapshot.messages).toEqual([rowOf(1)]);
    expectNothingLeft();
  });
});

describe('a hub that stops', () => {
  it('is replaced at once, and gets the calls that it has not answered again', async () => {
    start();
    const hub = await hubAnswers('a');
    const asked = ask();
    await passes(0);
    const [first] = browser.sharedWorkers;
    hub.stop();
    await passes(0);
    expect(warnings).toEqual(['[partyline] Connection lost: the hub stopped']);
    expect(attempts()).toBe(2);
    expect(first?.port.isClosed).toBe(true);
    // A gap of an instant is not shown.
    expect(connection().phase).toBe('ready');
    await hubAnswers('b');
    expect(callsTo(lastWorker())).toEqual([{ type: 'end' }]);
    expect(asked.outcome).toBeNull();
    expect(replica.snapshot.hub.epoch).toBe('b.0');
  });

  it('gets no calls while its successor is not there', async () => {
    start();
    const hub = await hubAnswers('a');
    const [first] = browser.sharedWorkers;
    hub.stop();
    await passes(0);
    ask();
    supervisor.post({ type: 'used' });
    await passes(500);
    expect(callsTo(first)).toEqual([]);
    expect(streamTo(first)).not.toContainEqual({ type: 'used' });
    expect(streamTo(lastWorker())).toEqual([{ type: 'used' }]);
  });

  it('leaves a call made after its end to the successor, which gets it as a new one', async () => {
    start();
    const hub = await hubAnswers('a');
    hub.stop();
    await passes(0);
    const send = { type: 'send', messageId: 'm', text: 'hi' } as const;
    const codes: unknown[] = [];
    for (const call of [send, { type: 'end' } as const]) {
      rpc.call(call).catch(({ code }) => codes.push(code));
    }
    await hubAnswers('b');
    expect(callsTo(lastWorker())).toEqual([send, { type: 'end' }]);
    expect(codes).toEqual([]);
  });

  it('is not waited for: a call that no hub received in time was not carried out', async () => {
    start();
    await hubAnswers('a');
    lastWorker()?.onerror?.();
    const asked = ask();
    await passes(9_999);
    expect(asked.outcome).toBeNull();
    await passes(1);
    expect(asked.outcome).toBe('unreachable');
  });
});

describe('the next attempt', () => {
  it('comes after growing delays, which the page shows, and then not at all', async () => {
    start();
    for (const [index, delay] of [0, 250, 1_000, 4_000, 10_000].entries()) {
      await scriptFails();
      const retryAt = delay === 0 ? null : Date.now() + delay;
      expect(connection()).toMatchObject({ phase: 'connecting', retryAt, transport: 'none' });
      expect(supervisor.isAttached).toBe(false);
      if (delay > 0) await passes(delay - 1);
      expect(attempts()).toBe(index + 1);
      await passes(1);
      expect(attempts()).toBe(index + 2);
    }
    expect(warnings[0]).toBe('[partyline] Connection lost: the worker script failed to load');
    expect(warnings).toHaveLength(5);
    const asked = ask();
    await scriptFails();
    await passes(0);
    expect(asked.outcome).toBe('unreachable');
    expect(connection()).toMatchObject({
      phase: 'failed',
      problem: {
        code: 'unreachable',
        message: 'Worker did not start. Check its URL and CSP worker-src; pass fallback.',
      },
    });
    await passes(3_600_000);
    expect(attempts()).toBe(6);
    expectNothingLeft();
  });

  it('can be made by hand after the last one, and starts the delays anew', async () => {
    start();
    for (const delay of [0, 250, 1_000, 4_000, 10_000]) {
      await scriptFails();
      await passes(delay);
    }
    await scriptFails();
    supervisor.attachNow();
    expect(attempts()).toBe(7);
    await scriptFails();
    await passes(0);
    expect(attempts()).toBe(8);
    await hubAnswers('a');
    expect(connection().phase).toBe('ready');
  });

  it.each(['attach', 'attachNow'] as const)('is made once when %s comes first', async (how) => {
    start();
    for (const delay of [0, 250]) {
      await scriptFails();
      await passes(delay);
    }
    await scriptFails();
    await passes(500);
    supervisor[how]();
    expect(attempts()).toBe(4);
    await scriptFails();
    // Due at once after `attachNow`, in 4 s after `attach`; the delay of 1 s counts no more.
    await passes(how === 'attach' ? 3_999 : 0);
    expect(attempts()).toBe(how === 'attach' ? 4 : 5);
  });

  it.each([
    [9_999, 250],
    [10_001, 0],
  ])('of a hub that ran for %i ms after its first snapshot comes in %i ms', async (life, delay) => {
    start();
    await scriptFails();
    await passes(0);
    const hub = await hubAnswers('a');
    await passes(life / 2);
    // A further snapshot does not make it younger.
    hub.sendSnapshot(lastWorker(), { revision: 2 });
    await passes(life / 2);
    hub.stop();
    if (delay > 0) {
      await passes(delay - 1);
      expect(attempts()).toBe(2);
    }
    await passes(delay === 0 ? 0 : 1);
    expect(attempts()).toBe(3);
  });

  it('is delayed after a hub that never sent a snapshot', async () => {
    start();
    await scriptFails();
    await passes(0);
    const hub = new SharedHub(browser.locks, 'a');
    hub.greet(lastWorker());
    const attached = attachOf(lastWorker()?.port ?? expect.fail());
    attached?.stream.postMessage({ type: 'head', epoch: 'a.0', revision: 1 });
    await passes(14_000);
    hub.stop();
    await passes(249);
    expect(attempts()).toBe(2);
  });
});

describe('a hub that sends no hello', () => {
  it('is asked anew after 1, 2, 4 and 8 s, then counts as lost, and so on', async () => {
    start();
    const asked = ask();
    const times: number[] = [];
    const startedAt = performance.now();
    for (let at = 0; at < 31_000; at += 50) {
      if (attempts() > times.length) times.push(performance.now() - startedAt);
      await vi.advanceTimersByTimeAsync(50);
    }
    // After 15 s the first delay is none, after 30 s the next one is 250 ms.
    const round = [0, 1_000, 3_000, 7_000, 15_000];
    expect(times.map((time) => Math.floor(time / 250) * 250)).toEqual([
      ...round,
      ...[16_000, 18_000, 22_000, 30_250],
    ]);
    expect(warnings).toEqual([
      '[partyline] Connection lost: the hub is not responding',
      '[partyline] Connection lost: the hub is not responding',
    ]);
    expect(asked.outcome).toBe('unreachable');
    expect(browser.openPorts()).toBe(2);
  });

  it('is not lost if it answers the last attempt', async () => {
    start();
    await passes(14_000);
    expect(attempts()).toBe(4);
    await hubAnswers('a');
    await passes(60_000);
    expect(warnings).toEqual([]);
    expect(attempts()).toBe(4);
    expect(connection().phase).toBe('ready');
  });

  it.each([
    [
      'a loss',
      async () => {
        await scriptFails();
      },
    ],
    [
      'a snapshot',
      async () => {
        await hubAnswers('a');
        lastWorker()?.port.receive({ type: 'partyline-redirect', address: null });
      },
    ],
  ])('gets 1 s again after %s', async (_, happens) => {
    start();
    await passes(3_000);
    expect(attempts()).toBe(3);
    await happens();
    await passes(0);
    expect(attempts()).toBe(4);
    await passes(999);
    expect(attempts()).toBe(4);
    await passes(1);
    expect(attempts()).toBe(5);
  });
});

describe('a SharedWorker that never starts', () => {
  it('is replaced by a worker of the tab, where there is a fallback', async () => {
    start({ hasFallback: true });
    await passes(14_999);
    expect(browser.workers).toEqual([]);
    // A timer of no delay that a timer starts runs a millisecond later.
    await passes(2);
    expect(browser.runningWorkers).toBe(1);
    new TabHub(browser, 'tab');
    await passes(0);
    expect(connection().phase).toBe('ready');
    expect(attempts()).toBe(4);
  });

  it('is not replaced if it has started before', async () => {
    start({ hasFallback: true });
    const hub = await hubAnswers('a');
    hub.stop();
    await passes(0);
    expect(attempts()).toBe(2);
    expect(browser.workers).toEqual([]);
    const next = new SharedHub(browser.locks, 'b');
    next.greet(lastWorker());
    await scriptFails();
    await passes(250);
    expect(attempts()).toBe(3);
    await scriptFails();
    await passes(1_000);
    expect(attempts()).toBe(3);
    expect(browser.runningWorkers).toBe(1);
  });
});

describe('a redirect', () => {
  const address = { url: 'https://site/hub-2.js', name: 'partyline-2' };

  it('leads to the other build’s hub at once, with the calls, and without a warning', async () => {
    start();
    await hubAnswers('a');
    const asked = ask();
    await passes(0);
    const [first] = browser.sharedWorkers;
    first?.port.receive({ type: 'partyline-redirect', address });
    expect(supervisor.isAttached).toBe(false);
    const late = ask();
    await passes(0);
    expect(browser.sharedWorkers.map(({ url }) => url)).toEqual([hubUrl, address.url]);
    expect(first?.port.isClosed).toBe(true);
    expect(callsTo(first)).toHaveLength(1);
    await hubAnswers('b');
    expect(callsTo(lastWorker())).toEqual([{ type: 'end' }, { type: 'end' }]);
    expect([asked.outcome, late.outcome]).toEqual([null, null]);
    expect(warnings).toEqual([]);
  });

  it('leads back to its own build when the other hub stops', async () => {
    start();
    await hubAnswers('a');
    lastWorker()?.port.receive({ type: 'partyline-redirect', address });
    await passes(0);
    const hub = await hubAnswers('b');
    hub.stop();
    await passes(250);
    expect(browser.sharedWorkers.map(({ url }) => url)).toEqual([hubUrl, address.url, hubUrl]);
  });

  it('leads to a worker of a tab', async () => {
    start({ hasFallback: true });
    await hubAnswers('a');
    new TabHub(browser, 'tab');
    lastWorker()?.port.receive({ type: 'partyline-redirect', address: null });
    await passes(0);
    expect(replica.snapshot.hub.epoch).toBe('tab.0');
    expect(browser.locks.count(hostLock(''))).toBe(1);
  });

  it('does not go on for ever between two hubs', async () => {
    start();
    for (const delay of [0, 250, 1_000, 4_000, 10_000, 0]) {
      await passes(0);
      lastWorker()?.port.receive({ type: 'partyline-redirect', address });
      await passes(delay);
    }
    expect(attempts()).toBe(6);
    expect(connection().phase).toBe('failed');
  });
});

describe('a hub of another protocol version', () => {
  it.each([protocolVersion - 1, protocolVersion + 1])(
    'in a SharedWorker fails the page (version %i)',
    async (version) => {
      start({ hasFallback: true });
      const asked = ask();
      const hub = new SharedHub(browser.locks, 'a');
      await passes(0);
      hub.greet(lastWorker(), { protocolVersion: version, build: '7' });
      await passes(60_000);
      expect(asked.outcome).toBe('outdated');
      expect(connection()).toMatchObject({
        phase: 'failed',
        problem: {
          code: 'outdated',
          message: 'This page can’t talk to hub build 7. Reload the page.',
        },
      });
      expect(attempts()).toBe(1);
      expect(supervisor.isAttached).toBe(false);
      expectNothingLeft('partyline-alive-a');
    },
  );

  it('in another tab is replaced by one of this tab, if it is the older one', async () => {
    browser = new FakeBrowser({ hasSharedWorker: false });
    const hub = new TabHub(browser, 'old', { protocolVersion: protocolVersion - 1 });
    // The other tab ends its worker when the lock is stolen.
    browser.locks.request(hostLock(''), () => new Promise(() => {})).catch(() => hub.stop());
    start({ hasFallback: true });
    await passes(0);
    expect(browser.runningWorkers).toBe(1);
    new TabHub(browser, 'new');
    await passes(0);
    expect(replica.snapshot.hub.epoch).toBe('new.0');
    expect(warnings).toEqual([]);
  });

  it('in another tab fails the page, if it is the newer one', async () => {
    browser = new FakeBrowser({ hasSharedWorker: false });
    browser.locks.request(hostLock(''), () => new Promise(() => {})).catch(() => undefined);
    new TabHub(browser, 'new', { protocolVersion: protocolVersion + 1 });
    start({ hasFallback: true });
    await passes(60_000);
    expect(connection().problem?.code).toBe('outdated');
    expect(browser.workers).toEqual([]);
  });
});

describe('a worker of the tab', () => {
  it('runs where there is no SharedWorker', async () => {
    startWithoutSharedWorker();
    await passes(0);
    expect(browser.runningWorkers).toBe(1);
    const hub = new TabHub(browser, 'tab');
    await passes(0);
    expect(connection().phase).toBe('ready');
    expect(hub.attached).toHaveLength(1);
  });

  it('is started again when its script fails', async () => {
    startWithoutSharedWorker();
    await passes(0);
    browser.workers[0]?.onerror?.();
    expect(warnings).toEqual(['[partyline] Connection lost: the worker script failed to load']);
    expect(browser.runningWorkers).toBe(0);
    await passes(0);
    expect(browser.runningWorkers).toBe(1);
    new TabHub(browser, 'tab');
    await passes(0);
    expect(connection().phase).toBe('ready');
  });

  it('is replaced when it is silent for the second time', async () => {
    startWithoutSharedWorker();
    await passes(0);
    const started: number[] = [];
    for (const duration of [2_999, 1, 3_999, 1, 7_999, 1]) {
      await passes(duration);
      started.push(browser.workers.length);
    }
    expect(started).toEqual([1, 2, 2, 3, 3, 4]);
    expect(browser.runningWorkers).toBe(1);
  });

  it('is replaced when its hub stops', async () => {
    startWithoutSharedWorker();
    await passes(0);
    const hub = new TabHub(browser, 'tab');
    await passes(0);
    hub.stop();
    await passes(0);
    expect(browser.workers.map(({ isTerminated }) => isTerminated)).toEqual([true, false]);
    new TabHub(browser, 'next');
    await passes(0);
    expect(replica.snapshot.hub.epoch).toBe('next.0');
  });

  it('stops while the page is frozen, and starts again with it', async () => {
    startWithoutSharedWorker();
    await passes(0);
    supervisor.stopHosting();
    await passes(0);
    expect(browser.runningWorkers).toBe(0);
    expect(browser.locks.count(hostLock(''))).toBe(0);
    supervisor.resumeHosting();
    await passes(0);
    expect(browser.runningWorkers).toBe(1);
  });

  it('does not start if the page detaches while the code for it loads', async () => {
    startWithoutSharedWorker();
    supervisor.detach();
    await passes(60_000);
    expect(browser.workers).toEqual([]);
    expectNothingLeft();
  });
});

describe.each(['detach', 'close'] as const)('ConnectionSupervisor.%s', (how) => {
  it('says “bye”, and leaves no timer, port or lock', async () => {
    start();
    await hubAnswers('a');
    const stream = attachOf(lastWorker()?.port ?? expect.fail())?.stream;
    const heard: unknown[] = [];
    stream?.addEventListener('message', (event) => {
      if (event instanceof MessageEvent) heard.push(event.data);
    });
    supervisor[how]();
    expect(supervisor.isAttached).toBe(false);
    await passes(0);
    expect(heard).toEqual([{ type: 'bye' }]);
    expectNothingLeft('partyline-alive-a');
    await passes(60_000);
    expect(attempts()).toBe(1);
    expect(warnings).toEqual([]);
  });

  it('cancels the attempt that is due', async () => {
    start();
    for (const delay of [0, 249]) {
      await scriptFails();
      await passes(delay);
    }
    supervisor[how]();
    expectNothingLeft();
    await passes(60_000);
    expect(attempts()).toBe(2);
  });

  it('ends a hub that has not answered yet', async () => {
    start();
    await passes(500);
    supervisor[how]();
    await passes(0);
    expectNothingLeft();
    await passes(60_000);
    expect(attempts()).toBe(1);
  });

  it('ends the worker that this tab runs', async () => {
    startWithoutSharedWorker();
    await passes(0);
    const hub = new TabHub(browser, 'tab');
    await passes(0);
    supervisor[how]();
    hub.stop();
    await passes(60_000);
    expectNothingLeft();
    expect(warnings).toEqual([]);
  });

  it('keeps calls for the hub of the next attach, if there is one', async () => {
    start();
    await hubAnswers('a');
    supervisor[how]();
    const asked = ask();
    supervisor.attach();
    await passes(0);
    expect(attempts()).toBe(how === 'detach' ? 2 : 1);
    expect(callsTo(browser.sharedWorkers[0])).toEqual([]);
    supervisor.attachNow();
    expect(attempts()).toBe(how === 'detach' ? 2 : 1);
    if (how === 'close') return;
    await hubAnswers('b');
    expect(callsTo(lastWorker())).toEqual([{ type: 'end' }]);
    expect(asked.outcome).toBeNull();
  });
});
