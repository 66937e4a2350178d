import { getEventListeners } from 'node:events';
import { vi } from 'vitest';
import { callChannel, type HubReady, streamChannel } from '../../../src/protocol/channels.ts';
import { hubChannel } from '../../../src/protocol/hub-name.ts';
import { aliveLock } from '../../../src/protocol/locks.ts';
import { protocolVersion } from '../../../src/protocol/version.ts';
import { portSnapshot } from '../../contracts/ports.ts';
import { FakeLocks } from './fake-locks.ts';
import { TestStorage } from './test-storage.ts';

/** An end of a connection. What one end posts, the others receive in a microtask. */
export class FakePort extends EventTarget {
  readonly posted: unknown[] = [];
  readonly peers = new Set<FakePort>();
  isClosed = false;
  onmessage: ((event: MessageEvent<unknown>) => void) | null = null;

  postMessage(data: unknown): void {
    this.posted.push(data);
    for (const peer of this.peers) queueMicrotask(() => peer.receive(data));
  }

  receive(data: unknown): void {
    if (this.isClosed) return;
    const event = new MessageEvent('message', { data });
    this.onmessage?.(event);
    this.dispatchEvent(event);
  }

  start(): void {}

  close(): void {
    this.isClosed = true;
    for (const peer of this.peers) peer.peers.delete(this);
    this.peers.clear();
  }
}

/** The page's end of a SharedWorker. */
export class FakeSharedWorker {
  readonly port = new FakePort();
  onerror: (() => void) | null = null;
  readonly url: string;
  readonly options: unknown;

  constructor(url: string, options?: unknown) {
    this.url = url;
    this.options = options;
  }
}

export class FakeWorker {
  isTerminated = false;
  onmessage: ((event: { readonly data: unknown }) => void) | null = null;
  onerror: (() => void) | null = null;

  terminate(): void {
    this.isTerminated = true;
  }
}

class FakeDocument extends EventTarget {
  visibilityState = 'visible';
}

/** What a page's connection uses of a browser. Its globals last until `vi.unstubAllGlobals()`. */
export class FakeBrowser {
  readonly locks = new FakeLocks();
  readonly document = new FakeDocument();
  readonly window = new EventTarget();
  readonly localStorage = new TestStorage();
  readonly sessionStorage = new TestStorage();
  readonly sharedWorkers: FakeSharedWorker[] = [];
  /** Dedicated Workers, in which a hub of this tab runs. */
  readonly workers: FakeWorker[] = [];
  readonly ports = new Set<FakePort>();
  readonly channels = new Map<FakePort, string>();

  constructor({ hasSharedWorker = true } = {}) {
    const { document, localStorage, sessionStorage, locks } = this;
    const { sharedWorkers, workers, ports, channels } = this;
    class SharedWorker extends FakeSharedWorker {
      constructor(url: string, options?: unknown) {
        super(url, options);
        sharedWorkers.push(this);
        ports.add(this.port);
      }
    }
    class Worker extends FakeWorker {
      constructor() {
        super();
        workers.push(this);
      }
    }
    class MessageChannel {
      readonly port1 = new FakePort();
      readonly port2 = new FakePort();
      constructor() {
        this.port1.peers.add(this.port2);
        this.port2.peers.add(this.port1);
        ports.add(this.port1);
      }
    }
    class BroadcastChannel extends FakePort {
      constructor(name: string) {
        super();
        for (const [peer, itsName] of channels) {
          if (peer.isClosed || itsName !== name) continue;
          this.peers.add(peer);
          peer.peers.add(this);
        }
        channels.set(this, name);
      }
    }
    const globals = { document, localStorage, sessionStorage, navigator: { locks } };
    for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value);
    vi.stubGlobal('addEventListener', this.window.addEventListener.bind(this.window));
    vi.stubGlobal('SharedWorker', hasSharedWorker ? SharedWorker : undefined);
    vi.stubGlobal('Worker', Worker);
    vi.stubGlobal('MessageChannel', MessageChannel);
    vi.stubGlobal('BroadcastChannel', BroadcastChannel);
  }

  /** The workers of this tab that run. */
  get runningWorkers(): number {
    return this.workers.filter(({ isTerminated }) => !isTerminated).length;
  }

  /** The page's ends of connections that it has not closed, without those of `hubs`. */
  openPorts(...hubs: readonly TabHub[]): number {
    const theirs = new Set(hubs.flatMap(({ channels }) => channels));
    return [...this.ports, ...this.channels.keys()].filter(
      (port) => !port.isClosed && !theirs.has(port),
    ).length;
  }

  /** How many listeners the page has on its window and its document. */
  listeners(): number {
    const types = ['focus', 'pointerdown', 'keydown', 'pagehide', 'pageshow'];
    const documentTypes = ['visibilitychange', 'freeze', 'resume'];
    return [
      ...types.flatMap((type) => getEventListeners(this.window, type)),
      ...documentTypes.flatMap((type) => getEventListeners(this.document, type)),
    ].length;
  }
}

/** The site's own worker. */
export const hubUrl = 'https://site/hub.js';
export const siteWorker = (): SharedWorker => new SharedWorker(hubUrl);
export const siteFallback = (): Worker => new Worker(hubUrl);

export function helloOf(boot: string, part: object = {}): object {
  return {
    type: 'partyline-hello',
    epoch: `${boot}.0`,
    protocolVersion,
    build: '1',
    name: '',
    ...part,
  };
}

/** The attach that a page has posted, and the hub's end of its stream. */
export function attachOf(port: FakePort): { attach: unknown; stream: FakePort } | null {
  const message = port.posted.find((data) => Object(data).type === 'partyline-attach');
  return message ? Object(message) : null;
}

/** Holds the lock of a hub that runs. Returns a function that ends the hub. */
export function holdAliveLock(locks: FakeLocks, boot: string): () => void {
  let release = () => {};
  const life = new Promise<void>((resolve) => {
    release = resolve;
  });
  void locks.request(aliveLock(boot), () => life);
  return release;
}

/** A hub in a SharedWorker: greets a page and sends it a snapshot. */
export class SharedHub {
  readonly stop: () => void;
  readonly boot: string;

  constructor(locks: FakeLocks, boot: string) {
    this.boot = boot;
    this.stop = holdAliveLock(locks, boot);
  }

  greet(worker: FakeSharedWorker | undefined, part: object = {}): void {
    worker?.port.receive(helloOf(this.boot, part));
  }

  sendSnapshot(worker: FakeSharedWorker | undefined, part: object = {}): void {
    const attached = worker && attachOf(worker.port);
    attached?.stream.postMessage({ ...portSnapshot(`${this.boot}.0`), ...part });
  }
}

/** A hub in a tab's worker: answers every page that asks for a connection, with a snapshot. */
export class TabHub {
  readonly attached: FakePort[] = [];
  readonly channels: FakePort[] = [];
  readonly stop: () => void;
  readonly #boot: string;
  readonly #hello: object;

  /** @param hello of its hello, what differs from usual */
  constructor(browser: FakeBrowser, boot: string, hello: object = {}) {
    this.#boot = boot;
    this.#hello = helloOf(boot, hello);
    const release = holdAliveLock(browser.locks, boot);
    this.stop = () => {
      for (const channel of this.channels) channel.close();
      release();
    };
    const lobby = this.#open(browser, hubChannel(''));
    lobby.onmessage = ({ data }) => this.#connect(browser, Object(data).connectionId);
    const ready: HubReady = { type: 'partyline-hub-ready' };
    lobby.postMessage(ready);
  }

  #connect(browser: FakeBrowser, connectionId: string | undefined): void {
    if (connectionId === undefined) return;
    const calls = this.#open(browser, callChannel(connectionId));
    calls.onmessage = ({ data }) => {
      const { type, attach } = Object(data);
      if (type !== 'partyline-attach') return;
      const stream = this.#open(browser, streamChannel(attach.tabId));
      this.attached.push(stream);
      stream.postMessage(portSnapshot(`${this.#boot}.0`));
    };
    calls.postMessage(this.#hello);
  }

  #open(browser: FakeBrowser, name: string): FakePort {
    const before = new Set(browser.channels.keys());
    new BroadcastChannel(name);
    const opened = [...browser.channels.keys()].find((port) => !before.has(port));
    if (!opened) throw new Error('no channel');
    this.channels.push(opened);
    return opened;
  }
}
