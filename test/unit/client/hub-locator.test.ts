import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HubLocator } from '../../../src/client/connection/hub-locator.ts';
import { type ConnectOptions, checkOptions } from '../../../src/client/options.ts';
import { hostLock } from '../../../src/protocol/locks.ts';
import { FakeBrowser, hubUrl, siteFallback, siteWorker } from './fake-browser.ts';

const withFallback: ConnectOptions = { worker: siteWorker, fallback: siteFallback };
const withoutFallback: ConnectOptions = { worker: siteWorker };
const successor = { url: 'https://site/hub-2.js', name: 'partyline-2' };

let browser: FakeBrowser;
let isConnecting = true;
/** What a worker of this tab, and what a SharedWorker reported. */
let failures: string[] = [];
let errors: string[] = [];

beforeEach(() => {
  browser = new FakeBrowser();
  isConnecting = true;
  failures = [];
  errors = [];
});

afterEach(() => {
  vi.unstubAllGlobals();
});

const locate = (options: ConnectOptions): HubLocator =>
  new HubLocator(checkOptions(options), {
    isConnecting: () => isConnecting,
    workerFailed: (reason) => failures.push(reason),
  });

const open = async (locator: HubLocator) =>
  locator.openTransport?.('tab-1', (reason) => errors.push(reason));

/** The address of the SharedWorker that the page connects to, `tab` or `nothing`. */
async function placeOf(locator: HubLocator): Promise<string> {
  const before = browser.sharedWorkers.length;
  const transport = await open(locator);
  transport?.close();
  if (!transport) return 'nothing';
  return browser.sharedWorkers[before]?.url ?? 'tab';
}

/** Waits until granted locks have been noticed. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}

/** A locator of a tab that runs the hub. */
async function hostingTab(hasSharedWorker = false): Promise<HubLocator> {
  browser = new FakeBrowser({ hasSharedWorker });
  const locator = locate(withFallback);
  if (hasSharedWorker) locator.redirect(null);
  await open(locator);
  await settled();
  return locator;
}

/** Another tab holds the lock of the host. Returns a function by which it goes. */
function anotherTabHosts(): () => void {
  let goes = () => {};
  const life = new Promise<void>((resolve) => {
    goes = resolve;
  });
  // Stolen by a newer build, perhaps.
  browser.locks.request(hostLock(''), () => life).catch(() => undefined);
  return goes;
}

describe('HubLocator, where there is a SharedWorker', () => {
  it('connects to the site’s own worker', async () => {
    expect(await placeOf(locate(withFallback))).toBe(hubUrl);
    expect(await placeOf(locate(withoutFallback))).toBe(hubUrl);
    expect(browser.workers).toEqual([]);
    expect(browser.locks.names).toEqual([]);
  });

  it('reports a worker script that fails, until the transport is closed', async () => {
    const transport = await open(locate(withFallback));
    const [worker] = browser.sharedWorkers;
    expect(transport?.hubStream).not.toBeNull();
    worker?.onerror?.();
    expect(errors).toEqual(['the worker script failed to load']);
    expect(browser.openPorts()).toBe(2);
    transport?.close();
    expect(worker?.onerror).toBeNull();
    expect(browser.openPorts()).toBe(0);
  });

  it('connects to another build’s worker after a redirect to its address', async () => {
    const locator = locate(withoutFallback);
    locator.redirect(successor);
    expect(await placeOf(locator)).toBe(successor.url);
    const options = { type: 'module', name: successor.name, extendedLifetime: true };
    expect(browser.sharedWorkers[0]?.options).toEqual(options);
  });

  it('returns to its own build’s worker when the other one is lost', async () => {
    for (const [options, hasReceivedHello] of [
      [withoutFallback, false],
      [withoutFallback, true],
      [withFallback, true],
    ] as const) {
      const locator = locate(options);
      locator.redirect(successor);
      locator.onLost(hasReceivedHello);
      expect(await placeOf(locator)).toBe(hubUrl);
    }
  });

  it.each([
    ['a tab’s worker', withFallback, 'tab'],
    ['its own build’s worker where it has no fallback', withoutFallback, hubUrl],
  ])('connects after a redirect to a hub in a tab to %s', async (_, options, expected) => {
    const locator = locate(options);
    locator.redirect(successor);
    locator.redirect(null);
    expect(await placeOf(locator)).toBe(expected);
  });

  it('leaves the tab’s worker after a redirect to an address', async () => {
    const locator = await hostingTab(true);
    locator.redirect(successor);
    expect(await placeOf(locator)).toBe(successor.url);
  });

  it('tries the two kinds of hub in turn while none starts', async () => {
    const locator = locate(withFallback);
    const places: string[] = [];
    for (let attempt = 0; attempt < 4; attempt += 1) {
      places.push(await placeOf(locator));
      locator.onLost(false);
    }
    expect(places).toEqual([hubUrl, 'tab', hubUrl, 'tab']);
  });

  it('runs no worker in the tab while it tries the SharedWorker again', async () => {
    const locator = await hostingTab(true);
    expect(browser.runningWorkers).toBe(1);
    locator.onLost(false);
    expect(browser.runningWorkers).toBe(0);
    await settled();
    expect(browser.locks.names).toEqual([]);
  });

  it.each([
    ['that had started', withFallback, true],
    ['without a fallback', withoutFallback, false],
  ])('tries the same kind of hub again after the loss of one %s', async (_, options, hello) => {
    const locator = locate(options);
    locator.onLost(hello);
    expect(await placeOf(locator)).toBe(hubUrl);
  });

  it('lets a worker of its build take over by itself', () => {
    const locator = locate(withFallback);
    expect(locator.takeOver()).toBe(false);
    locator.stopHosting();
    locator.resumeHosting();
    locator.restartWorker();
    expect(browser.locks.names).toEqual([]);
  });

  it('does not host again once it has moved to a SharedWorker', async () => {
    const locator = await hostingTab(true);
    locator.stopHosting();
    locator.redirect(successor);
    locator.resumeHosting();
    await settled();
    expect(browser.runningWorkers).toBe(0);
    expect(browser.locks.names).toEqual([]);
  });
});

describe('HubLocator, where there is no SharedWorker', () => {
  beforeEach(() => {
    browser = new FakeBrowser({ hasSharedWorker: false });
  });

  it('has nothing to connect to without a fallback', async () => {
    expect(locate(withoutFallback).openTransport).toBeNull();
  });

  it('runs the worker in this tab if no other does', async () => {
    const transport = await open(locate(withFallback));
    await settled();
    expect(transport?.hubStream).toBeNull();
    expect([...browser.channels.values()]).toContain('partyline-stream-tab-1');
    expect(browser.runningWorkers).toBe(1);
  });

  it('runs one worker, however often it connects', async () => {
    const locator = await hostingTab();
    await open(locator);
    locator.resumeHosting();
    await settled();
    expect(browser.workers).toHaveLength(1);
    expect(browser.locks.count(hostLock(''))).toBe(1);
  });

  it('runs none while another tab does, and one when that tab goes', async () => {
    const goes = anotherTabHosts();
    const locator = locate(withFallback);
    await open(locator);
    locator.restartWorker();
    locator.onLost(true);
    await settled();
    expect(browser.workers).toEqual([]);
    goes();
    await settled();
    expect(browser.runningWorkers).toBe(1);
  });

  it('does not queue if the page left while the code for it loaded', async () => {
    isConnecting = false;
    await open(locate(withFallback));
    await settled();
    expect(browser.locks.names).toEqual([]);
  });

  it('does not queue if the page was redirected while the code for it loaded', async () => {
    browser = new FakeBrowser();
    const locator = locate(withFallback);
    locator.redirect(null);
    const opened = open(locator);
    locator.redirect(successor);
    await opened;
    await settled();
    expect(browser.locks.names).toEqual([]);
  });

  it.each([true, false])('stays in the tab after a loss (hello received: %s)', async (hello) => {
    const locator = await hostingTab();
    locator.onLost(hello);
    expect(await placeOf(locator)).toBe('tab');
    expect(browser.workers.map(({ isTerminated }) => isTerminated)).toEqual([true, false]);
  });

  it('replaces a worker that may hang', async () => {
    const locator = await hostingTab();
    locator.restartWorker();
    expect(browser.workers.map(({ isTerminated }) => isTerminated)).toEqual([true, false]);
    expect(browser.locks.count(hostLock(''))).toBe(1);
  });

  it('reports a worker script that fails, and lets the next tab try', async () => {
    await hostingTab();
    anotherTabHosts();
    browser.workers[0]?.onerror?.();
    await settled();
    expect(failures).toEqual(['the worker script failed to load']);
    expect(browser.runningWorkers).toBe(0);
    expect(browser.locks.count(hostLock(''))).toBe(1);
  });

  it('reports a worker whose hub has another name', async () => {
    await hostingTab();
    const [worker] = browser.workers;
    worker?.onmessage?.({ data: { type: 'partyline-hub-name', name: '' } });
    worker?.onmessage?.({ data: 'the site’s own message' });
    expect(failures).toEqual([]);
    worker?.onmessage?.({ data: { type: 'partyline-hub-name', name: 'de' } });
    expect(failures).toEqual(['connect: name is "", but the worker’s hub is named "de"']);
    expect(browser.runningWorkers).toBe(0);
  });

  it('lets the next tab host while it is frozen, and queues again afterwards', async () => {
    const locator = await hostingTab();
    locator.stopHosting();
    expect(browser.runningWorkers).toBe(0);
    await settled();
    expect(browser.locks.names).toEqual([]);
    locator.resumeHosting();
    await settled();
    expect(browser.runningWorkers).toBe(1);
    expect(browser.workers).toHaveLength(2);
  });

  it('gives up its place in the queue while it is frozen', async () => {
    const goes = anotherTabHosts();
    const locator = locate(withFallback);
    await open(locator);
    expect(browser.locks.count(hostLock(''))).toBe(2);
    locator.stopHosting();
    goes();
    await settled();
    expect(browser.workers).toEqual([]);
    expect(browser.locks.names).toEqual([]);
  });

  it('starts no worker if the lock is granted after it stopped', async () => {
    let grant: () => unknown = () => null;
    const request = (_name: string, _options: unknown, work: () => unknown) => {
      grant = work;
      return new Promise(() => {});
    };
    vi.stubGlobal('navigator', { locks: { request } });
    const locator = locate(withFallback);
    await open(locator);
    locator.stopHosting();
    await grant();
    expect(browser.workers).toEqual([]);
  });

  it('takes the place of an older build’s hub in another tab', async () => {
    anotherTabHosts();
    const locator = locate(withFallback);
    await open(locator);
    expect(browser.workers).toEqual([]);
    expect(locator.takeOver()).toBe(true);
    await settled();
    expect(browser.runningWorkers).toBe(1);
    expect(browser.locks.count(hostLock(''))).toBe(1);
  });

  it('stops its worker when a newer build takes its place, and can queue again', async () => {
    const locator = await hostingTab();
    const newer = locate(withFallback);
    await open(newer);
    newer.takeOver();
    await settled();
    expect(browser.workers.map(({ isTerminated }) => isTerminated)).toEqual([true, false]);
    locator.resumeHosting();
    newer.stopHosting();
    await settled();
    expect(browser.runningWorkers).toBe(1);
    expect(browser.workers).toHaveLength(3);
  });
});
