import { holdLock, whenReleased } from '../../../../src/client/connection/locks.ts';
import {
  type CredentialStoreBench,
  credentialStoreCases,
} from '../../../contracts/credential-store.ts';
import type { LocksBench, Party, WorkerParty } from '../../../contracts/locks.ts';
import { lockCases, workerLockCases } from '../../../contracts/locks.ts';
import { type Report, runAll } from '../../../contracts/plain-data.ts';
import {
  firmIdCases,
  looseIdCases,
  type StoreBench,
  storeCases,
} from '../../../contracts/store.ts';
import type { StoreKind } from './worker.ts';
import { type EdgeWorker, type Host, startWorker } from './workers.ts';

/** The real things behind the contracts' subjects: each case has workers of its own. */

function deleteDatabase(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error);
  });
}

/** Whatever the work starts is gone behind it, however it ends. */
async function withWorkers(
  host: Host,
  work: (start: () => Promise<EdgeWorker>) => Promise<void>,
): Promise<void> {
  const started: EdgeWorker[] = [];
  try {
    await work(async () => {
      const worker = await startWorker(host);
      started.push(worker);
      return worker;
    });
  } finally {
    for (const worker of started) await worker.kill();
    await deleteDatabase('partyline');
    await deleteDatabase('partyline-sessions');
  }
}

export function runStore(host: Host, kind: StoreKind): Promise<Report> {
  const cases = [...storeCases, ...(kind.hasLooseIds ? looseIdCases : firmIdCases)];
  return runAll<StoreBench>(cases, (run) =>
    withWorkers(host, (start) =>
      run({
        open: async () => {
          const { edges, kill } = await start();
          await edges.openStore(kind);
          await edges.restore(1);
          return {
            write: (operations, isDurable = false) => edges.write(operations, isDurable),
            restore: (page) => edges.restore(page),
            readEarlier: (before, count) => edges.readEarlier(before, count),
            prune: (keep, before) => edges.prune(keep, before),
            told: () => edges.told(),
            leave: () => edges.closeStore(),
            kill,
          };
        },
        deleteDatabase: () => deleteDatabase('partyline'),
      }),
    ),
  );
}

export async function runTimers(host: Host): Promise<Report> {
  const { edges, kill } = await startWorker(host);
  const report = await edges.playTime();
  await kill();
  return report;
}

export function runVault(host: Host): Promise<Report> {
  return runAll<CredentialStoreBench>(credentialStoreCases, (run) =>
    withWorkers(host, (start) =>
      run({
        open: async () => {
          const { edges, kill } = await start();
          return {
            read: (deploymentId) => edges.readVault(deploymentId),
            write: (deploymentId, session) => edges.writeVault(deploymentId, session),
            forget: (deploymentId) => edges.forgetVault(deploymentId),
            kill,
          };
        },
      }),
    ),
  );
}

/** What the browser itself says of locks. */
function benchOf<Kind extends Party>(party: () => Promise<Kind>): LocksBench<Kind> {
  const ask = async (name: string) => {
    const { held = [], pending = [] } = await navigator.locks.query();
    return [held, pending].map((list) => list.filter((one) => one.name === name).length);
  };
  const until = async <T>(read: () => Promise<T>, isThere: (found: T) => boolean) => {
    const end = performance.now() + 10_000;
    for (;;) {
      const found = await read();
      if (isThere(found)) return found;
      if (performance.now() > end) throw new Error(`it stays at ${JSON.stringify(found)}`);
      await new Promise((goOn) => setTimeout(goOn));
    }
  };
  return {
    party,
    ask: async (name) => {
      const [held = 0, waiting = 0] = await ask(name);
      return [held, waiting];
    },
    until: async (name, held, waiting) => {
      await until(
        () => ask(name),
        (found) => found[0] === held && found[1] === waiting,
      );
    },
    untilSigns: (one, count) => until(one.signs, (signs) => signs.length >= count),
  };
}

export function runLocks(host: Host): Promise<Report> {
  const cases = [...lockCases, ...workerLockCases];
  return runAll<LocksBench<WorkerParty>>(cases, (run) =>
    withWorkers(host, (start) =>
      run(
        benchOf(async () => {
          const { edges, kill } = await start();
          return {
            hold: (name, key) => edges.hold(name, key),
            release: (key) => edges.release(key),
            watch: (name, key) => edges.watch(name, key),
            stopWatching: (key) => edges.stopWatching(key),
            signs: () => edges.signs(),
            abort: (key) => edges.abort(key),
            holdForLife: (name) => edges.holdForLife(name),
            isWanted: (name) => edges.isWanted(name),
            kill,
          };
        }),
      ),
    ),
  );
}

interface PageLocks {
  readonly holdLock: typeof holdLock;
  readonly whenReleased: typeof whenReleased;
}

declare global {
  interface Window {
    ownLocks: PageLocks;
    contracts: {
      runStore: typeof runStore;
      runTimers: typeof runTimers;
      runVault: typeof runVault;
      runLocks: typeof runLocks;
      runPageLocks: typeof runPageLocks;
    };
  }
}

/** A page in a page: as a tab that can be closed from here. */
async function openFrame(): Promise<{ frame: HTMLIFrameElement; locks: PageLocks }> {
  const frame = document.createElement('iframe');
  frame.src = '/';
  const loaded = new Promise((resolve) => {
    frame.onload = resolve;
  });
  document.body.append(frame);
  await loaded;
  const inside = frame.contentWindow;
  if (!inside) throw new Error('the frame has no page');
  return { frame, locks: inside.ownLocks };
}

/** Of src/client/connection/locks.ts, in pages. */
export function runPageLocks(): Promise<Report> {
  return runAll<LocksBench>(lockCases, async (run) => {
    const frames: HTMLIFrameElement[] = [];
    try {
      await run(
        benchOf(async () => {
          const { frame, locks } = await openFrame();
          frames.push(frame);
          const releases = new Map<string, () => void>();
          const watches = new Map<string, () => void>();
          const signs: string[] = [];
          return {
            hold: async (name, key) => {
              releases.set(key, await locks.holdLock(name));
              return true;
            },
            release: async (key) => releases.get(key)?.(),
            watch: async (name, key) => {
              watches.set(
                key,
                locks.whenReleased(name, () => signs.push(key)),
              );
            },
            stopWatching: async (key) => watches.get(key)?.(),
            signs: async () => [...signs],
            kill: async () => frame.remove(),
          };
        }),
      );
    } finally {
      for (const frame of frames) frame.remove();
    }
  });
}

window.ownLocks = { holdLock, whenReleased };
window.contracts = { runStore, runTimers, runVault, runLocks, runPageLocks };
