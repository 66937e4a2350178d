import { deleteDB } from 'idb';
import type { Message, Place } from '../protocol/message.ts';
import { emptyMeta, type Restored, type StoreOperation } from './core/records.ts';
import type { Log } from './log.ts';
import { Handle, type StoreEvents } from './store/handle.ts';
import { pruneConversations, pruneMessages } from './store/prune.ts';
import { emptyPage, nothingRestored, type Page, readPage, restoreAll } from './store/read.ts';
import { RowReader } from './store/rows.ts';
import { type Database, databaseName, sealKey } from './store/schema.ts';
import { isSealed, makeKey, Seal } from './store/seal.ts';
import { nothingWritten, type Written, writeAll } from './store/write.ts';

/**
 * The transcript in IndexedDB. One database an origin: it belongs to one visitor at a time, who is
 * named in its meta record, and is wiped in one transaction when another one comes.
 *
 * Nothing here rejects. Without a store (no IndexedDB, a full disk, a newer schema, a connection that
 * does not give way) reads find nothing, writes keep nothing, and `lost` has said so.
 */
export class Store {
  readonly #log: Log;
  readonly #handle: Handle;
  readonly #rows: RowReader;
  readonly #isSealed: boolean;
  #seal = new Seal(null);
  #hasKey = false;
  /** Made by us, and not in the store yet. */
  #newKey: CryptoKey | null = null;
  /** The database was deleted under us. */
  #hasLostKey = false;

  /** @param isSealed rows are encrypted from now on; those that are already are opened in any case */
  constructor(log: Log, events: StoreEvents, isSealed = false) {
    this.#log = log;
    this.#isSealed = isSealed;
    this.#handle = new Handle(log, {
      ...events,
      emptied: () => {
        // The key is gone with the rows: what is written again must be readable after the next start.
        this.#hasLostKey = this.#isSealed;
        events.emptied();
      },
    });
    this.#rows = new RowReader(log);
  }

  /** What a boot finds. */
  async restore(page: number): Promise<Restored> {
    const restored = await this.#handle.run('restore', async (database) => {
      const found = await restoreAll(database, this.#rows, page);
      const { meta, messages, outbox } = found;
      await this.#findKey(database, [meta.draft, ...textsOf(messages), ...textsOf(outbox)]);
      if (this.#isSealed && !this.#hasKey) await this.#changeKey();
      return {
        ...found,
        meta: (await this.#opened(meta, (sealed) => this.#seal.openMeta(sealed))) ?? emptyMeta,
        messages: await this.#openMessages(database, messages),
        outbox: await this.#openAll(outbox, (record) => this.#seal.openOutbox(record)),
      };
    });
    return restored ?? nothingRestored(false);
  }

  /**
   * Resolves when the operations are in, or when there is no store to put them in: a visitor whose
   * browser keeps nothing can chat all the same.
   */
  async write(operations: readonly StoreOperation[], durable: boolean): Promise<Written> {
    const durability = durable ? 'strict' : 'relaxed';
    const isWipe = operations.some(({ type }) => type === 'wipe');
    const written = await this.#handle.run('write', async (database) => {
      // With its key, whatever is left of the former visitor's rows on a disk can't be read any more.
      if (this.#isSealed && (isWipe || this.#hasLostKey)) await this.#changeKey();
      const sealed = await this.#seal.sealAll(operations);
      const key = this.#newKey;
      const result = await writeAll(database, this.#rows, sealed, durability, key);
      if (key === this.#newKey) this.#newKey = null;
      return {
        added: await this.#openMessages(database, result.added),
        corrected: await this.#openMessages(database, result.corrected),
        sent: await this.#openMessages(database, result.sent),
      };
    });
    if (!written && isWipe) this.#erase();
    return written ?? nothingWritten;
  }

  /** The page of messages before a place, ascending. */
  async readEarlier(before: Place | null, count: number): Promise<Page> {
    const page = await this.#handle.run('read', async (database) => {
      const { messages, hasEarlier } = await readPage(database, this.#rows, before, count);
      return { messages: await this.#openMessages(database, messages), hasEarlier };
    });
    return page ?? emptyPage;
  }

  /** Only where it is wanted: a boot that has to look for it takes longer. */
  async #findKey(database: Database, texts: readonly string[]): Promise<void> {
    if (this.#hasKey || !(this.#isSealed || texts.some(isSealed))) return;
    const key: unknown = await database.get('meta', sealKey);
    if (!(key instanceof CryptoKey)) return;
    this.#hasKey = true;
    this.#seal = new Seal(key, this.#isSealed);
  }

  async #changeKey(): Promise<void> {
    this.#hasKey = true;
    this.#hasLostKey = false;
    this.#newKey = await makeKey();
    this.#seal = new Seal(this.#newKey);
  }

  async #openMessages(database: Database, messages: readonly Message[]): Promise<Message[]> {
    await this.#findKey(database, textsOf(messages));
    return this.#openAll(messages, (message) => this.#seal.openMessage(message));
  }

  /** Those that can be opened. */
  async #openAll<T>(rows: readonly T[], open: (row: T) => Promise<T | null>): Promise<T[]> {
    const opened = await Promise.all(rows.map((row) => this.#opened(row, open)));
    return opened.filter((row) => row !== null);
  }

  async #opened<T>(row: T, open: (row: T) => Promise<T | null>): Promise<T | null> {
    const opened = await open(row);
    if (opened === null) this.#log.note({ kind: 'misfit', detail: 'a row that can’t be opened' });
    return opened;
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

function textsOf(rows: readonly { readonly text: string }[]): string[] {
  return rows.map(({ text }) => text);
}
