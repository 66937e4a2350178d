import type { BrowserContext } from '@playwright/test';
import { type Gateway, startGateway } from '../../../src/testing/index.ts';
import { serveFixture } from '../panel/serve-fixture.ts';
import { ChatPage } from '../support/chat-page.ts';
import { test as base, expect } from '../support/fixtures.ts';

const test = base.extend<Record<never, never>, { fixtureUrl: string }>({
  fixtureUrl: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the parameter's names.
    async ({}, use) => {
      const site = await serveFixture(new URL('./fixture', import.meta.url), {
        policy: "default-src 'self'; connect-src *; style-src 'self'",
      });
      await use(site.url);
      await site.close();
    },
    { scope: 'worker' },
  ],
});

test.use({ gatewayOptions: { dialect: 'genesys-cloud' } });

async function open(
  context: BrowserContext,
  url: string,
  { deploymentId, apiUrl }: Gateway,
  name: string | null,
  hubName = name,
): Promise<ChatPage> {
  const page = await context.newPage();
  const settings = { hub: { name: hubName, deploymentId, endpoint: apiUrl }, name };
  await page.goto(`${url}#${encodeURIComponent(JSON.stringify(settings))}`);
  const chat = new ChatPage(page);
  await chat.open();
  return chat;
}

for (const withoutSharedWorker of [false, true]) {
  test.describe(withoutSharedWorker ? 'without SharedWorker' : 'with SharedWorker', () => {
    test.use({ withoutSharedWorker });

    test('two deployments on one origin are two hubs, each shared by its own tabs', async ({
      context,
      gateway,
      fixtureUrl,
    }) => {
      const english = await startGateway({ dialect: 'genesys-cloud' });
      const german = gateway;
      const first = await open(context, fixtureUrl, german, 'de');
      const second = await open(context, fixtureUrl, german, 'de');
      const other = await open(context, fixtureUrl, english, 'en');
      const unnamed = await open(context, fixtureUrl, english, null);

      await first.send('Guten Tag');
      await second.shows(['Guten Tag']);
      await second.delivers('Guten Tag');
      await other.send('Good morning');
      await other.delivers('Good morning');
      await other.shows(['Good morning']);
      await unnamed.shows([]);
      expect(german.stats.connectionsOpened).toBe(1);
      expect(english.stats.connectionsOpened).toBe(1);

      await other.page.reload();
      await other.open();
      await other.shows(['Good morning']);
      const databases = await first.page.evaluate(() => indexedDB.databases());
      const names = databases.map(({ name }) => name).sort();
      expect(names).toEqual([
        'partyline',
        'partyline-sessions.de',
        'partyline-sessions.en',
        'partyline.de',
        'partyline.en',
      ]);
      await english.close();
    });
  });
}

test('a page that names another hub than its worker’s says so', {
  tag: '@shared-worker',
}, async ({ context, gateway, fixtureUrl }) => {
  const tab = await open(context, fixtureUrl, gateway, 'de', 'en');
  await expect
    .poll(() =>
      tab.page.evaluate(
        () => document.querySelector('partyline-chat')?.chat?.getSnapshot().connection.problem,
      ),
    )
    .toEqual({
      code: 'invalid-option',
      message: 'connect: name is "de", but the worker’s hub is named "en".',
    });
});

test.describe('without SharedWorker', () => {
  test.use({ withoutSharedWorker: true });

  test('a page that names another hub than its worker’s says so in the log', async ({
    context,
    gateway,
    fixtureUrl,
    expectWarnings,
  }) => {
    expectWarnings(/name is "de", but the worker’s hub is named "en"/);
    const tab = await open(context, fixtureUrl, gateway, 'de', 'en');
    await expect.poll(() => tab.warnings.join()).toContain('the worker’s hub is named "en"');
  });
});
