/** Resolves with what releases the lock again, once it is ours. */
export function holdLock(name: string): Promise<() => void> {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(name, () => new Promise<void>((release) => resolve(release)))
      .catch(reject);
  });
}

/** Calls back when whoever holds the lock is gone. Returns what ends the waiting. */
export function whenReleased(name: string, callback: () => void): () => void {
  const abort = new AbortController();
  navigator.locks.request(name, { signal: abort.signal }, callback).catch((error: unknown) => {
    if (!abort.signal.aborted) throw error;
  });
  return () => abort.abort();
}
