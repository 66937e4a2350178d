import type { WorkerAddress } from '../../protocol/builds.ts';
import { hubChannel } from '../../protocol/hub-name.ts';
import { hostLock } from '../../protocol/locks.ts';
import type { CheckedConnectOptions } from '../options.ts';
import type { TabHost } from './tab-host.ts';
import { type OpenTransport, openSharedWorkerTransport, type Transport } from './transport.ts';

/** Where the hub runs. */
type Location =
  /** @property successor another build's worker, which has the conversation; `null`: this build's. */
  | { readonly kind: 'shared-worker'; readonly successor: WorkerAddress | null }
  /** In a dedicated Worker of the tab that holds the host lock. */
  | { readonly kind: 'tab' };

export interface HubLocatorEvents {
  /** Whether the page is still attached or attaching, once the code for tab hosting has loaded. */
  isConnecting(): boolean;
  /** The worker that this tab runs failed to load. */
  workerFailed(reason: string): void;
}

/**
 * Decides which hub the page connects to: this build's SharedWorker, another build's, or a worker that
 * one of the tabs runs. Owns the worker that this tab runs.
 */
export class HubLocator {
  readonly #options: CheckedConnectOptions;
  readonly #events: HubLocatorEvents;
  readonly #hasSharedWorker = typeof SharedWorker !== 'undefined';
  #location: Location;
  /** `null` until a hub in a tab is needed. */
  #host: TabHost | null = null;

  constructor(options: CheckedConnectOptions, events: HubLocatorEvents) {
    this.#options = options;
    this.#events = events;
    this.#location = this.#hasSharedWorker ? thisBuildsWorker : { kind: 'tab' };
  }

  /** `null`: the browser has no SharedWorker, and the site passed no `fallback`. */
  get openTransport(): OpenTransport | null {
    if (this.#location.kind === 'shared-worker') {
      const { successor } = this.#location;
      return openSharedWorkerTransport(
        successor ? () => createWorkerAt(successor) : this.#options.worker,
      );
    }
    const { fallback } = this.#options;
    return fallback ? (tabId) => this.#openTabTransport(tabId, fallback) : null;
  }

  /** @param address where the conversation has moved to; `null`: to a worker that a tab runs */
  redirect(address: WorkerAddress | null): void {
    const isInTab = address === null && this.#options.fallback !== undefined;
    this.#location = isInTab ? { kind: 'tab' } : { kind: 'shared-worker', successor: address };
  }

  /**
   * The connection to the hub was lost.
   *
   * @param hasReceivedHello whether that hub had started at all
   */
  onLost(hasReceivedHello: boolean): void {
    if (this.#location.kind === 'tab') this.#host?.restartWorker();
    // The script of another build's hub may no longer be on the server.
    else this.#location = thisBuildsWorker;
    // In some browsers a SharedWorker can be created and never starts: try the other kind of hub.
    if (hasReceivedHello || !this.#options.fallback || !this.#hasSharedWorker) return;
    if (this.#location.kind === 'shared-worker') {
      this.#location = { kind: 'tab' };
    } else {
      this.#location = thisBuildsWorker;
      this.#host?.stop();
    }
  }

  /** The worker that this tab runs may have stopped without any event. */
  restartWorker(): void {
    this.#host?.restartWorker();
  }

  /**
   * The hub's build is older than this page can talk to.
   *
   * @returns whether a hub of this build takes its place
   */
  takeOver(): boolean {
    // A SharedWorker of this build was started with the page, and takes over by itself.
    if (this.#location.kind !== 'tab') return false;
    this.#host?.takeOver();
    return true;
  }

  /** Lets another tab host the hub. */
  stopHosting(): void {
    this.#host?.stop();
  }

  resumeHosting(): void {
    if (this.#location.kind === 'tab') this.#host?.start();
  }

  /** Loaded only where there is no SharedWorker, or none that starts. */
  async #openTabTransport(tabId: string, fallback: () => Worker): Promise<Transport> {
    const { TabHost, openBroadcastTransport } = await import('./tab-hub.ts');
    const { name } = this.#options;
    this.#host ??= new TabHost(fallback, { name, lock: hostLock(name) }, (reason) =>
      this.#events.workerFailed(reason),
    );
    // The page may have been hidden, or redirected, while they loaded.
    if (this.#events.isConnecting()) this.resumeHosting();
    return openBroadcastTransport(tabId, hubChannel(name));
  }
}

const thisBuildsWorker: Location = { kind: 'shared-worker', successor: null };

function createWorkerAt({ url, name }: WorkerAddress): SharedWorker {
  return new SharedWorker(url, { type: 'module', name, extendedLifetime: true });
}
