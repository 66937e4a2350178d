import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB } from 'idb';
import { conversationSchema, routingSchema } from '../protocol/conversation.ts';
import { problemSchema } from '../protocol/errors.ts';
import {
  type Message,
  messageSchema,
  type Place,
  positionSchema,
  readMarkSchema,
  withReadMark,
} from '../protocol/message.ts';
import { z } from '../protocol/zod.ts';
import {
  type ConversationRecord,
  emptyMeta,
  type Meta,
  type OutboxRecord,
  type Restored,
  type StoreOperation,
} from './core/records.ts';
import type { Log } from './log.ts';

const databaseName = 'partyline';
const databaseVersion = 1;
const metaKey = 'meta';

/** Another connection that does not close in time keeps us out of the store, not out of the chat. */
const openDeadline = 3_000;

/** Times that a dead handle is replaced, before the hub goes on without a store. */
const maximumReopens = 3;

interface Schema extends DBSchema {
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
  meta: { key: string; value: Meta };
}

const storeNames = ['messages', 'conversations', 'outbox', 'meta'] as const;

const conversationRecordSchema = z.object({
  conversation: conversationSchema,
  ordinal: z.number(),
  next: z.number(),
  holes: z.array(z.object({ from: z.number(), to: z.number(), tries: z.number() })),
  completeUntil: z.number(),
  readMark: z.nullable(readMarkSchema),
  readByVisitor: z.nullable(positionSchema),
  unread: z.number(),
});

const outboxRecordSchema = z.object({
  messageId: z.string(),
  ordinal: z.number(),
  conversationId: z.nullable(z.string()),
  text: z.string(),
  timestamp: z.number(),
  failure: z.nullable(problemSchema),
});

const metaSchema = z.object({
  subject: z.nullable(z.string()),
  draft: z.string(),
  routing: z.nullable(routingSchema),
  lastRouting: z.nullable(routingSchema),
  clockOffset: z.number(),
});

/**
 * The transcript in IndexedDB. One database an origin: it belongs to one visitor at a time, who is
 * named in its meta record, and is wiped in one transaction when another one comes.
 */
export class Store {
  readonly #log: Log;
  readonly #onLost: () => void;
  #database: IDBPDatabase<Schema> | null = null;
  #reopens = 0;
  #isOut = false;
  /** Everything goes one after the other, in the order in which the core asked. */
  #queue: Promise<unknown> = Promise.resolve();

  /** @param onLost called once, when the hub has to go on without a store. */
  constructor(log: Log, onLost: () => void) {
    this.#log = log;
    this.#onLost = onLost;
  }

  /** What a boot finds. Never rejects: without a store it is empty and says so. */
  async restore(page: number): Promise<Restored> {
    const restored = await this.#run('restore', (database) => this.#restore(database, page));
    return restored ?? nothing(false);
  }

  /** Resolves when the operations are in, or when there is no store to put them in. */
  async write(operations: readonly StoreOperation[], durable: boolean): Promise<void> {
    await this.#run('write', async (database) => {
      const transaction = database.transaction(storeNames, 'readwrite', {
        durability: durable ? 'strict' : 'relaxed',
      });
      const applied = operations.map((operation) => apply(transaction, operation));
      // A quota failure may show only in `done`, as an abort.
      await Promise.all([...applied, transaction.done]);
    });
  }

  /** The page of messages before a place, ascending. */
  async readEarlier(
    before: Place | null,
    count: number,
  ): Promise<{ messages: readonly Message[]; hasEarlier: boolean }> {
    const page = await this.#run('read', (database) => this.#page(database, before, count));
    return page ?? { messages: [], hasEarlier: false };
  }

  async #restore(database: IDBPDatabase<Schema>, page: number): Promise<Restored> {
    const transaction = database.transaction(storeNames, 'readonly');
    const [meta, outbox, newest] = await Promise.all([
      transaction.objectStore('meta').get(metaKey),
      transaction.objectStore('outbox').getAll(),
      transaction.objectStore('conversations').index('ordinal').openCursor(null, 'prev'),
    ]);
    const record: unknown = newest?.value;
    const { messages, hasEarlier } = await this.#page(database, null, page);
    return {
      persistent: true,
      meta: this.#parse(metaSchema, meta) ?? emptyMeta,
      current: record === undefined ? null : this.#parse(conversationRecordSchema, record),
      messages,
      hasEarlier,
      outbox: outbox
        .flatMap((row) => this.#parse(outboxRecordSchema, row) ?? [])
        .sort((a, b) => a.ordinal - b.ordinal),
    };
  }

  async #page(
    database: IDBPDatabase<Schema>,
    before: Place | null,
    count: number,
  ): Promise<{ messages: readonly Message[]; hasEarlier: boolean }> {
    const transaction = database.transaction(['messages', 'conversations'], 'readonly');
    const range = before
      ? IDBKeyRange.upperBound([[...before.position], before.messageId], true)
      : null;
    const rows: Message[] = [];
    let cursor = await transaction.objectStore('messages').index('place').openCursor(range, 'prev');
    while (cursor && rows.length < count) {
      const row = this.#parse(messageSchema, cursor.value);
      if (row) rows.push(row);
      cursor = await cursor.continue();
    }
    const hasEarlier = cursor !== null;
    const conversations = transaction.objectStore('conversations');
    const messages: Message[] = [];
    for (const row of rows.reverse()) {
      const record: unknown =
        row.status === 'delivered' && row.conversationId !== null
          ? await conversations.get(row.conversationId)
          : undefined;
      const parsed = record === undefined ? null : this.#parse(conversationRecordSchema, record);
      messages.push(withReadMark(row, parsed?.readMark ?? null));
    }
    return { messages, hasEarlier };
  }

  /** A row that can't be read is dropped, counted and logged; the others are not harmed. */
  #parse<T>(schema: z.ZodMiniType<T>, row: unknown): T | null {
    if (row === undefined) return null;
    const result = schema.safeParse(row);
    if (result.success) return result.data;
    this.#log.note({ kind: 'misfit', detail: 'a misshapen row in the store' });
    return null;
  }

  #run<T>(what: string, work: (database: IDBPDatabase<Schema>) => Promise<T>): Promise<T | null> {
    const result = this.#queue.then(() => this.#attempt(what, work));
    this.#queue = result;
    return result;
  }

  async #attempt<T>(
    what: string,
    work: (database: IDBPDatabase<Schema>) => Promise<T>,
  ): Promise<T | null> {
    while (!this.#isOut) {
      try {
        this.#database ??= await this.#open();
        return await work(this.#database);
      } catch (error) {
        this.#log.error(`the store failed (${what})`, error);
        // A handle that failed once is not trusted again.
        this.#database?.close();
        this.#database = null;
        this.#reopens += 1;
        if (this.#reopens > maximumReopens) {
          this.#isOut = true;
          this.#onLost();
        }
      }
    }
    return null;
  }

  async #open(): Promise<IDBPDatabase<Schema>> {
    const opening = openDB<Schema>(databaseName, databaseVersion, {
      upgrade(database) {
        const messages = database.createObjectStore('messages', {
          keyPath: ['conversationId', 'messageId'],
        });
        messages.createIndex('place', ['position', 'messageId']);
        const conversations = database.createObjectStore('conversations', {
          keyPath: 'conversation.conversationId',
        });
        conversations.createIndex('ordinal', 'ordinal');
        database.createObjectStore('outbox', { keyPath: 'messageId' });
        database.createObjectStore('meta');
      },
      blocking: (_current, _blocked, event) => {
        // A newer build wants to change the schema: we must not stand in its way.
        if (event.target instanceof IDBDatabase) event.target.close();
        this.#database = null;
      },
      terminated: () => {
        this.#database = null;
      },
    });
    let timer: ReturnType<typeof setTimeout> | undefined;
    const timeout = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        // Another try would wait for the same connection.
        this.#reopens = maximumReopens;
        reject(new Error('opening took too long'));
        void opening.then((late) => late.close());
      }, openDeadline);
    });
    try {
      return await Promise.race([opening, timeout]);
    } finally {
      clearTimeout(timer);
    }
  }
}

type WriteTransaction = IDBPTransaction<Schema, typeof storeNames, 'readwrite'>;

async function apply(transaction: WriteTransaction, operation: StoreOperation): Promise<void> {
  switch (operation.type) {
    case 'put-message':
      await transaction.objectStore('messages').put(operation.message);
      return;
    case 'add-message': {
      const { conversationId, messageId } = operation.message;
      const messages = transaction.objectStore('messages');
      if (!(await messages.getKey([conversationId ?? '', messageId]))) {
        await messages.put(operation.message);
      }
      return;
    }
    case 'mark-message': {
      const { position, missingBefore } = operation;
      // Every id of that position: an empty array sorts behind every string.
      const place = IDBKeyRange.bound([position, ''], [position, []]);
      const cursor = await transaction.objectStore('messages').index('place').openCursor(place);
      await cursor?.update({ ...cursor.value, missingBefore });
      return;
    }
    case 'put-conversation':
      await transaction.objectStore('conversations').put(operation.record);
      return;
    case 'delete-conversation':
      await transaction.objectStore('conversations').delete(operation.conversationId);
      return;
    case 'put-outbox':
      await transaction.objectStore('outbox').put(operation.record);
      return;
    case 'delete-outbox':
      await transaction.objectStore('outbox').delete(operation.messageId);
      return;
    case 'put-meta':
      await transaction.objectStore('meta').put(operation.meta, metaKey);
      return;
    case 'wipe':
      await Promise.all(storeNames.map((name) => transaction.objectStore(name).clear()));
      return;
  }
}

function nothing(persistent: boolean): Restored {
  return {
    persistent,
    meta: emptyMeta,
    current: null,
    messages: [],
    hasEarlier: false,
    outbox: [],
  };
}
