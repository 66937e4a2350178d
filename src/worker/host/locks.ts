/** Resolves with what releases it, once the lock is ours; rejects when `signal` says so before that. */
export function holdLock(name: string, signal: AbortSignal): Promise<() => void> {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(name, { signal }, () => new Promise<void>((release) => resolve(release)))
      .catch(reject);
  });
}

/** Resolves once the lock is ours; it is held until this worker dies. */
export function holdForLife(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    navigator.locks
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
export function whenReleased(name: string, callback: () => void): () => void {
  const abort = new AbortController();
  navigator.locks.request(name, { signal: abort.signal }, callback).catch((error: unknown) => {
    if (!abort.signal.aborted) throw error;
  });
  return () => abort.abort();
}

/** Whether somebody waits for the lock. */
export async function isWanted(name: string): Promise<boolean> {
  const { pending } = await navigator.locks.query();
  return pending?.some((request) => request.name === name) ?? false;
}
