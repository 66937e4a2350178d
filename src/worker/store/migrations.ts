import { unwrap, wrap } from 'idb';
import {
  array,
  type infer as Infer,
  lazy,
  length,
  looseObject,
  nullable,
  number,
  string,
} from 'zod/mini';

/**
 * One step for each version: a database of version n has passed the first n steps. A released step never
 * changes, so it names stores, keys and shapes itself: the current ones may differ.
 */
type Migration = (database: IDBDatabase, transaction: IDBTransaction) => void | Promise<void>;

const migrations: readonly Migration[] = [createStores, separateReadingState];

export const databaseVersion = migrations.length;

/** Runs the steps from a version to the current one. A failure must leave the database unchanged. */
export async function migrate(
  database: IDBDatabase,
  transaction: IDBTransaction,
  from: number,
): Promise<void> {
  for (const step of migrations.slice(from)) await step(database, transaction);
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

/** The part of a version 1 conversation that the step changes. */
const conversationV1 = lazy(() =>
  looseObject({
    conversation: looseObject({ status: string() }),
    unread: number(),
    readByVisitor: nullable(array(number()).check(length(4))),
  }),
);
type ConversationV1 = Infer<typeof conversationV1>;

interface ReadingV2 {
  unread: number;
  readUntil: ConversationV1['readByVisitor'];
}

/**
 * Version 2. `unread`, which was carried from one conversation to the next, and `readByVisitor` move to a
 * record of their own. Conversations get `isClosed`.
 */
async function separateReadingState(_: IDBDatabase, transaction: IDBTransaction): Promise<void> {
  const reading: ReadingV2 = { unread: 0, readUntil: null };
  const byOrdinal = wrap(transaction.objectStore('conversations').index('ordinal'));
  let cursor = await byOrdinal.openCursor();
  while (cursor) {
    const parsed = conversationV1.safeParse(cursor.value);
    // A row that can't be read stays as it is: whoever reads it next notes it.
    if (parsed.success) {
      const { unread, readByVisitor, ...kept } = parsed.data;
      reading.unread = unread;
      // Positions begin with the ordinal, so those of later conversations are higher.
      reading.readUntil = readByVisitor ?? reading.readUntil;
      unwrap(cursor).update({ ...kept, isClosed: kept.conversation.status === 'ended' });
    }
    cursor = await cursor.continue();
  }
  transaction.objectStore('meta').put(reading, 'reading');
}
