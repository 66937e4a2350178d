import { openDB, unwrap } from 'idb';
import type { Log } from '../host/log.ts';
import { type Migration, migrate, migrations } from './migrations.ts';
import type { Database, Schema } from './schema.ts';

/** How long another connection may block the opening, in ms. After that, the chat works without a store. */
const blockedDeadline = 3_000;

/** How long the opening may take, in ms, on a slow disk or with a migration: less than a page waits. */
const openDeadline = 10_000;

/** Attempts in a row to reopen a failed connection, before the hub continues without a store. */
const maximumReopens = 3;

export interface StoreEvents {
  /** Called once, when the hub continues without a store. */
  lost(): void;
  /** The database was deleted while the hub ran, and an empty one has taken its place. */
  emptied(): void;
}

class OpenTimeout extends Error {}

const final: readonly string[] = [
  // A newer build had migrated the database, and was rolled back.
  'VersionError',
  'QuotaExceededError',
  // The browser's settings deny storage.
  'SecurityError',
];

/** Whether another attempt would fail as well. */
function isFinal(error: unknown): boolean {
  if (error instanceof OpenTimeout) return true;
  return error instanceof Error && final.includes(error.name);
}

/** The connection to the database. Runs one operation at a time, and reopens after a failure. */
export class DatabaseConnection {
  readonly #log: Log;
  readonly #events: StoreEvents;
  readonly #name: string;
  readonly #steps: readonly Migration[];
  #database: Database | null = null;
  /** Something was read or written, so a new database means that the old one was deleted. */
  #hasServed = false;
  #failures = 0;
  #isUnavailable = false;
  /** The last operation; operations run in the order of their calls. */
  #queue: Promise<unknown> = Promise.resolve();

  /** @param steps bring the database to the present version, which is their number */
  constructor(
    log: Log,
    events: StoreEvents,
    name: string,
    steps: readonly Migration[] = migrations,
  ) {
    this.#log = log;
    this.#events = events;
    this.#name = name;
    this.#steps = steps;
  }

  /**
   * Runs an operation after those before it, and again on a new connection when it fails: a failed
   * attempt must leave no changes. Never rejects; `null` without a store.
   */
  run<T>(operation: string, work: (database: Database) => Promise<T>): Promise<T | null> {
    const result = this.#queue.then(() => this.#attempt(operation, work));
    this.#queue = result;
    return result;
  }

  /**
   * Closes the connection for good, after all pending operations. If it stayed open and the database were
   * deleted, it would recreate the database unnoticed by the hub that uses it then.
   */
  close(): Promise<unknown> {
    return this.run('close', async (database) => {
      database.close();
      this.#isUnavailable = true;
    });
  }

  async #attempt<T>(
    operation: string,
    work: (database: Database) => Promise<T>,
  ): Promise<T | null> {
    while (!this.#isUnavailable) {
      try {
        this.#database ??= await this.#open();
        const result = await work(this.#database);
        this.#hasServed = true;
        this.#failures = 0;
        return result;
      } catch (error) {
        this.#log.error(`Store ${operation} failed`, error);
        // A connection that has failed once may fail again.
        this.#database?.close();
        this.#database = null;
        this.#failures += 1;
        if (isFinal(error) || this.#failures > maximumReopens) {
          this.#isUnavailable = true;
          this.#events.lost();
        }
      }
    }
    return null;
  }

  async #open(): Promise<Database> {
    let isNew = false;
    const database = await withTimeout((blocked) =>
      openDB<Schema>(this.#name, this.#steps.length, {
        upgrade: (database, oldVersion, _, transaction) => {
          isNew = oldVersion === 0;
          // A failure rejects `openDB` as well.
          transaction.done.catch(() => {});
          void orAbort(unwrap(transaction), this.#log, (it) =>
            migrate(unwrap(database), it, oldVersion, this.#steps),
          );
        },
        blocked,
        // Another connection deletes or upgrades the database: we must not block it.
        blocking: () => this.#replace(),
        // The browser closed it: its data were cleared, or the disk failed.
        terminated: () => this.#replace(),
      }),
    );
    if (isNew && this.#hasServed) this.#events.emptied();
    return database;
  }

  /** At once, not with the next write: what the hub has confirmed must be stored before it ends. */
  #replace(): void {
    this.#database?.close();
    this.#database = null;
    void this.run('reopen', async () => {});
  }
}

/**
 * Aborts the transaction when a migration fails: otherwise its incomplete changes would be committed. The
 * opening then fails with an abort that has no cause, so the cause is logged here. Never rejects.
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
    log.error('Store migration failed', transaction.error ?? error);
  }
}

function abort(transaction: IDBTransaction): void {
  try {
    transaction.abort();
  } catch (error) {
    // It has ended already, for example by a failed request of its own.
    if (!(error instanceof DOMException && error.name === 'InvalidStateError')) throw error;
  }
}

/** @param open gets a callback for when another connection blocks it */
function withTimeout(open: (blocked: () => void) => Promise<Database>): Promise<Database> {
  return new Promise((resolve, reject) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let hasTimedOut = false;
    const wait = (deadline: number) => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        hasTimedOut = true;
        reject(new OpenTimeout('the database did not open in time'));
      }, deadline);
    };
    wait(openDeadline);
    open(() => wait(blockedDeadline))
      .finally(() => clearTimeout(timer))
      .then((database) => {
        // Too late: left open, it would block other connections.
        if (hasTimedOut) database.close();
        else resolve(database);
      }, reject);
  });
}
