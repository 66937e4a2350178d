import { takeConversation } from './support/agent.ts';
import { expect, test } from './support/fixtures.ts';
import { connectForeign, foreignTab, hubUrl, watchHubLog } from './support/hub.ts';

// A script of the page is of the same origin, and no wall stands between it and the page's own port.
// What it can do by lies, garbage and floods is here; docs/security.md says what it can do besides.

test('garbage on every way into the hub is dropped and counted, and neither reads nor sends', async ({
  gateway,
  openTab,
  context,
  expectWarnings,
}) => {
  expectWarnings(/ (dropped|ignored|refused)/);
  const tab = await openTab('/');
  const log = await watchHubLog(context);
  await tab.send('hello');
  await takeConversation(gateway);
  await tab.shows(['hello']);
  const foreign = await connectForeign(tab.page, await hubUrl(context));
  const heard = await foreign.evaluate(async ({ port, stream }) => {
    const heard: string[] = [];
    for (const each of [port, stream]) {
      each.onmessage = ({ data }: MessageEvent<unknown>) => heard.push(JSON.stringify(data));
    }
    let id = 0;
    const call = (path: readonly string[], ...values: unknown[]) => {
      id += 1;
      const argumentList = values.map((value) => ({ type: 'RAW', value }));
      port.postMessage({ id: `evil-${id}`, type: 'APPLY', path, argumentList });
    };
    const attach = {
      protocolVersion: 1,
      tabId: 'evil',
      visible: true,
      conversationId: null,
      visitor: null,
      resetCount: 0,
    };
    const attachAs = (value: unknown) =>
      port.postMessage({ type: 'partyline-attach', attach: value, stream: null });
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    for (const value of [undefined, null, 0, '', [], {}, circle, new ArrayBuffer(8), new Map()]) {
      port.postMessage(value);
      stream.postMessage(value);
      call(['call'], value);
      attachAs(value);
    }
    // Comlink's own words, on what it exposes and what it does not.
    for (const path of [['constructor'], ['__proto__'], ['call', 'constructor'], ['hub'], []]) {
      call(path, 'return globalThis');
      port.postMessage({ id: `get-${path.join()}`, type: 'GET', path });
      port.postMessage({ id: `set-${path.join()}`, type: 'SET', path, value: { value: 1 } });
      port.postMessage({ id: `new-${path.join()}`, type: 'CONSTRUCT', path, argumentList: [] });
    }
    call(['call'], { type: 'send', messageId: 'evil', text: 'not attached' });
    attachAs({ ...attach, tabId: 'x'.repeat(129) });
    attachAs({ ...attach, tabId: 7 });
    attachAs({ ...attach, visitor: 'x'.repeat(600) });
    attachAs(JSON.parse('{"__proto__":{"tabId":"evil"}}'));
    for (const type of ['start', 'send', 'draft', 'load-earlier', 'from-the-future']) {
      call(['call'], { type, routing: 7, messageId: {}, text: ['evil'], count: 1e9 });
    }
    // The last one is answered last.
    const last = JSON.stringify(`evil-${id}`);
    await new Promise<void>((resolve) => {
      port.addEventListener('message', (event) => {
        if (event instanceof MessageEvent && JSON.stringify(event.data)?.includes(last)) resolve();
      });
    });
    return heard;
  });
  await expect.poll(() => log.some((line) => / (dropped|ignored|refused)/.test(line))).toBe(true);
  // A hello, and answers that say no: nothing of the conversation.
  expect(
    heard.filter((text) => text.includes('hello') && !text.includes('partyline-hello')),
  ).toEqual([]);
  expect(heard.filter((text) => /snapshot|patch|"ok":true/.test(text))).toEqual([]);
  await tab.send('unharmed');
  await tab.shows(['hello', 'unharmed']);
  await tab.delivers('unharmed');
  expect(gateway.stats.received.message).toBe(2);
  expect(gateway.stats.connectionsOpened).toBe(1);
});

test('a flood on the port is dropped beyond its limit, and the other tabs go on', async ({
  gateway,
  openTab,
  context,
  expectWarnings,
  allowWarnings,
}) => {
  expectWarnings(/over the limit of one page/);
  allowWarnings(/ (dropped|ignored|refused)/);
  const tab = await openTab('/');
  const other = await openTab('/');
  const log = await watchHubLog(context);
  await tab.send('hello');
  const conversationId = await takeConversation(gateway);
  await other.shows(['hello']);
  const foreign = await connectForeign(tab.page, await hubUrl(context));
  await foreign.evaluate(async ({ port, stream, handOver }, tabId) => {
    // A tab without its lock is a tab that has died, and is let go.
    await new Promise<void>((resolve) => {
      void navigator.locks.request(`partyline-tab-${tabId}`, () => {
        resolve();
        return new Promise<never>(() => {});
      });
    });
    const counts = { snapshots: 0, since: performance.now(), until: 0 };
    Reflect.set(globalThis, 'flooded', counts);
    stream.onmessage = ({ data }: MessageEvent<{ type?: string }>) => {
      if (data.type !== 'snapshot') return;
      counts.snapshots += 1;
      counts.until = performance.now();
    };
    const attach = {
      protocolVersion: 1,
      tabId,
      visible: true,
      conversationId: null,
      visitor: null,
      resetCount: 0,
    };
    const message = { type: 'partyline-attach', attach, stream: handOver };
    if (port instanceof MessagePort && handOver) port.postMessage(message, [handOver]);
    else port.postMessage(message);
    for (let index = 0; index < 20_000; index += 1) {
      stream.postMessage({ type: 'pull' });
      const value = { type: 'send', messageId: `evil-${index}`, text: '' };
      port.postMessage({
        id: `c-${index}`,
        type: 'APPLY',
        path: ['call'],
        argumentList: [{ type: 'RAW', value }],
      });
    }
  }, foreignTab);
  await gateway.agent.say(conversationId, 'still here');
  await other.shows(['hello', 'still here']);
  await other.send('so am I');
  await other.shows(['hello', 'still here', 'so am I']);
  await other.delivers('so am I');
  await expect.poll(() => log.some((line) => line.includes('over the limit'))).toBe(true);
  const { snapshots, since, until } = await tab.page.evaluate(() =>
    Reflect.get(globalThis, 'flooded'),
  );
  // A tab that used up its limit gets the current state in the end.
  expect(snapshots).toBeGreaterThan(0);
  // A slow machine works the flood off over many seconds, and 500 go through in each of them.
  expect(snapshots).toBeLessThanOrEqual(500 * (Math.ceil((until - since) / 1_000) + 1));
  expect(gateway.stats.received.message).toBe(2);
});

test('claims to be a newer build, or a page of another visitor, move nothing', async ({
  gateway,
  openTab,
  context,
  expectWarnings,
}) => {
  expectWarnings(/ (dropped|ignored|refused)/);
  const tab = await openTab('/');
  const log = await watchHubLog(context);
  await tab.send('hello');
  await takeConversation(gateway);
  await tab.shows(['hello']);
  const url = await hubUrl(context);
  const foreign = await connectForeign(tab.page, url);
  const heard = await foreign.evaluate(async ({ port, stream, handOver }, tabId) => {
    const channel = new BroadcastChannel('partyline-builds');
    const presence = { type: 'partyline-build', boot: 'evil', build: '99999999999999' };
    for (const isHolder of [false, true]) {
      for (const address of [
        null,
        { url: 'https://evil.example/hub.js', name: 'partyline' },
        { url: 'data:text/javascript,0', name: 'partyline' },
        { url: 'not a url', name: 'partyline' },
        { url: new URL('/evil.js', location.href).href, name: 'partyline' },
      ]) {
        channel.postMessage({ ...presence, isHolder, address });
      }
    }
    channel.postMessage({
      ...presence,
      build: 'x'.repeat(100_000),
      isHolder: false,
      address: null,
    });
    const reported = new Promise<string>((resolve) => {
      stream.onmessage = ({ data }: MessageEvent<{ type?: string }>) => {
        if (data.type === 'snapshot') resolve(JSON.stringify(data));
      };
    });
    const value = {
      protocolVersion: 1,
      tabId,
      visible: false,
      conversationId: 'conv_of_somebody_else',
      visitor: 'somebody-else',
      resetCount: 0,
    };
    const message = { type: 'partyline-attach', attach: value, stream: handOver };
    if (port instanceof MessagePort && handOver) port.postMessage(message, [handOver]);
    else port.postMessage(message);
    return reported;
  }, foreignTab);
  // It gets the current visitor, like every page of this origin, and no other.
  expect(heard).not.toMatch(/somebody-else|conv_of_somebody_else/);
  await tab.send('unmoved');
  await tab.shows(['hello', 'unmoved']);
  expect(await hubUrl(context)).toBe(url);
  expect(gateway.stats.connectionsOpened).toBe(1);
  for (const note of [
    'Takeover by an unknown build ignored',
    'Invalid message between builds dropped',
    'Session hint of another visitor ignored',
  ]) {
    await expect.poll(() => log.join('\n')).toContain(note);
  }
});

test('what a page sends in a hurry goes out at the gateway’s pace, and says that it waits', async ({
  gateway,
  openTab,
}) => {
  const tab = await openTab('/');
  await tab.send('hello');
  await takeConversation(gateway);
  await tab.shows(['hello']);
  const texts = Array.from({ length: 60 }, (_, index) => `hurry ${index}`);
  const begun = Date.now();
  await tab.page.evaluate(async (all) => {
    const element = document.querySelector('partyline-chat');
    await Promise.all(all.map((text) => element?.chat?.send(text)));
  }, texts);
  await expect(tab.feed.getByText('Sending…').first()).toBeVisible();
  await tab.shows(['hello', ...texts]);
  await expect(tab.feed.getByText('Sending…')).toHaveCount(0);
  expect(Date.now() - begun).toBeGreaterThanOrEqual(1_900);
  expect(gateway.stats.violations).toEqual([]);
});
