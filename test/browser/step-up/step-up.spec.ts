import type { BrowserContext, Page } from '@playwright/test';
import type { ChatPlatform } from '../../../src/client/index.ts';
import type { Gateway } from '../../../src/testing/index.ts';
import { serveFixture } from '../panel/serve-fixture.ts';
import { takeConversation } from '../support/agent.ts';
import { ChatPage } from '../support/chat-page.ts';
import { test as base, expect } from '../support/fixtures.ts';
import { killHub } from '../support/hub.ts';

/** The site names whoever its cookie names, and has asked the identity provider with a nonce. */
function answer(path: string, cookies: string): object | null {
  const [, who] = /who=(\w+)/.exec(cookies) ?? [];
  if (path !== '/code' || who === undefined) return null;
  const code = `${who}?nonce=n-${who}&max_age=600`;
  return { subject: who, code, nonce: `n-${who}`, maxAge: 600 };
}

const test = base.extend<Record<never, never>, { shopUrl: string }>({
  shopUrl: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the parameter's names.
    async ({}, use) => {
      const site = await serveFixture(new URL('./fixture', import.meta.url), {
        policy: "default-src 'self'; connect-src *; style-src 'self'",
        answer,
      });
      await use(site.url);
      await site.close();
    },
    { scope: 'worker' },
  ],
});

const deployment = { allowSessionUpgrade: true };
test.use({ gatewayOptions: { dialect: 'genesys-cloud', deployment } });

async function open(context: BrowserContext, url: string, gateway: Gateway): Promise<ChatPage> {
  const page = await context.newPage();
  const { deploymentId, apiUrl } = gateway;
  await page.goto(
    `${url}#${encodeURIComponent(JSON.stringify({ deploymentId, endpoint: apiUrl }))}`,
  );
  const chat = new ChatPage(page);
  await chat.open();
  return chat;
}

/** What the page after the site's sign-in does. */
async function signIn(context: BrowserContext, page: Page, who: string): Promise<void> {
  await context.addCookies([{ name: 'who', value: who, url: page.url() }]);
  await withPlatform(page, (platform) => platform.signIn());
}

async function withPlatform(
  page: Page,
  work: (platform: ChatPlatform) => Promise<void>,
): Promise<void> {
  await page.evaluate(`(async () => {
    const { chat } = document.querySelector('partyline-chat');
    await (${work})(await chat.platform());
  })()`);
}

const journeys = ({ stats }: Gateway) =>
  stats.events.flatMap((event) => (event.kind === 'journey' ? [event.context] : []));

const requests = ({ stats }: Gateway, action: string) =>
  stats.events.filter((event) => event.kind === 'received' && event.type === action);

for (const withoutSharedWorker of [false, true]) {
  test.describe(withoutSharedWorker ? 'without SharedWorker' : 'with SharedWorker', () => {
    test.use({ withoutSharedWorker });

    test('a guest’s conversation goes on as theirs, in all tabs, once', async ({
      context,
      gateway,
      shopUrl,
    }) => {
      const first = await open(context, shopUrl, gateway);
      const second = await open(context, shopUrl, gateway);
      await first.send('hello, I am nobody');
      await first.delivers('hello, I am nobody');
      const conversationId = await takeConversation(gateway);
      await gateway.agent.say(conversationId, 'please sign in');
      await second.shows(['hello, I am nobody', 'please sign in']);
      await second.textbox.fill('half a sen');
      await expect(first.textbox).toHaveValue('half a sen');

      await Promise.all([signIn(context, first.page, 'ada'), signIn(context, second.page, 'ada')]);
      await expect.poll(() => requests(gateway, 'configureAuthenticatedSession').length).toBe(1);
      await expect(first.textbox).toHaveValue('half a sen');
      await first.send('now I am Ada');
      await first.delivers('now I am Ada');
      await gateway.agent.say(conversationId, 'hello, Ada');
      const all = ['hello, I am nobody', 'please sign in', 'now I am Ada', 'hello, Ada'];
      for (const tab of [first, second]) await tab.shows(all);
      expect(await gateway.agent.conversations()).toHaveLength(1);
      // The same person to the platform, before and after.
      // A second page that signs in while the first is being answered may use a second code.
      const [asGuest, ...asMember] = journeys(gateway);
      expect(asMember.length).toBeGreaterThan(0);
      for (const context of asMember) expect(context).toEqual(asGuest);
      expect(requests(gateway, 'configureAuthenticatedSession')).toHaveLength(1);
      expect(gateway.stats.peak).toBe(1);
      expect(gateway.stats.violations).toEqual([]);
    });
  });
}

test('who has signed in goes on after the worker’s death, and nobody after a sign-out', {
  tag: '@shared-worker',
}, async ({ context, gateway, shopUrl, expectWarnings }) => {
  expectWarnings(/the hub stopped/);
  const tab = await open(context, shopUrl, gateway);
  await tab.send('hello');
  await tab.delivers('hello');
  await signIn(context, tab.page, 'ada');
  await expect.poll(() => requests(gateway, 'configureAuthenticatedSession').length).toBe(1);
  await killHub(context);
  await tab.send('still here');
  await tab.delivers('still here', { timeout: 20_000 });
  await tab.shows(['hello', 'still here']);
  expect(await gateway.agent.conversations()).toHaveLength(1);

  await context.clearCookies();
  await tab.page.evaluate(`document.querySelector('partyline-chat').chat.signOut()`);
  await tab.shows([]);
  await gateway.stats.waitFor(
    ({ rest }) => rest['DELETE /api/v2/webdeployments/token/revoke'] === 1,
  );
  const next = await open(context, shopUrl, gateway);
  await next.shows([]);
  await next.send('somebody else');
  await next.delivers('somebody else');
  await next.shows(['somebody else']);
  expect(await gateway.agent.conversations()).toHaveLength(2);
});

test('what a guest has ended is not shown to the person who signs in later', {
  tag: '@shared-worker',
}, async ({ context, gateway, shopUrl }) => {
  const tab = await open(context, shopUrl, gateway);
  await tab.send('a guest’s secret');
  await tab.delivers('a guest’s secret');
  const conversationId = await takeConversation(gateway);
  await gateway.agent.end(conversationId);
  await expect(tab.page.getByText('ended', { exact: false }).first()).toBeVisible();
  await signIn(context, tab.page, 'bob');
  await tab.shows([]);
  await tab.send('hello, I am Bob');
  await tab.delivers('hello, I am Bob');
  await tab.shows(['hello, I am Bob']);
});

test.describe('where the deployment does not let guests take a conversation along', () => {
  test.use({ gatewayOptions: { dialect: 'genesys-cloud' } });

  test('who signs in is another visitor, in all tabs', { tag: '@shared-worker' }, async ({
    context,
    gateway,
    shopUrl,
  }) => {
    const first = await open(context, shopUrl, gateway);
    const second = await open(context, shopUrl, gateway);
    await first.send('a guest’s secret');
    await first.delivers('a guest’s secret');
    await second.shows(['a guest’s secret']);
    await signIn(context, second.page, 'bob');
    for (const tab of [first, second]) await tab.shows([]);
    await second.send('hello, I am Bob');
    await second.delivers('hello, I am Bob');
    await first.shows(['hello, I am Bob']);
    expect(await gateway.agent.conversations()).toHaveLength(2);
  });
});

test('a page tells about its visitor, and one visitor comes back', {
  tag: '@shared-worker',
}, async ({ context, gateway, shopUrl }) => {
  const tab = await open(context, shopUrl, gateway);
  await withPlatform(tab.page, (platform) =>
    platform.setJourneyContext({
      triggeringAction: { id: 'a-1', actionMap: { id: 'm-1', version: 1 } },
    }),
  );
  await tab.send('first');
  await tab.delivers('first');
  await gateway.agent.end(await takeConversation(gateway));
  await expect(tab.page.getByText('ended', { exact: false }).first()).toBeVisible();
  await tab.send('second');
  await tab.delivers('second');
  const [first, next] = journeys(gateway);
  expect(first).toMatchObject({
    customer: { idType: 'cookie' },
    triggeringAction: { id: 'a-1' },
  });
  expect(next).toEqual(first);
  // Agents see the same visitor in both conversations.
  const visitors = (await gateway.agent.conversations()).map(({ subject }) => subject);
  expect(visitors).toHaveLength(2);
  expect(new Set(visitors).size).toBe(1);
  const refused = tab.page.evaluate(`(async () => {
    const platform = await document.querySelector('partyline-chat').chat.platform();
    return platform.setJourneyContext({ customer: { id: 7 } }).catch(({ code, message }) => code + ': ' + message);
  })()`);
  expect(await refused).toMatch(/^invalid-call: .*customer/);
});
