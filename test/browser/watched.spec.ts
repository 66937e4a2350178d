import { test } from './support/fixtures.ts';
import { killHub } from './support/hub.ts';

// That a test fails at a warning which it is not about is worth no more than this: each of these fails, or it
// would fail.

test.describe('a test fails', { tag: '@shared-worker' }, () => {
  test('where a page warns', async ({ openTab, context }) => {
    test.fail();
    const tab = await openTab('/');
    await killHub(context);
    await tab.send('hello');
    await tab.delivers('hello');
  });

  test('where a page throws, or leaves a rejection', async ({ page, site }) => {
    test.fail();
    await page.goto(site.url);
    await page.evaluate(() => void Promise.reject(new Error('nobody waits for this')));
  });

  test('where the SharedWorker warns', async ({ gateway, openTab }) => {
    test.fail();
    const tab = await openTab('/');
    await gateway.stats.waitFor(({ authenticated }) => authenticated === 1);
    gateway.faults.garbage('html');
    await tab.send('hello');
    await tab.delivers('hello');
  });

  test('where a warning that it is about does not come', async ({ openTab, expectWarnings }) => {
    test.fail();
    expectWarnings(/the hub stopped/);
    await openTab('/');
  });
});
