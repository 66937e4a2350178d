import type { Settings } from '../gateway/options.ts';
import { openDatabase } from './database.ts';
import { MemoryStore } from './memory-store.ts';
import { SqlStore } from './sql-store.ts';
import type { TranscriptStore } from './store.ts';

/** Opens the storage selected by the options. */
export async function openStore(
  storage: Settings['storage'],
  onError: (error: unknown) => void,
): Promise<TranscriptStore> {
  if (storage === 'memory') return new MemoryStore();
  const database = await openDatabase(storage, onError);
  try {
    return await SqlStore.create(database, onError);
  } catch (error) {
    await database.close();
    throw error;
  }
}
