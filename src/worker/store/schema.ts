import type { DBSchema, IDBPDatabase, IDBPTransaction } from 'idb';
import type { Message } from '../../protocol/message.ts';
import type { ConversationRecord, Meta, OutboxRecord, UnreadState } from '../core/records.ts';

/** The database as it is now; how it came to be is in `migrations.ts`. */

export const databaseName = 'partyline';

/** Records of the `meta` store, which has no key of its own. */
export const metaKey = 'meta';
export const readingKey = 'reading';
/** What opens the rows, where the site wants them encrypted. */
export const encryptionKey = 'seal';

export const storeNames = ['messages', 'conversations', 'outbox', 'meta'] as const;

/** What we write. What is read may be anything, and is checked (`rows.ts`). */
export interface Schema extends DBSchema {
  messages: {
    key: [string, string];
    value: Message;
    indexes: { place: [number[], string] };
  };
  conversations: {
    key: string;
    value: ConversationRecord;
    indexes: { ordinal: number };
  };
  outbox: { key: string; value: OutboxRecord };
  meta: { key: string; value: Meta | UnreadState | CryptoKey };
}

export type Database = IDBPDatabase<Schema>;

export type StoreName = (typeof storeNames)[number];

export type Transaction<Mode extends IDBTransactionMode> = IDBPTransaction<
  Schema,
  typeof storeNames,
  Mode
>;
