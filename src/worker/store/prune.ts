import type { RowReader } from './rows.ts';
import { type Database, storeNames } from './schema.ts';
import { settled } from './write.ts';

/** Rows of one transaction: it blocks other operations for some 30 ms. */
const batchLength = 200;

/**
 * Deletes up to a batch of the oldest messages: those beyond a number to `keep`, and those from before a
 * time (epoch ms). Returns whether there may be more to delete.
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
    // Counted for each batch: the visitor may have changed since the last one.
    const [count, oldest, keys] = await Promise.all([
      places.count(),
      places.getAll(null, batchLength),
      places.getAllKeys(null, batchLength),
    ]);
    // Not `timestamp < before`: a row without a timestamp is deleted as well.
    const firstKept = oldest.findIndex(
      ({ timestamp }, index) => count - index <= keep && timestamp >= before,
    );
    const expired = firstKept < 0 ? keys : keys.slice(0, firstKept);
    await Promise.all(expired.map((key) => messages.delete(key)));
    return expired.length === batchLength;
  });
}

/** Deletes closed previous conversations without messages. */
export async function pruneConversations(database: Database, rows: RowReader): Promise<void> {
  const transaction = database.transaction(storeNames, 'readwrite', { durability: 'relaxed' });
  await settled(transaction, async () => {
    const conversations = transaction.objectStore('conversations');
    const messages = transaction.objectStore('messages');
    const records = await conversations.index('ordinal').getAll();
    const closed = rows
      .readAll('conversation', records.slice(0, -1))
      .filter((one) => one.isReadToEnd);
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
