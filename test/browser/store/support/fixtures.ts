import type { CDPSession } from '@playwright/test';
import type { Gateway } from '../../../../src/testing/index.ts';
import { takeConversation } from '../../support/agent.ts';
import type { ChatPage } from '../../support/chat-page.ts';
import { test as base, expect } from '../../support/fixtures.ts';
import { killHub } from '../../support/hub.ts';
import { DatabasePage } from './database.ts';

export const notKept = 'Your chat history won’t be saved in this browser.';

interface Fixtures {
  /** A page of the origin without a chat. */
  database: DatabasePage;
  /** The browser's own hand on the origin's storage. */
  storage: CDPSession;
  /** Leaves the origin that many bytes. Before the hub starts: the browser looks only now and then. */
  fillDisk: (left: number) => Promise<void>;
  /** Closes these tabs and ends the hub. */
  endHub: (...tabs: ChatPage[]) => Promise<void>;
}

export const test = base.extend<Fixtures>({
  database: async ({ context, site }, use) => {
    await use(await DatabasePage.open(context, site.url));
  },
  storage: async ({ context, database }, use) => {
    await use(await context.newCDPSession(database.page));
  },
  fillDisk: async ({ storage, database, site }, use) => {
    await use(async (left) => {
      const used = await database.page.evaluate(() => navigator.storage.estimate());
      const quotaSize = (used.usage ?? 0) + left;
      await storage.send('Storage.overrideQuotaForOrigin', { origin: site.url, quotaSize });
    });
  },
  endHub: async ({ context, database }, use) => {
    await use(async (...tabs) => {
      for (const tab of tabs) await tab.page.close();
      await killHub(context);
      await database.untilNoHub();
    });
  },
});

export { expect };

/** Both sides hear each other: what every failure must end in. `before` is what is shown already. */
export async function expectWorkingChat(
  gateway: Gateway,
  tab: ChatPage,
  conversationId: string,
  before: readonly string[],
): Promise<void> {
  await tab.send('can you hear me?');
  await expect
    .poll(async () => (await gateway.agent.transcript(conversationId)).map(({ text }) => text))
    .toContain('can you hear me?');
  await gateway.agent.say(conversationId, 'loud and clear');
  await tab.shows([...before, 'can you hear me?', 'loud and clear']);
}

/** One message of each side. Returns the conversation's id. */
export async function beginConversation(gateway: Gateway, tab: ChatPage): Promise<string> {
  await tab.send('hello');
  const conversationId = await takeConversation(gateway);
  await gateway.agent.say(conversationId, 'hello, visitor');
  await tab.shows(['hello', 'hello, visitor']);
  return conversationId;
}
