/**
 * Brings a database from one version to the next. A step is never changed once it was released, so it
 * names stores, keys and shapes itself and imports none. It may be asynchronous, but awaits only
 * requests of its transaction, which ends otherwise.
 */
export type Migration = (
  database: IDBDatabase,
  transaction: IDBTransaction,
) => void | Promise<void>;

/**
 * One step a version: a database of version n has gone through the first n. The present version is
 * their number.
 */
export const migrations: readonly Migration[] = [createStores];

/** Runs the steps behind version `from` in order. The first that fails ends it. */
export async function migrate(
  database: IDBDatabase,
  transaction: IDBTransaction,
  from: number,
  steps: readonly Migration[],
): Promise<void> {
  for (const step of steps.slice(from)) await step(database, transaction);
}

/** Version 1. */
function createStores(database: IDBDatabase): void {
  const messages = database.createObjectStore('messages', {
    keyPath: ['conversationId', 'messageId'],
  });
  messages.createIndex('place', ['position', 'messageId']);
  const conversations = database.createObjectStore('conversations', {
    keyPath: 'details.conversationId',
  });
  conversations.createIndex('ordinal', 'ordinal');
  database.createObjectStore('outbox', { keyPath: 'messageId' });
  database.createObjectStore('meta');
}
