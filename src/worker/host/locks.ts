/** Resolves with a function that releases the lock, once we hold it. Rejects when `signal` aborts first. */
export function holdLock(name: string, signal: AbortSignal): Promise<() => void> {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(name, { signal }, () => new Promise<void>((release) => resolve(release)))
      .catch(reject);
  });
}

/** Resolves once we hold the lock, which is released only when this worker ends. */
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
 * Calls back when the holder of the lock has ended, and releases the lock at once. Returns a function that
 * stops waiting.
 */
export function whenReleased(name: string, callback: () => void): () => void {
  const abort = new AbortController();
  navigator.locks.request(name, { signal: abort.signal }, callback).catch((error: unknown) => {
    if (!abort.signal.aborted) throw error;
  });
  return () => abort.abort();
}

/** Whether a request for the lock is pending. */
export async function isRequested(name: string): Promise<boolean> {
  const { pending } = await navigator.locks.query();
  return pending?.some((request) => request.name === name) ?? false;
}
