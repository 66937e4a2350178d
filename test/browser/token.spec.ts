import { createServer } from 'node:http';
import type { BrowserContext, Page } from '@playwright/test';
import type { Gateway } from '../../src/testing/index.ts';
import { secrets } from '../support/secrets.ts';
import { takeConversation } from './support/agent.ts';
import { ChatPage } from './support/chat-page.ts';
import { expect, test } from './support/fixtures.ts';
import { watchHubLog } from './support/hub.ts';
import { startSite } from './support/site.ts';

/** Stands between the site and the OAuth server, and remembers the tokens that it gives. */
async function watchTokens(gateway: Gateway) {
  const tokens: string[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const answer = await fetch(gateway.oauthUrl, {
      method: 'POST',
      headers: { 'Content-Type': request.headers['content-type'] ?? '' },
      body: Buffer.concat(chunks).toString(),
    });
    const text = await answer.text();
    const [, token] = /"access_token":"([^"]+)"/.exec(text) ?? [];
    if (token !== undefined) tokens.push(token);
    response.writeHead(answer.status, { 'Content-Type': 'application/json' }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    tokens,
    gateway: { ...gateway, oauthUrl: `http://127.0.0.1:${port}/oauth/token` },
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

/** Everything that reaches a page's scripts as a message, whoever listens. */
async function recordMessages(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const heard: string[] = [];
    Reflect.set(globalThis, 'heardMessages', heard);
    const { get } = Object.getOwnPropertyDescriptor(MessageEvent.prototype, 'data') ?? {};
    if (!get) throw new Error('messages can’t be recorded');
    Object.defineProperty(MessageEvent.prototype, 'data', {
      configurable: true,
      get() {
        const data: unknown = get.call(this);
        heard.push(JSON.stringify(data) ?? '');
        return data;
      },
    });
  });
}

/** The page's whole heap: globals, closures, and what only a debugger sees. */
async function heapOf(page: Page): Promise<string> {
  const session = await page.context().newCDPSession(page);
  const chunks: string[] = [];
  session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => chunks.push(chunk));
  await session.send('HeapProfiler.enable');
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  await session.detach();
  return chunks.join('');
}

/** What the page's origin keeps, and what its documents say. */
function placesOf(page: Page): Promise<Record<string, string>> {
  return page.evaluate(async () => {
    const markup = (root: Document | ShadowRoot): string =>
      [
        root instanceof Document ? root.documentElement.outerHTML : root.innerHTML,
        ...[...root.querySelectorAll('*')].map(({ shadowRoot }) =>
          shadowRoot ? markup(shadowRoot) : '',
        ),
      ].join('\n');
    const asked = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const rows: unknown[] = [];
    for (const { name } of await indexedDB.databases()) {
      const database = await asked(indexedDB.open(name ?? ''));
      for (const store of database.objectStoreNames) {
        rows.push(store, await asked(database.transaction(store).objectStore(store).getAll()));
      }
      database.close();
    }
    const cached: string[] = [];
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) {
        cached.push(request.url, (await (await cache.match(request))?.text()) ?? '');
      }
    }
    const heard: unknown = Reflect.get(globalThis, 'heardMessages');
    return {
      dom: markup(document),
      storage: JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
      indexedDB: JSON.stringify(rows),
      caches: cached.join('\n'),
      urls: [
        location.href,
        document.referrer,
        ...performance.getEntries().map(({ name }) => name),
      ].join('\n'),
      messages: Array.isArray(heard) ? heard.join('\n') : '',
    };
  });
}

test('the token is in the worker’s memory alone, while messages flow and tokens are renewed', async ({
  gateway,
  context,
  withoutSharedWorker,
  expectWarnings,
}) => {
  expectWarnings(/Invalid frame ignored/, /Catch-up failed: unavailable/);
  test.setTimeout(120_000);
  const watched = await watchTokens(gateway);
  const site = await startSite(watched.gateway);
  await recordMessages(context);
  const network: string[] = [];
  const printed: string[] = [];
  // Requests of a Worker are reported as its page's; those of a SharedWorker are not reported.
  const isTheHubs = (url: string) =>
    withoutSharedWorker && (url.endsWith('/chat/token') || url.startsWith(gateway.apiUrl));
  context.on('request', (request) => {
    if (isTheHubs(request.url())) return;
    network.push(request.url(), JSON.stringify(request.headers()), request.postData() ?? '');
  });
  context.on('response', async (response) => {
    if (isTheHubs(response.url())) return;
    network.push(JSON.stringify(response.headers()));
    network.push(await response.text().catch(() => ''));
  });
  context.on('console', (message) => printed.push(message.text()));

  const tabs: ChatPage[] = [];
  for (const path of ['/', '/help/', '/account/']) {
    const page = await context.newPage();
    await page.goto(new URL(path, site.url).href);
    const tab = new ChatPage(page);
    await tab.open();
    tabs.push(tab);
  }
  const [first, second, third] = tabs;
  if (!first || !second || !third) throw new Error('a tab is missing');
  const hubLog = await watchHubLog(context);
  await first.send('a marker that every page has');
  const conversationId = await takeConversation(gateway);
  gateway.faults.expireTokens();
  await gateway.stats.waitFor((stats) => stats.connectionsOpened === 2, { timeout: 20_000 });
  await gateway.agent.say(conversationId, 'an answer');
  // The log reports an unreadable value, but must not quote it.
  const [token = ''] = watched.tokens;
  gateway.faults.send({ type: 'message', text: 7, token });
  gateway.faults.send(`no JSON with ${token}`);
  gateway.faults.rest({ how: 'garbage', garbage: 'html', status: 502 });
  await second.send('another question');
  for (const tab of tabs) {
    await tab.shows(['a marker that every page has', 'an answer', 'another question']);
  }
  await third.page.reload();
  await third.open();

  const places: Record<string, string> = {
    network: network.join('\n'),
    console: printed.join('\n'),
    'the hub’s console': hubLog.join('\n'),
  };
  for (const [index, { page }] of tabs.entries()) {
    for (const [name, text] of Object.entries(await placesOf(page))) {
      places[`${name} of page ${index}`] = text;
    }
    places[`heap of page ${index}`] = await heapOf(page);
  }
  expect(watched.tokens.length).toBeGreaterThanOrEqual(2);
  const wanted = [...watched.tokens, gateway.clientSecret, secrets.session];
  const found = Object.entries(places).flatMap(([place, text]) =>
    wanted.flatMap((secret, index) => (text.includes(secret) ? [`${place}: ${index}`] : [])),
  );
  expect(found).toEqual([]);
  // The search looks where there is something to be found.
  for (const place of [
    'heap of page 0',
    'messages of page 1',
    'indexedDB of page 0',
    'dom of page 1',
  ]) {
    expect([place, places[place]?.includes('a marker that every page has')]).toEqual([place, true]);
  }
  expect(places.network).toContain('partyline');
  expect(places['the hub’s console']).toContain('Invalid frame ignored');
  await site.close();
  await watched.close();
});
