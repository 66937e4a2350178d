import type { Message } from '../../protocol/message.ts';
import { isSame } from '../core/likeness.ts';
import type { RowReader } from './rows.ts';
import type { Transaction } from './schema.ts';

/** Finds the row that a message has already, in a dialect whose ids are not to be relied on. */
export type FindAlike = (
  transaction: Transaction<'readwrite'>,
  rows: RowReader,
  message: Message,
) => Promise<Message | null>;

/** What is the same stands in the same place: it has the same time. */
export const findAlike: FindAlike = async (transaction, rows, message) => {
  // Every id of that place: an empty array sorts behind every string.
  const place = IDBKeyRange.bound([message.position, ''], [message.position, []]);
  for (const found of await transaction.objectStore('messages').index('place').getAll(place)) {
    const row = rows.read('message', found);
    if (row && isSame(row, message)) return row;
  }
  return null;
};
