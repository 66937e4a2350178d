import type { GatewayCommand, GatewayEvent } from '../../../src/protocol/gateway.ts';
import type { Channel, Host, Locks } from '../../../src/worker/host.ts';
import { Disk } from '../../simulation/model/store.ts';

type Sockets = Parameters<Host['createSockets']>;

const { setImmediate } = globalThis;

/** Until every promise that can settle has, and every message between ports has arrived. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 8; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

interface LockRequest {
  readonly name: string;
  readonly owner: FakeHost;
  readonly grant: () => void;
}

/** The locks of one origin, granted in the order in which they were asked for. */
class LockTable {
  #held: LockRequest[] = [];
  #pending: LockRequest[] = [];

  of(owner: FakeHost): Locks {
    const table = this;
    function request<T>(name: string, callback: LockGrantedCallback<T>): Promise<Awaited<T>>;
    function request<T>(
      name: string,
      options: LockOptions,
      callback: LockGrantedCallback<T>,
    ): Promise<Awaited<T>>;
    function request<T>(
      name: string,
      ...rest: [LockGrantedCallback<T>] | [LockOptions, LockGrantedCallback<T>]
    ): Promise<Awaited<T>> {
      const [signal, callback] =
        rest.length === 1 ? [undefined, rest[0]] : [rest[0].signal, rest[1]];
      return table.#request(owner, name, signal, callback);
    }
    return { request, query: async () => ({ held: table.#held, pending: table.#pending }) };
  }

  #request<T>(
    owner: FakeHost,
    name: string,
    signal: AbortSignal | undefined,
    callback: LockGrantedCallback<T>,
  ): Promise<Awaited<T>> {
    return new Promise((resolve, reject) => {
      const request: LockRequest = {
        name,
        owner,
        grant: () => {
          const work = async () => callback({ name, mode: 'exclusive' });
          void work()
            .then((value) => resolve(value as Awaited<T>), reject)
            .finally(() => this.#release(request));
        },
      };
      signal?.throwIfAborted();
      signal?.addEventListener('abort', () => {
        if (!this.#pending.includes(request)) return;
        this.#pending = this.#pending.filter((other) => other !== request);
        reject(signal.reason);
      });
      this.#pending.push(request);
      queueMicrotask(() => this.#grantNext(name));
    });
  }

  #release(request: LockRequest): void {
    this.#held = this.#held.filter((other) => other !== request);
    this.#grantNext(request.name);
  }

  /** While set, nothing is granted: a browser needs a moment for it. */
  #isSlow = false;

  slow(): void {
    this.#isSlow = true;
  }

  catchesUp(): void {
    this.#isSlow = false;
    for (const { name } of this.#pending) queueMicrotask(() => this.#grantNext(name));
  }

  #grantNext(name: string): void {
    if (this.#isSlow) return;
    const next = this.#pending.find((request) => request.name === name);
    if (!next || this.#held.some((request) => request.name === name)) return;
    this.#pending = this.#pending.filter((other) => other !== next);
    this.#held.push(next);
    next.grant();
  }

  /** The worker is no more. */
  drop(owner: FakeHost): void {
    const held = this.#held.filter((request) => request.owner === owner);
    this.#pending = this.#pending.filter((request) => request.owner !== owner);
    for (const request of held) this.#release(request);
  }

  holder(name: string): FakeHost | null {
    return this.#held.find((request) => request.name === name)?.owner ?? null;
  }

  waiting(name: string): number {
    return this.#pending.filter((request) => request.name === name).length;
  }
}

/** The sockets of a worker, which do what a test says. */
export class FakeSockets {
  readonly opened: number[] = [];
  readonly closed: number[] = [];
  readonly sent: GatewayCommand[] = [];
  /** Sent by whoever stands beside the core. */
  readonly sentAside: GatewayCommand[] = [];
  isOpen = true;
  readonly args: Sockets;

  constructor(args: Sockets) {
    this.args = args;
  }

  open(socketId: number): void {
    this.opened.push(socketId);
  }

  /** A ping is no event of its own: it is answered. */
  send(_socketId: number, command: GatewayCommand): void {
    if (command.type === 'ping') queueMicrotask(() => this.hears({ type: 'pong' }));
    else this.sent.push(command);
  }

  sendAnywhere(command: GatewayCommand): boolean {
    if (this.isOpen) this.sentAside.push(command);
    return this.isOpen;
  }

  close(socketId: number): void {
    this.closed.push(socketId);
  }

  get #events() {
    return this.args[2];
  }

  get newest(): number {
    return this.opened.at(-1) ?? 0;
  }

  opens(): void {
    this.#events.opened(this.newest);
  }

  hears(event: GatewayEvent): void {
    this.#events.gateway(this.newest, event);
  }

  ends(socketId = this.newest): void {
    this.#events.closed(socketId, 'network');
  }

  get token(): string | null {
    return this.args[1]();
  }
}

/** One worker of the origin. */
export class FakeHost implements Host {
  readonly address: { readonly url: string; readonly name: string };
  readonly locks: Locks;
  isOnline = true;
  /** What it asked of its store, in that order. */
  readonly asked: string[] = [];
  readonly #browser: Browser;
  readonly #listeners: { readonly type: string; readonly listener: () => void }[] = [];
  #sockets: FakeSockets | null = null;
  #storeArgs: Parameters<Host['createStore']> | null = null;
  /** While set, the store keeps what it was asked waiting. */
  storeIsSlow = false;
  readonly #owed: (() => void)[] = [];

  constructor(browser: Browser, url: string) {
    this.#browser = browser;
    this.address = { url, name: 'partyline' };
    this.locks = browser.lockTable.of(this);
  }

  onNetwork(type: 'online' | 'offline', listener: () => void): void {
    this.#listeners.push({ type, listener });
  }

  /** The network comes or goes. */
  network(type: 'online' | 'offline'): void {
    for (const one of this.#listeners) if (one.type === type) one.listener();
  }

  openChannel(name: string): Channel {
    const channel: Channel = {
      onmessage: null,
      postMessage: (message) => this.#browser.post(name, channel, message),
    };
    this.#browser.channels.push({ name, channel, owner: this });
    return channel;
  }

  createStore(...args: Parameters<Host['createStore']>): ReturnType<Host['createStore']> {
    this.#storeArgs = args;
    const { disk } = this.#browser;
    const done = async (what: string) => {
      this.asked.push(what);
      if (this.storeIsSlow) await new Promise<void>((resolve) => this.#owed.push(resolve));
    };
    return {
      restore: async (page) => {
        await done('restore');
        return disk.restore(page);
      },
      write: async (operations, durable) => {
        const types = operations.map(({ type }) => type).join(',');
        await done(`${durable ? 'strict' : 'relaxed'} ${types}`);
        return disk.commit(operations, durable);
      },
      readEarlier: async (before, count) => {
        await done(`read ${count}`);
        return disk.page(before, count);
      },
      prune: (keep, before) => done(`prune ${keep} ${before}`),
    };
  }

  /** The store does what it was asked so far. */
  storeCatchesUp(): void {
    this.storeIsSlow = false;
    for (const resolve of this.#owed.splice(0)) resolve();
  }

  /** What tells its hub of the store, and how its rows are sealed. */
  get store() {
    if (!this.#storeArgs) throw new Error('no store was made');
    const [, { lost, emptied }, dialect, seal] = this.#storeArgs;
    return { lost, emptied, dialect, seal };
  }

  createSockets(...args: Sockets): FakeSockets {
    this.#sockets = new FakeSockets(args);
    return this.#sockets;
  }

  get sockets(): FakeSockets {
    if (!this.#sockets) throw new Error('no sockets were made');
    return this.#sockets;
  }

  /** Its tab is closed, or the browser ends it. */
  dies(): void {
    this.#browser.lockTable.drop(this);
    this.#browser.channels = this.#browser.channels.filter(({ owner }) => owner !== this);
  }
}

/** What the workers of one origin share: locks, channels and what is kept. */
export class Browser {
  readonly lockTable = new LockTable();
  readonly disk = new Disk(false);
  channels: {
    readonly name: string;
    readonly channel: Channel;
    readonly owner: FakeHost | null;
  }[] = [];

  worker(url = 'https://shop.example/hub.js'): FakeHost {
    return new FakeHost(this, url);
  }

  post(name: string, from: Channel | null, message: unknown): void {
    const data: unknown = structuredClone(message);
    for (const { channel } of this.channels.filter((one) => one.name === name)) {
      if (channel === from) continue;
      queueMicrotask(() => channel.onmessage?.(new MessageEvent('message', { data })));
    }
  }
}
