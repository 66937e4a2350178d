import { credentialStoreCases } from '../../contracts/credential-store.ts';
import { lockCases, workerLockCases } from '../../contracts/locks.ts';
import { firmIdCases, looseIdCases, storeCases } from '../../contracts/store.ts';
import { clockCases, timerCases } from '../../contracts/timers.ts';
import { expectKept, test } from './support/contract-page.ts';

const hosts = ['shared worker', 'dedicated worker'] as const;

test.describe('the real edges keep their contracts:', { tag: '@either-host' }, () => {
  // Each with each of the others, but not all at once: they have no part in one another.
  for (const kind of [
    { host: 'shared worker', isEncrypted: false, hasLooseIds: false, isByCursor: false },
    { host: 'shared worker', isEncrypted: true, hasLooseIds: true, isByCursor: true },
    { host: 'dedicated worker', isEncrypted: false, hasLooseIds: true, isByCursor: true },
    { host: 'dedicated worker', isEncrypted: true, hasLooseIds: false, isByCursor: false },
  ] as const) {
    const { host, isEncrypted, hasLooseIds, isByCursor } = kind;
    const rows = `${isEncrypted ? 'encrypted' : 'plain'}${isByCursor ? ', by cursor' : ''}`;
    const ids = hasLooseIds ? 'do not hold' : 'hold';
    test(`the store in a ${host}, ${rows}, where ids ${ids}`, async ({ page }) => {
      const report = await page.evaluate((one) => window.contracts.runStore(one.host, one), kind);
      expectKept(report, [...storeCases, ...(hasLooseIds ? looseIdCases : firmIdCases)]);
    });
  }

  for (const host of hosts) {
    test(`the clock and the timers in a ${host}`, async ({ page }) => {
      const report = await page.evaluate((where) => window.contracts.runTimers(where), host);
      expectKept(report, [...timerCases, ...clockCases]);
    });

    test(`what is kept of a session in a ${host}`, async ({ page }) => {
      const report = await page.evaluate((where) => window.contracts.runVault(where), host);
      expectKept(report, credentialStoreCases);
    });

    test(`the locks in a ${host}`, async ({ page }) => {
      const report = await page.evaluate((where) => window.contracts.runLocks(where), host);
      expectKept(report, [...lockCases, ...workerLockCases]);
    });
  }

  test('the locks in a page', async ({ page }) => {
    expectKept(await page.evaluate(() => window.contracts.runPageLocks()), lockCases);
  });
});
