import type { BrowserContext } from '@playwright/test';
import { takeConversation } from './support/agent.ts';
import type { ChatPage } from './support/chat-page.ts';
import { expect, test } from './support/fixtures.ts';
import { killHub } from './support/hub.ts';
import type { Site } from './support/site.ts';

/** The site signs somebody else in behind the chat's back. */
async function becomeGrace({ page }: ChatPage, { url }: Site): Promise<void> {
  await page.request.post(`${url}/sign-in`, { form: { name: 'Grace' }, headers: { origin: url } });
}

test('a killed hub is replaced, and the panel never empties', async ({
  gateway,
  openTab,
  context,
  expectWarnings,
}) => {
  expectWarnings(/the hub stopped/);
  const first = await openTab('/');
  const second = await openTab('/');
  await first.send('before');
  const conversationId = await takeConversation(gateway);
  await second.shows(['before']);

  await first.page.evaluate(() => {
    const feed = document.querySelector('partyline-chat')?.shadowRoot?.querySelector('[role=feed]');
    if (!feed) throw new Error('there is no feed to watch');
    const look = () => {
      const count = feed.querySelectorAll('article, [role=article]').length;
      if (count === 0) document.documentElement.dataset.emptied = 'true';
    };
    new MutationObserver(look).observe(feed, { childList: true, subtree: true });
  });
  await killHub(context);
  await gateway.stats.waitFor((stats) => stats.connectionsOpened === 2, { timeout: 10_000 });
  await gateway.agent.say(conversationId, 'are you still there?');
  await second.send('yes');
  for (const tab of [first, second]) await tab.shows(['before', 'are you still there?', 'yes']);
  expect(await first.page.locator('html').getAttribute('data-emptied')).toBeNull();
  expect(gateway.stats.peak).toBe(1);
  expect(gateway.stats.violations).toEqual([]);
});

test('a lost store is restored from the page’s session hint', async ({
  gateway,
  openTab,
  profile,
}) => {
  const context = await profile.launch();
  const tab = await openTab('/', context);
  await tab.send('do not forget me');
  const { conversationId } = await gateway.agent.nextQueued();
  await tab.shows(['do not forget me']);
  // Then the page knows its conversation.
  await tab.delivers('do not forget me');
  await context.close();

  const again = await profile.launch();
  const empty = await again.newPage();
  // A page of the origin without a chat: the database goes, the page's own storage stays.
  await empty.goto(new URL('/robots.txt', tab.page.url()).href);
  await empty.evaluate(
    () =>
      new Promise<void>((resolve, reject) => {
        const request = indexedDB.deleteDatabase('partyline');
        request.onsuccess = () => resolve();
        request.onerror = () => reject(request.error);
      }),
  );
  const later = await openTab('/', again);
  await later.shows(['do not forget me']);
  await later.send('thank you');
  expect(await gateway.agent.conversations()).toHaveLength(1);
  await expect
    .poll(async () => (await gateway.agent.transcript(conversationId)).map(({ text }) => text))
    .toEqual(['do not forget me', 'thank you']);
});

test('lost, doubled and swapped frames change nothing in the transcript', {
  tag: '@either-host',
}, async ({ gateway, openTab }) => {
  test.setTimeout(120_000);
  const tab = await openTab('/');
  await tab.send('hello');
  const conversationId = await takeConversation(gateway);
  await tab.shows(['hello']);
  gateway.faults.lose('to-client', { type: 'message', probability: 0.2 });
  gateway.faults.duplicate('to-client', { type: 'message', probability: 0.3 });
  gateway.faults.swap('to-client', { type: 'message', probability: 0.2 });
  const texts = Array.from({ length: 40 }, (_, index) => `agent ${index}`);
  await gateway.agent.sayAll(conversationId, texts);
  gateway.faults.clear();
  await gateway.agent.say(conversationId, 'the last one');
  await tab.shows(['hello', ...texts, 'the last one']);
});

test('nothing of a visitor is left for the next one', async ({ gateway, openTab, site }) => {
  const tab = await openTab('/');
  const other = await openTab('/');
  await tab.send('my secret');
  await other.shows(['my secret']);
  await other.textbox.fill('half a thought');
  await tab.page.goto(`${site.url}/sign-in/`);
  await tab.page.getByRole('textbox', { name: 'Name' }).fill('Grace');
  await tab.page.getByRole('button', { name: 'Sign in' }).click();
  await tab.page.waitForURL((url) => url.pathname.startsWith('/account'));
  await tab.open();
  for (const each of [tab, other]) {
    await expect(each.messages).toHaveCount(0);
    await expect(each.textbox).toHaveValue('');
  }
  await tab.send('I am Grace');
  for (const each of [tab, other]) await each.shows(['I am Grace']);
  expect(gateway.stats.peak).toBe(1);
});

test('a token of another subject wipes the previous visitor’s rows at once', {
  tag: '@either-host',
}, async ({ gateway, openTab, site }) => {
  const tab = await openTab('/');
  await tab.send('my secret');
  await tab.shows(['my secret']);
  await tab.textbox.fill('half a thought');
  await becomeGrace(tab, site);
  gateway.faults.expireTokens();
  await expect(tab.messages).toHaveCount(0);
  await expect(tab.textbox).toHaveValue('');
});

test.describe('what was asked for one visitor, and comes late,', () => {
  /** On a bad line a page shows the chat long before it has what calls are made with. */
  async function holdCallsBack(context: BrowserContext): Promise<() => void> {
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    await context.route('**/assets/hub-calls-*.js', async (route) => {
      await released;
      await route.continue();
    });
    return release;
  }

  test('is not done for the next', async ({ context, gateway, openTab, site, expectWarnings }) => {
    expectWarnings(/failed: PartylineError: .*the visitor has changed/);
    const first = await openTab('/');
    await first.send('hello');
    await first.delivers('hello');
    const release = await holdCallsBack(context);
    const tab = await openTab('/');
    await tab.shows(['hello']);
    await tab.send('my secret');
    await becomeGrace(tab, site);
    gateway.faults.expireTokens();
    await tab.shows([]);
    // Into whose conversation it would go.
    await first.send('I am Grace');
    await first.delivers('I am Grace');
    await tab.send('from both tabs');
    release();
    await tab.delivers('from both tabs');
    for (const each of [tab, first]) await each.shows(['I am Grace', 'from both tabs']);
    await expect(tab.textbox).toHaveValue('');
  });

  // Who wants to leave nothing behind may be anybody.
  test('is done all the same if it is their signing out', async ({
    context,
    gateway,
    openTab,
    site,
  }) => {
    const first = await openTab('/');
    await first.send('hello');
    await first.delivers('hello');
    const release = await holdCallsBack(context);
    const tab = await openTab('/');
    await tab.shows(['hello']);
    const signedOut = tab.page.evaluate(() =>
      document.querySelector('partyline-chat')?.chat?.signOut(),
    );
    await becomeGrace(tab, site);
    gateway.faults.expireTokens();
    await tab.shows([]);
    await first.send('I am Grace');
    await first.delivers('I am Grace');
    release();
    await signedOut;
    for (const each of [tab, first]) await each.shows([]);
  });
});

test('two browser profiles are strangers', { tag: '@either-host' }, async ({
  browser,
  context,
  openTab,
  gateway,
}) => {
  const mine = await openTab('/');
  const stranger = await browser.newContext();
  const theirs = await openTab('/', stranger);
  await mine.send('mine');
  await theirs.send('theirs');
  await mine.shows(['mine']);
  await theirs.shows(['theirs']);
  // What waits for its conversation is shown already.
  const named = async () =>
    new Set((await gateway.agent.conversations()).map(({ conversationId }) => conversationId));
  await expect.poll(async () => (await named()).size).toBe(2);
  expect(context.pages()).toHaveLength(1);
  await stranger.close();
  await mine.send('still mine');
  await mine.shows(['mine', 'still mine']);
});
