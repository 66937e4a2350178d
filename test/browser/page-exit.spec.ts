import type { BrowserContext, Page } from '@playwright/test';
import { hubLock } from '../../src/protocol/locks.ts';
import { expect, test } from './support/fixtures.ts';
import { killHub } from './support/hub.ts';

/** A page of the site without a chat keeps the next hub from beginning, as a slow start does. */
async function holdNextHubBack(context: BrowserContext, url: string) {
  const page = await context.newPage();
  await page.goto(new URL('/config.js', url).href);
  const held = page.evaluate(
    (name) =>
      new Promise<void>((resolve) => {
        void navigator.locks.request(name, () => {
          resolve();
          return new Promise(() => {});
        });
      }),
    hubLock(''),
  );
  // It waits in line before whoever comes after it.
  await expect
    .poll(() =>
      page.evaluate(async (name) => {
        const { held: holders = [], pending = [] } = await navigator.locks.query();
        return [...holders, ...pending].some((lock) => lock.name === name);
      }, hubLock('')),
    )
    .toBe(true);
  return { held, release: () => page.close() };
}

async function holdHubBack(context: BrowserContext, url: string): Promise<() => Promise<void>> {
  const { held, release } = await holdNextHubBack(context, url);
  await held;
  return release;
}

const kept = (page: Page) =>
  page.evaluate(() => sessionStorage.getItem('partyline.pending-handoff'));

test('what was sent before there was a hub is sent by the next page, once', async ({
  context,
  gateway,
  openTab,
  site,
}) => {
  const release = await holdHubBack(context, site.url);
  const tab = await openTab('/');
  await tab.send('sent in a hurry');
  await tab.send('and one more');
  await tab.page.goto(new URL('/help/', site.url).href);
  // That page, too, is left before there is a hub.
  await tab.page.reload();
  await release();
  await tab.open();
  await tab.shows(['sent in a hurry', 'and one more']);
  await tab.delivers('sent in a hurry');
  await tab.delivers('and one more');
  await expect(tab.textbox).toHaveValue('');
  expect(await kept(tab.page)).toBeNull();
  const [conversation] = await gateway.agent.conversations();
  const transcript = await gateway.agent.transcript(conversation?.conversationId ?? '');
  expect(transcript.map(({ text }) => text)).toEqual(['sent in a hurry', 'and one more']);
  // Whoever comes back to the first page finds them there, and they are sent no more.
  await tab.page.goBack();
  await tab.open();
  await tab.shows(['sent in a hurry', 'and one more']);
  await expect(tab.textbox).toHaveValue('');
});

test('what was only typed is in the textbox of the next page', { tag: '@either-host' }, async ({
  context,
  openTab,
  site,
}) => {
  const release = await holdHubBack(context, site.url);
  const tab = await openTab('/');
  await tab.textbox.fill('half a thought');
  await tab.page.goto(new URL('/help/', site.url).href);
  await release();
  await tab.open();
  await expect(tab.textbox).toHaveValue('half a thought');
});

test('what can’t be sent after all is back in the textbox', { tag: '@either-host' }, async ({
  context,
  openTab,
  site,
  expectWarnings,
}) => {
  expectWarnings(/send failed:/);
  const release = await holdHubBack(context, site.url);
  const tab = await openTab('/');
  // Without a conversation, which nobody has asked for.
  await tab.page.evaluate(() => {
    void document.querySelector('partyline-chat')?.chat?.send('to nobody');
  });
  await tab.page.goto(new URL('/help/', site.url).href);
  await release();
  await tab.open();
  await expect(tab.textbox).toHaveValue('to nobody');
  await tab.shows([]);
});

test('what one visitor sent in a hurry is not said by the next', async ({
  context,
  gateway,
  openTab,
  site,
  expectWarnings,
  allowWarnings,
}) => {
  expectWarnings(/the hub stopped/, /Could not sign out/);
  allowWarnings(/failed:/);
  const tab = await openTab('/');
  await tab.send('hello');
  await tab.delivers('hello');
  // Behind the hub that lives, and before the next one.
  const { held, release } = await holdNextHubBack(context, site.url);
  await killHub(context);
  await held;
  await tab.send('whose is this?');
  await tab.page.goto(new URL('/sign-in/', site.url).href);
  await expect(tab.page.getByRole('heading', { level: 1 })).toBeVisible();
  await tab.page.locator('main input').fill('Grace');
  await tab.page.locator('main form button').first().click();
  await tab.page.waitForURL('**/account/**');
  await release();
  await tab.open();
  // Until the hub has asked for the visitor, the previous one counts.
  await expect(tab.status).toHaveText('Connected');
  await tab.send('I am Grace');
  await tab.delivers('I am Grace');
  await expect(tab.textbox).toHaveValue('');
  await tab.shows(['I am Grace']);
  expect(await kept(tab.page)).toBeNull();
  const conversations = await gateway.agent.conversations();
  const texts = await Promise.all(
    conversations.map(({ conversationId }) => gateway.agent.transcript(conversationId)),
  );
  expect(
    texts
      .flat()
      .map(({ text }) => text)
      .toSorted(),
  ).toEqual(['I am Grace', 'hello']);
});
