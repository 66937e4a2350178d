import { exactOptional, nullable, object, string } from 'zod/mini';
import { contentsSchema } from '../../protocol/content-schema.ts';
import type { Message } from '../../protocol/message.ts';
import { attributesSchema, routingSchema } from '../../protocol/schemas.ts';
import type { Meta, OutboxRecord, StoreOperation } from '../core/records.ts';

/**
 * Encrypts texts and names in rows, by AES-GCM with a key that the browser stores beside them and that
 * scripts can't extract. Positions, ids and times stay plain, since rows are found by them.
 */

/** A control character that starts a stored text: then `e` for encrypted, `p` for a plain text that starts with it. */
const mark = '\u0001';
const encryptedMark = `${mark}e`;
const plainMark = `${mark}p`;
/** Within an encrypted text: the text as JSON. */
const jsonMark = `${mark}j`;
/** An unpaired surrogate, of a text that was cut: UTF-8 can't encode it. */
const half = /\p{Surrogate}/u;

const messageText = object({
  text: string(),
  /** Of a message; a dialect may make it from the name. */
  senderId: exactOptional(string()),
  name: string(),
  imageUrl: exactOptional(string()),
  content: exactOptional(contentsSchema),
});
const metaText = object({
  draft: string(),
  routing: nullable(routingSchema),
  lastRouting: nullable(routingSchema),
  attributes: exactOptional(attributesSchema),
});

export function makeKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}

/** Whether a row's text is encrypted: that of a message, an outgoing message, or the draft. */
export function isEncrypted(text: string): boolean {
  return text.startsWith(encryptedMark);
}

/** Encrypts and decrypts rows with one key; without a key, rows are plain. */
export class RowEncryption {
  readonly #key: CryptoKey | null;
  /** The key for new rows; `null`: they are plain. */
  readonly #encryptionKey: CryptoKey | null;

  /** @param isEncrypting `false`: encrypted rows are decrypted, and new rows are plain */
  constructor(key: CryptoKey | null, isEncrypting = true) {
    this.#key = key;
    this.#encryptionKey = isEncrypting ? key : null;
  }

  /** Call it before the transaction, which would end while it waits for a cipher. */
  async encryptAll(operations: readonly StoreOperation[]): Promise<readonly StoreOperation[]> {
    // Without encryption, thousands of rows need not wait for as many promises.
    if (!this.#encryptionKey && !operations.some(needsEscape)) return operations;
    return Promise.all(operations.map((operation) => this.#encryptOperation(operation)));
  }

  async #encryptOperation(operation: StoreOperation): Promise<StoreOperation> {
    switch (operation.type) {
      case 'put-message':
      case 'add-message':
        return { ...operation, message: await this.#encryptMessage(operation.message) };
      case 'put-outbox':
      case 'add-outbox': {
        return { ...operation, record: await this.#encryptOutbox(operation.record) };
      }
      case 'put-meta':
        return { ...operation, meta: await this.#encryptMeta(operation.meta) };
      // Each is named, so that a new operation must be considered here.
      case 'put-gap-marker':
      case 'put-conversation':
      case 'delete-conversation':
      case 'delete-outbox':
      case 'add-unread':
      case 'put-read':
      case 'wipe':
        return operation;
    }
  }

  async #encryptMessage(message: Message): Promise<Message> {
    if (!this.#encryptionKey) return { ...message, text: escaped(message.text) };
    const { content, ...rest } = message;
    const { id: senderId, role, name, imageUrl } = rest.from;
    const hidden = { text: rest.text, senderId, name, imageUrl, content };
    const text = await this.#encrypt(JSON.stringify(hidden));
    // The role is read within transactions, which can't wait for a cipher.
    return { ...rest, text, from: { id: '', name: '', role } };
  }

  async #encryptOutbox(record: OutboxRecord): Promise<OutboxRecord> {
    const { content, ...rest } = record;
    if (!this.#encryptionKey) return { ...record, text: escaped(record.text) };
    if (!content) return { ...record, text: await this.#encrypt(toJson(record.text)) };
    // An empty list says that the encrypted text contains one.
    const encrypted = JSON.stringify({ text: rest.text, name: '', content });
    return { ...rest, content: [], text: await this.#encrypt(encrypted) };
  }

  async #encryptMeta(meta: Meta): Promise<Meta> {
    if (!this.#encryptionKey) return { ...meta, draft: escaped(meta.draft) };
    const { attributes, ...rest } = meta;
    const { draft, routing, lastRouting } = rest;
    const encrypted = await this.#encrypt(
      JSON.stringify({ draft, routing, lastRouting, attributes }),
    );
    return { ...rest, draft: encrypted, routing: null, lastRouting: null };
  }

  /** `null`: it can't be decrypted. */
  async decryptMessage(message: Message): Promise<Message | null> {
    if (!message.text.startsWith(encryptedMark))
      return { ...message, text: unescaped(message.text) };
    const decrypted = messageText.safeParse(parse(await this.#decrypt(message.text)));
    if (!decrypted.success) return null;
    const { text, senderId: id = message.from.id, name, imageUrl, content } = decrypted.data;
    const { role } = message.from;
    const from = { id, name, role, ...(imageUrl === undefined ? {} : { imageUrl }) };
    const plain = { ...message, text, from };
    return content ? { ...plain, content } : plain;
  }

  async decryptOutbox(record: OutboxRecord): Promise<OutboxRecord | null> {
    if (!record.text.startsWith(encryptedMark)) return { ...record, text: unescaped(record.text) };
    const text = await this.#decrypt(record.text);
    if (text === null) return null;
    if (!record.content) return { ...record, text: fromJson(text) };
    const decrypted = messageText.safeParse(parse(text));
    if (!decrypted.success) return null;
    return { ...record, text: decrypted.data.text, content: decrypted.data.content ?? [] };
  }

  async decryptMeta(meta: Meta): Promise<Meta | null> {
    if (!meta.draft.startsWith(encryptedMark)) return { ...meta, draft: unescaped(meta.draft) };
    const decrypted = metaText.safeParse(parse(await this.#decrypt(meta.draft)));
    return decrypted.success ? { ...meta, ...decrypted.data } : null;
  }

  async #encrypt(text: string): Promise<string> {
    if (!this.#encryptionKey) return escaped(text);
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const data = new TextEncoder().encode(text);
    const encrypted = new Uint8Array(
      await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, this.#encryptionKey, data),
    );
    return encryptedMark + toBase64(iv) + toBase64(encrypted);
  }

  async #decrypt(text: string): Promise<string | null> {
    if (!this.#key) return null;
    try {
      const bytes = fromBase64(text.slice(encryptedMark.length));
      const [iv, data] = [bytes.slice(0, 12), bytes.slice(12)];
      const decrypted = await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, this.#key, data);
      return new TextDecoder('utf-8', { ignoreBOM: true }).decode(decrypted);
    } catch {
      // Encrypted with another key, or damaged: it counts as an invalid row.
      return null;
    }
  }
}

function needsEscape(operation: StoreOperation): boolean {
  switch (operation.type) {
    case 'put-message':
    case 'add-message':
      return operation.message.text.startsWith(mark);
    case 'put-outbox':
    case 'add-outbox':
      return operation.record.text.startsWith(mark);
    case 'put-meta':
      return operation.meta.draft.startsWith(mark);
    default:
      return false;
  }
}

function escaped(text: string): string {
  return text.startsWith(mark) ? plainMark + text : text;
}

function unescaped(text: string): string {
  return text.startsWith(plainMark) ? text.slice(plainMark.length) : text;
}

/** As JSON only where UTF-8 would lose something. */
function toJson(text: string): string {
  const isSafe = !half.test(text) && !text.startsWith(jsonMark);
  return isSafe ? text : jsonMark + JSON.stringify(text);
}

function fromJson(text: string): string {
  if (!text.startsWith(jsonMark)) return text;
  return string().parse(JSON.parse(text.slice(jsonMark.length)));
}

/** The 12 bytes of the IV become 16 characters without padding, so that both parts can be concatenated. */
function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

function parse(text: string | null): unknown {
  return text === null ? null : JSON.parse(text);
}
