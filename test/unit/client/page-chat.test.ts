import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Chat } from '../../../src/client/chat.ts';
import { connect } from '../../../src/client/connect.ts';
import { hostLock } from '../../../src/protocol/locks.ts';
import { rowOf } from '../../contracts/ports.ts';
import {
  attachOf,
  FakeBrowser,
  type FakePort,
  SharedHub,
  siteFallback,
  siteWorker,
  TabHub,
} from './fake-browser.ts';

const handoffKey = 'partyline.pending-handoff';

let browser: FakeBrowser;
let chat: Chat;

beforeAll(async () => {
  await import('../../../src/client/calls/hub-calls.ts');
  await import('../../../src/client/connection/tab-hub.ts');
});

beforeEach(() => {
  vi.useFakeTimers();
  browser = new FakeBrowser();
});

afterEach(async () => {
  chat.close();
  await passes(0);
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function start(): void {
  chat = connect({ worker: siteWorker, fallback: siteFallback });
}

/** Scripts that the page loads on demand have loaded by then. */
async function passes(duration: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(duration);
  for (let turn = 0; turn < 3; turn += 1) {
    await vi.dynamicImportSettled();
    await vi.advanceTimersByTimeAsync(0);
  }
}

const attempts = () => browser.sharedWorkers.length;
const lastPort = (): FakePort => browser.sharedWorkers.at(-1)?.port ?? expect.fail('no worker');

async function hubAnswers(hub: SharedHub, part: object = {}): Promise<void> {
  await passes(0);
  hub.greet(browser.sharedWorkers.at(-1));
  hub.sendSnapshot(browser.sharedWorkers.at(-1), part);
  await passes(0);
}

/** What the last attached hub receives on the page's stream from now on. */
function hears(): unknown[] {
  const heard: unknown[] = [];
  attachOf(lastPort())?.stream.addEventListener('message', (event) => {
    if (event instanceof MessageEvent) heard.push(event.data);
  });
  return heard;
}

function callsTo(port: FakePort): readonly unknown[] {
  return port.posted.flatMap((data) => Object(data).argumentList?.[0]?.value ?? []);
}

const inWindow = (type: string, persisted: boolean) =>
  browser.window.dispatchEvent(Object.assign(new Event(type), { persisted }));
const inDocument = (type: string) => browser.document.dispatchEvent(new Event(type));

describe('a page that is left', () => {
  it.each([true, false])('detaches, and holds nothing (persisted: %s)', async (persisted) => {
    start();
    await hubAnswers(new SharedHub(browser.locks, 'a'));
    const heard = hears();
    inWindow('pagehide', persisted);
    await passes(0);
    expect(heard).toEqual([{ type: 'bye' }]);
    expect(browser.openPorts()).toBe(0);
    expect(browser.locks.names).toEqual(['partyline-alive-a']);
    expect(vi.getTimerCount()).toBe(0);
    expect(browser.sessionStorage.items.size).toBe(0);
  });

  it('attaches again when it comes back from the back/forward cache', async () => {
    start();
    const hub = new SharedHub(browser.locks, 'a');
    await hubAnswers(hub);
    inWindow('pagehide', true);
    inWindow('pageshow', true);
    await hubAnswers(hub, { messages: [rowOf(1)] });
    expect(attempts()).toBe(2);
    expect(chat.getSnapshot().messages).toEqual([rowOf(1)]);
  });

  it('attaches once when it is shown for the first time', async () => {
    start();
    inWindow('pageshow', false);
    await passes(0);
    expect(attempts()).toBe(1);
  });

  it('makes the calls itself that waited, if no other page of the tab came between', async () => {
    start();
    const asked = chat.end().catch(({ code }) => code);
    inWindow('pagehide', true);
    expect(browser.sessionStorage.items.has(handoffKey)).toBe(true);
    inWindow('pageshow', true);
    expect(browser.sessionStorage.items.has(handoffKey)).toBe(false);
    await hubAnswers(new SharedHub(browser.locks, 'a'));
    expect(callsTo(lastPort())).toEqual([{ type: 'end' }]);
    chat.close();
    expect(await asked).toBe('closed');
  });

  it('leaves its calls to the tab’s next page, which makes them', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    start();
    const sent = chat.send('hi').catch(({ code }) => code);
    inWindow('pagehide', false);
    chat.close();
    expect(await sent).toBe('closed');
    start();
    expect(attempts()).toBe(1);
    await hubAnswers(new SharedHub(browser.locks, 'a'));
    expect(callsTo(lastPort())).toMatchObject([{ type: 'send', text: 'hi', isRepeat: true }]);
    expect(browser.sessionStorage.items.has(handoffKey)).toBe(false);
  });

  it('comes back with the calls of a page that was there in between, and attaches', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    start();
    const hub = new SharedHub(browser.locks, 'a');
    await hubAnswers(hub);
    inWindow('pagehide', true);
    const call = { type: 'send', messageId: 'm', text: 'hi' };
    const handoff = JSON.stringify([{ call, identity: null, isSent: true }]);
    browser.sessionStorage.setItem(handoffKey, handoff);
    inWindow('pageshow', true);
    await hubAnswers(hub);
    expect(attempts()).toBe(2);
    expect(callsTo(lastPort())).toEqual([{ ...call, isRepeat: true }]);
  });

  it('does not attach if it is left while it reads the calls of another page', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const call = { type: 'send', messageId: 'm', text: 'hi' };
    const handoff = JSON.stringify([{ call, identity: null, isSent: true }]);
    browser.sessionStorage.setItem(handoffKey, handoff);
    start();
    inWindow('pagehide', true);
    await passes(0);
    expect(attempts()).toBe(0);
    inWindow('pageshow', true);
    await passes(0);
    expect(attempts()).toBe(1);
  });
});

describe('a page in use', () => {
  it('tells the hub of its visibility and its uses', async () => {
    start();
    await hubAnswers(new SharedHub(browser.locks, 'a'));
    const heard = hears();
    browser.document.visibilityState = 'hidden';
    inDocument('visibilitychange');
    inWindow('keydown', false);
    await passes(0);
    expect(heard).toEqual([{ type: 'visibility', visible: false }, { type: 'used' }]);
  });

  it('hosts no hub while it is frozen', async () => {
    browser = new FakeBrowser({ hasSharedWorker: false });
    start();
    await passes(0);
    expect(browser.runningWorkers).toBe(1);
    inDocument('freeze');
    await passes(0);
    expect(browser.runningWorkers).toBe(0);
    expect(browser.locks.count(hostLock(''))).toBe(0);
    inDocument('resume');
    await passes(0);
    expect(browser.runningWorkers).toBe(1);
  });
});

describe('Chat.close', () => {
  it('leaves no timer, listener, port or lock', async () => {
    start();
    await hubAnswers(new SharedHub(browser.locks, 'a'));
    const changes: unknown[] = [];
    chat.subscribe(() => changes.push('changed'));
    const asked = chat.end().catch(({ code }) => code);
    for (const _ of [1, 2]) inWindow('keydown', false);
    expect(browser.listeners()).toBe(8);
    const heard = hears();
    chat.close();
    chat.close();
    expect(await asked).toBe('closed');
    expect(browser.listeners()).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
    expect(browser.openPorts()).toBe(0);
    await passes(60_000);
    expect(heard.filter((message) => Object(message).type === 'bye')).toHaveLength(1);
    expect(browser.locks.names).toEqual(['partyline-alive-a']);
    chat.reconnect();
    inWindow('pageshow', true);
    await passes(0);
    expect(attempts()).toBe(1);
    expect(changes).toEqual([]);
  });

  it('ends the worker that this tab runs', async () => {
    browser = new FakeBrowser({ hasSharedWorker: false });
    start();
    await passes(0);
    const hub = new TabHub(browser, 'tab');
    await passes(0);
    chat.close();
    expect(browser.runningWorkers).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
    expect(browser.openPorts(hub)).toBe(0);
    await passes(0);
    expect(browser.locks.names).toEqual(['partyline-alive-tab']);
  });

  it('cancels the attempt to reach a hub that is due', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    start();
    for (const delay of [0, 249]) {
      await passes(0);
      browser.sharedWorkers.at(-1)?.onerror?.();
      await passes(delay);
    }
    chat.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('stops the pause before older rows are read again', async () => {
    start();
    const hub = new SharedHub(browser.locks, 'a');
    await hubAnswers(hub, { messages: [rowOf(1), rowOf(2)] });
    hub.sendSnapshot(browser.sharedWorkers.at(-1), {
      revision: 2,
      messages: [rowOf(2)],
      hasEarlier: true,
    });
    await passes(0);
    expect(callsTo(lastPort())).toMatchObject([{ type: 'load-earlier', count: 1 }]);
    const problem = { code: 'unavailable', message: 'no' };
    const { id } = Object(lastPort().posted.at(-1));
    lastPort().receive({ id, type: 'RAW', value: { ok: false, epoch: 'a.0', problem } });
    await passes(29_999);
    expect(callsTo(lastPort())).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(1);
    chat.close();
    expect(vi.getTimerCount()).toBe(0);
  });
});
