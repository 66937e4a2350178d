import { openDB } from 'idb';
import { databaseName, type Schema } from '../../../src/worker/store/schema.ts';
import { keptRow } from './kept.ts';

/** A page without a chat that looks into the hub's database, or fills it. */

/** The hub has created it: opened without a version it is taken as it is. */
const open = () => openDB<Schema>(databaseName(''));

/** Rows of one transaction. */
const batch = 5_000;

class Keeper {
  /** How many messages are kept; `null` before the hub has created the database. */
  async count(): Promise<number | null> {
    const known = await indexedDB.databases();
    if (!known.some(({ name }) => name === databaseName(''))) return null;
    const database = await open();
    const count = await database.count('messages');
    database.close();
    return count;
  }

  /** When at least so many messages were in. A look waits for the writes that are under way. */
  async untilStored(count: number): Promise<number> {
    const database = await open();
    while ((await database.count('messages')) < count) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const at = performance.now();
    database.close();
    return at;
  }

  /**
   * Puts in the messages 1 to `count` of the newest conversation, a millisecond apart from `begun` on,
   * as if the hub had received them.
   */
  async fill(count: number, begun: number): Promise<void> {
    const database = await open();
    const records = await database.getAllFromIndex('conversations', 'ordinal');
    const record = records.at(-1);
    if (!record) throw new Error('the hub has stored no conversation');
    const { conversationId } = record.details;
    for (let first = 1; first <= count; first += batch) {
      const transaction = database.transaction('messages', 'readwrite', { durability: 'relaxed' });
      const last = Math.min(count, first + batch - 1);
      for (let sequence = first; sequence <= last; sequence += 1) {
        void transaction.store.put(
          keptRow(conversationId, record.ordinal, sequence, begun + sequence),
        );
      }
      await transaction.done;
    }
    const completeUntil = begun + count;
    await database.put('conversations', { ...record, next: count + 1, completeUntil });
    database.close();
  }
}

globalThis.bench = new Keeper();
