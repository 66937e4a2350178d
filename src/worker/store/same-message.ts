import { type Message, type Position, withTie } from '../../protocol/message.ts';
import { isSameMessage } from '../core/transcript/derived-messages.ts';
import { isSame } from '../genesys-cloud/core/message-matching.ts';
import type { Transaction } from './schema.ts';

/** Finds the row that a message has already, in a dialect whose ids are not to be relied on. */
export type FindDuplicate = (
  transaction: Transaction<'readwrite'>,
  /** `null`: it can't be read. */
  read: (row: unknown) => Message | null,
  message: Message,
) => Promise<Message | null>;

/** Every tie and id of that position: an empty array sorts behind every number and string. */
export function placeRange(position: Position): IDBKeyRange {
  const first = withTie(position, 0);
  return IDBKeyRange.bound([first, ''], [[...first, []]]);
}

/** What is the same stands in the same place: it has the same time. */
async function findInPlace(
  transaction: Parameters<FindDuplicate>[0],
  read: Parameters<FindDuplicate>[1],
  message: Message,
  isSameRow: (row: Message, message: Message) => boolean,
): Promise<Message | null> {
  const place = placeRange(message.position);
  for (const found of await transaction.objectStore('messages').index('place').getAll(place)) {
    const row = read(found);
    if (row && isSameRow(row, message)) return row;
  }
  return null;
}

export const findDuplicate: FindDuplicate = (transaction, read, message) =>
  findInPlace(transaction, read, message, isSame);

/** For gateways that leave ids out, so that they are derived. */
export const findDerivedDuplicate: FindDuplicate = (transaction, read, message) =>
  findInPlace(transaction, read, message, isSameMessage);
