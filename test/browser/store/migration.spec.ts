import type { Row } from './support/database.ts';
import { beginConversation, expect, expectWorkingChat, notKept, test } from './support/fixtures.ts';

test('a database of version 1 is taken over: rows, unread count, and what waits to be sent', async ({
  gateway,
  openTab,
  database,
  endHub,
  context,
  site,
  expectWarnings,
}) => {
  expectWarnings(/Invalid row in the store ignored: conversation/);
  const tab = await openTab('/');
  const conversationId = await beginConversation(gateway, tab);
  await expect.poll(async () => (await database.texts()).outbox).toEqual([]);
  await endHub(tab);
  const now = await database.contents();
  await database.delete();

  // The same rows as version 1 kept them; one says what the gateway never said, so that it can come
  // from nowhere else.
  const readUntil = [1, 1, 0, 0];
  const waiting: Row = {
    messageId: crypto.randomUUID(),
    ordinal: 7,
    conversationId: null,
    text: 'typed under version 1',
    timestamp: Date.now(),
    failure: null,
  };
  const conversations = (now?.conversations ?? []).map(({ isClosed: _, ...record }) => record);
  const former: Row = {
    conversation: { conversationId: 'conv_former', status: 'ended' },
    ordinal: 0,
    next: 1,
    holes: [],
    completeUntil: 0,
    readMark: null,
    readByVisitor: [0, 4, 0, 0],
    unread: 5,
  };
  const unreadable: Row = {
    ...former,
    conversation: { conversationId: 'conv_bad' },
    unread: 'many',
  };
  const kept = now?.messages ?? [];
  await database.createVersion1({
    messages: kept.map((row) => (row.text === 'hello' ? { ...row, text: 'hello, once' } : row)),
    conversations: [
      former,
      unreadable,
      ...conversations.map((record) => ({ ...record, readByVisitor: readUntil, unread: 3 })),
    ],
    outbox: [waiting],
    meta: { meta: now?.meta.meta },
  });

  await gateway.stop();
  const page = await context.newPage();
  await page.goto(site.url);
  const launcher = page.getByRole('button', { name: 'Chat', exact: true });
  await expect(launcher).toHaveAccessibleDescription('3 unread messages');
  const taken = await database.contents();
  expect(taken?.version).toBe(2);
  expect(taken?.meta.reading).toEqual({ unread: 3, readUntil });
  expect(taken?.conversations).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ ordinal: 0, isClosed: true }),
      expect.objectContaining({ ordinal: 1, isClosed: false }),
    ]),
  );
  const changed = taken?.conversations.filter(
    (row) => !('unread' in row || 'readByVisitor' in row),
  );
  expect(changed).toHaveLength(2);
  expect(taken?.conversations).toContainEqual(unreadable);

  const later = await openTab('/');
  await later.shows(['hello, once', 'hello, visitor', 'typed under version 1']);
  await expect(later.page.getByText(notKept)).toBeHidden();
  await gateway.restart();
  await expect
    .poll(async () => (await gateway.agent.transcript(conversationId)).map(({ text }) => text))
    .toContain('typed under version 1');
  await expect.poll(async () => (await database.texts()).outbox).toEqual([]);
  const before = ['hello, once', 'hello, visitor', 'typed under version 1'];
  await expectWorkingChat(gateway, later, conversationId, before);
});

test('a database that can’t be brought to the present version is left as it was, and the chat goes on', async ({
  gateway,
  openTab,
  database,
  expectWarnings,
}) => {
  expectWarnings(/Store restore failed: AbortError/, /Store migration failed: NotFoundError/);
  // Of version 1, and without a store that it had.
  await database.hold(1);
  await database.release();
  const tab = await openTab('/');
  await expect(tab.page.getByText(notKept)).toBeVisible();
  expect(await database.version()).toBe(1);
  const conversationId = await beginConversation(gateway, tab);
  await expectWorkingChat(gateway, tab, conversationId, ['hello', 'hello, visitor']);
});
