import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { build, type Rolldown } from 'vite';
import type { StoreOperation } from '../../../../src/worker/core/records.ts';
import { conversationOf, messageOf, put } from '../../../contracts/rows.ts';
import { test as base, expect } from '../../support/watched.ts';

interface WorkerFixtures {
  /** The code of `bare/main.ts`. */
  code: string;
}

/** A page with a store and no hub: `window.store`. */
export const test = base.extend<{ page: Page }, WorkerFixtures>({
  code: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the parameter's names.
    async ({}, use) => {
      const input = fileURLToPath(new URL('./bare/main.ts', import.meta.url));
      const built = await build({
        configFile: false,
        logLevel: 'warn',
        build: { write: false, target: 'es2022', rolldownOptions: { input } },
      });
      const [{ output }] = [built].flat() as [Rolldown.RolldownOutput];
      await use(output[0].code);
    },
    { scope: 'worker' },
  ],
  page: async ({ page, code }, use) => {
    const html = `<!doctype html><script type="module">${code}</script>`;
    // Storage wants an origin, which nobody has to serve.
    await page.route('http://localhost/', (route) =>
      route.fulfill({ contentType: 'text/html', body: html }),
    );
    await page.goto('http://localhost/');
    await use(page);
  },
});

export { conversationOf, expect, messageOf, put };

export function write(page: Page, operations: readonly StoreOperation[], durable = false) {
  return page.evaluate(([all, strict]) => window.store.write(all, strict), [
    operations,
    durable,
  ] as const);
}

export function restore(page: Page, count = 50) {
  return page.evaluate((limit) => window.store.restore(limit), count);
}

/** Ids of all messages, oldest first, as another store reads them. */
export function keptIds(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const { messages } = await new window.BareStore().restore(10_000);
    return messages.map(({ messageId }) => messageId);
  });
}

/** Puts rows of any shape into the database. */
export function putRows(
  page: Page,
  name: string,
  rows: readonly unknown[],
  key?: string,
): Promise<void> {
  return page.evaluate(
    ([store, values, outOfLine]) =>
      new Promise<void>((resolve, reject) => {
        const request = indexedDB.open('partyline');
        request.onerror = () => reject(request.error);
        request.onsuccess = () => {
          const transaction = request.result.transaction(store, 'readwrite');
          for (const value of values) transaction.objectStore(store).put(value, outOfLine);
          transaction.oncomplete = () => resolve();
          transaction.onabort = () => reject(transaction.error);
          request.result.close();
        };
      }),
    [name, rows, key] as const,
  );
}
