import type { RowReader } from './rows.ts';
import { type Database, storeNames } from './schema.ts';
import { settled } from './write.ts';

/** Rows of one transaction: some 30 ms in which nothing else gets its turn. */
const batchLength = 200;

/**
 * Takes out the oldest messages while there are more than `keep` or they are from before that time,
 * up to a batch of them. Returns whether there may be more to take.
 */
export async function pruneMessages(
  database: Database,
  keep: number,
  before: number,
): Promise<boolean> {
  const transaction = database.transaction(storeNames, 'readwrite', { durability: 'relaxed' });
  return settled(transaction, async () => {
    const messages = transaction.objectStore('messages');
    const places = messages.index('place');
    // Counted each time: another visitor may have come since the last batch.
    const [count, oldest, keys] = await Promise.all([
      places.count(),
      places.getAll(null, batchLength),
      places.getAllKeys(null, batchLength),
    ]);
    // Not `timestamp < before`: a row that has none is of no use either.
    const firstKept = oldest.findIndex(
      ({ timestamp }, index) => count - index <= keep && timestamp >= before,
    );
    const doomed = firstKept < 0 ? keys : keys.slice(0, firstKept);
    await Promise.all(doomed.map((key) => messages.delete(key)));
    return doomed.length === batchLength;
  });
}

/** Takes out former conversations that nothing is left of and nothing more is expected of. */
export async function pruneConversations(database: Database, rows: RowReader): Promise<void> {
  const transaction = database.transaction(storeNames, 'readwrite', { durability: 'relaxed' });
  await settled(transaction, async () => {
    const conversations = transaction.objectStore('conversations');
    const messages = transaction.objectStore('messages');
    const records = await conversations.index('ordinal').getAll();
    const closed = rows.readAll('conversation', records.slice(0, -1)).filter((one) => one.isClosed);
    await Promise.all(
      closed.map(async ({ details: { conversationId } }) => {
        // All of its messages: an empty array sorts behind every string.
        const all = IDBKeyRange.bound([conversationId], [conversationId, []]);
        if ((await messages.getKey(all)) !== undefined) return;
        await conversations.delete(conversationId);
      }),
    );
  });
}
