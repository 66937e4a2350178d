import type { Address } from '../protocol/builds.ts';
import { Sockets } from './socket.ts';
import { Store } from './store.ts';

export type Locks = Pick<LockManager, 'request' | 'query'>;

/** What is used of a `BroadcastChannel`. */
export interface Channel {
  onmessage: ((event: MessageEvent<unknown>) => void) | null;
  postMessage(message: unknown): void;
}

/** What a hub and its station use of the worker that they run in: a test runs several in one process. */
export interface Host {
  /** Where a tab finds this worker. */
  readonly address: Address;
  readonly locks: Locks;
  readonly isOnline: boolean;
  onNetwork(type: 'online' | 'offline', listener: () => void): void;
  openChannel(name: string): Channel;
  createStore(
    ...args: ConstructorParameters<typeof Store>
  ): Pick<Store, 'restore' | 'write' | 'readEarlier' | 'prune'>;
  createSockets(
    ...args: ConstructorParameters<typeof Sockets>
  ): Pick<Sockets, 'open' | 'send' | 'sendAnywhere' | 'close'>;
}

/** The worker's own global scope, which is read when something of it is used: Node has less of it. */
export const workerHost: Host = {
  get address() {
    return { url: self.location.href, name: self.name };
  },
  get locks() {
    return navigator.locks;
  },
  get isOnline() {
    return navigator.onLine;
  },
  onNetwork: (type, listener) => addEventListener(type, listener),
  openChannel: (name) => new BroadcastChannel(name),
  createStore: (...args) => new Store(...args),
  createSockets: (...args) => new Sockets(...args),
};
