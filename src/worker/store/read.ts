import { unwrap, wrap } from 'idb';
import { type Message, type Place, type ReadMark, withReadMark } from '../../protocol/message.ts';
import { type ConversationRecord, emptyMeta, noUnread, type Restored } from '../core/records.ts';
import type { RowReader } from './rows.ts';
import { type Database, metaKey, readingKey, storeNames, type Transaction } from './schema.ts';

/** Former conversations whose end is still to be fetched; there are never more worth it. */
const maximumUnclosed = 5;

/** A part of the transcript, ascending. */
export interface Page {
  readonly messages: readonly Message[];
  readonly hasEarlier: boolean;
}

export const emptyPage: Page = { messages: [], hasEarlier: false };

/** What a boot needs, in one transaction. */
export async function restoreAll(
  database: Database,
  rows: RowReader,
  page: number,
): Promise<Restored> {
  const transaction = database.transaction(storeNames, 'readonly');
  const store = transaction.objectStore('meta');
  const [meta, reading, outbox, records, newest] = await Promise.all([
    store.get(metaKey),
    store.get(readingKey),
    transaction.objectStore('outbox').getAll(),
    transaction.objectStore('conversations').index('ordinal').getAll(),
    newestRows(transaction, rows, null, page),
  ]);
  const { current, formers } = readConversations(rows, records);
  const readable = current ? [...formers, current] : formers;
  return {
    persistent: true,
    meta: { ...emptyMeta, ...rows.read('meta', meta) },
    reading: rows.read('reading', reading) ?? noUnread,
    current,
    unclosed: formers
      .filter(({ details, isClosed }) => details.status === 'ended' && !isClosed)
      .slice(-maximumUnclosed),
    messages: withReadMarks(newest.messages, readable),
    hasEarlier: newest.hasEarlier,
    outbox: rows.readAll('outbox', outbox).sort((a, b) => a.ordinal - b.ordinal),
  };
}

/** The page of messages before a place. */
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

/** In one answer instead of one a row, where the browser can (Chromium 141): TypeScript doesn't know it. */
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

/** From the end, and no further than wanted: what a page costs must not depend on how much is kept. */
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
  // One more than wanted: rows that can't be read must not promise something earlier.
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

/** @param newestFirst one more than the page has, where there is one */
function pageOf(newestFirst: readonly Message[], count: number): Page {
  return {
    messages: newestFirst.slice(0, count).reverse(),
    hasEarlier: newestFirst.length > count,
  };
}

/**
 * The newest conversation and those before it, ascending. When the newest one's row can't be read
 * there is no newest: an older one in its place would take the visitor back to what is over.
 */
function readConversations(
  rows: RowReader,
  records: readonly unknown[],
): { current: ConversationRecord | null; formers: readonly ConversationRecord[] } {
  const readable = rows.readAll('conversation', records);
  const last = readable[readable.length - 1];
  const [newest] = records.slice(-1);
  if (!last || ordinalOf(newest) > last.ordinal) return { current: null, formers: readable };
  return { current: last, formers: readable.slice(0, -1) };
}

/** Of a row that need not be a record. It has one, or the index would not list it. */
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
