import { unwrap, wrap } from 'idb';
import { type Message, type Place, type ReadMark, withReadMark } from '../../protocol/message.ts';
import { type ConversationRecord, emptyMeta, noUnread, type Restored } from '../core/records.ts';
import type { RowReader } from './rows.ts';
import { type Database, metaKey, storeNames, type Transaction, unreadKey } from './schema.ts';

/** Limit of previous conversations whose end is still fetched. */
const maximumUnclosed = 5;

/** A part of the transcript, ascending. */
export interface Page {
  readonly messages: readonly Message[];
  readonly hasEarlier: boolean;
}

export const emptyPage: Page = { messages: [], hasEarlier: false };

/** Reads what a hub needs at its start, in one transaction. */
export async function restoreAll(
  database: Database,
  rows: RowReader,
  page: number,
): Promise<Restored> {
  const transaction = database.transaction(storeNames, 'readonly');
  const store = transaction.objectStore('meta');
  const [meta, unread, outbox, records, newest] = await Promise.all([
    store.get(metaKey),
    store.get(unreadKey),
    transaction.objectStore('outbox').getAll(),
    transaction.objectStore('conversations').index('ordinal').getAll(),
    newestRows(transaction, rows, null, page),
  ]);
  const { current, previous } = readConversations(rows, records);
  const readable = current ? [...previous, current] : previous;
  return {
    isPersistent: true,
    meta: rows.read('meta', meta) ?? emptyMeta,
    unread: rows.read('unread', unread) ?? noUnread,
    current,
    notReadToEnd: previous
      .filter(({ details, isReadToEnd }) => details.status === 'ended' && !isReadToEnd)
      .slice(-maximumUnclosed),
    messages: withReadMarks(newest.messages, readable),
    hasEarlier: newest.hasEarlier,
    outbox: rows.readAll('outbox', outbox).sort((a, b) => a.ordinal - b.ordinal),
  };
}

/** Reads the page of messages before a place. */
export async function readPage(
  database: Database,
  rows: RowReader,
  before: Place | null,
  count: number,
): Promise<Page> {
  const transaction = database.transaction(storeNames, 'readonly');
  const { messages, hasEarlier } = await newestRows(transaction, rows, before, count);
  const ids = new Set(messages.flatMap(({ conversationId }) => conversationId ?? []));
  const conversations = transaction.objectStore('conversations');
  const records = await Promise.all([...ids].map((id) => conversations.get(id)));
  return {
    messages: withReadMarks(messages, rows.readAll('conversation', records)),
    hasEarlier,
  };
}

/** `getAll` with a direction (Chromium 141), which TypeScript does not know: one request instead of one per row. */
interface Directed {
  getAll(options: {
    readonly query: IDBKeyRange | null;
    readonly count: number;
    readonly direction: IDBCursorDirection;
  }): IDBRequest<unknown[]>;
}

function isDirected(index: object): index is Directed {
  return 'getAllRecords' in index;
}

/** Reads from the end, so that the cost of a page does not depend on the size of the store. */
async function newestRows(
  transaction: Transaction<'readonly'>,
  rows: RowReader,
  before: Place | null,
  count: number,
): Promise<Page> {
  const range = before
    ? IDBKeyRange.upperBound([[...before.position], before.messageId], true)
    : null;
  const places = transaction.objectStore('messages').index('place');
  // One more than the page: only a valid row proves that there are earlier messages.
  const wanted = count + 1;
  const messages: Message[] = [];
  const index: object = unwrap(places);
  if (isDirected(index)) {
    const found = await wrap(index.getAll({ query: range, count: wanted, direction: 'prev' }));
    messages.push(...rows.readAll('message', found));
    if (messages.length === found.length) return pageOf(messages, count);
    messages.length = 0;
  }
  let cursor = await places.openCursor(range, 'prev');
  while (cursor && messages.length < wanted) {
    const message = rows.read('message', cursor.value);
    if (message) messages.push(message);
    cursor = await cursor.continue();
  }
  return pageOf(messages, count);
}

/** @param newestFirst with one more message than the page, if there is one */
function pageOf(newestFirst: readonly Message[], count: number): Page {
  return {
    messages: newestFirst.slice(0, count).reverse(),
    hasEarlier: newestFirst.length > count,
  };
}

/**
 * The newest conversation, and the previous ones in ascending order. When the newest row is invalid, there
 * is no current conversation: an older one in its place would return the visitor to an ended one.
 */
function readConversations(
  rows: RowReader,
  records: readonly unknown[],
): { current: ConversationRecord | null; previous: readonly ConversationRecord[] } {
  const readable = rows.readAll('conversation', records);
  const last = readable[readable.length - 1];
  const [newest] = records.slice(-1);
  if (!last || ordinalOf(newest) > last.ordinal) return { current: null, previous: readable };
  return { current: last, previous: readable.slice(0, -1) };
}

/** The ordinal of a row that may be invalid otherwise: the index lists only rows with an ordinal. */
export function ordinalOf(row: unknown): number {
  const isNumbered = typeof row === 'object' && row !== null && 'ordinal' in row;
  return isNumbered && typeof row.ordinal === 'number' ? row.ordinal : 0;
}

function withReadMarks(
  messages: readonly Message[],
  records: readonly ConversationRecord[],
): readonly Message[] {
  const marks = new Map<string | null, ReadMark | null>(
    records.map(({ details, readMark }) => [details.conversationId, readMark]),
  );
  return messages.map((message) =>
    withReadMark(message, marks.get(message.conversationId) ?? null),
  );
}
