import { deleteDB } from 'idb';
import type { Place } from '../../protocol/message.ts';
import { nothingRestored, type Restored, type StoreOperation } from '../core/records.ts';
import type { Log } from '../host/log.ts';
import { DatabaseConnection, type StoreEvents } from './database-connection.ts';
import type { RowCipher } from './encrypted-rows.ts';
import type { Migration } from './migrations.ts';
import { pruneConversations, pruneMessages } from './prune.ts';
import { emptyPage, type Page, readPage, restoreAll } from './read.ts';
import { type RowDialect, RowReader } from './rows.ts';
import { databaseName } from './schema.ts';
import { nothingWritten, type Written, writeAll } from './write.ts';

export interface StoreOptions {
  /** Names the database. @default '' */
  readonly hubName?: string;
  /** Encrypts the rows. @default no encryption */
  readonly cipher?: RowCipher | null;
  /** Bring the database to the present version. */
  readonly steps?: readonly Migration[];
}

/**
 * The transcript in IndexedDB. Each hub has one database, which belongs to one visitor at a time: the
 * meta record names them, and a change of visitor clears everything in one transaction.
 *
 * No method rejects. Without a store (no IndexedDB, a full disk, a newer schema, a connection that blocks
 * ours), `lost` is called, reads return nothing, and writes have no effect.
 */
export class Store {
  readonly #log: Log;
  readonly #databaseName: string;
  readonly #connection: DatabaseConnection;
  readonly #rows: RowReader;
  readonly #cipher: RowCipher | null;

  /**
   * @param dialect the content that messages may have, and how duplicates are found
   */
  constructor(
    log: Log,
    events: StoreEvents,
    dialect: RowDialect,
    { hubName = '', cipher = null, steps }: StoreOptions = {},
  ) {
    this.#log = log;
    this.#databaseName = databaseName(hubName);
    this.#cipher = cipher;
    this.#connection = new DatabaseConnection(
      log,
      {
        ...events,
        emptied: () => {
          cipher?.onKeyLost();
          events.emptied();
        },
      },
      this.#databaseName,
      steps,
    );
    this.#rows = new RowReader(log, dialect);
  }

  /** Reads what a hub needs at its start. */
  async restore(page: number): Promise<Restored> {
    const restored = await this.#connection.run('restore', async (database) => {
      const found = await restoreAll(database, this.#rows, page);
      return this.#cipher ? this.#cipher.decryptRestored(database, found) : found;
    });
    return restored ?? { ...nothingRestored, isPersistent: false };
  }

  /**
   * Resolves once the operations are stored, or at once without a store: the chat works without one.
   */
  async write(operations: readonly StoreOperation[], durable: boolean): Promise<Written> {
    const durability = durable ? 'strict' : 'relaxed';
    const written = await this.#connection.run('write', (database) => {
      const rows = this.#rows;
      return this.#cipher
        ? this.#cipher.write(database, rows, operations, durability)
        : writeAll(database, rows, operations, durability);
    });
    if (!written && operations.some(({ type }) => type === 'wipe')) this.#erase();
    return written ?? nothingWritten;
  }

  /** Reads the page of messages before a place, ascending. */
  async readEarlier(before: Place | null, count: number): Promise<Page> {
    const page = await this.#connection.run('read', async (database) => {
      const found = await readPage(database, this.#rows, before, count);
      return this.#cipher ? this.#cipher.decryptPage(database, found) : found;
    });
    return page ?? emptyPage;
  }

  /**
   * Deletes messages from before a time (epoch ms), the oldest ones beyond a number to `keep`, and
   * conversations without messages. Other operations run between the batches.
   */
  async prune(keep: number, before: number): Promise<void> {
    let isMore: boolean | null = true;
    while (isMore) {
      isMore = await this.#connection.run('prune', (database) =>
        pruneMessages(database, keep, before),
      );
    }
    await this.#connection.run('prune', (database) => pruneConversations(database, this.#rows));
  }

  /** Closes the store for good, after all pending operations. */
  close(): Promise<unknown> {
    return this.#connection.close();
  }

  /**
   * Deletes a database that can't be written but may hold a previous visitor's rows, as on a full disk.
   * Not waited for: a connection that blocks it may stay open until the browser closes.
   */
  #erase(): void {
    deleteDB(this.#databaseName).catch((error: unknown) => {
      this.#log.error('Store deletion failed', error);
    });
  }
}
