import { unwrap } from 'idb';
import { type Message, type Position, withTie } from '../../protocol/message.ts';
import { noUnread, type OutboxRecord, type StoreOperation } from '../core/records.ts';
import type { RowReader } from './rows.ts';
import { placeRange } from './same-message.ts';
import {
  type Database,
  encryptionKey,
  metaKey,
  type StoreName,
  storeNames,
  type Transaction,
  unreadKey,
} from './schema.ts';

/** The results of a write. */
export interface Written {
  /** Messages that `add-message` has added. */
  readonly added: readonly Message[];
  /** Messages that `put-gap-marker` or a sequence number has changed, in their new state. */
  readonly corrected: readonly Message[];
  /** Messages that `add-outbox` has found in the transcript. */
  readonly inTranscript: readonly Message[];
}

export const nothingWritten: Written = { added: [], corrected: [], inTranscript: [] };

/** How a write reads existing rows. */
export type WriteRows = Pick<RowReader, 'read' | 'findDuplicate'>;

/** Performs all operations in order, or none. */
export async function writeAll(
  database: Database,
  rows: WriteRows,
  operations: readonly StoreOperation[],
  durability: IDBTransactionDurability,
  key: CryptoKey | null = null,
): Promise<Written> {
  const transaction = database.transaction(storeNames, 'readwrite', { durability });
  return settled(transaction, async () => {
    const batch = new Batch(transaction, rows);
    for (const operation of operations) {
      const asked = batch.apply(operation);
      // Only operations that read are awaited: awaiting each of 5,000 puts takes four times as long.
      if (asked) await asked;
    }
    // After a wipe, and in one transaction with the rows that it encrypts.
    if (key) await transaction.objectStore('meta').put(key, encryptionKey);
    await batch.end();
    const { added, corrected, inTranscript } = batch;
    return { added, corrected, inTranscript };
  });
}

/**
 * Waits for the end of a transaction, since a full disk may be reported only there. Aborts it when the work
 * fails, so that the work can be repeated.
 */
export async function settled<T>(
  transaction: Transaction<'readwrite'>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    const result = await work();
    await transaction.done;
    return result;
  } catch (error) {
    const { error: reason } = unwrap(transaction);
    try {
      transaction.abort();
    } catch {
      // It has ended already.
    }
    // It rejects with the error that is thrown below.
    await transaction.done.catch(() => {});
    // The error of an aborted request has no cause; that of the transaction has.
    throw reason ?? error;
  }
}

/** The operations of one transaction. */
class Batch {
  readonly added: Message[] = [];
  readonly corrected: Message[] = [];
  readonly inTranscript: Message[] = [];
  readonly #transaction: Transaction<'readwrite'>;
  readonly #rows: WriteRows;
  /** The sum of the batch, written once. */
  #unread = 0;

  constructor(transaction: Transaction<'readwrite'>, rows: WriteRows) {
    this.#transaction = transaction;
    this.#rows = rows;
  }

  /** Starts the operation. Returns a promise if the next one must wait for it. */
  apply(operation: StoreOperation): Promise<void> | null {
    switch (operation.type) {
      case 'put-message':
        this.#store('messages').put(operation.message);
        return null;
      case 'add-message':
        return this.#add(operation.message, operation.isUnread);
      case 'put-gap-marker':
        return this.#putGapMarker(operation.position, operation.missingBefore);
      case 'put-conversation':
        this.#store('conversations').put(operation.record);
        return null;
      case 'delete-conversation':
        this.#store('conversations').delete(operation.conversationId);
        return null;
      case 'put-outbox':
        this.#store('outbox').put(operation.record);
        return null;
      case 'add-outbox':
        return this.#addToOutbox(operation.record);
      case 'delete-outbox':
        this.#store('outbox').delete(operation.messageId);
        return null;
      case 'put-meta':
        this.#store('meta').put(operation.meta, metaKey);
        return null;
      case 'add-unread':
        this.#unread += operation.by;
        return null;
      case 'put-read':
        this.#unread = 0;
        this.#store('meta').put({ count: 0, readUntil: operation.readUntil }, unreadKey);
        return null;
      case 'wipe':
        this.#unread = 0;
        for (const name of storeNames) this.#store(name).clear();
        return null;
    }
  }

  async end(): Promise<void> {
    if (this.#unread === 0) return;
    const meta = this.#transaction.objectStore('meta');
    const unreadState = this.#rows.read('unread', await meta.get(unreadKey)) ?? noUnread;
    await meta.put({ ...unreadState, count: unreadState.count + this.#unread }, unreadKey);
  }

  /** Without promises: a failed request aborts the transaction, which is awaited. */
  #store(name: StoreName): IDBObjectStore {
    return unwrap(this.#transaction.objectStore(name));
  }

  async #add(message: Message, isUnread: boolean): Promise<void> {
    const messages = this.#transaction.objectStore('messages');
    const row = await messages.get([message.conversationId ?? '', message.messageId]);
    // An invalid row counts as none.
    const known =
      this.#rows.read('message', row) ??
      (await this.#rows.findDuplicate?.(
        this.#transaction,
        (one) => this.#rows.read('message', one),
        message,
      ));
    if (known && (known.sequence !== null || message.sequence === null)) return;
    // The visitor may have sent it again, in a later conversation.
    if (!known && message.from.role === 'visitor' && (await this.#find(message.messageId))) return;
    const placed = known ? message : await this.#behindTied(message);
    this.#store('messages').put(placed);
    (known ? this.corrected : this.added).push(placed);
    if (!known && isUnread) this.#unread += 1;
  }

  /** The message, behind those without a sequence that have the same time. */
  async #behindTied(message: Message): Promise<Message> {
    if (message.sequence !== null) return message;
    const places = this.#transaction.objectStore('messages').index('place');
    const cursor = await places.openKeyCursor(placeRange(message.position), 'prev');
    if (!cursor) return message;
    const [[, , , , tie = 0]] = cursor.key;
    return { ...message, position: withTie(message.position, tie + 1) };
  }

  async #addToOutbox(record: OutboxRecord): Promise<void> {
    const message = await this.#find(record.messageId);
    if (message) this.inTranscript.push(message);
    else this.#store('outbox').put(record);
  }

  /**
   * The message, in whichever conversation it is.
   *
   * @param from start of the conversations that are still to be searched
   */
  async #find(messageId: string, from: IDBValidKey = ['']): Promise<Message | null> {
    const messages = this.#transaction.objectStore('messages');
    // By messages, since a conversation that the gateway has forgotten has no record.
    const first = await messages.getKey(IDBKeyRange.lowerBound(from));
    if (!first) return null;
    const row = await messages.get([first[0], messageId]);
    // After all of its messages: an empty array sorts after every string.
    return this.#rows.read('message', row) ?? this.#find(messageId, [first[0], []]);
  }

  async #putGapMarker(position: Position, missingBefore: number): Promise<void> {
    // Every id at that position: an empty array sorts after every string.
    const place = IDBKeyRange.bound([position, ''], [position, []]);
    const row = await this.#transaction.objectStore('messages').index('place').get(place);
    const message = this.#rows.read('message', row);
    if (!message) return;
    const marked = { ...message, missingBefore };
    this.#store('messages').put(marked);
    this.corrected.push(marked);
  }
}
