import type { Page } from '@playwright/test';
import { DatabasePage } from './store/support/database.ts';
import { takeConversation } from './support/agent.ts';
import { buildOf, expect, open, test } from './support/deployment.ts';
import { killAllHubs, killHub } from './support/hub.ts';

// In one worker: each would build all three sites for itself.
test.describe.configure({ mode: 'default' });

// A page does not know its build before its own worker runs: where that is in a tab, the newer one's
// comes when the older one's tab has gone (fallback.spec.ts).
test('a newer build takes over: one socket, nothing lost, and the old tabs come along', {
  tag: '@shared-worker',
}, async ({ deployment, context, gateway }) => {
  const old = await open(await context.newPage(), deployment.url);
  await old.send('before');
  const conversationId = await takeConversation(gateway);
  await old.shows(['before']);
  await old.textbox.fill('half a thought');
  await deployment.deploy('2', true);
  const fresh = await open(await context.newPage(), deployment.url);
  await fresh.shows(['before']);
  for (const tab of [old, fresh]) {
    await expect.poll(() => buildOf(tab)).toBe('2');
    await expect(tab.textbox).toHaveValue('half a thought');
  }
  await gateway.agent.say(conversationId, 'still the same?');
  await old.send('yes');
  for (const tab of [old, fresh]) await tab.shows(['before', 'still the same?', 'yes']);
  expect(gateway.stats.peak).toBe(1);
  expect(gateway.stats.violations).toEqual([]);
});

test('messages typed while a newer build takes over arrive once, in order', {
  tag: '@shared-worker',
}, async ({ deployment, context, gateway }) => {
  const old = await open(await context.newPage(), deployment.url);
  await old.send('message 0');
  const conversationId = await takeConversation(gateway);
  await deployment.deploy('2', true);
  gateway.faults.delay('to-client', 300, { type: 'message' });
  const opening = open(await context.newPage(), deployment.url);
  const texts = Array.from({ length: 15 }, (_, index) => `message ${index + 1}`);
  for (const text of texts) await old.send(text);
  const fresh = await opening;
  gateway.faults.clear();
  await expect.poll(() => buildOf(old)).toBe('2');
  for (const tab of [old, fresh]) await tab.shows(['message 0', ...texts]);
  await expect
    .poll(async () => (await gateway.agent.transcript(conversationId)).map(({ text }) => text))
    .toEqual(['message 0', ...texts]);
  expect(gateway.stats.peak).toBe(1);
  expect(gateway.stats.violations).toEqual([]);
});

test('a database that is deleted behind a take-over is written again by the hub in charge', {
  tag: '@shared-worker',
}, async ({ deployment, context, gateway }) => {
  const old = await open(await context.newPage(), deployment.url);
  await old.send('before');
  await takeConversation(gateway);
  await old.delivers('before');
  await deployment.deploy('2', true);
  const fresh = await open(await context.newPage(), deployment.url);
  for (const tab of [old, fresh]) await expect.poll(() => buildOf(tab)).toBe('2');
  // The older build's worker lives as long as the page that started it.
  const database = await DatabasePage.open(context, deployment.url);
  // More than once, since it was chance which of the two would open the new one first.
  for (let deletion = 0; deletion < 3; deletion += 1) {
    await database.delete();
    await expect.poll(() => database.texts()).toEqual({ messages: ['before'], outbox: [] });
  }
});

test('after a roll-back an older page joins the newer hub', async ({
  deployment,
  context,
  gateway,
}) => {
  await deployment.deploy('2', false);
  const newer = await open(await context.newPage(), deployment.url);
  await newer.send('from the newer');
  await newer.shows(['from the newer']);
  await deployment.deploy('1', false);
  const older = await open(await context.newPage(), deployment.url);
  await older.shows(['from the newer']);
  expect(await buildOf(older)).toBe('2');
  await older.send('from the older');
  for (const tab of [newer, older]) await tab.shows(['from the newer', 'from the older']);
  expect(gateway.stats.connectionsOpened).toBe(1);
  // With the newer one's last tab its hub is gone, and the older one's own is good enough.
  await newer.page.close();
  await older.page.reload();
  await older.open();
  await older.send('and on');
  await older.shows(['from the newer', 'from the older', 'and on']);
  expect(gateway.stats.peak).toBe(1);
});

test('a page goes back to its own hub when another build’s has died, and its script is gone', {
  tag: '@shared-worker',
}, async ({ deployment, context, expectWarnings }) => {
  expectWarnings(/the hub stopped/);
  await deployment.deploy('2', false);
  const newer = await open(await context.newPage(), deployment.url);
  await newer.send('from the newer');
  await newer.delivers('from the newer');
  await deployment.deploy('1', false);
  const older = await open(await context.newPage(), deployment.url);
  await expect.poll(() => buildOf(older)).toBe('2');
  await newer.page.close();
  const devtools = await context.newCDPSession(older.page);
  await devtools.send('Network.clearBrowserCache');
  await killAllHubs(context);
  await older.send('from the older');
  await older.delivers('from the older', { timeout: 30_000 });
  await expect.poll(() => buildOf(older)).toBe('1');
});

test('a build that the page can’t talk to: a reload is offered, and keeps the draft', async ({
  deployment,
  context,
  gateway,
}) => {
  const old = await open(await context.newPage(), deployment.url);
  await old.send('before');
  await old.shows(['before']);
  await old.textbox.fill('half a thought');
  await deployment.deploy('3', true);
  const fresh = await open(await context.newPage(), deployment.url);
  await fresh.shows(['before']);
  await expect(old.status).toContainText('Reload it');
  // What can be read stays, and what was typed as well.
  await old.shows(['before']);
  await expect(old.textbox).toHaveValue('half a thought');
  const reloaded = old.page.waitForEvent('load');
  await old.page.getByRole('button', { name: 'Reload' }).click();
  await reloaded;
  await old.open();
  await expect(old.textbox).toHaveValue('half a thought');
  await old.send('after');
  for (const tab of [old, fresh]) await tab.shows(['before', 'after']);
  expect(gateway.stats.peak).toBe(1);
  expect(gateway.stats.violations).toEqual([]);
});

test.describe('without SharedWorker', { tag: '@either-host' }, () => {
  test.use({ withoutSharedWorker: true });

  test('a page that takes over runs one hub, however late it gets the lock', async ({
    deployment,
    context,
    expectWarnings,
  }) => {
    expectWarnings(/the hub stopped/);
    const old = await open(await context.newPage(), deployment.url);
    await old.send('before');
    await old.shows(['before']);
    await deployment.deploy('3', true);
    const page = await context.newPage();
    // The older hub is still there when the page asks for the second time.
    await page.addInitScript(() => {
      const request = navigator.locks.request.bind(navigator.locks);
      let askAgain = () => {};
      const askedAgain = new Promise<void>((resolve) => {
        askAgain = resolve;
      });
      let times = 0;
      Object.assign(navigator.locks, {
        request: async (...all: Parameters<typeof request>) => {
          if (Object(all[1]).steal) {
            times += 1;
            if (times > 1) askAgain();
            await askedAgain;
          }
          return request(...all);
        },
      });
    });
    const fresh = await open(page, deployment.url);
    await fresh.shows(['before']);
    await fresh.send('after');
    await expect(old.status).toContainText('Reload it');
    const reloaded = old.page.waitForEvent('load');
    await old.page.getByRole('button', { name: 'Reload' }).click();
    await reloaded;
    await old.open();
    for (const tab of [old, fresh]) await tab.shows(['before', 'after']);
    expect(context.pages().map((each) => each.workers().length)).toEqual([0, 1]);
  });
});

test('a tab whose worker file is gone from the server says so, and works after a reload', async ({
  deployment,
  context,
  gateway,
  expectWarnings,
  allowWarnings,
}) => {
  expectWarnings(/the worker script failed to load/);
  allowWarnings(/the hub stopped/);
  const tab = await open(await context.newPage(), deployment.url);
  await tab.send('before');
  await tab.shows(['before']);
  await deployment.deploy('2', false);
  // The file is not in the browser's cache either.
  const devtools = await context.newCDPSession(tab.page);
  await devtools.send('Network.clearBrowserCache');
  await killHub(context);
  await expect(tab.status).toContainText('Reload the page', { timeout: 30_000 });
  await tab.shows(['before']);
  await tab.page.reload();
  await tab.open();
  await tab.send('after');
  await tab.shows(['before', 'after']);
  expect(gateway.stats.peak).toBe(1);
});

test.describe('without SharedWorker', () => {
  test.use({ withoutSharedWorker: true });

  test('a newer page joins the older hub, and has its own when that one’s tab goes', async ({
    deployment,
    context,
    gateway,
    expectWarnings,
  }) => {
    expectWarnings(/the hub stopped/);
    const old = await open(await context.newPage(), deployment.url);
    await old.send('before');
    const conversationId = await takeConversation(gateway);
    await deployment.deploy('2', true);
    const fresh = await open(await context.newPage(), deployment.url);
    await fresh.shows(['before']);
    expect(await buildOf(fresh)).toBe('1');
    await fresh.textbox.fill('half a thought');
    await old.page.close();
    await expect.poll(() => buildOf(fresh)).toBe('2');
    await expect(fresh.textbox).toHaveValue('half a thought');
    await gateway.agent.say(conversationId, 'still the same?');
    await fresh.send('yes');
    await fresh.shows(['before', 'still the same?', 'yes']);
    expect(gateway.stats.peak).toBe(1);
    expect(gateway.stats.violations).toEqual([]);
  });
});

const isControlled = () => navigator.serviceWorker.controller !== null;

/** As when the visitor comes back to a tab: it asks for a newer version. */
function comeBack(page: Page): Promise<boolean> {
  return page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
}

test.describe('a site that is kept for offline use', () => {
  test.use({ serviceWorkers: 'allow' });

  test('takes a tab along that was loaded past what is kept', {
    tag: '@either-host',
  }, async ({ deployment, context }) => {
    const tab = await open(await context.newPage(), deployment.url);
    const { page } = tab;
    await page.waitForFunction(isControlled);
    // A hard reload, as by Shift and the button.
    const loaded = page.waitForEvent('load');
    await (await context.newCDPSession(page)).send('Page.reload', { ignoreCache: true });
    await loaded;
    await tab.open();
    expect(await page.evaluate(isControlled)).toBe(false);
    await deployment.deploy('2', false);
    await comeBack(page);
    const reloaded = page.waitForEvent('load');
    await page.getByRole('button', { name: 'Update' }).click();
    await reloaded;
    await tab.open();
    await expect.poll(() => buildOf(tab)).toBe('2');
  });

  test('offers its newer version, and all tabs move over together, with draft and messages', async ({
    deployment,
    context,
    gateway,
  }) => {
    const first = await open(await context.newPage(), deployment.url);
    // One that opens while the others are taken over is left out, by the standard.
    await first.page.waitForFunction(isControlled);
    const second = await open(await context.newPage(), deployment.url);
    expect(await second.page.evaluate(isControlled)).toBe(true);
    const tabs = [first, second];
    await first.send('before');
    const conversationId = await takeConversation(gateway);
    await second.shows(['before']);
    await second.textbox.fill('half a thought');
    await expect(first.textbox).toHaveValue('half a thought');

    await deployment.deploy('2', false);
    await comeBack(first.page);
    for (const { page } of tabs) {
      await expect(page.getByRole('button', { name: 'Update' })).toBeVisible();
    }
    // Nothing is reloaded before the visitor wants it.
    await gateway.agent.say(conversationId, 'take your time');
    for (const tab of tabs) await tab.shows(['before', 'take your time']);

    const reloaded = tabs.map(({ page }) => page.waitForEvent('load'));
    await second.page.getByRole('button', { name: 'Update' }).click();
    await Promise.all(reloaded);
    for (const tab of tabs) {
      await tab.open();
      await expect.poll(() => buildOf(tab)).toBe('2');
      await tab.shows(['before', 'take your time']);
      await expect(tab.textbox).toHaveValue('half a thought');
    }
    await second.sendButton.click();
    const all = ['before', 'take your time', 'half a thought'];
    for (const tab of tabs) await tab.shows(all);
    expect((await gateway.agent.transcript(conversationId)).map(({ text }) => text)).toEqual(all);
    expect(gateway.stats.peak).toBe(1);
    expect(gateway.stats.violations).toEqual([]);
  });
});
