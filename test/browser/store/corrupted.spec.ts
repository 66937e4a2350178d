import type { Row, StoreName } from './support/database.ts';
import { beginConversation, expect, expectWorkingChat, test } from './support/fixtures.ts';

interface Damage {
  readonly store: StoreName;
  readonly key?: string;
  /** What becomes of a row; of the text of another one where it is not this one's turn. */
  readonly damage: (row: Row) => Row;
  /** Shown from the store, while the gateway is out of reach. */
  readonly shown: readonly string[];
  /** Once it is back. @default the same */
  readonly later?: readonly string[];
}

const all = ['hello', 'hello, visitor', 'this one waits'];

const damages: Readonly<Record<string, Damage>> = {
  'a message': {
    store: 'messages',
    damage: (row) => (row.text === 'hello' ? { ...row, from: 'somebody' } : row),
    shown: ['hello, visitor', 'this one waits'],
  },
  'the conversation': {
    store: 'conversations',
    damage: ({ gaps: _, ...row }) => row,
    shown: all,
  },
  'a message that waits': {
    store: 'outbox',
    damage: (row) => (row.text === 'this one waits' ? { ...row, text: 7 } : row),
    shown: ['hello', 'hello, visitor'],
  },
  'the meta record': {
    store: 'meta',
    key: 'meta',
    damage: ({ draft: _, ...row }) => row,
    // Nobody knows whose the others are, until the gateway tells.
    shown: ['this one waits'],
    later: all,
  },
  'the unread count': {
    store: 'meta',
    key: 'unread',
    damage: () => ({ unread: 'many' }),
    shown: all,
  },
};

for (const [what, { store, key, damage, shown, later: told = shown }] of Object.entries(damages)) {
  test(`${what} can’t be read: what is known is shown, and the chat works`, async ({
    gateway,
    openTab,
    database,
    endHub,
    context,
    expectWarnings,
  }) => {
    expectWarnings(/Invalid row in the store/);
    const tab = await openTab('/');
    const conversationId = await beginConversation(gateway, tab);
    await gateway.stop();
    await tab.send('this one waits');
    await expect.poll(async () => (await database.texts()).outbox).toEqual(['this one waits']);
    await endHub(tab);
    const kept = await database.contents();
    const rows = store === 'meta' ? [kept?.meta[key ?? ''] as Row] : (kept?.[store] ?? []);
    await database.put(store, rows.map(damage), key);

    const errors: string[] = [];
    context.on('weberror', (error) => errors.push(String(error.error())));
    const later = await openTab('/');
    await later.shows(shown);
    await gateway.restart();
    await expectWorkingChat(gateway, later, conversationId, told);
    const sent = (await gateway.agent.transcript(conversationId)).map(({ text }) => text);
    expect(sent.filter((text) => text === 'this one waits')).toHaveLength(
      told.includes('this one waits') ? 1 : 0,
    );
    expect(errors).toEqual([]);
  });
}
