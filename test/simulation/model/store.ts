import {
  comparePlaces,
  comparePositions,
  isTied,
  type Message,
  type Place,
  tieOf,
  withReadMark,
  withTie,
} from '../../../src/protocol/message.ts';
import {
  type ConversationRecord,
  emptyMeta,
  type Meta,
  noUnread,
  type OutboxRecord,
  type Restored,
  type StoreOperation,
  type UnreadState,
} from '../../../src/worker/core/records.ts';
import { isSameMessage } from '../../../src/worker/core/transcript/derived-messages.ts';
import { isSame } from '../../../src/worker/genesys-cloud/core/message-matching.ts';
import type { SimContext } from '../sim-context.ts';
import type { Machine } from './machine.ts';

interface Page {
  readonly messages: readonly Message[];
  readonly hasEarlier: boolean;
}

/** The result of a write. */
export interface Found {
  readonly added: readonly Message[];
  readonly corrected: readonly Message[];
  readonly inTranscript: readonly Message[];
}

/** The committed rows, read as src/worker/store/store.ts does. */
export class Disk {
  readonly messages = new Map<string, Message>();
  readonly conversations = new Map<string, ConversationRecord>();
  readonly outbox = new Map<string, OutboxRecord>();
  meta: Meta | null = null;
  reading: UnreadState = noUnread;
  /** As `findDuplicate` of the dialect. */
  readonly #isSame: (row: Message, message: Message) => boolean;
  /** Undo functions of the writes that a power cut may lose, oldest first. */
  #undo: (() => void)[] = [];
  /** Raised when the database is deleted. */
  generation = 1;
  /**
   * How often a row moved: it had come without a time, and the history had one, beyond the reach of the
   * hub's memory.
   */
  moved = 0;
  /** Deleted, and the hub has not rewritten its memory yet. */
  isBare = false;

  /** @param hasLooseIds whether messages are matched by content too, since ids are not reliable */
  constructor(hasLooseIds: boolean) {
    this.#isSame = hasLooseIds ? isSame : isSameMessage;
  }

  /** Whether the message has a row in this conversation. */
  has(conversationId: string, messageId: string): boolean {
    return this.messages.has(keyOf({ conversationId, messageId }));
  }

  /** Somebody deletes the database. */
  delete(): void {
    this.messages.clear();
    this.conversations.clear();
    this.outbox.clear();
    this.meta = null;
    this.reading = noUnread;
    this.#undo = [];
    this.generation += 1;
    this.isBare = true;
  }

  commit(operations: readonly StoreOperation[], isStrict: boolean): Found {
    const added: Message[] = [];
    const corrected: Message[] = [];
    const inTranscript: Message[] = [];
    const undo = operations.map((operation) =>
      this.#apply(operation, added, corrected, inTranscript),
    );
    this.#undo.push(() => {
      for (const one of undo.reverse()) one();
    });
    // A strict write makes all earlier writes durable.
    if (isStrict) this.#undo = [];
    // A hub that opens an empty database rewrites everything in one strict write.
    if (isStrict && operations.some(({ type }) => type === 'wipe')) this.isBare = false;
    return { added, corrected, inTranscript };
  }

  /** As src/worker/store/prune.ts, in one go. */
  prune(keep: number, before: number): void {
    const rows = [...this.messages.values()].sort(comparePlaces);
    const firstKept = rows.findIndex(
      ({ timestamp }, index) => rows.length - index <= keep && timestamp >= before,
    );
    const undo = rows
      .slice(0, firstKept < 0 ? rows.length : firstKept)
      .map((row) => remove(this.messages, keyOf(row)));
    const remaining = new Set([...this.messages.values()].map((row) => row.conversationId));
    for (const { isReadToEnd, details } of this.#records().slice(0, -1)) {
      const { conversationId } = details;
      if (isReadToEnd && !remaining.has(conversationId))
        undo.push(remove(this.conversations, conversationId));
    }
    this.#undo.push(() => {
      for (const one of undo.reverse()) one();
    });
  }

  /** Loses the last of the relaxed writes. */
  losePower(keptShare: number): number {
    const kept = Math.floor(this.#undo.length * keptShare);
    const lost = this.#undo.splice(kept);
    for (const undo of lost.reverse()) undo();
    return lost.length;
  }

  #apply(
    operation: StoreOperation,
    added: Message[],
    corrected: Message[],
    inTranscript: Message[],
  ): () => void {
    switch (operation.type) {
      case 'put-message': {
        const { message } = operation;
        const known = this.messages.get(keyOf(message));
        if (known && !isTied(known.position, message.position)) this.moved += 1;
        return put(this.messages, keyOf(message), message);
      }
      case 'add-message': {
        const key = keyOf(operation.message);
        const known = this.messages.get(key) ?? this.#alike(operation.message);
        if (known) {
          if (known.sequence !== null || operation.message.sequence === null) return () => {};
          corrected.push(operation.message);
          return put(this.messages, key, operation.message);
        }
        if (operation.message.from.role === 'visitor' && this.#find(operation.message.messageId))
          return () => {};
        const placed = this.#behindTied(operation.message);
        added.push(placed);
        const undoRow = put(this.messages, key, placed);
        const undoCount = operation.isUnread ? this.#addUnread(1) : () => {};
        return () => {
          undoCount();
          undoRow();
        };
      }
      case 'put-gap-marker': {
        const { position, missingBefore } = operation;
        const [row] = [...this.messages.values()]
          .filter((one) => comparePositions(one.position, position) === 0)
          .sort(comparePlaces);
        if (!row) return () => {};
        const marked = { ...row, missingBefore };
        corrected.push(marked);
        return put(this.messages, keyOf(row), marked);
      }
      case 'put-conversation': {
        const { record } = operation;
        return put(this.conversations, record.details.conversationId, record);
      }
      case 'delete-conversation':
        return remove(this.conversations, operation.conversationId);
      case 'put-outbox':
        return put(this.outbox, operation.record.messageId, operation.record);
      case 'add-outbox': {
        const { record } = operation;
        const known = this.#find(record.messageId);
        if (!known) return put(this.outbox, record.messageId, record);
        inTranscript.push(known);
        return () => {};
      }
      case 'delete-outbox':
        return remove(this.outbox, operation.messageId);
      case 'put-meta': {
        const before = this.meta;
        this.meta = operation.meta;
        return () => {
          this.meta = before;
        };
      }
      case 'add-unread':
        return this.#addUnread(operation.by);
      case 'put-read':
        return this.#read({ count: 0, readUntil: operation.readUntil });
      case 'wipe':
        this.messages.clear();
        this.conversations.clear();
        this.outbox.clear();
        this.meta = null;
        this.reading = noUnread;
        return () => {};
    }
  }

  /** The message, in any conversation. */
  #find(messageId: string): Message | undefined {
    return [...this.messages.values()].find((row) => row.messageId === messageId);
  }

  /** As src/worker/store/same-message.ts. */
  #alike(message: Message): Message | undefined {
    return [...this.messages.values()].find(
      (row) => isTied(row.position, message.position) && this.#isSame(row, message),
    );
  }

  #behindTied(message: Message): Message {
    if (message.sequence !== null) return message;
    const ties = [...this.messages.values()]
      .filter((row) => isTied(row.position, message.position))
      .map((row) => tieOf(row.position));
    if (ties.length === 0) return message;
    return { ...message, position: withTie(message.position, Math.max(...ties) + 1) };
  }

  #addUnread(by: number): () => void {
    return this.#read({ ...this.reading, count: this.reading.count + by });
  }

  #read(reading: UnreadState): () => void {
    const before = this.reading;
    this.reading = reading;
    return () => {
      this.reading = before;
    };
  }

  page(before: Place | null, count: number): Page {
    const rows = [...this.messages.values()]
      .filter((row) => before === null || comparePlaces(row, before) < 0)
      .sort(comparePlaces);
    const messages = rows.slice(Math.max(0, rows.length - count)).map((row) => {
      const record = this.conversations.get(row.conversationId ?? '');
      return withReadMark(row, record?.readMark ?? null);
    });
    return { messages, hasEarlier: rows.length > messages.length };
  }

  /** Conversations, oldest first. */
  #records(): ConversationRecord[] {
    return [...this.conversations.values()].sort((a, b) => a.ordinal - b.ordinal);
  }

  restore(page: number): Restored {
    const records = this.#records();
    return {
      isPersistent: true,
      meta: this.meta ?? emptyMeta,
      unread: this.reading,
      current: records.at(-1) ?? null,
      notReadToEnd: records
        .slice(0, -1)
        .filter(({ isReadToEnd, details }) => !isReadToEnd && details.status === 'ended')
        .slice(-5),
      ...this.page(null, page),
      outbox: [...this.outbox.values()].sort((a, b) => a.ordinal - b.ordinal),
    };
  }
}

/** One hub's database connection: runs work in order, and none after the hub was killed. */
export class ModelStore {
  readonly #context: SimContext;
  readonly #machine: Machine;
  readonly #disk: Disk;
  readonly #onEmptied: () => void;
  #generation: number;
  #freeAt = 0;
  #isDead = false;

  constructor(context: SimContext, machine: Machine, disk: Disk, onEmptied: () => void) {
    this.#context = context;
    this.#machine = machine;
    this.#disk = disk;
    this.#onEmptied = onEmptied;
    this.#generation = disk.generation;
  }

  /** After all earlier work. */
  settled(done: () => void): void {
    this.#run(() => done);
  }

  kill(): void {
    this.#isDead = true;
  }

  write(
    operations: readonly StoreOperation[],
    isStrict: boolean,
    done: (found: Found) => void,
  ): void {
    this.#run(() => {
      const found = this.#disk.commit(operations, isStrict);
      return () => done(found);
    });
  }

  restore(page: number, done: (restored: Restored) => void): void {
    this.#run(() => {
      const restored = this.#disk.restore(page);
      return () => done(restored);
    });
  }

  prune(keep: number, before: number, done: () => void = () => {}): void {
    this.#run(() => {
      this.#disk.prune(keep, before);
      return done;
    });
  }

  readEarlier(before: Place | null, count: number, done: (page: Page) => void): void {
    this.#run(() => {
      const page = this.#disk.page(before, count);
      return () => done(page);
    });
  }

  #run(work: () => () => void): void {
    const { random, scheduler, profile } = this.#context;
    const start = Math.max(scheduler.now, this.#freeAt);
    this.#freeAt = start + random.between(0.1, profile.storeLatency);
    this.#machine.after(this.#freeAt - scheduler.now, () => {
      if (this.#isDead) return;
      const isNew = this.#generation !== this.#disk.generation;
      this.#generation = this.#disk.generation;
      const done = work();
      if (isNew) this.#onEmptied();
      // The hub can be killed between the commit and its result.
      this.#machine.after(random.between(0, 1), () => {
        if (!this.#isDead) done();
      });
    });
  }
}

/** Ids may contain any character. */
function keyOf({
  conversationId,
  messageId,
}: Pick<Message, 'conversationId' | 'messageId'>): string {
  return JSON.stringify([conversationId, messageId]);
}

function put<V>(map: Map<string, V>, key: string, value: V): () => void {
  const undo = back(map, key);
  map.set(key, value);
  return undo;
}

function remove<V>(map: Map<string, V>, key: string): () => void {
  const undo = back(map, key);
  map.delete(key);
  return undo;
}

function back<V>(map: Map<string, V>, key: string): () => void {
  const before = map.get(key);
  return () => {
    if (before === undefined) map.delete(key);
    else map.set(key, before);
  };
}
