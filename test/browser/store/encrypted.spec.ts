import type { Page } from '@playwright/test';
import { expect, messageOf, put, restore, test, write } from './support/bare-store.ts';

/** From now on rows are written encrypted. */
async function encrypt(page: Page): Promise<void> {
  await page.evaluate(async () => {
    window.store = new window.BareStore(true);
    await window.store.restore(50);
  });
}

/** As a new hub finds it. */
async function restart(page: Page, isEncrypted = true) {
  await page.evaluate((encrypted) => {
    window.store = new window.BareStore(encrypted);
  }, isEncrypted);
  return restore(page);
}

/** Everything in the database, as its rows stand there. */
function rawRows(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const asked = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const database = await asked(indexedDB.open('partyline'));
    const rows: unknown[] = [];
    for (const store of database.objectStoreNames) {
      rows.push(store, await asked(database.transaction(store).objectStore(store).getAll()));
    }
    database.close();
    return JSON.stringify(rows);
  });
}

const meta = {
  subject: 'visitor-1',
  guest: null,
  draft: 'half a thought',
  routing: null,
  lastRouting: { skillGroups: ['Billing'] },
  clockOffset: 7,
  resetCount: 0,
};
const record = {
  messageId: 'o1',
  ordinal: 1,
  conversationId: 'c1',
  text: 'my PIN is 0815',
  timestamp: 1,
  failure: null,
};

test('encrypted rows hold no text, no name and no draft, and are read as they were', async ({
  page,
}) => {
  await encrypt(page);
  const rows = [messageOf(1), messageOf(2)];
  await write(page, [...rows.map(put), { type: 'put-outbox', record }, { type: 'put-meta', meta }]);
  const raw = await rawRows(page);
  for (const text of ['text 1', 'Ada', '0815', 'half a thought', 'Billing']) {
    expect(raw).not.toContain(text);
  }
  expect(raw).toContain('"m1"');
  const found = { messages: rows, outbox: [record], meta };
  expect(await restart(page)).toMatchObject(found);
  // A site that stops encrypting reads its old rows, and writes plain ones from then on.
  expect(await restart(page, false)).toMatchObject(found);
  await write(page, [put(messageOf(3))]);
  expect(await rawRows(page)).toContain('text 3');
  expect((await restart(page)).messages).toEqual([...rows, messageOf(3)]);
});

test('what has to be looked up first is found and corrected in encrypted rows', async ({
  page,
}) => {
  await encrypt(page);
  await write(page, [
    put(messageOf(5, { missingBefore: 3 })),
    put(messageOf(7, { sequence: null })),
  ]);
  const written = await write(page, [
    { type: 'put-gap-marker', position: [1, 5, 0, 0], missingBefore: 1 },
    { type: 'add-message', message: messageOf(7), isUnread: true },
    { type: 'add-message', message: messageOf(8), isUnread: true },
  ]);
  expect(written).toEqual({
    added: [messageOf(8)],
    corrected: [messageOf(5, { missingBefore: 1 }), messageOf(7)],
    inTranscript: [],
  });
  const page1 = await page.evaluate(() => window.store.readEarlier(null, 50));
  expect(page1.messages).toEqual([messageOf(5, { missingBefore: 1 }), messageOf(7), messageOf(8)]);
});

test('another visitor has another key, and nothing decrypts what the previous one left', async ({
  page,
}) => {
  await encrypt(page);
  await write(page, [put(messageOf(1))]);
  const [, kept] = JSON.parse(await rawRows(page)).slice(2, 4);
  await write(page, [{ type: 'wipe' }, put(messageOf(2))]);
  expect((await restart(page)).messages).toEqual([messageOf(2)]);
  // As from a copy of the disk.
  await page.evaluate(async (rows) => {
    const opening = indexedDB.open('partyline');
    await new Promise((resolve) => {
      opening.onsuccess = resolve;
    });
    const transaction = opening.result.transaction('messages', 'readwrite');
    for (const row of rows) transaction.objectStore('messages').put(row);
    await new Promise((resolve) => {
      transaction.oncomplete = resolve;
    });
    opening.result.close();
  }, kept);
  expect((await restart(page)).messages).toEqual([messageOf(2)]);
});

test('a database that is deleted under it is written again, and is readable at the next start', async ({
  page,
}) => {
  await encrypt(page);
  await write(page, [put(messageOf(1))]);
  await page.evaluate(
    () =>
      new Promise((resolve) => {
        indexedDB.deleteDatabase('partyline').onsuccess = resolve;
      }),
  );
  await expect.poll(() => page.evaluate(() => window.store.told)).toEqual(['emptied']);
  await write(page, [put(messageOf(1))]);
  expect(await rawRows(page)).not.toContain('text 1');
  expect((await restart(page)).messages).toEqual([messageOf(1)]);
});

test('encrypting 5,000 rows costs less than writing them', async ({ page }) => {
  const measure = (isEncrypted: true | null) =>
    page.evaluate(async (encrypted) => {
      const store = new window.BareStore(encrypted);
      await store.restore(50);
      const operations = Array.from({ length: 5_000 }, (_, index) => ({
        type: 'put-message' as const,
        message: {
          messageId: `m${index}`,
          conversationId: 'c1',
          sequence: index,
          from: { id: 'a', name: 'Ada', role: 'agent' as const },
          text: 'x'.repeat(200),
          timestamp: index,
          status: 'received' as const,
          failure: null,
          missingBefore: 0,
          position: [1, index, 0, 0] as const,
        },
      }));
      const begun = performance.now();
      await store.write(operations, false);
      const written = performance.now();
      await store.readEarlier(null, 50);
      return { write: written - begun, read: performance.now() - written };
    }, isEncrypted);
  await measure(null);
  const [plain, encrypted] = [await measure(null), await measure(true)];
  test.info().annotations.push({ type: 'cost', description: JSON.stringify({ plain, encrypted }) });
  expect(encrypted.write).toBeLessThan(plain.write * 4 + 1_000);
});
