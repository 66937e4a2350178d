import { randomBytes } from 'node:crypto';
import { takeConversation } from '../support/agent.ts';
import { watchHubLog } from '../support/hub.ts';
import { beginConversation, expect, expectWorkingChat, notKept, test } from './support/fixtures.ts';
import { startFront } from './support/front.ts';

test('a database that another page holds against its deletion costs the history, not the chat', async ({
  gateway,
  openTab,
  database,
  expectWarnings,
}) => {
  expectWarnings(/Store restore failed: Error: the database did not open in time/);
  await database.hold(1);
  // The hub's opening waits behind it.
  const deletion = database.delete();
  const tab = await openTab('/');
  // After 10 s, and once only.
  await expect(tab.page.getByText(notKept)).toBeVisible();
  const conversationId = await beginConversation(gateway, tab);
  await expectWorkingChat(gateway, tab, conversationId, ['hello', 'hello, visitor']);
  // Another tab finds the same in the hub's memory.
  const other = await openTab('/help/');
  await other.shows(['hello', 'hello, visitor', 'can you hear me?', 'loud and clear']);
  await expect(other.page.getByText(notKept)).toBeVisible();
  // The late opening must not hold the database in its turn.
  await database.release();
  await deletion;
  await database.delete();
});

test('a database that is only slow is waited for', async ({
  gateway,
  openTab,
  database,
  endHub,
}) => {
  // Longer than a connection in the way is worth.
  await database.occupy(4_000);
  const tab = await openTab('/');
  await beginConversation(gateway, tab);
  await expect(tab.page.getByText(notKept)).toBeHidden();
  await gateway.stop();
  await endHub(tab);
  const again = await openTab('/');
  await again.shows(['hello', 'hello, visitor']);
});

test('a newer schema that comes while the hub runs gets its way at once, and the chat goes on', async ({
  gateway,
  openTab,
  database,
  context,
  expectWarnings,
}) => {
  expectWarnings(/Store reopen failed: VersionError/);
  const tab = await openTab('/');
  const conversationId = await beginConversation(gateway, tab);
  await expect(tab.page.getByText(notKept)).toBeHidden();
  const log = await watchHubLog(context);
  await database.hold(99);
  await expect(tab.page.getByText(notKept)).toBeVisible();
  await expectWorkingChat(gateway, tab, conversationId, ['hello', 'hello, visitor']);
  // It is tried once: a newer schema does not go away.
  expect(log.filter((line) => /Store \w+ failed/.test(line))).toHaveLength(1);
  expect(log.filter((line) => line.includes('VersionError'))).toHaveLength(1);
});

test('a newer schema that is there from the start is left as it is', async ({
  gateway,
  openTab,
  database,
  expectWarnings,
}) => {
  expectWarnings(/Store restore failed: VersionError/);
  await database.hold(99);
  await database.release();
  const tab = await openTab('/');
  await expect(tab.page.getByText(notKept)).toBeVisible();
  const conversationId = await beginConversation(gateway, tab);
  await expectWorkingChat(gateway, tab, conversationId, ['hello', 'hello, visitor']);
  expect(await database.version()).toBe(99);
});

const roomForAFew = 200_000;

/** 240 kB that the browser can't compress. */
const tooMuch = Array.from({ length: 80 }, () => randomBytes(3_000).toString('base64'));

test('a full disk: the chat goes on in memory and says so', async ({
  gateway,
  openTab,
  database,
  fillDisk,
  context,
  expectWarnings,
}) => {
  expectWarnings(/Store write failed: QuotaExceededError/);
  await fillDisk(roomForAFew);
  const tab = await openTab('/');
  const conversationId = await beginConversation(gateway, tab);
  await expect(tab.page.getByText(notKept)).toBeHidden();
  const log = await watchHubLog(context);

  await gateway.agent.sayAll(conversationId, tooMuch);
  await expect(tab.page.getByText(notKept)).toBeVisible();
  const before = ['hello', 'hello, visitor', ...tooMuch];
  await tab.shows(before);
  expect(log.filter((line) => line.includes('QuotaExceededError'))).toHaveLength(1);
  // Sending resolves all the same: there is nothing better to wait for.
  await expectWorkingChat(gateway, tab, conversationId, before);
  const { messages, outbox } = await database.texts();
  expect(messages).toContain('hello');
  expect(messages).not.toContain('can you hear me?');
  expect(outbox).toEqual([]);
});

test('another visitor finds nothing of the previous one, even on a full disk', async ({
  gateway,
  openTab,
  database,
  fillDisk,
  site,
  expectWarnings,
}) => {
  expectWarnings(/Store write failed: QuotaExceededError/);
  await fillDisk(roomForAFew);
  const tab = await openTab('/');
  const conversationId = await beginConversation(gateway, tab);
  await gateway.agent.sayAll(conversationId, tooMuch);
  await expect(tab.page.getByText(notKept)).toBeVisible();
  expect((await database.texts()).messages).toContain('hello');

  await tab.page.request.post(`${site.url}/sign-in`, {
    form: { name: 'Grace' },
    headers: { origin: site.url },
  });
  gateway.faults.expireTokens();
  await expect(tab.messages).toHaveCount(0);
  await expect.poll(() => database.texts()).toEqual({ messages: [], outbox: [] });
  await tab.send('I am Grace');
  await expectWorkingChat(gateway, tab, await takeConversation(gateway), ['I am Grace']);
});

for (const [what, script] of [
  ['that throws', "indexedDB.open = () => { throw new DOMException('denied', 'SecurityError'); };"],
  ['that is missing', 'delete WorkerGlobalScope.prototype.indexedDB; delete self.indexedDB;'],
] as const) {
  test(`an IndexedDB ${what}: the chat works without it and says so`, async ({
    gateway,
    openTab,
    site,
    expectWarnings,
  }) => {
    expectWarnings(/Store restore failed/);
    const front = await startFront(site.url, script);
    const tab = await openTab(front.url);
    await expect(tab.page.getByText(notKept)).toBeVisible();
    const conversationId = await beginConversation(gateway, tab);
    await expectWorkingChat(gateway, tab, conversationId, ['hello', 'hello, visitor']);
    await tab.page.close();
    await front.close();
  });
}
