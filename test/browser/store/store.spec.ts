import type { Page } from '@playwright/test';
import {
  conversationOf,
  expect,
  keptIds,
  messageOf,
  put,
  putRows,
  restore,
  test,
  write,
} from './support/bare-store.ts';

const noRows = { added: [], corrected: [], inTranscript: [] };

const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

test.beforeEach(async ({ page }) => {
  await restore(page);
});

test.describe('a write', () => {
  test('adds what is not there yet, tells of it, and counts what is unread', async ({ page }) => {
    const [one, two, three] = [messageOf(1), messageOf(2), messageOf(3)];
    await write(page, [put(two)]);
    const written = await write(page, [
      { type: 'add-message', message: one, isUnread: true },
      { type: 'add-message', message: { ...one, text: 'again' }, isUnread: true },
      { type: 'add-message', message: { ...two, text: 'again' }, isUnread: true },
      { type: 'add-message', message: three, isUnread: false },
      { type: 'add-unread', by: 4 },
    ]);
    expect(written).toEqual({ ...noRows, added: [one, three] });
    const { messages, unread: reading } = await restore(page);
    expect(messages).toEqual([one, two, three]);
    expect(reading).toEqual({ count: 5, readUntil: null });
  });

  test('counts from zero behind what the visitor has read', async ({ page }) => {
    const readUntil = [1, 1, 0, 0] as const;
    await write(page, [
      { type: 'add-message', message: messageOf(1), isUnread: true },
      { type: 'put-read', readUntil },
      { type: 'add-message', message: messageOf(2), isUnread: true },
    ]);
    expect((await restore(page)).unread).toEqual({ count: 1, readUntil });
  });

  test('corrects the row at a position, if there is one', async ({ page }) => {
    const row = messageOf(5, { missingBefore: 3 });
    await write(page, [put(row)]);
    const written = await write(page, [
      { type: 'put-gap-marker', position: [1, 4, 0, 0], missingBefore: 1 },
      { type: 'put-gap-marker', position: row.position, missingBefore: 1 },
    ]);
    expect(written).toEqual({ ...noRows, corrected: [{ ...row, missingBefore: 1 }] });
    expect((await restore(page)).messages).toEqual([{ ...row, missingBefore: 1 }]);
  });

  test('keeps its order, also behind what must be looked up first', async ({ page }) => {
    const row = messageOf(1);
    await write(page, [
      { type: 'add-message', message: messageOf(2), isUnread: true },
      { type: 'wipe' },
      { type: 'add-message', message: row, isUnread: false },
      { type: 'put-gap-marker', position: row.position, missingBefore: 2 },
      put({ ...row, text: 'the last word' }),
    ]);
    const { messages, unread: reading } = await restore(page);
    expect(messages).toEqual([{ ...row, text: 'the last word' }]);
    expect(reading).toEqual({ count: 0, readUntil: null });
  });

  test('of 5,000 rows is one transaction', async ({ page }) => {
    const transactions = await page.evaluate(async () => {
      let count = 0;
      const { transaction } = IDBDatabase.prototype;
      IDBDatabase.prototype.transaction = function (...parameters) {
        count += 1;
        return transaction.apply(this, parameters);
      };
      const message = (sequence: number) => ({
        messageId: `m${sequence}`,
        conversationId: 'c1',
        sequence,
        from: { id: 'a', name: 'Ada', role: 'agent' as const },
        text: 'text',
        timestamp: sequence,
        status: 'received' as const,
        failure: null,
        missingBefore: 0,
        position: [1, sequence, 0, 0] as const,
      });
      const operations = Array.from({ length: 5_000 }, (_, index) => ({
        type: 'put-message' as const,
        message: message(index + 1),
      }));
      await window.store.write(operations, false);
      IDBDatabase.prototype.transaction = transaction;
      return count;
    });
    expect(transactions).toBe(1);
    expect(await keptIds(page)).toEqual(range(1, 5_000).map((sequence) => `m${sequence}`));
  });

  test('that has to survive the machine is strict, any other relaxed', async ({ page }) => {
    await page.evaluate(() => {
      const { transaction } = IDBDatabase.prototype;
      const seen: unknown[] = [];
      Object.assign(window, { seen });
      IDBDatabase.prototype.transaction = function (names, mode, options) {
        const made = transaction.call(this, names, mode, options);
        seen.push(made.durability);
        return made;
      };
    });
    await write(page, [put(messageOf(1))], true);
    await write(page, [put(messageOf(2))], false);
    expect(await page.evaluate(() => 'seen' in window && window.seen)).toEqual([
      'strict',
      'relaxed',
    ]);
  });

  test('of a message asked for again finds it in the transcript, whichever conversation', async ({
    page,
  }) => {
    const row = messageOf(5, { conversationId: 'c1' });
    const recordOf = (messageId: string) => ({
      messageId,
      ordinal: 1,
      conversationId: 'c2',
      text: 'again',
      timestamp: 1,
      failure: null,
    });
    await write(page, [
      { type: 'put-conversation', record: conversationOf(1, 'ended') },
      { type: 'put-conversation', record: conversationOf(2, 'connected') },
      put(row),
    ]);
    const written = await write(page, [
      { type: 'add-outbox', record: recordOf(row.messageId) },
      { type: 'add-outbox', record: recordOf('never-seen') },
    ]);
    expect(written).toEqual({ ...noRows, inTranscript: [row] });
    expect((await restore(page)).outbox).toEqual([recordOf('never-seen')]);
  });

  test('is in as a whole or not at all', async ({ page, expectWarnings }) => {
    expectWarnings(/Store \w+ failed/);
    await write(page, [put(messageOf(1))]);
    const impossible = messageOf(3, { conversationId: null });
    expect(await write(page, [put(messageOf(2)), put(impossible)])).toEqual(noRows);
    expect(await page.evaluate(() => window.store.told)).toEqual(['lost']);
    expect(await keptIds(page)).toEqual(['m1']);
  });
});

/** The next transactions fail, as those of a handle that has died. */
function failTransactions(page: Page, times: number): Promise<void> {
  return page.evaluate((count) => {
    const { transaction } = IDBDatabase.prototype;
    let left = count;
    IDBDatabase.prototype.transaction = function (...parameters) {
      left -= 1;
      if (left < 0) return transaction.apply(this, parameters);
      throw new DOMException('The database connection is closing.', 'InvalidStateError');
    };
  }, times);
}

test.describe('a handle that dies', () => {
  test('is replaced, and the write that it failed is made', async ({ page, expectWarnings }) => {
    expectWarnings(/Store \w+ failed/);
    for (const sequence of range(1, 3)) {
      await failTransactions(page, 3);
      await write(page, [put(messageOf(sequence))]);
    }
    expect(await page.evaluate(() => window.store.told)).toEqual([]);
    expect(await keptIds(page)).toEqual(['m1', 'm2', 'm3']);
  });

  test('repeatedly is given up, and reported once', async ({ page, expectWarnings }) => {
    expectWarnings(/Store \w+ failed/);
    await failTransactions(page, 4);
    expect(await write(page, [put(messageOf(1))])).toEqual(noRows);
    expect(await write(page, [put(messageOf(2))])).toEqual(noRows);
    expect(await restore(page)).toMatchObject({ isPersistent: false, messages: [] });
    expect(await page.evaluate(() => window.store.told)).toEqual(['lost']);
  });
});

test.describe('a database that is deleted', () => {
  test('is recreated for the next write, and reports once that it is empty', async ({ page }) => {
    await write(page, [put(messageOf(1))]);
    // The first database of all was empty too, which is no news.
    expect(await page.evaluate(() => window.store.told)).toEqual([]);
    await page.evaluate(
      (operation) => {
        const request = indexedDB.deleteDatabase('partyline');
        const deleted = new Promise((resolve) => {
          request.onsuccess = resolve;
        });
        // Asked for while the database is on its way out.
        return Promise.all([deleted, window.store.write([operation], true)]);
      },
      put(messageOf(2)),
    );
    await write(page, [put(messageOf(3))]);
    expect(await page.evaluate(() => window.store.told)).toEqual(['emptied']);
    expect(await keptIds(page)).toContain('m3');
    expect(await keptIds(page)).not.toContain('m1');
  });
});

test.describe('a boot finds', () => {
  test('the newest conversation, and of those before it the last five that are still open-ended', async ({
    page,
  }) => {
    const ended = range(1, 8).map((ordinal) => conversationOf(ordinal, 'ended'));
    const records = [
      ...ended,
      conversationOf(9, 'ended', { isReadToEnd: true }),
      conversationOf(10, 'connected'),
      conversationOf(11, 'ended'),
    ];
    await write(
      page,
      records.reverse().map((record) => ({ type: 'put-conversation', record })),
    );
    const { current, notReadToEnd } = await restore(page);
    expect(current?.ordinal).toBe(11);
    expect(notReadToEnd.map(({ ordinal }) => ordinal)).toEqual([4, 5, 6, 7, 8]);
  });

  for (const way of ['in one answer', 'by cursor']) {
    test(`the newest page, and what is read in it, with no more looking than that, ${way}`, async ({
      page,
    }) => {
      const own = (sequence: number) =>
        messageOf(sequence, {
          from: { id: 'v', name: '', role: 'visitor' },
          status: 'delivered',
        });
      const readMark = { conversationId: 'c1', position: [1, 480, 0, 0] } as const;
      await write(page, [
        ...range(1, 500).map((sequence) => put(own(sequence))),
        { type: 'put-conversation', record: conversationOf(1, 'connected', { readMark }) },
      ]);
      await page.evaluate((isByCursor) => {
        const asked = { rows: 0, gets: 0 };
        Object.assign(window, { asked });
        if (isByCursor) Reflect.deleteProperty(IDBIndex.prototype, 'getAllRecords');
        const { getAll } = IDBIndex.prototype;
        IDBIndex.prototype.getAll = function (...parameters) {
          const request = getAll.apply(this, parameters);
          request.addEventListener('success', () => {
            if (this.name === 'place') asked.rows += request.result.length;
          });
          return request;
        };
        const { prototype } = IDBCursorWithValue;
        const value = Object.getOwnPropertyDescriptor(prototype, 'value')?.get;
        Object.defineProperty(prototype, 'value', {
          get() {
            asked.rows += 1;
            return value?.call(this);
          },
        });
        const { get } = IDBObjectStore.prototype;
        IDBObjectStore.prototype.get = function (...parameters) {
          asked.gets += 1;
          return get.apply(this, parameters);
        };
      }, way === 'by cursor');
      const asked = () => page.evaluate(() => 'asked' in window && { ...(window.asked as object) });

      const restored = await restore(page, 50);
      expect(restored.messages.map(({ sequence }) => sequence)).toEqual(range(451, 500));
      expect(restored.messages.map(({ status }) => status)).toEqual([
        ...range(451, 480).map(() => 'read'),
        ...range(481, 500).map(() => 'delivered'),
      ]);
      expect(restored.hasEarlier).toBe(true);
      // 51 rows, of which the last only tells that there are more.
      expect(await asked()).toEqual({ rows: 51, gets: 2 });

      const [first] = restored.messages;
      if (!first) throw new Error('there is no first message');
      const earlier = await page.evaluate((before) => window.store.readEarlier(before, 50), first);
      expect(earlier.messages.map(({ sequence }) => sequence)).toEqual(range(401, 450));
      expect(earlier.messages.every(({ status }) => status === 'read')).toBe(true);
      // Rows of one conversation ask for it once.
      expect(await asked()).toEqual({ rows: 102, gets: 3 });
    });
  }
});

test.describe('rows that can’t be read', () => {
  test('are skipped page by page, and nothing earlier is promised for them', async ({
    page,
    expectWarnings,
  }) => {
    expectWarnings(/Invalid row in the store/);
    const good = range(1, 30).filter((sequence) => sequence % 5 !== 0);
    await write(
      page,
      good.map((sequence) => put(messageOf(sequence))),
    );
    const bad = range(1, 30).filter((sequence) => sequence % 5 === 0);
    await putRows(page, 'messages', [
      ...bad.map((sequence) => ({ ...messageOf(sequence), text: sequence })),
      ...range(1, 20).map((sequence) => ({
        ...messageOf(sequence),
        messageId: `old${sequence}`,
        position: [0, sequence],
      })),
      { ...messageOf(1), messageId: 'nowhere', position: 'nowhere' },
      { conversationId: 'c1', messageId: 'nothing' },
    ]);
    const seen: (number | null)[] = [];
    let part = await restore(page, 8);
    const sizes: number[] = [];
    for (;;) {
      seen.unshift(...part.messages.map(({ sequence }) => sequence));
      sizes.push(part.messages.length);
      const [first] = part.messages;
      if (!part.hasEarlier || !first) break;
      const earlier = await page.evaluate((before) => window.store.readEarlier(before, 8), first);
      part = { ...part, ...earlier };
    }
    expect(seen).toEqual(good);
    expect(sizes).toEqual([8, 8, 8]);
    expect(await page.evaluate(() => window.store.told)).toEqual([]);
  });

  test('are replaced when the message comes again', async ({ page, expectWarnings }) => {
    expectWarnings(/Invalid row in the store/);
    await putRows(page, 'messages', [{ ...messageOf(1), text: null }]);
    const message = messageOf(1);
    const written = await write(page, [{ type: 'add-message', message, isUnread: true }]);
    expect(written.added).toEqual([message]);
    expect((await restore(page)).messages).toEqual([message]);
  });

  test('do not harm the others of any kind', async ({ page, expectWarnings }) => {
    expectWarnings(/Invalid row in the store/);
    const record = {
      messageId: 'w1',
      ordinal: 1,
      conversationId: null,
      text: 'waits',
      timestamp: 1,
      failure: null,
    };
    await write(page, [
      { type: 'put-outbox', record },
      { type: 'put-conversation', record: conversationOf(1, 'ended') },
      { type: 'put-conversation', record: conversationOf(3, 'connected') },
    ]);
    await putRows(page, 'outbox', [{ ...record, messageId: 'w0', text: 7 }]);
    await putRows(page, 'conversations', [{ ...conversationOf(2, 'ended'), gaps: 'many' }]);
    await putRows(page, 'meta', ['not a record'], 'meta');
    await putRows(page, 'meta', [{ unread: 'many', readUntil: null }], 'unread');
    const noted: string[] = [];
    page.on('console', (message) => noted.push(message.text()));
    const restored = await restore(page);
    for (const kind of ['outbox', 'conversation', 'meta', 'unread']) {
      const all = noted.filter((text) =>
        text.includes(`Invalid row in the store ignored: ${kind}`),
      );
      expect(all).toHaveLength(1);
    }
    expect(restored.outbox).toEqual([record]);
    expect(restored.current?.ordinal).toBe(3);
    expect(restored.notReadToEnd.map(({ ordinal }) => ordinal)).toEqual([1]);
    expect(restored.meta.subject).toBeNull();
    expect(restored.unread).toEqual({ count: 0, readUntil: null });
    await write(page, [{ type: 'add-unread', by: 2 }]);
    expect((await restore(page)).unread).toEqual({ count: 2, readUntil: null });
  });

  test('do not replace the newest conversation by a previous one', async ({
    page,
    expectWarnings,
  }) => {
    expectWarnings(/Invalid row in the store/);
    await write(page, [{ type: 'put-conversation', record: conversationOf(1, 'ended') }]);
    await putRows(page, 'conversations', [{ ...conversationOf(2, 'connected'), next: null }]);
    const { current, notReadToEnd } = await restore(page);
    expect(current).toBeNull();
    expect(notReadToEnd.map(({ ordinal }) => ordinal)).toEqual([1]);
  });
});

test.describe('pruning', () => {
  const prune = (page: Page, keep: number, before: number) =>
    page.evaluate(([count, time]) => window.store.prune(count, time), [keep, before] as const);

  test('takes the oldest, by number and by age, and never what waits to be sent', async ({
    page,
  }) => {
    const record = {
      messageId: 'w1',
      ordinal: 1,
      conversationId: null,
      text: 'waits',
      timestamp: 1,
      failure: null,
    };
    await write(page, [
      ...range(1, 650).map((sequence) => put(messageOf(sequence))),
      { type: 'put-outbox', record },
    ]);
    const ids = (from: number) => range(from, 650).map((sequence) => `m${sequence}`);
    await prune(page, 650, 0);
    expect(await keptIds(page)).toEqual(ids(1));
    await prune(page, 100, 0);
    expect(await keptIds(page)).toEqual(ids(551));
    await prune(page, 100, 1_000 + 600);
    expect(await keptIds(page)).toEqual(ids(600));
    await prune(page, 100, 1_000_000);
    const restored = await restore(page);
    expect(restored.messages).toEqual([]);
    expect(restored.outbox).toEqual([record]);
  });

  test('deletes previous conversations without rows', async ({ page }) => {
    const closed = { isReadToEnd: true };
    await write(page, [
      { type: 'put-conversation', record: conversationOf(1, 'ended', closed) },
      { type: 'put-conversation', record: conversationOf(2, 'ended') },
      { type: 'put-conversation', record: conversationOf(3, 'ended', closed) },
      { type: 'put-conversation', record: conversationOf(4, 'ended', closed) },
      put(messageOf(1)),
      put(messageOf(2, { conversationId: 'c3', position: [3, 2, 0, 0] })),
    ]);
    await prune(page, 1, 0);
    const kept = await page.evaluate(
      () =>
        new Promise((resolve) => {
          const opening = indexedDB.open('partyline');
          opening.onsuccess = () => {
            const database = opening.result;
            const keys = database
              .transaction('conversations')
              .objectStore('conversations')
              .getAllKeys();
            keys.onsuccess = () => resolve(keys.result);
            database.close();
          };
        }),
    );
    // The second is not closed, the third has a message, the fourth is the newest.
    expect(kept).toEqual(['c2', 'c3', 'c4']);
  });

  test('lets other work in between, and takes nothing of a visitor who comes meanwhile', async ({
    page,
  }) => {
    await write(
      page,
      range(1, 1_000).map((sequence) => put(messageOf(sequence))),
    );
    const next = range(1, 5).map((sequence) => put(messageOf(sequence, { text: 'new' })));
    const { order, left } = await page.evaluate(async (operations) => {
      const done: string[] = [];
      const [, between] = await Promise.all([
        window.store.prune(10, 0).then(() => done.push('pruned')),
        window.store.readEarlier(null, 1_000),
        window.store
          .write([{ type: 'wipe' }, ...operations], true)
          .then(() => done.push('written')),
      ]);
      return { order: done, left: between.messages.length };
    }, next);
    // Only the first batch came before them.
    expect(left).toBe(800);
    expect(order).toEqual(['written', 'pruned']);
    const { messages } = await restore(page);
    expect(messages.map(({ text }) => text)).toEqual(['new', 'new', 'new', 'new', 'new']);
  });
});
