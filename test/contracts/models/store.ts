import { Disk, ModelStore } from '../../simulation/model/store.ts';
import type { StoreBench, StoreSubject } from '../store.ts';
import { quietWorld } from './sim-context.ts';

/** Longer than all that is asked for at once takes, in simulated ms. */
const longEnough = 10_000;

/** Enough for some of what is under way, in simulated ms. */
const aMoment = 12;

/** The simulation's store. */
export function modelStore(hasLooseIds: boolean): StoreBench {
  const context = quietWorld();
  const { scheduler, machine } = context;
  const disk = new Disk(hasLooseIds);
  const alive = new Set<ModelStore>();

  /** Asks, and lets time go on once everything that is asked for together has been. */
  function asked<T>(ask: (done: (result: T) => void) => void): Promise<T> {
    return new Promise((resolve) => {
      ask(resolve);
      queueMicrotask(() => {
        if (!isDying) scheduler.runUntil(scheduler.now + longEnough);
      });
    });
  }

  /** Time stands still but for a moment: whoever dies does so in the middle of their work. */
  let isDying = false;

  async function open(): Promise<StoreSubject> {
    const reported: string[] = [];
    const store = new ModelStore(context, machine, disk, () => reported.push('emptied'));
    alive.add(store);
    const subject: StoreSubject = {
      write: (operations, isDurable = false) =>
        asked((done) => store.write(operations, isDurable, done)),
      restore: (page) => asked((done) => store.restore(page, done)),
      readEarlier: (before, count) => asked((done) => store.readEarlier(before, count, done)),
      prune: (keep, before) => asked<void>((done) => store.prune(keep, before, done)),
      told: async () => [...reported],
      // As HubProcess does it: when everything is written there is nothing more of it.
      leave: async () => {
        await asked<void>((done) => store.settled(done));
        store.kill();
        alive.delete(store);
      },
      kill: async () => {
        isDying = true;
        scheduler.runUntil(scheduler.now + aMoment);
        store.kill();
        alive.delete(store);
        await Promise.resolve();
        isDying = false;
      },
    };
    await subject.restore(1);
    return subject;
  }

  return {
    open,
    deleteDatabase: async () => {
      disk.delete();
      // As HubProcess.noticeDeletion: its connection is closed, and it opens another at once.
      await Promise.all([...alive].map((store) => asked<void>((done) => store.settled(done))));
    },
  };
}
