import type { Page } from '@playwright/test';
import { expect } from './fixtures.ts';

/** Waits until the site's service worker has all its files and answers for this page. */
export async function untilKept(page: Page): Promise<void> {
  await expect
    .poll(() => page.evaluate(() => navigator.serviceWorker.controller?.state))
    .toBe('activated');
}
