import { deleteDB } from 'idb';
import type { Place } from '../../protocol/message.ts';
import { nothingRestored, type Restored, type StoreOperation } from '../core/records.ts';
import type { Log } from '../host/log.ts';
import { DatabaseConnection, type StoreEvents } from './database-connection.ts';
import type { RowCipher } from './encrypted-rows.ts';
import { pruneConversations, pruneMessages } from './prune.ts';
import { emptyPage, type Page, readPage, restoreAll } from './read.ts';
import { type RowDialect, RowReader } from './rows.ts';
import { databaseName } from './schema.ts';
import { nothingWritten, type Written, writeAll } from './write.ts';

/**
 * The transcript in IndexedDB. One database an origin: it belongs to one visitor at a time, who is
 * named in its meta record, and is wiped in one transaction when another one comes.
 *
 * Nothing here rejects. Without a store (no IndexedDB, a full disk, a newer schema, a connection that
 * does not give way) reads find nothing, writes keep nothing, and `lost` has said so.
 */
export class Store {
  readonly #log: Log;
  readonly #handle: DatabaseConnection;
  readonly #rows: RowReader;
  readonly #seal: RowCipher | null;

  /**
   * @param dialect what its messages may bring besides their text, and how they are known again
   * @param seal encrypts the rows; `null`: they are plain
   */
  constructor(log: Log, events: StoreEvents, dialect: RowDialect, seal: RowCipher | null = null) {
    this.#log = log;
    this.#seal = seal;
    this.#handle = new DatabaseConnection(log, {
      ...events,
      emptied: () => {
        seal?.lostKey();
        events.emptied();
      },
    });
    this.#rows = new RowReader(log, dialect);
  }

  /** What a boot finds. */
  async restore(page: number): Promise<Restored> {
    const restored = await this.#handle.run('restore', async (database) => {
      const found = await restoreAll(database, this.#rows, page);
      return this.#seal ? this.#seal.openRestored(database, found) : found;
    });
    return restored ?? { ...nothingRestored, persistent: false };
  }

  /**
   * Resolves when the operations are in, or when there is no store to put them in: a visitor whose
   * browser keeps nothing can chat all the same.
   */
  async write(operations: readonly StoreOperation[], durable: boolean): Promise<Written> {
    const durability = durable ? 'strict' : 'relaxed';
    const written = await this.#handle.run('write', (database) => {
      const rows = this.#rows;
      return this.#seal
        ? this.#seal.write(database, rows, operations, durability)
        : writeAll(database, rows, operations, durability);
    });
    if (!written && operations.some(({ type }) => type === 'wipe')) this.#erase();
    return written ?? nothingWritten;
  }

  /** The page of messages before a place, ascending. */
  async readEarlier(before: Place | null, count: number): Promise<Page> {
    const page = await this.#handle.run('read', async (database) => {
      const found = await readPage(database, this.#rows, before, count);
      return this.#seal ? this.#seal.openPage(database, found) : found;
    });
    return page ?? emptyPage;
  }

  /**
   * Takes out the oldest messages, all but `keep` and those from before a time (epoch ms), and the
   * conversations that nothing is left of. Other work gets its turn between the batches.
   */
  async prune(keep: number, before: number): Promise<void> {
    let isMore: boolean | null = true;
    while (isMore) {
      isMore = await this.#handle.run('prune', (database) => pruneMessages(database, keep, before));
    }
    await this.#handle.run('prune', (database) => pruneConversations(database, this.#rows));
  }

  /** When everything that was asked for is done; nothing is kept or found behind it. */
  close(): Promise<unknown> {
    return this.#handle.close();
  }

  /**
   * There is no store to wipe, but perhaps one of before: a full disk takes no rows, yet has the
   * former visitor's. Not waited for: who blocks it may go only with the browser.
   */
  #erase(): void {
    deleteDB(databaseName).catch((error: unknown) => {
      this.#log.error('the store could not be deleted', error);
    });
  }
}
