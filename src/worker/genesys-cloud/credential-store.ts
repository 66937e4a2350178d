import { openDB } from 'idb';
import {
  instanceof as _instanceof,
  exactOptional,
  type infer as Infer,
  nullable,
  object,
  string,
} from 'zod/mini';
import type { ExtensionHost } from '../../protocol/gateway/extension.ts';
import { nameOf } from '../../protocol/hub-name.ts';

/** What is kept of a session over a browser restart. */
const sessionSchema = object({
  /** Whose it is. */
  subject: string(),
  token: string(),
  jwt: nullable(string()),
  refreshToken: nullable(string()),
  /** Random; by it the platform knows the visitor again. Missing in rows of older builds. */
  customerId: exactOptional(nullable(string())),
  /** The guest whom this visitor was until they signed in. */
  steppedUpFrom: exactOptional(nullable(string())),
});
export type StoredSession = Infer<typeof sessionSchema>;

export type LogError = ExtensionHost['logError'];

const rowSchema = object({
  iv: _instanceof(Uint8Array),
  data: _instanceof(ArrayBuffer),
});

type Work<T> = (database: Awaited<ReturnType<typeof open>>, key: CryptoKey) => Promise<T>;

const keyName = 'key';

/**
 * Stores one session per deployment, for one visitor at a time. It is encrypted by a key that scripts can't
 * extract, so that a copy of the rows is useless.
 *
 * No method rejects: without storage, a session lives as long as this worker.
 */
export class CredentialStore {
  readonly #deploymentId: string;
  readonly #databaseName: string;
  readonly #logError: LogError;
  #memory: StoredSession | null = null;
  /** One operation at a time: otherwise a write could survive the visitor's sign-out. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(deploymentId: string, hubName: string, logError: LogError) {
    this.#deploymentId = deploymentId;
    this.#databaseName = nameOf('partyline-sessions', hubName);
    this.#logError = logError;
  }

  async read(): Promise<StoredSession | null> {
    this.#memory ??= await this.#attempt(async (database, key) => {
      const row: unknown = await database.get('sessions', this.#deploymentId);
      if (row === undefined) return null;
      const { iv, data } = rowSchema.parse(row);
      const open = await crypto.subtle.decrypt(this.#cipher(iv), key, data);
      return sessionSchema.parse(JSON.parse(new TextDecoder().decode(open)));
    });
    return this.#memory;
  }

  async write(session: StoredSession): Promise<void> {
    this.#memory = session;
    await this.#attempt(async (database, key) => {
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const text = new TextEncoder().encode(JSON.stringify(session));
      const data = await crypto.subtle.encrypt(this.#cipher(iv), key, text);
      const transaction = database.transaction('sessions', 'readwrite', { durability: 'strict' });
      await transaction.store.put({ iv, data }, this.#deploymentId);
      await transaction.done;
      return null;
    });
  }

  async delete(): Promise<void> {
    this.#memory = null;
    await this.#attempt(async (database) => {
      await database.delete('sessions', this.#deploymentId);
      return null;
    });
  }

  /** Binds a session to its deployment. */
  #cipher(iv: Uint8Array<ArrayBuffer>): AesGcmParams {
    return { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(this.#deploymentId) };
  }

  #attempt<T>(work: Work<T>): Promise<T | null> {
    const done = this.#queue.then(() => this.#run(work));
    this.#queue = done;
    return done;
  }

  /** Never rejects. */
  async #run<T>(work: Work<T>): Promise<T | null> {
    try {
      const database = await open(this.#databaseName);
      try {
        return await work(database, await keyOf(database));
      } finally {
        database.close();
      }
    } catch (error) {
      // Only its kind: the message could quote the session.
      this.#logError('Session could not be stored', error instanceof Error ? error.name : error);
      return null;
    }
  }
}

function open(databaseName: string) {
  return openDB(databaseName, 1, {
    upgrade(database) {
      database.createObjectStore('keys');
      database.createObjectStore('sessions');
    },
  });
}

async function keyOf(database: Awaited<ReturnType<typeof open>>): Promise<CryptoKey> {
  const stored: unknown = await database.get('keys', keyName);
  if (stored instanceof CryptoKey) return stored;
  const created = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
    'encrypt',
    'decrypt',
  ]);
  await database.put('keys', created, keyName);
  return created;
}
