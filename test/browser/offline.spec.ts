import { freePort } from '../support/ports.ts';
import { takeConversation } from './support/agent.ts';
import { test as base, expect } from './support/fixtures.ts';
import { untilKept } from './support/kept.ts';
import { type Site, startSite } from './support/site.ts';

const test = base.extend<{ shop: { url: string; stop(): Promise<void>; start(): Promise<void> } }>({
  shop: async ({ gateway }, use) => {
    // The same port for each, since the name of the visitor's cookie holds it.
    const port = await freePort();
    let site: Site = await startSite(gateway, { port });
    await use({
      url: site.url,
      stop: () => site.close(),
      start: async () => {
        site = await startSite(gateway, { port });
      },
    });
    await site.close();
  },
});

test.use({ serviceWorkers: 'allow' });

test('without a server a reload shows shop and transcript, and what is typed goes out once, later', async ({
  shop,
  openTab,
  gateway,
}) => {
  const tab = await openTab(shop.url);
  const { page } = tab;
  await tab.send('before');
  const conversationId = await takeConversation(gateway);
  await gateway.agent.say(conversationId, 'an answer');
  await tab.shows(['before', 'an answer']);
  await untilKept(page);

  await shop.stop();
  await gateway.stop();
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Tide mug' })).toBeVisible();
  await tab.open();
  await tab.shows(['before', 'an answer']);
  await tab.send('typed in the dark');
  await tab.shows(['before', 'an answer', 'typed in the dark']);
  await expect(tab.messages.last()).toContainText('Sending…');
  for (const path of ['/products/tide-mug/', '/account/orders']) {
    await page.goto(new URL(path, shop.url).href);
    await tab.open();
    await tab.shows(['before', 'an answer', 'typed in the dark']);
  }

  await shop.start();
  await gateway.restart();
  const all = ['before', 'an answer', 'typed in the dark'];
  await expect
    .poll(async () => (await gateway.agent.transcript(conversationId)).map(({ text }) => text), {
      timeout: 40_000,
    })
    .toEqual(all);
  await tab.shows(all);
  expect(gateway.stats.repeatedMessages).toBe(0);
  expect(gateway.stats.violations).toEqual([]);
});

test('the transcript is in no cache', { tag: '@either-host' }, async ({ shop, openTab }) => {
  const tab = await openTab(shop.url);
  await tab.send('nobody else may read this');
  await tab.shows(['nobody else may read this']);
  await untilKept(tab.page);
  await tab.page.reload();
  const kept = await tab.page.evaluate(async () => {
    const addresses: string[] = [];
    let texts = '';
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) {
        addresses.push(new URL(request.url).pathname);
        texts += await (await cache.match(request))?.text();
      }
    }
    return { addresses, texts };
  });
  expect(kept.addresses).toContain('/config.js');
  for (const address of ['/chat/token', '/session']) expect(kept.addresses).not.toContain(address);
  expect(kept.texts).toContain('Tide mug');
  expect(kept.texts).not.toContain('nobody else may read this');
});
