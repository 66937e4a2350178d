import { openDB } from 'idb';
import { instanceof as _instanceof, type infer as Infer, nullable, object, string } from 'zod/mini';
import type { ExtensionHost } from '../../protocol/gateway/extension.ts';

/** What is kept of a session over a browser restart. */
const sessionSchema = object({
  /** Whose it is. */
  subject: string(),
  token: string(),
  jwt: nullable(string()),
  refreshToken: nullable(string()),
});
export type KeptSession = Infer<typeof sessionSchema>;

export type LogError = ExtensionHost['logError'];

const sealedSchema = object({
  iv: _instanceof(Uint8Array),
  sealed: _instanceof(ArrayBuffer),
});

type Work<T> = (database: Awaited<ReturnType<typeof open>>, key: CryptoKey) => Promise<T>;

const databaseName = 'partyline-sessions';
const keyName = 'key';

/**
 * Sessions by deployment, encrypted by a key that the browser keeps and never gives out: a copy of the
 * profile's files, or of the database, is worth nothing without it. One visitor at a time.
 *
 * Nothing here rejects: where the browser keeps nothing, a session lives as long as this worker.
 */
export class CredentialStore {
  readonly #deploymentId: string;
  readonly #logError: LogError;
  #memory: KeptSession | null = null;
  /** One after the other, or what is written while a visitor signs out would outlive that. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(deploymentId: string, logError: LogError) {
    this.#deploymentId = deploymentId;
    this.#logError = logError;
  }

  async read(): Promise<KeptSession | null> {
    this.#memory ??= await this.#attempt(async (database, key) => {
      const row: unknown = await database.get('sessions', this.#deploymentId);
      if (row === undefined) return null;
      const { iv, sealed } = sealedSchema.parse(row);
      const open = await crypto.subtle.decrypt(this.#cipher(iv), key, sealed);
      return sessionSchema.parse(JSON.parse(new TextDecoder().decode(open)));
    });
    return this.#memory;
  }

  async write(session: KeptSession): Promise<void> {
    this.#memory = session;
    await this.#attempt(async (database, key) => {
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const text = new TextEncoder().encode(JSON.stringify(session));
      const sealed = await crypto.subtle.encrypt(this.#cipher(iv), key, text);
      const transaction = database.transaction('sessions', 'readwrite', { durability: 'strict' });
      await transaction.store.put({ iv, sealed }, this.#deploymentId);
      await transaction.done;
      return null;
    });
  }

  async forget(): Promise<void> {
    this.#memory = null;
    await this.#attempt(async (database) => {
      await database.delete('sessions', this.#deploymentId);
      return null;
    });
  }

  /** A session of one deployment is none of another's. */
  #cipher(iv: Uint8Array<ArrayBuffer>): AesGcmParams {
    return { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(this.#deploymentId) };
  }

  #attempt<T>(work: Work<T>): Promise<T | null> {
    const done = this.#turn.then(() => this.#tryTo(work));
    this.#turn = done;
    return done;
  }

  /** Never rejects. */
  async #tryTo<T>(work: Work<T>): Promise<T | null> {
    try {
      const database = await open();
      try {
        return await work(database, await keyOf(database));
      } finally {
        database.close();
      }
    } catch (error) {
      // Only its kind: a message could hold parts of what is kept.
      this.#logError('a session could not be kept', error instanceof Error ? error.name : error);
      return null;
    }
  }
}

function open() {
  return openDB(databaseName, 1, {
    upgrade(database) {
      database.createObjectStore('keys');
      database.createObjectStore('sessions');
    },
  });
}

async function keyOf(database: Awaited<ReturnType<typeof open>>): Promise<CryptoKey> {
  const kept: unknown = await database.get('keys', keyName);
  if (kept instanceof CryptoKey) return kept;
  const made = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
    'encrypt',
    'decrypt',
  ]);
  await database.put('keys', made, keyName);
  return made;
}
