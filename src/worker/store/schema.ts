import type { DBSchema, IDBPDatabase, IDBPTransaction } from 'idb';
import { nameOf } from '../../protocol/hub-name.ts';
import type { Message } from '../../protocol/message.ts';
import type { ConversationRecord, Meta, OutboxRecord, UnreadState } from '../core/records.ts';

/** The current schema of the database; `migrations.ts` has its history. */

export function databaseName(hubName: string): string {
  return nameOf('partyline', hubName);
}

/** Keys in the `meta` store, whose records have none of their own. */
export const metaKey = 'meta';
export const unreadKey = 'unread';
/** Key of the record with the encryption key, where the site encrypts rows. */
export const encryptionKey = 'encryption-key';

export const storeNames = ['messages', 'conversations', 'outbox', 'meta'] as const;

/** What we write. Rows are validated when they are read (`rows.ts`). */
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
