import type { Message } from '../../protocol/message.ts';
import { emptyMeta, type Restored, type StoreOperation } from '../core/records.ts';
import { isEncrypted, makeKey, RowEncryption } from './encryption.ts';
import type { Page } from './read.ts';
import { placeRange } from './same-message.ts';
import { type Database, encryptionKey } from './schema.ts';
import { type WriteRows, type Written, writeAll } from './write.ts';

/** What stands between a hub and its rows, where a site wants them encrypted. */
export interface RowCipher {
  /** As `writeAll`, of what nobody else is to read. */
  write: typeof writeAll;
  openRestored(database: Database, found: Restored): Promise<Restored>;
  openPage(database: Database, page: Page): Promise<Page>;
  /** The database was deleted, and its key with it. */
  lostKey(): void;
}

export interface EncryptRowsOptions {
  /** `false`: what is sealed is opened, and new rows are plain: for a site that wants it no more. @default true */
  readonly isSealing?: boolean;
}

/**
 * For `encrypted` of `startHub`: texts, names and the draft are encrypted where the browser keeps them,
 * with a key of its own that no script can read out. What it is worth and what it costs:
 * docs/security.md.
 */
export function encryptRows({ isSealing = true }: EncryptRowsOptions = {}): RowCipher {
  return new SealedRows(isSealing);
}

class SealedRows implements RowCipher {
  readonly #isSealing: boolean;
  #seal = new RowEncryption(null);
  #hasKey = false;
  /** Made by us, and not in the store yet. */
  #newKey: CryptoKey | null = null;
  #hasLostKey = false;

  constructor(isSealing: boolean) {
    this.#isSealing = isSealing;
  }

  async write(
    database: Database,
    rows: WriteRows,
    operations: readonly StoreOperation[],
    durability: IDBTransactionDurability,
  ): Promise<Written> {
    // All of this before the transaction: one that waits for something else than its own requests is over.
    const revealed = await this.#openLikely(database, rows, operations);
    const isWipe = operations.some(({ type }) => type === 'wipe');
    // Without their key, whatever is left of the former visitor's rows on a disk says nothing.
    if (this.#isSealing && (isWipe || this.#hasLostKey)) await this.#changeKey();
    const sealed = await this.#seal.sealAll(operations);
    for (const [index, operation] of sealed.entries()) {
      const plain = operations[index];
      if (operation.type !== 'add-message' && operation.type !== 'put-message') continue;
      if (plain?.type === operation.type) revealed.set(nameOf(operation.message), plain.message);
    }
    const comparing = revealing(rows, (message) => revealed.get(nameOf(message)) ?? message);
    const { added, corrected, sent } = await writeAll(
      database,
      comparing,
      sealed,
      durability,
      this.#newKey,
    );
    this.#newKey = null;
    return {
      added: await this.#openMessages(database, added),
      corrected: await this.#openMessages(database, corrected),
      sent: await this.#openMessages(database, sent),
    };
  }

  async openRestored(database: Database, found: Restored): Promise<Restored> {
    const { meta, messages, outbox } = found;
    await this.#findKey(database, [meta.draft, ...textsOf(messages), ...textsOf(outbox)]);
    if (this.#isSealing && !this.#hasKey) await this.#changeKey();
    return {
      ...found,
      meta: (await this.#seal.openMeta(meta)) ?? emptyMeta,
      messages: await this.#openMessages(database, messages),
      outbox: await openAll(outbox, (record) => this.#seal.openOutbox(record)),
    };
  }

  async openPage(database: Database, { messages, hasEarlier }: Page): Promise<Page> {
    return { messages: await this.#openMessages(database, messages), hasEarlier };
  }

  lostKey(): void {
    this.#hasLostKey = this.#isSealing;
  }

  /** The rows that what is written may have to be compared with. */
  async #openLikely(
    database: Database,
    rows: WriteRows,
    operations: readonly StoreOperation[],
  ): Promise<Map<string, Message>> {
    const places = operations.flatMap((operation) =>
      operation.type === 'add-message' ? [placeRange(operation.message.position)] : [],
    );
    const opened = new Map<string, Message>();
    if (!rows.findDuplicate || places.length === 0) return opened;
    const index = database.transaction('messages').store.index('place');
    const found = await Promise.all(places.map((place) => index.getAll(place)));
    const likely = found.flat().flatMap((row) => rows.read('message', row) ?? []);
    await this.#findKey(database, textsOf(likely));
    for (const row of likely) {
      const plain = await this.#seal.openMessage(row);
      if (plain) opened.set(nameOf(row), plain);
    }
    return opened;
  }

  async #findKey(database: Database, texts: readonly string[]): Promise<void> {
    if (this.#hasKey || !(this.#isSealing || texts.some(isEncrypted))) return;
    const key: unknown = await database.get('meta', encryptionKey);
    if (!(key instanceof CryptoKey)) return;
    this.#hasKey = true;
    this.#seal = new RowEncryption(key, this.#isSealing);
  }

  async #changeKey(): Promise<void> {
    this.#hasKey = true;
    this.#hasLostKey = false;
    this.#newKey = await makeKey();
    this.#seal = new RowEncryption(this.#newKey);
  }

  async #openMessages(database: Database, messages: readonly Message[]): Promise<Message[]> {
    await this.#findKey(database, textsOf(messages));
    return openAll(messages, (message) => this.#seal.openMessage(message));
  }
}

/** Those that can be opened; the others are as good as not there, and come again by REST. */
async function openAll<T>(rows: readonly T[], open: (row: T) => Promise<T | null>): Promise<T[]> {
  const opened = await Promise.all(rows.map(open));
  return opened.filter((row) => row !== null);
}

function textsOf(rows: readonly { readonly text: string }[]): string[] {
  return rows.map(({ text }) => text);
}

function revealing(rows: WriteRows, reveal: (message: Message) => Message): WriteRows {
  const { findDuplicate } = rows;
  return {
    read: (kind, row) => rows.read(kind, row),
    findDuplicate:
      findDuplicate &&
      ((transaction, read, message) =>
        findDuplicate(
          transaction,
          (row) => {
            const found = read(row);
            return found && reveal(found);
          },
          reveal(message),
        )),
  };
}

/** A text is never sealed alike twice, but one that is plain may stand in many rows. */
function nameOf({ conversationId, messageId, text }: Message): string {
  return JSON.stringify([conversationId, messageId, text]);
}
