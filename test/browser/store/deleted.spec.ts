import type { CDPSession } from '@playwright/test';
import { killHub } from '../support/hub.ts';
import type { DatabasePage } from './support/database.ts';
import { beginConversation, expect, expectWorkingChat, notKept, test } from './support/fixtures.ts';

interface Means {
  readonly database: DatabasePage;
  readonly storage: CDPSession;
  readonly origin: string;
}

const ways = {
  'by a page': ({ database }: Means) => database.delete(),
  'by the browser': async ({ storage, origin }: Means) => {
    await storage.send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb' });
  },
};

/** A reopening or a write that the browser's deletion interrupts; it is made again. */
const closed = /Store (reopen|write) failed: (AbortError|UnknownError: Connection is closing)/;

for (const [who, remove] of Object.entries(ways)) {
  test(`a database that is deleted ${who} is there again before the hub’s end`, async ({
    gateway,
    openTab,
    database,
    storage,
    site,
    context,
    expectWarnings,
    allowWarnings,
  }) => {
    expectWarnings(/the hub stopped/);
    allowWarnings(closed);
    const tab = await openTab('/');
    const conversationId = await beginConversation(gateway, tab);
    await gateway.stop();
    await tab.send('this one waits');
    await tab.shows(['hello', 'hello, visitor', 'this one waits']);
    const kept = { messages: ['hello', 'hello, visitor'], outbox: ['this one waits'] };
    const contents = async () => {
      const { messages, outbox } = await database.texts();
      return { messages: messages.sort(), outbox };
    };
    await expect.poll(contents).toEqual(kept);

    await remove({ database, storage, origin: site.url });
    // Nothing else is written meanwhile: the hub must see it by itself.
    await expect.poll(contents).toEqual(kept);
    await killHub(context);
    const later = await openTab('/');
    await later.shows(['hello', 'hello, visitor', 'this one waits']);
    await expect(later.page.getByText(notKept)).toBeHidden();

    await gateway.restart();
    await expect
      .poll(async () => (await gateway.agent.transcript(conversationId)).map(({ text }) => text))
      .toEqual(['hello', 'hello, visitor', 'this one waits']);
    const before = ['hello', 'hello, visitor', 'this one waits'];
    await expectWorkingChat(gateway, later, conversationId, before);
    expect(gateway.stats.repeatedMessages).toBe(0);
  });

  test(`what is unread is not counted twice when the database is deleted ${who}`, async ({
    gateway,
    openTab,
    database,
    storage,
    site,
    endHub,
    context,
    allowWarnings,
  }) => {
    allowWarnings(closed);
    const tab = await openTab('/');
    const conversationId = await beginConversation(gateway, tab);
    const launcher = tab.page.getByRole('button', { name: 'Chat', exact: true });
    await launcher.click();
    await expect(tab.textbox).toBeHidden();
    await gateway.agent.sayAll(conversationId, ['one', 'two']);
    await expect(launcher).toHaveAccessibleDescription('2 unread messages');
    await remove({ database, storage, origin: site.url });
    const unread = async () => (await database.contents())?.meta.unread;
    await expect.poll(unread).toMatchObject({ count: 2 });

    await endHub(tab);
    const page = await context.newPage();
    await page.goto(site.url);
    const later = page.getByRole('button', { name: 'Chat', exact: true });
    await expect(later).toHaveAccessibleDescription('2 unread messages');
  });
}
