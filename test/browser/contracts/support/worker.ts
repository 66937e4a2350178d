import { expose } from 'comlink';
import { contentsSchema } from '../../../../src/protocol/content-schema.ts';
import type { Place } from '../../../../src/protocol/message.ts';
import type { StoreOperation } from '../../../../src/worker/core/records.ts';
import {
  CredentialStore,
  type StoredSession,
} from '../../../../src/worker/genesys-cloud/credential-store.ts';
import { createClock } from '../../../../src/worker/host/clock.ts';
import {
  holdForLife,
  holdLock,
  isRequested,
  whenReleased,
} from '../../../../src/worker/host/locks.ts';
import { Log } from '../../../../src/worker/host/log.ts';
import { encryptRows } from '../../../../src/worker/store/encrypted-rows.ts';
import { findDuplicate } from '../../../../src/worker/store/same-message.ts';
import { Store } from '../../../../src/worker/store/store.ts';
import { runAll } from '../../../contracts/plain-data.ts';
import { clockCases, type TimersBench, timerCases } from '../../../contracts/timers.ts';
import { timersBench } from '../../../contracts/timers-bench.ts';

/** A hub's edges without a hub, in the worker that a hub would have: a page plays the core. */

export interface StoreKind {
  readonly hasLooseIds: boolean;
  readonly isEncrypted: boolean;
  /** As browsers that can't have many rows in one answer from the end: they go by cursor. */
  readonly isByCursor: boolean;
}

class StoreEdge {
  readonly #told: string[] = [];
  readonly #store: Store;

  constructor({ hasLooseIds, isEncrypted, isByCursor }: StoreKind) {
    if (isByCursor) Reflect.deleteProperty(IDBIndex.prototype, 'getAllRecords');
    this.#store = new Store(
      new Log(),
      { lost: () => this.#told.push('lost'), emptied: () => this.#told.push('emptied') },
      hasLooseIds ? { contents: contentsSchema, findDuplicate } : {},
      { cipher: isEncrypted ? encryptRows() : null },
    );
  }

  write(operations: readonly StoreOperation[], isDurable: boolean) {
    return this.#store.write(operations, isDurable);
  }

  restore(page: number) {
    return this.#store.restore(page);
  }

  readEarlier(before: Place | null, count: number) {
    return this.#store.readEarlier(before, count);
  }

  prune(keep: number, before: number) {
    return this.#store.prune(keep, before);
  }

  async close() {
    await this.#store.close();
  }

  told() {
    return this.#told;
  }
}

class LockEdge {
  readonly #aborts = new Map<string, AbortController>();
  readonly #releases = new Map<string, () => void>();
  readonly #watches = new Map<string, () => void>();
  readonly #signs: string[] = [];

  async hold(name: string, key: string): Promise<boolean> {
    const abort = new AbortController();
    this.#aborts.set(key, abort);
    try {
      this.#releases.set(key, await holdLock(name, abort.signal));
      return true;
    } catch {
      return false;
    }
  }

  abort(key: string): void {
    this.#aborts.get(key)?.abort();
  }

  release(key: string): void {
    this.#releases.get(key)?.();
  }

  watch(name: string, key: string): void {
    this.#watches.set(
      key,
      whenReleased(name, () => this.#signs.push(key)),
    );
  }

  stopWatching(key: string): void {
    this.#watches.get(key)?.();
  }

  signs(): readonly string[] {
    return this.#signs;
  }
}

/** How far this machine's wall clock was set, and how long it has slept. */
let ahead = 0;
const wallClock = Date.now.bind(Date);
Date.now = () => wallClock() + ahead;

/**
 * The cases of time are played here, not by the page: between a wait and what follows it there must be
 * nothing that a busy machine can make longer.
 */
function ownTimers(): TimersBench {
  return timersBench(createClock(), {
    isExact: false,
    pass: (duration) => new Promise((goOn) => setTimeout(goOn, duration)),
    // As a machine on which the monotonic clock stands still meanwhile, with everything that waits.
    sleep: async (duration) => {
      ahead += duration;
    },
    setWall: async (by) => {
      ahead += by;
    },
  });
}

const vaults = new Map<string, CredentialStore>();

function vaultOf(deploymentId: string): CredentialStore {
  const vault = vaults.get(deploymentId) ?? new CredentialStore(deploymentId, '', () => undefined);
  vaults.set(deploymentId, vault);
  return vault;
}

let store: StoreEdge | undefined;
const locks = new LockEdge();

/** One by one, since Comlink knows no nesting. */
const edges = {
  /** Held as long as this worker lives. */
  live: (name: string) => holdForLife(name),
  /** As when a browser takes it away: from the next task on there is none. */
  die: () => self.close(),

  openStore: (kind: StoreKind) => {
    store = new StoreEdge(kind);
  },
  closeStore: () => started().close(),
  write: (operations: readonly StoreOperation[], isDurable: boolean) =>
    started().write(operations, isDurable),
  restore: (page: number) => started().restore(page),
  readEarlier: (before: Place | null, count: number) => started().readEarlier(before, count),
  prune: (keep: number, before: number) => started().prune(keep, before),
  told: () => started().told(),

  readVault: (deploymentId: string) => vaultOf(deploymentId).read(),
  writeVault: (deploymentId: string, session: StoredSession) =>
    vaultOf(deploymentId).write(session),
  forgetVault: (deploymentId: string) => vaultOf(deploymentId).delete(),

  hold: (name: string, key: string) => locks.hold(name, key),
  release: (key: string) => locks.release(key),
  abort: (key: string) => locks.abort(key),
  holdForLife: (name: string) => holdForLife(name),
  watch: (name: string, key: string) => locks.watch(name, key),
  stopWatching: (key: string) => locks.stopWatching(key),
  signs: () => locks.signs(),
  isWanted: (name: string) => isRequested(name),

  playTime: () =>
    runAll<TimersBench>([...timerCases, ...clockCases], async (run) => {
      const bench = ownTimers();
      await run(bench);
      await bench.clearAll();
    }),
};
export type EdgesApi = typeof edges;

function started(): StoreEdge {
  if (!store) throw new Error('there is no store');
  return store;
}

if ('SharedWorkerGlobalScope' in self) {
  addEventListener('connect', (event) => {
    const [port] = event instanceof MessageEvent ? event.ports : [];
    if (port) expose(edges, port);
  });
} else {
  expose(edges);
}
