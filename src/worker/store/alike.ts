import type { Message } from '../../protocol/message.ts';
import { isSame } from '../core/likeness.ts';
import type { StoreOperation } from '../core/records.ts';
import type { RowReader } from './rows.ts';
import { at, type Database, storeNames, type Transaction } from './schema.ts';

/** A row, or what is to be one, as it is where nothing is encrypted. */
export type Reveal = (message: Message) => Message;

/** Finds the row that a message has already, in a dialect whose ids are not to be relied on. */
export type FindAlike = (
  transaction: Transaction<'readwrite'>,
  rows: RowReader,
  message: Message,
  reveal: Reveal,
) => Promise<Message | null>;

/** What is the same stands in the same place: it has the same time. */
export const findAlike: FindAlike = async (transaction, rows, message, reveal) => {
  const places = transaction.objectStore('messages').index('place');
  const plain = reveal(message);
  for (const found of await places.getAll(at(message.position))) {
    const row = rows.read('message', found);
    if (row && isSame(reveal(row), plain)) return row;
  }
  return null;
};

/**
 * The rows that a write may have to compare with what it adds, for whoever must open them first: nothing
 * can be opened within a transaction.
 */
export async function readLikely(
  database: Database,
  rows: RowReader,
  operations: readonly StoreOperation[],
): Promise<readonly Message[]> {
  const places = operations.flatMap((operation) =>
    operation.type === 'add-message' ? [at(operation.message.position)] : [],
  );
  if (!rows.findAlike || places.length === 0) return [];
  const messages = database.transaction(storeNames, 'readonly').objectStore('messages');
  const found = await Promise.all(places.map((place) => messages.index('place').getAll(place)));
  return rows.readAll('message', found.flat());
}
