import { hostLock } from '../protocol/locks.ts';

/** Waits before the worker is tried again, in ms. */
const pause = 4_000;

/**
 * Without SharedWorker: the tab that holds the host lock runs the hub in a dedicated Worker, and the
 * others queue for the lock. With the tab its worker ends, and the next tab is the host.
 */
export class Host {
  readonly #createWorker: () => Worker;
  #abort: AbortController | null = null;

  constructor(createWorker: () => Worker) {
    this.#createWorker = createWorker;
  }

  /** Stands in the queue, or goes on hosting. */
  start(): void {
    if (this.#abort) return;
    const abort = new AbortController();
    this.#abort = abort;
    const { signal } = abort;
    navigator.locks
      .request(hostLock, { signal }, () => this.#host(signal))
      .catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
  }

  /** The page goes, or is put to sleep: another tab takes over. */
  stop(): void {
    this.#abort?.abort();
    this.#abort = null;
  }

  /** Runs the hub until this tab stops; resolved, the lock goes to the next tab. */
  #host(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const worker = this.#createWorker();
      const end = () => {
        worker.terminate();
        resolve();
      };
      signal.addEventListener('abort', end);
      worker.onerror = () => {
        // Its script can't be loaded, or failed: another tab may have more luck.
        console.warn('[partyline] the worker’s script could not be loaded or failed');
        signal.removeEventListener('abort', end);
        end();
        const isHere = this.#abort?.signal === signal;
        this.#abort = isHere ? null : this.#abort;
        if (isHere) setTimeout(() => this.start(), pause);
      };
    });
  }
}
