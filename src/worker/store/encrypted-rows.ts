import type { Message } from '../../protocol/message.ts';
import { emptyMeta, type Restored, type StoreOperation } from '../core/records.ts';
import { isEncrypted, makeKey, RowEncryption } from './encryption.ts';
import type { Page } from './read.ts';
import { placeRange } from './same-message.ts';
import { type Database, encryptionKey } from './schema.ts';
import { type WriteRows, type Written, writeAll } from './write.ts';

/** Encrypts and decrypts the rows of a hub. */
export interface RowCipher {
  /** As `writeAll`, with encryption. */
  write: typeof writeAll;
  decryptRestored(database: Database, found: Restored): Promise<Restored>;
  decryptPage(database: Database, page: Page): Promise<Page>;
  /** Call it when the database, and the key in it, was deleted. */
  onKeyLost(): void;
}

export interface EncryptRowsOptions {
  /**
   * `false`: encrypted rows are decrypted, and new rows are plain, for a site that ends the encryption.
   * @default true
   */
  readonly isEncrypting?: boolean;
}

/**
 * For `encrypted` of `startHub`: encrypts texts, names and the draft in the browser's storage, with a key
 * that scripts can't extract. docs/security.md says what it protects against, and what it costs.
 */
export function encryptRows({ isEncrypting = true }: EncryptRowsOptions = {}): RowCipher {
  return new EncryptedRows(isEncrypting);
}

class EncryptedRows implements RowCipher {
  readonly #isEncrypting: boolean;
  #encryption = new RowEncryption(null);
  #hasKey = false;
  /** A key that is not in the store yet. */
  #newKey: CryptoKey | null = null;
  #hasLostKey = false;

  constructor(isEncrypting: boolean) {
    this.#isEncrypting = isEncrypting;
  }

  async write(
    database: Database,
    rows: WriteRows,
    operations: readonly StoreOperation[],
    durability: IDBTransactionDurability,
  ): Promise<Written> {
    // Before the transaction, which would end while it waits for a cipher.
    const decrypted = await this.#decryptCandidates(database, rows, operations);
    const hasWipe = operations.some(({ type }) => type === 'wipe');
    // Without their key, remains of a previous visitor's rows on the disk can't be read.
    if (this.#isEncrypting && (hasWipe || this.#hasLostKey)) await this.#changeKey();
    const encrypted = await this.#encryption.encryptAll(operations);
    for (const [index, operation] of encrypted.entries()) {
      const plain = operations[index];
      if (operation.type !== 'add-message' && operation.type !== 'put-message') continue;
      if (plain?.type === operation.type) decrypted.set(keyOf(operation.message), plain.message);
    }
    const decryptingRows = withDecrypted(
      rows,
      (message) => decrypted.get(keyOf(message)) ?? message,
    );
    const { added, corrected, inTranscript } = await writeAll(
      database,
      decryptingRows,
      encrypted,
      durability,
      this.#newKey,
    );
    this.#newKey = null;
    return {
      added: await this.#decryptMessages(database, added),
      corrected: await this.#decryptMessages(database, corrected),
      inTranscript: await this.#decryptMessages(database, inTranscript),
    };
  }

  async decryptRestored(database: Database, found: Restored): Promise<Restored> {
    const { meta, messages, outbox } = found;
    await this.#findKey(database, [meta.draft, ...textsOf(messages), ...textsOf(outbox)]);
    if (this.#isEncrypting && !this.#hasKey) await this.#changeKey();
    return {
      ...found,
      meta: (await this.#encryption.decryptMeta(meta)) ?? emptyMeta,
      messages: await this.#decryptMessages(database, messages),
      outbox: await decryptAll(outbox, (record) => this.#encryption.decryptOutbox(record)),
    };
  }

  async decryptPage(database: Database, { messages, hasEarlier }: Page): Promise<Page> {
    return { messages: await this.#decryptMessages(database, messages), hasEarlier };
  }

  onKeyLost(): void {
    this.#hasLostKey = this.#isEncrypting;
  }

  /** Decrypts the rows that the new messages may be duplicates of. */
  async #decryptCandidates(
    database: Database,
    rows: WriteRows,
    operations: readonly StoreOperation[],
  ): Promise<Map<string, Message>> {
    const places = operations.flatMap((operation) =>
      operation.type === 'add-message' ? [placeRange(operation.message.position)] : [],
    );
    const decrypted = new Map<string, Message>();
    if (!rows.findDuplicate || places.length === 0) return decrypted;
    const index = database.transaction('messages').store.index('place');
    const found = await Promise.all(places.map((place) => index.getAll(place)));
    const candidates = found.flat().flatMap((row) => rows.read('message', row) ?? []);
    await this.#findKey(database, textsOf(candidates));
    for (const row of candidates) {
      const plain = await this.#encryption.decryptMessage(row);
      if (plain) decrypted.set(keyOf(row), plain);
    }
    return decrypted;
  }

  async #findKey(database: Database, texts: readonly string[]): Promise<void> {
    if (this.#hasKey || !(this.#isEncrypting || texts.some(isEncrypted))) return;
    const key: unknown = await database.get('meta', encryptionKey);
    if (!(key instanceof CryptoKey)) return;
    this.#hasKey = true;
    this.#encryption = new RowEncryption(key, this.#isEncrypting);
  }

  async #changeKey(): Promise<void> {
    this.#hasKey = true;
    this.#hasLostKey = false;
    this.#newKey = await makeKey();
    this.#encryption = new RowEncryption(this.#newKey);
  }

  async #decryptMessages(database: Database, messages: readonly Message[]): Promise<Message[]> {
    await this.#findKey(database, textsOf(messages));
    return decryptAll(messages, (message) => this.#encryption.decryptMessage(message));
  }
}

/** The rows that can be decrypted; the others are fetched again by REST. */
async function decryptAll<T>(
  rows: readonly T[],
  open: (row: T) => Promise<T | null>,
): Promise<T[]> {
  const decrypted = await Promise.all(rows.map(open));
  return decrypted.filter((row) => row !== null);
}

function textsOf(rows: readonly { readonly text: string }[]): string[] {
  return rows.map(({ text }) => text);
}

function withDecrypted(rows: WriteRows, decrypt: (message: Message) => Message): WriteRows {
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
            return found && decrypt(found);
          },
          decrypt(message),
        )),
  };
}

/** Identifies a row. Not by its text alone, since many rows may have the same plain text. */
function keyOf({ conversationId, messageId, text }: Message): string {
  return JSON.stringify([conversationId, messageId, text]);
}
