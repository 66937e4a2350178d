import { type BrowserContext, expect, type Page } from '@playwright/test';

/** Everything that the database keeps, as it stands there. */
export interface Contents {
  readonly version: number;
  readonly messages: readonly Row[];
  readonly conversations: readonly Row[];
  readonly outbox: readonly Row[];
  readonly meta: Readonly<Record<string, unknown>>;
}

export type Row = Record<string, unknown>;

export type StoreName = 'messages' | 'conversations' | 'outbox' | 'meta';

/** A page of the origin without a chat, from which the hub's database is read and meddled with. */
export class DatabasePage {
  readonly page: Page;

  private constructor(page: Page) {
    this.page = page;
  }

  static async open(context: BrowserContext, site: string): Promise<DatabasePage> {
    const page = await context.newPage();
    await page.goto(new URL('/robots.txt', site).href);
    return new DatabasePage(page);
  }

  /** Waits until no hub is there: tabs must be closed, and the hub killed. */
  async untilNoHub(): Promise<void> {
    await expect
      .poll(() =>
        this.page.evaluate(async () => {
          const { held = [] } = await navigator.locks.query();
          return held.filter(({ name }) => name === 'partyline-hub').length;
        }),
      )
      .toBe(0);
  }

  delete(): Promise<void> {
    return this.page.evaluate(
      () =>
        new Promise<void>((resolve, reject) => {
          const request = indexedDB.deleteDatabase('partyline');
          request.onsuccess = () => resolve();
          request.onerror = () => reject(request.error);
        }),
    );
  }

  /** Opens the database in that version and ignores requests to close it, until `release`. */
  hold(version: number): Promise<void> {
    return this.page.evaluate(
      (wanted) =>
        new Promise<void>((resolve, reject) => {
          const request = indexedDB.open('partyline', wanted);
          request.onsuccess = () => {
            Object.assign(window, { held: request.result });
            resolve();
          };
          request.onerror = () => reject(request.error);
        }),
      version,
    );
  }

  /** Works on the database for so long, in ms, and leaves it as it was: whoever opens it must wait. */
  occupy(duration: number): Promise<void> {
    return this.page.evaluate(
      (long) =>
        new Promise<void>((resolve) => {
          const request = indexedDB.open('partyline', 999);
          request.onupgradeneeded = () => {
            const { transaction } = request;
            const store = request.result.createObjectStore('work');
            const end = performance.now() + long;
            const goOn = () => {
              if (performance.now() < end) store.get('nothing').onsuccess = goOn;
              else transaction?.abort();
            };
            goOn();
            resolve();
          };
        }),
      duration,
    );
  }

  release(): Promise<void> {
    return this.page.evaluate(() => {
      if ('held' in window && window.held instanceof IDBDatabase) window.held.close();
    });
  }

  /** `null` when there is no database. */
  version(): Promise<number | null> {
    return this.page.evaluate(async () => {
      const known = await indexedDB.databases();
      return known.find(({ name }) => name === 'partyline')?.version ?? null;
    });
  }

  /** `null` when there is no database, or none with stores in it. */
  contents(): Promise<Contents | null> {
    return this.page.evaluate(async () => {
      const settled = <T>(request: IDBRequest<T>) =>
        new Promise<T>((resolve, reject) => {
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error);
        });
      const known = await indexedDB.databases();
      // Opening would create it.
      if (!known.some(({ name }) => name === 'partyline')) return null;
      const database = await settled(indexedDB.open('partyline'));
      database.onversionchange = () => database.close();
      if (database.objectStoreNames.length === 0) {
        database.close();
        return null;
      }
      const transaction = database.transaction([...database.objectStoreNames]);
      const all = (name: string) => settled<Row[]>(transaction.objectStore(name).getAll());
      const meta = transaction.objectStore('meta');
      const [messages, conversations, outbox, keys, values] = await Promise.all([
        all('messages'),
        all('conversations'),
        all('outbox'),
        settled(meta.getAllKeys()),
        settled<unknown[]>(meta.getAll()),
      ]);
      database.close();
      return {
        version: database.version,
        messages,
        conversations,
        outbox,
        meta: Object.fromEntries(keys.map((key, index) => [String(key), values[index]])),
      };
    });
  }

  /** Texts of the messages that are kept, and of those that wait to be sent. */
  async texts(): Promise<{ messages: unknown[]; outbox: unknown[] }> {
    const contents = await this.contents();
    const texts = (rows: readonly Row[] = []) => rows.map(({ text }) => text);
    return { messages: texts(contents?.messages), outbox: texts(contents?.outbox) };
  }

  put(store: StoreName, rows: readonly Row[], key?: string): Promise<void> {
    return this.page.evaluate(
      ([name, values, outOfLine]) =>
        new Promise<void>((resolve, reject) => {
          const request = indexedDB.open('partyline');
          request.onerror = () => reject(request.error);
          request.onsuccess = () => {
            const database = request.result;
            const transaction = database.transaction(name, 'readwrite');
            for (const value of values) transaction.objectStore(name).put(value, outOfLine);
            transaction.oncomplete = () => resolve();
            transaction.onabort = () => reject(transaction.error);
            database.close();
          };
        }),
      [store, rows, key] as const,
    );
  }
}
