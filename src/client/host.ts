import { hostLock } from '../protocol/locks.ts';

/**
 * Without SharedWorker: the tab that holds the host lock runs the hub in a dedicated Worker, and the
 * others queue for the lock. With the tab its worker ends, and the next tab is the host.
 */
export class Host {
  readonly #createWorker: () => Worker;
  readonly #onFailed: (reason: string) => void;
  #abort: AbortController | null = null;
  /** While this tab is the host. */
  #worker: Worker | null = null;

  /** @param onFailed the worker's script can't be loaded, or failed. */
  constructor(createWorker: () => Worker, onFailed: (reason: string) => void) {
    this.#createWorker = createWorker;
    this.#onFailed = onFailed;
  }

  /** Stands in the queue, or goes on hosting. */
  start(): void {
    if (!this.#abort) this.#request(false);
  }

  /** The hub is of an older build than this page can talk to: its tab hosts no longer. */
  takeOver(): void {
    this.stop();
    this.#request(true);
  }

  #request(steal: boolean): void {
    const abort = new AbortController();
    this.#abort = abort;
    const { signal } = abort;
    navigator.locks
      .request(hostLock, steal ? { steal } : { signal }, () => this.#host(signal))
      .catch((error: unknown) => {
        if (signal.aborted) return;
        // A newer page has taken the lock, and hosts: two hubs there never are.
        if (error instanceof DOMException && error.name === 'AbortError') this.stop();
        else throw error;
      });
  }

  /** The page goes, or is put to sleep: another tab takes over. */
  stop(): void {
    this.#abort?.abort();
    this.#abort = null;
  }

  /** The hub that this tab runs has died, or hangs: in its place comes another. */
  renew(): void {
    if (!this.#worker) return;
    this.#end();
    this.#begin();
  }

  /** Runs the hub until this tab stops; resolved, the lock goes to the next tab. */
  #host(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      // A lock that was granted after all: a hub that nobody ends would answer beside the next one.
      if (signal.aborted) return resolve();
      signal.addEventListener('abort', () => {
        this.#end();
        resolve();
      });
      this.#begin();
    });
  }

  #begin(): void {
    const worker = this.#createWorker();
    this.#worker = worker;
    worker.onerror = () => {
      // Another tab may have more luck: this one goes to the end of the queue.
      this.stop();
      this.#onFailed('the worker’s script can’t be loaded');
    };
  }

  #end(): void {
    this.#worker?.terminate();
    this.#worker = null;
  }
}
