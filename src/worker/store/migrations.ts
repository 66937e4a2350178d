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
 * One step a version; a database of version n has gone through the first n. A step is never changed
 * once it was released, so it names stores, keys and shapes itself: those of today may have moved on.
 */
type Migration = (database: IDBDatabase, transaction: IDBTransaction) => void | Promise<void>;

const migrations: readonly Migration[] = [createStores, giveReadingItsRecord];

export const databaseVersion = migrations.length;

/** Everything from that version to the present one; a failure leaves the database as it was. */
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

/** Of a conversation's record in version 1, what is changed here. */
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
 * Version 2. What the visitor has read is no conversation's own: `unread`, carried from one record to
 * the next, and `readByVisitor` move to one record, and a conversation says whether it is done with.
 */
async function giveReadingItsRecord(_: IDBDatabase, transaction: IDBTransaction): Promise<void> {
  const reading: ReadingV2 = { unread: 0, readUntil: null };
  const byOrdinal = wrap(transaction.objectStore('conversations').index('ordinal'));
  let cursor = await byOrdinal.openCursor();
  while (cursor) {
    const parsed = conversationV1.safeParse(cursor.value);
    // A row that can't be read stays as it is: whoever reads it next notes it.
    if (parsed.success) {
      const { unread, readByVisitor, ...kept } = parsed.data;
      reading.unread = unread;
      // Positions begin with the ordinal, so that of a later conversation is the higher one.
      reading.readUntil = readByVisitor ?? reading.readUntil;
      unwrap(cursor).update({ ...kept, isClosed: kept.conversation.status === 'ended' });
    }
    cursor = await cursor.continue();
  }
  transaction.objectStore('meta').put(reading, 'reading');
}
