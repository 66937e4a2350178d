import type { Locks } from './host.ts';

/** Resolves with what releases it, once the lock is ours; rejects when `signal` says so before that. */
export function holdLock(
  name: string,
  signal: AbortSignal,
  locks: Locks = navigator.locks,
): Promise<() => void> {
  return new Promise((resolve, reject) => {
    locks
      .request(name, { signal }, () => new Promise<void>((release) => resolve(release)))
      .catch(reject);
  });
}

/** Resolves once the lock is ours; it is held until this worker dies. */
export function holdForLife(name: string, locks: Locks = navigator.locks): Promise<void> {
  return new Promise((resolve, reject) => {
    locks
      .request(name, () => {
        resolve();
        return new Promise<never>(() => {
          // Never settled: only this worker's end releases the lock.
        });
      })
      .catch(reject);
  });
}

/**
 * Calls back when whoever holds the lock is gone. Returns what ends the waiting.
 * The lock is released at once: it is only a sign.
 */
export function whenReleased(
  name: string,
  callback: () => void,
  locks: Locks = navigator.locks,
): () => void {
  const abort = new AbortController();
  locks.request(name, { signal: abort.signal }, callback).catch((error: unknown) => {
    if (!abort.signal.aborted) throw error;
  });
  return () => abort.abort();
}

/** Whether somebody waits for the lock. */
export async function isWanted(name: string, locks: Locks = navigator.locks): Promise<boolean> {
  const { pending } = await locks.query();
  return pending?.some((request) => request.name === name) ?? false;
}
