/** Waits for the lock. Resolves with a function that releases it. */
export function holdLock(name: string): Promise<() => void> {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(name, () => new Promise<void>((release) => resolve(release)))
      .catch(reject);
  });
}

/** Calls back once nobody holds the lock. Returns a function that stops waiting. */
export function whenReleased(name: string, callback: () => void): () => void {
  const abort = new AbortController();
  navigator.locks.request(name, { signal: abort.signal }, callback).catch((error: unknown) => {
    if (!abort.signal.aborted) throw error;
  });
  return () => abort.abort();
}
