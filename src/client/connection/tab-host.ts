import type { HubNameMessage } from '../../protocol/hub-name.ts';

const hubNameType: HubNameMessage['type'] = 'partyline-hub-name';

/** The hub that a tab runs. */
interface HostedHub {
  readonly name: string;
  /** Its `hostLock`. */
  readonly lock: string;
}

/**
 * Runs the hub in a dedicated Worker where there is no SharedWorker. Each tab queues for the host lock;
 * the one that holds it runs the worker. When that tab goes, its worker ends and the next tab is host.
 */
export class TabHost {
  readonly #createWorker: () => Worker;
  readonly #hub: HostedHub;
  readonly #onFailed: (reason: string) => void;
  /** Ends the request for the lock, or the hosting; `null` while this tab does neither. */
  #abort: AbortController | null = null;
  /** `null` while this tab is not the host. */
  #worker: Worker | null = null;

  /** @param onFailed the worker's script can't be loaded, or threw */
  constructor(createWorker: () => Worker, hub: HostedHub, onFailed: (reason: string) => void) {
    this.#createWorker = createWorker;
    this.#hub = hub;
    this.#onFailed = onFailed;
  }

  /** Queues for the host lock. Does nothing if this tab already queues or hosts. */
  start(): void {
    if (!this.#abort) this.#requestLock(false);
  }

  /** Steals the lock from a tab whose build is too old for this page. */
  takeOver(): void {
    this.stop();
    this.#requestLock(true);
  }

  /** Stops queueing or hosting. */
  stop(): void {
    this.#abort?.abort();
    this.#abort = null;
  }

  /** Replaces a worker that has stopped or hangs. Does nothing if this tab is not the host. */
  restartWorker(): void {
    if (!this.#worker) return;
    this.#stopWorker();
    this.#startWorker();
  }

  #requestLock(steal: boolean): void {
    const abort = new AbortController();
    this.#abort = abort;
    const { signal } = abort;
    navigator.locks
      .request(this.#hub.lock, steal ? { steal } : { signal }, () => this.#host(signal))
      .catch((error: unknown) => {
        if (signal.aborted) return;
        // A tab with a newer build has stolen the lock.
        if (error instanceof DOMException && error.name === 'AbortError') this.stop();
        else throw error;
      });
  }

  /** Runs the hub until `signal` aborts. The lock is held until the promise resolves. */
  #host(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      // The lock can be granted after `stop`; a worker started then would never be stopped.
      if (signal.aborted) return resolve();
      signal.addEventListener('abort', () => {
        this.#stopWorker();
        resolve();
      });
      this.#startWorker();
    });
  }

  #startWorker(): void {
    const worker = this.#createWorker();
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<unknown>) => {
      const { type, name } = Object(data);
      if (type !== hubNameType || name === this.#hub.name) return;
      this.stop();
      this.#onFailed(
        `connect: name is "${this.#hub.name}", but the worker’s hub is named "${name}"`,
      );
    };
    worker.onerror = () => {
      // Lets the next tab in the queue try.
      this.stop();
      this.#onFailed('the worker script failed to load');
    };
  }

  #stopWorker(): void {
    this.#worker?.terminate();
    this.#worker = null;
  }
}
