import { openDB, unwrap } from 'idb';
import type { Log } from '../host/log.ts';
import { databaseVersion, migrate } from './migrations.ts';
import { type Database, databaseName, type Schema } from './schema.ts';

/** Another connection that does not close in time keeps us out of the store, not out of the chat, in ms. */
const blockedDeadline = 3_000;

/** A slow disk, or rows that are brought to a newer schema: worth more, but less than a page waits. */
const openDeadline = 10_000;

/** Times in a row that a dead handle is replaced, before the hub goes on without a store. */
const maximumReopens = 3;

export interface StoreEvents {
  /** Called once, when the hub has to go on without a store. */
  lost(): void;
  /** The database was deleted while the hub ran, and an empty one has taken its place. */
  emptied(): void;
}

class OpeningOverdue extends Error {}

const final: readonly string[] = [
  // A newer build has been here, and was taken back.
  'VersionError',
  'QuotaExceededError',
  // The browser's settings deny storage.
  'SecurityError',
];

/** Does not get better by trying again at once. */
function isFinal(error: unknown): boolean {
  if (error instanceof OpeningOverdue) return true;
  return error instanceof Error && final.includes(error.name);
}

/** The connection to the database: one piece of work after the other, over the death of handles. */
export class DatabaseConnection {
  readonly #log: Log;
  readonly #events: StoreEvents;
  #database: Database | null = null;
  /** Something was read or written, so an empty database is news. */
  #hasServed = false;
  #failures = 0;
  #isOut = false;
  /** Everything goes one after the other, in the order in which the core asked. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(log: Log, events: StoreEvents) {
    this.#log = log;
    this.#events = events;
  }

  /**
   * Runs the work in its turn, again with a new handle if it fails: it must leave nothing behind then.
   * Never rejects; `null` when there is no store.
   */
  run<T>(what: string, work: (database: Database) => Promise<T>): Promise<T | null> {
    const result = this.#queue.then(() => this.#attempt(what, work));
    this.#queue = result;
    return result;
  }

  /**
   * Behind everything that was asked for, and for good: one that is still open would be the first in a
   * database that takes a deleted one's place, and whoever uses that would not hear of it.
   */
  close(): Promise<unknown> {
    return this.run('close', async (database) => {
      database.close();
      this.#isOut = true;
    });
  }

  async #attempt<T>(what: string, work: (database: Database) => Promise<T>): Promise<T | null> {
    while (!this.#isOut) {
      try {
        this.#database ??= await this.#open();
        const result = await work(this.#database);
        this.#hasServed = true;
        this.#failures = 0;
        return result;
      } catch (error) {
        this.#log.error(`the store failed (${what})`, error);
        // A handle that failed once is not trusted again.
        this.#database?.close();
        this.#database = null;
        this.#failures += 1;
        if (isFinal(error) || this.#failures > maximumReopens) {
          this.#isOut = true;
          this.#events.lost();
        }
      }
    }
    return null;
  }

  async #open(): Promise<Database> {
    let isNew = false;
    const database = await inTime((blocked) =>
      openDB<Schema>(databaseName, databaseVersion, {
        upgrade: (database, oldVersion, _, transaction) => {
          isNew = oldVersion === 0;
          // A failure fails the opening; here, nobody waits for it.
          transaction.done.catch(() => {});
          void orAbort(unwrap(transaction), this.#log, (it) =>
            migrate(unwrap(database), it, oldVersion),
          );
        },
        blocked,
        // Somebody deletes the database or brings a newer schema: we must not stand in the way.
        blocking: () => this.#replace(),
        // The browser closed it, since its data are cleared or its disk failed.
        terminated: () => this.#replace(),
      }),
    );
    if (isNew && this.#hasServed) this.#events.emptied();
    return database;
  }

  /** At once, not with the next write: what the hub has promised must be on the disk before its end. */
  #replace(): void {
    this.#database?.close();
    this.#database = null;
    void this.run('reopen', async () => {});
  }
}

/**
 * What a migration that fails has left undone would be committed: it is taken back. The opening then
 * fails with an abort that does not say why, so the log is told. Never rejects.
 */
export async function orAbort(
  transaction: IDBTransaction,
  log: Pick<Log, 'error'>,
  work: (transaction: IDBTransaction) => Promise<void>,
): Promise<void> {
  try {
    await work(transaction);
  } catch (error) {
    abort(transaction);
    log.error('the store could not be brought to its schema', transaction.error ?? error);
  }
}

function abort(transaction: IDBTransaction): void {
  try {
    transaction.abort();
  } catch (error) {
    // It is over already, as one is that a request of its own has ended.
    if (!(error instanceof DOMException && error.name === 'InvalidStateError')) throw error;
  }
}

/** @param open is given what to call when another connection stands in the way */
function inTime(open: (blocked: () => void) => Promise<Database>): Promise<Database> {
  return new Promise((resolve, reject) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOverdue = false;
    const wait = (deadline: number) => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        isOverdue = true;
        reject(new OpeningOverdue('the database does not open'));
      }, deadline);
    };
    wait(openDeadline);
    open(() => wait(blockedDeadline))
      .finally(() => clearTimeout(timer))
      .then((database) => {
        // Too late: it must not stand in another one's way.
        if (isOverdue) database.close();
        else resolve(database);
      }, reject);
  });
}
