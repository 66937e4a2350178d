import { vi } from 'vitest';
import type { GatewayCommand } from '../../../src/protocol/gateway/commands.ts';
import type { GatewayEvent } from '../../../src/protocol/gateway/events.ts';
import { hubLock } from '../../../src/protocol/locks.ts';
import { Store } from '../../../src/worker/store/store.ts';
import { Disk } from '../../simulation/model/store.ts';

type Locks = Pick<LockManager, 'request' | 'query'>;

const { setImmediate } = globalThis;

/** Until every promise that can settle has, and every message between ports has arrived. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 8; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

interface LockRequest {
  readonly name: string;
  readonly owner: FakeHost | null;
  readonly grant: () => void;
}

/** The locks of one origin, granted in the order in which they were asked for. */
class LockTable {
  #held: LockRequest[] = [];
  #pending: LockRequest[] = [];

  of(owner: () => FakeHost | null): Locks {
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
      return table.#request(owner(), name, signal, callback);
    }
    return { request, query: async () => ({ held: table.#held, pending: table.#pending }) };
  }

  #request<T>(
    owner: FakeHost | null,
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

/** What a gateway's adapter makes of frames here: events and commands as they are, as JSON. */
export const plainFrames = {
  encode: (command: GatewayCommand, token: string) => [JSON.stringify({ command, token })],
  decode: (text: string): GatewayEvent[] => JSON.parse(text),
  closeMeaning: () => 'network' as const,
};

/** A line that does what a test says. */
class Line {
  onopen: () => void = () => {};
  onmessage: ((event: { readonly data: string }) => void) | null = null;
  onclose: (event: { readonly code: number }) => void = () => {};
  readyState = 0;
  isClosing = false;
  readonly sent: GatewayCommand[] = [];
  token: string | null = null;

  opens(): void {
    this.readyState = 1;
    this.onopen();
  }

  hears(event: GatewayEvent): void {
    this.onmessage?.({ data: JSON.stringify([event]) });
  }

  ends(): void {
    this.readyState = 3;
    this.onclose({ code: 1006 });
  }

  /** A ping is no event of its own: it is answered. */
  send(text: string): void {
    const { command, token } = JSON.parse(text);
    if (command.type === 'ping') queueMicrotask(() => this.hears({ type: 'pong' }));
    else this.sent.push(command);
    this.token = token;
  }

  close(): void {
    this.isClosing = true;
  }
}

/** The lines of a worker. */
class Lines {
  readonly opened: Line[] = [];

  get newest(): Line {
    const line = this.opened.at(-1);
    if (!line) throw new Error('no line was opened');
    return line;
  }

  /** Those that their hub has closed. */
  get closed(): Line[] {
    return this.opened.filter(({ isClosing }) => isClosing);
  }

  get sent(): GatewayCommand[] {
    return this.opened.flatMap(({ sent }) => sent);
  }
}

/** One worker of the origin, or a page. */
export class FakeHost {
  readonly address: { readonly url: string; readonly name: string };
  readonly locks: Locks;
  /** What it asked of its store, in that order. */
  readonly asked: string[] = [];
  readonly lines = new Lines();
  /** While set, the store keeps what it was asked waiting. */
  storeIsSlow = false;
  readonly #browser: Browser;
  readonly #owed: (() => void)[] = [];

  constructor(browser: Browser, url: string) {
    this.#browser = browser;
    this.address = { url, name: 'partyline' };
    this.locks = browser.lockTable.of(() => this);
  }

  /** What is asked of the global scope meanwhile is asked by this worker. */
  run<T>(work: () => T): T {
    this.#browser.current = this;
    try {
      return work();
    } finally {
      this.#browser.current = null;
    }
  }

  openChannel(name: string): FakeChannel {
    return this.run(() => new FakeChannel(this.#browser, name));
  }

  async isAsked(what: string): Promise<void> {
    this.asked.push(what);
    if (this.storeIsSlow) await new Promise<void>((resolve) => this.#owed.push(resolve));
  }

  /** The store does what it was asked so far. */
  storeCatchesUp(): void {
    this.storeIsSlow = false;
    for (const resolve of this.#owed.splice(0)) resolve();
  }

  /** Its tab is closed, or the browser ends it. */
  dies(): void {
    this.#browser.lockTable.drop(this);
    this.#browser.channels = this.#browser.channels.filter(({ owner }) => owner !== this);
  }
}

class FakeChannel {
  onmessage: ((event: MessageEvent<unknown>) => void) | null = null;
  readonly name: string;
  readonly owner: FakeHost | null;
  readonly #browser: Browser;

  constructor(browser: Browser, name: string) {
    this.#browser = browser;
    this.name = name;
    this.owner = browser.current;
    browser.channels.push(this);
  }

  postMessage(message: unknown): void {
    this.#browser.post(this.name, this, message);
  }
}

/**
 * What the workers of one origin share: locks, channels and what is kept. Takes the place of the global
 * scope, so that several of them run in one process; `vi.unstubAllGlobals` and `vi.restoreAllMocks` end that.
 */
export class Browser {
  readonly lockTable = new LockTable();
  readonly disk = new Disk(false);
  channels: FakeChannel[] = [];
  isOnline = true;
  /** Who asks the global scope for something. */
  current: FakeHost | null = null;
  readonly #listeners: { readonly type: string; readonly listener: () => void }[] = [];

  constructor() {
    const browser = this;
    vi.stubGlobal('navigator', {
      locks: this.lockTable.of(() => this.current),
      get onLine() {
        return browser.isOnline;
      },
    });
    vi.stubGlobal('addEventListener', (type: string, listener: () => void) => {
      this.#listeners.push({ type, listener });
    });
    vi.stubGlobal('self', {
      get location() {
        return new URL(browser.current?.address.url ?? 'https://shop.example/');
      },
      get name() {
        return browser.current?.address.name;
      },
    });
    vi.stubGlobal(
      'BroadcastChannel',
      class extends FakeChannel {
        constructor(name: string) {
          super(browser, name);
        }
      },
    );
    vi.stubGlobal(
      'WebSocket',
      class extends Line {
        static readonly OPEN = 1;

        constructor() {
          super();
          browser.#holder.lines.opened.push(this);
        }
      },
    );
    this.#replaceStore();
  }

  /** There is no IndexedDB in Node: a store does here what the simulation's does. */
  #replaceStore(): void {
    const { disk } = this;
    const owners = new WeakMap<Store, FakeHost>();
    // Whoever reads first has got the lock for that.
    const ownerOf = (store: Store): FakeHost => {
      const owner = owners.get(store) ?? this.#holder;
      owners.set(store, owner);
      return owner;
    };
    vi.spyOn(Store.prototype, 'restore').mockImplementation(async function (this: Store, page) {
      await ownerOf(this).isAsked('restore');
      return disk.restore(page);
    });
    vi.spyOn(Store.prototype, 'write').mockImplementation(async function (
      this: Store,
      operations,
      durable,
    ) {
      const types = operations.map(({ type }) => type).join(',');
      await ownerOf(this).isAsked(`${durable ? 'strict' : 'relaxed'} ${types}`);
      return disk.commit(operations, durable);
    });
    vi.spyOn(Store.prototype, 'readEarlier').mockImplementation(async function (
      this: Store,
      before,
      count,
    ) {
      await ownerOf(this).isAsked(`read ${count}`);
      return disk.page(before, count);
    });
    vi.spyOn(Store.prototype, 'prune').mockImplementation(async function (
      this: Store,
      keep,
      before,
    ) {
      await ownerOf(this).isAsked(`prune ${keep} ${before}`);
    });
    vi.spyOn(Store.prototype, 'close').mockImplementation(async function (this: Store) {
      await ownerOf(this).isAsked('close');
    });
  }

  get #holder(): FakeHost {
    const holder = ['', 'de', 'en']
      .map((name) => this.lockTable.holder(hubLock(name)))
      .find((found) => found !== null);
    if (!holder) throw new Error('nobody has the lock');
    return holder;
  }

  worker(url = 'https://shop.example/hub.js'): FakeHost {
    return new FakeHost(this, url);
  }

  /** The network comes or goes. */
  network(type: 'online' | 'offline'): void {
    for (const one of this.#listeners) if (one.type === type) one.listener();
  }

  post(name: string, from: FakeChannel | null, message: unknown): void {
    const data: unknown = structuredClone(message);
    for (const channel of this.channels.filter((one) => one.name === name)) {
      if (channel === from) continue;
      queueMicrotask(() => channel.onmessage?.(new MessageEvent('message', { data })));
    }
  }
}
