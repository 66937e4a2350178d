import { exactOptional, nullable, object, string } from 'zod/mini';
import { contentsSchema } from '../../protocol/content-schema.ts';
import type { Message } from '../../protocol/message.ts';
import { routingSchema } from '../../protocol/schemas.ts';
import type { Meta, OutboxRecord, StoreOperation } from '../core/records.ts';

/**
 * What people wrote, and who, as rows hold it where the site wants it encrypted: AES-GCM with a key
 * that the browser keeps beside them and lets no script read. Places, ids and times stay as they are,
 * since rows are found by them.
 */

/** A control character, then what follows: `s` sealed, `p` a text that begins with it by itself. */
const mark = '\u0001';
const sealedMark = `${mark}s`;
const plainMark = `${mark}p`;
/** Within what is sealed: a text as JSON. */
const jsonMark = `${mark}j`;
/** Half a character, of a text that was cut: UTF-8 has none. */
const half = /\p{Surrogate}/u;

const messageText = object({
  text: string(),
  name: string(),
  content: exactOptional(contentsSchema),
});
const metaText = object({
  draft: string(),
  routing: nullable(routingSchema),
  lastRouting: nullable(routingSchema),
});

export function makeKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}

/** Whether that text of a row is sealed: a message's, an outgoing one's, or the draft. */
export function isEncrypted(text: string): boolean {
  return text.startsWith(sealedMark);
}

/** Seals and opens rows with one key; without a key rows are plain. */
export class RowEncryption {
  readonly #key: CryptoKey | null;
  /** What is written is sealed with it. */
  readonly #sealingKey: CryptoKey | null;

  /** @param isSealing `false`: what is sealed is opened, and new rows are plain */
  constructor(key: CryptoKey | null, isSealing = true) {
    this.#key = key;
    this.#sealingKey = isSealing ? key : null;
  }

  /** Before the transaction: one that waits for something else than its own requests is over. */
  async sealAll(operations: readonly StoreOperation[]): Promise<readonly StoreOperation[]> {
    // A burst of thousands is not made to wait for as many promises.
    if (!this.#sealingKey && !operations.some(needsEscape)) return operations;
    return Promise.all(operations.map((operation) => this.#sealOperation(operation)));
  }

  async #sealOperation(operation: StoreOperation): Promise<StoreOperation> {
    switch (operation.type) {
      case 'put-message':
      case 'add-message':
        return { ...operation, message: await this.#sealMessage(operation.message) };
      case 'put-outbox':
      case 'add-outbox': {
        return { ...operation, record: await this.#sealOutbox(operation.record) };
      }
      case 'put-meta':
        return { ...operation, meta: await this.#sealMeta(operation.meta) };
      // Named one by one, so that a new one is thought of here.
      case 'mark-message':
      case 'put-conversation':
      case 'delete-conversation':
      case 'delete-outbox':
      case 'add-unread':
      case 'put-read':
      case 'wipe':
        return operation;
    }
  }

  async #sealMessage(message: Message): Promise<Message> {
    if (!this.#sealingKey) return { ...message, text: escaped(message.text) };
    const { content, ...rest } = message;
    const { id, role, name } = rest.from;
    const text = await this.#seal(JSON.stringify({ text: rest.text, name, content }));
    return { ...rest, text, from: { id, name: '', role } };
  }

  async #sealOutbox(record: OutboxRecord): Promise<OutboxRecord> {
    const { content, ...rest } = record;
    if (!this.#sealingKey) return { ...record, text: escaped(record.text) };
    if (!content) return { ...record, text: await this.#seal(toJson(record.text)) };
    // An empty list says that there is one inside.
    const sealed = JSON.stringify({ text: rest.text, name: '', content });
    return { ...rest, content: [], text: await this.#seal(sealed) };
  }

  async #sealMeta(meta: Meta): Promise<Meta> {
    if (!this.#sealingKey) return { ...meta, draft: escaped(meta.draft) };
    const { draft, routing, lastRouting } = meta;
    const sealed = await this.#seal(JSON.stringify({ draft, routing, lastRouting }));
    return { ...meta, draft: sealed, routing: null, lastRouting: null };
  }

  /** `null`: it can't be opened. */
  async openMessage(message: Message): Promise<Message | null> {
    if (!message.text.startsWith(sealedMark)) return { ...message, text: unescaped(message.text) };
    const opened = messageText.safeParse(parse(await this.#open(message.text)));
    if (!opened.success) return null;
    const { text, name, content } = opened.data;
    const plain = { ...message, text, from: { ...message.from, name } };
    return content ? { ...plain, content } : plain;
  }

  async openOutbox(record: OutboxRecord): Promise<OutboxRecord | null> {
    if (!record.text.startsWith(sealedMark)) return { ...record, text: unescaped(record.text) };
    const text = await this.#open(record.text);
    if (text === null) return null;
    if (!record.content) return { ...record, text: fromJson(text) };
    const opened = messageText.safeParse(parse(text));
    if (!opened.success) return null;
    return { ...record, text: opened.data.text, content: opened.data.content ?? [] };
  }

  async openMeta(meta: Meta): Promise<Meta | null> {
    if (!meta.draft.startsWith(sealedMark)) return { ...meta, draft: unescaped(meta.draft) };
    const opened = metaText.safeParse(parse(await this.#open(meta.draft)));
    return opened.success ? { ...meta, ...opened.data } : null;
  }

  async #seal(text: string): Promise<string> {
    if (!this.#sealingKey) return escaped(text);
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const data = new TextEncoder().encode(text);
    const sealed = new Uint8Array(
      await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, this.#sealingKey, data),
    );
    return sealedMark + toBase64(iv) + toBase64(sealed);
  }

  async #open(text: string): Promise<string | null> {
    if (!this.#key) return null;
    try {
      const bytes = fromBase64(text.slice(sealedMark.length));
      const [iv, data] = [bytes.slice(0, 12), bytes.slice(12)];
      const opened = await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, this.#key, data);
      return new TextDecoder('utf-8', { ignoreBOM: true }).decode(opened);
    } catch {
      // Another key's, or damaged: whoever reads it counts it with the rows that can't be read.
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

/** Only where UTF-8 would lose something: all others stand as they are. */
function toJson(text: string): string {
  const isSafe = !half.test(text) && !text.startsWith(jsonMark);
  return isSafe ? text : jsonMark + JSON.stringify(text);
}

function fromJson(text: string): string {
  if (!text.startsWith(jsonMark)) return text;
  try {
    return string().parse(JSON.parse(text.slice(jsonMark.length)));
  } catch {
    // It was written before there was this mark.
    return text;
  }
}

/** 12 bytes of IV are 16 characters without padding, so the two parts can stand side by side. */
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
