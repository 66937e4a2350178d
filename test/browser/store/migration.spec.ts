import type { Page } from '@playwright/test';
import { expect, messageOf, put, restore, test, write } from './support/bare-store.ts';
import {
  beginConversation,
  test as chatTest,
  expectWorkingChat,
  notKept,
} from './support/fixtures.ts';

/** The database's version, its stores, and the rows of `messages`, as they stand there. */
function databaseOf(page: Page) {
  return page.evaluate(async () => {
    const asked = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const database = await asked(indexedDB.open('partyline'));
    const messages = database.transaction('messages').objectStore('messages');
    const rows: unknown[] = await asked(messages.getAll());
    const { version } = database;
    const stores = [...database.objectStoreNames];
    database.close();
    return { version, stores, rows };
  });
}

const stores = ['conversations', 'messages', 'meta', 'outbox'];

/** Writes two messages with the steps of today, and closes the database. */
async function leaveVersion1(page: Page): Promise<void> {
  await write(page, [put(messageOf(1)), put(messageOf(2))]);
  await page.evaluate(() => window.store.close());
  expect(await databaseOf(page)).toMatchObject({ version: 1, stores });
}

test('a step takes over the rows, also by reading them first', async ({ page }) => {
  await leaveVersion1(page);
  await page.evaluate(async () => {
    const shout = async (_: IDBDatabase, transaction: IDBTransaction) => {
      const messages = transaction.objectStore('messages');
      const rows = await new Promise<{ text: string }[]>((resolve) => {
        const request = messages.getAll();
        request.onsuccess = () => resolve(request.result);
      });
      for (const row of rows) messages.put({ ...row, text: row.text.toUpperCase() });
    };
    window.store = new window.BareStore(null, [...window.migrations, shout]);
  });
  const taken = [messageOf(1, { text: 'TEXT 1' }), messageOf(2, { text: 'TEXT 2' })];
  expect((await restore(page)).messages).toEqual(taken);
  expect(await page.evaluate(() => window.store.told)).toEqual([]);
  expect(await databaseOf(page)).toEqual({ version: 2, stores, rows: taken });
  // Once only: with the next start the version is the present one.
  await write(page, [put(messageOf(3))]);
  await page.evaluate(async () => {
    await window.store.close();
    const unwanted = () => Promise.reject(new Error('the step ran again'));
    window.store = new window.BareStore(null, [...window.migrations, unwanted]);
  });
  expect((await restore(page)).messages).toEqual([...taken, messageOf(3)]);
});

test('a step that throws leaves the database as it was, and there is no store', async ({
  page,
  expectWarnings,
}) => {
  expectWarnings(
    /Store migration failed: TypeError: a row of an odd shape/,
    /Store restore failed: AbortError/,
  );
  await leaveVersion1(page);
  const before = await databaseOf(page);
  await page.evaluate(async () => {
    const fail = async (database: IDBDatabase, transaction: IDBTransaction) => {
      database.createObjectStore('extra');
      const messages = transaction.objectStore('messages');
      await new Promise((resolve) => {
        messages.clear().onsuccess = resolve;
      });
      throw new TypeError('a row of an odd shape');
    };
    window.store = new window.BareStore(null, [...window.migrations, fail]);
  });
  expect(await restore(page)).toMatchObject({ isPersistent: false, messages: [] });
  expect(await page.evaluate(() => window.store.told)).toEqual(['lost']);
  expect(await databaseOf(page)).toEqual(before);
  // The build of before, when it is brought back, finds its rows.
  await page.evaluate(() => {
    window.store = new window.BareStore();
  });
  expect((await restore(page)).messages).toEqual([messageOf(1), messageOf(2)]);
});

test('a step that throws in a fresh database leaves none', async ({ page, expectWarnings }) => {
  expectWarnings(/Store migration failed/, /Store restore failed/);
  await page.evaluate(() => {
    const fail = () => {
      throw new TypeError('no');
    };
    window.store = new window.BareStore(null, [...window.migrations, fail]);
  });
  expect(await restore(page)).toMatchObject({ isPersistent: false });
  expect(await page.evaluate(() => indexedDB.databases())).toEqual([]);
});

test('a fresh database goes through all steps in order, each after the one before has ended', async ({
  page,
}) => {
  const ran = await page.evaluate(async () => {
    const ran: string[] = [];
    const named = (name: string) => async (database: IDBDatabase, transaction: IDBTransaction) => {
      ran.push(`${name} of ${[...database.objectStoreNames].join()}`);
      await new Promise((resolve) => {
        transaction.objectStore('meta').get(name).onsuccess = resolve;
      });
      database.createObjectStore(name);
      ran.push(`${name} has ended`);
    };
    const steps = [...window.migrations, named('second'), named('third')];
    window.store = new window.BareStore(null, steps);
    await window.store.restore(50);
    return ran;
  });
  expect(ran).toEqual([
    `second of ${stores.join()}`,
    'second has ended',
    `third of ${[...stores, 'second'].join()}`,
    'third has ended',
  ]);
  expect(await databaseOf(page)).toEqual({
    version: 3,
    stores: [...stores, 'second', 'third'],
    rows: [],
  });
  expect(await page.evaluate(() => window.store.told)).toEqual([]);
});

test('a connection of an older version that does not give way is waited for 3 s, once', async ({
  page,
  expectWarnings,
}) => {
  expectWarnings(/Store restore failed: Error: the database did not open in time/);
  await leaveVersion1(page);
  const waited = await page.evaluate(async () => {
    const held = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open('partyline', 1);
      request.onsuccess = () => resolve(request.result);
    });
    const begun = performance.now();
    window.store = new window.BareStore(null, [...window.migrations, () => {}]);
    await window.store.restore(50);
    const waited = performance.now() - begun;
    held.close();
    return waited;
  });
  expect(await page.evaluate(() => window.store.told)).toEqual(['lost']);
  expect(waited).toBeGreaterThan(2_900);
  expect(waited).toBeLessThan(8_000);
  // Its late opening goes through, and stands in nobody's way.
  await page.evaluate(
    () =>
      new Promise((resolve) => {
        indexedDB.deleteDatabase('partyline').onsuccess = resolve;
      }),
  );
});

chatTest(
  'a database without its stores is left as it is, and the chat goes on',
  async ({ gateway, openTab, database, expectWarnings }) => {
    expectWarnings(/Store restore failed: NotFoundError/);
    await database.hold(1);
    await database.release();
    const tab = await openTab('/');
    await expect(tab.page.getByText(notKept)).toBeVisible();
    expect(await database.contents()).toBeNull();
    expect(await database.version()).toBe(1);
    const conversationId = await beginConversation(gateway, tab);
    await expectWorkingChat(gateway, tab, conversationId, ['hello', 'hello, visitor']);
  },
);
