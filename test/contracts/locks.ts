import { type Case, oddNames, range } from './contract.ts';

/**
 * What hubs and tabs ask of locks. The simulation has no model of them: it takes for granted that there
 * are never two hubs, that the next one begins when the last is gone, and that a hub hears of a tab's end.
 */

/** One worker or page of the origin, that can be gone in a moment. */
export interface Party {
  /** Whether it got the lock, as soon as it has it, or as soon as it has given up. */
  hold(name: string, key: string): Promise<boolean>;
  release(key: string): Promise<void>;
  /** Something is called back, once, when nobody holds the lock any more. */
  watch(name: string, key: string): Promise<void>;
  stopWatching(key: string): Promise<void>;
  /** The keys of what was called back, in that order. */
  signs(): Promise<readonly string[]>;
  kill(): Promise<void>;
}

/** A worker, where a hub runs. */
export interface WorkerParty extends Party {
  /** It no longer wants what it waits for. */
  abort(key: string): Promise<void>;
  /** Resolves when the lock is held, which it is until the worker is gone. */
  holdForLife(name: string): Promise<void>;
  isWanted(name: string): Promise<boolean>;
}

export interface LocksBench<Kind extends Party = Party> {
  party(): Promise<Kind>;
  /** What the browser says of that lock: how many hold it, and how many wait. */
  ask(name: string): Promise<readonly [held: number, waiting: number]>;
  /** Until the browser says so: a death takes its time. */
  until(name: string, held: number, waiting: number): Promise<void>;
  /** Until so many things have been called back. */
  untilSigns(party: Party, count: number): Promise<readonly string[]>;
}

export const lockCases: readonly Case<LocksBench>[] = [
  {
    name: 'a free lock is ours at once, and free again when it is released',
    async run(bench, check) {
      const party = await bench.party();
      check.equal(await bench.ask('a'), [0, 0]);
      check.equal(await party.hold('a', '1'), true);
      check.equal(await bench.ask('a'), [1, 0]);
      await party.release('1');
      await bench.until('a', 0, 0);
      check.equal(await party.hold('a', '2'), true);
      check.equal(await bench.ask('a'), [1, 0]);
    },
  },
  {
    name: 'a lock has one holder at a time; the others get it in the order in which they asked',
    async run(bench, check) {
      const parties = await Promise.all(range(0, 3).map(() => bench.party()));
      const order: number[] = [];
      const held: Promise<unknown>[] = [];
      for (const [index, party] of parties.entries()) {
        held.push(party.hold('a', 'k').then(() => order.push(index)));
        await bench.until('a', 1, index);
      }
      for (const [index, party] of parties.entries()) {
        await held[index];
        check.equal(order, range(0, index));
        check.equal(await bench.ask('a'), [1, 3 - index]);
        await party.release('k');
      }
      await bench.until('a', 0, 0);
    },
  },
  {
    name: 'a lock whose holder dies goes to the next one; whoever died waiting is passed over',
    async run(bench, check) {
      const [first, second, third] = await Promise.all([
        bench.party(),
        bench.party(),
        bench.party(),
      ]);
      check.equal(await first?.hold('a', 'k'), true);
      void second?.hold('a', 'k');
      await bench.until('a', 1, 1);
      const last = third?.hold('a', 'k');
      await bench.until('a', 1, 2);
      await second?.kill();
      await bench.until('a', 1, 1);
      await first?.kill();
      check.equal(await last, true);
      check.equal(await bench.ask('a'), [1, 0]);
    },
  },
  {
    name: 'whoever watches a lock is called back once, when its holder is gone, and leaves it free',
    async run(bench, check) {
      const [holder, watcher] = await Promise.all([bench.party(), bench.party()]);
      await holder?.hold('a', 'k');
      await watcher?.watch('a', 'w1');
      await watcher?.watch('a', 'w2');
      await bench.until('a', 1, 2);
      check.equal(await watcher?.signs(), []);
      await holder?.kill();
      if (watcher) check.equal(await bench.untilSigns(watcher, 2), ['w1', 'w2']);
      await bench.until('a', 0, 0);
      const next = await bench.party();
      check.equal(await next.hold('a', 'k'), true);
      await next.release('k');
      await bench.until('a', 0, 0);
      check.equal(await watcher?.signs(), ['w1', 'w2']);
    },
  },
  {
    name: 'whoever watches a lock is called back when it is released, and when nobody ever held it',
    async run(bench, check) {
      const [holder, watcher] = await Promise.all([bench.party(), bench.party()]);
      await holder?.hold('a', 'k');
      await watcher?.watch('a', 'held');
      await watcher?.watch('b', 'free');
      if (watcher) check.equal(await bench.untilSigns(watcher, 1), ['free']);
      await holder?.release('k');
      if (watcher) check.equal(await bench.untilSigns(watcher, 2), ['free', 'held']);
    },
  },
  {
    name: 'whoever stops watching is not called back, and stands in nobody’s way; the others are',
    async run(bench, check) {
      const [holder, watcher] = await Promise.all([bench.party(), bench.party()]);
      await holder?.hold('a', 'k');
      for (const key of ['w1', 'w2', 'w3']) await watcher?.watch('a', key);
      await bench.until('a', 1, 3);
      await watcher?.stopWatching('w2');
      await bench.until('a', 1, 2);
      await watcher?.stopWatching('w2');
      await holder?.kill();
      if (watcher) check.equal(await bench.untilSigns(watcher, 2), ['w1', 'w3']);
      await bench.until('a', 0, 0);
      await watcher?.stopWatching('w1');
      check.equal(await watcher?.signs(), ['w1', 'w3']);
    },
  },
  {
    name: 'a watcher between a holder and the next one lets that one have the lock',
    async run(bench, check) {
      const [holder, watcher, next] = await Promise.all([
        bench.party(),
        bench.party(),
        bench.party(),
      ]);
      await holder?.hold('a', 'k');
      await watcher?.watch('a', 'w');
      await bench.until('a', 1, 1);
      const held = next?.hold('a', 'k');
      await bench.until('a', 1, 2);
      await holder?.kill();
      check.equal(await held, true);
      if (watcher) check.equal(await bench.untilSigns(watcher, 1), ['w']);
    },
  },
  {
    name: 'locks of other names have nothing to do with each other, however alike they are',
    async run(bench, check) {
      const party = await bench.party();
      for (const [index, name] of oddNames.entries()) {
        check.equal(await party.hold(name, String(index)), true);
      }
      for (const name of oddNames) check.equal(await bench.ask(name), [1, 0], name);
      for (const index of range(1, oddNames.length - 1)) await party.release(String(index));
      for (const name of oddNames.slice(1)) await bench.until(name, 0, 0);
      check.equal(await bench.ask(oddNames[0] ?? ''), [1, 0]);
    },
  },
];

export const workerLockCases: readonly Case<LocksBench<WorkerParty>>[] = [
  {
    name: 'whoever gives up waiting does not get the lock, and those behind do',
    async run(bench, check) {
      const [first, second, third] = await Promise.all([
        bench.party(),
        bench.party(),
        bench.party(),
      ]);
      await first?.hold('a', 'k');
      const given = second?.hold('a', 'k');
      await bench.until('a', 1, 1);
      const held = third?.hold('a', 'k');
      await bench.until('a', 1, 2);
      await second?.abort('k');
      check.equal(await given, false);
      await bench.until('a', 1, 1);
      await first?.release('k');
      check.equal(await held, true);
    },
  },
  {
    name: 'whoever gives up what is theirs already keeps it until it is released',
    async run(bench, check) {
      const party = await bench.party();
      check.equal(await party.hold('a', 'k'), true);
      await party.abort('k');
      check.equal(await bench.ask('a'), [1, 0]);
      await party.release('k');
      await bench.until('a', 0, 0);
    },
  },
  {
    name: 'a lock that is held for life is waited for, and held until its worker is gone',
    async run(bench, check) {
      const [first, second, watcher] = await Promise.all([
        bench.party(),
        bench.party(),
        bench.party(),
      ]);
      await first?.holdForLife('a');
      check.equal(await bench.ask('a'), [1, 0]);
      let isHeld = false;
      const held = second?.holdForLife('a').then(() => {
        isHeld = true;
      });
      await bench.until('a', 1, 1);
      await watcher?.watch('a', 'w');
      await bench.until('a', 1, 2);
      check.equal(isHeld, false);
      await first?.kill();
      await held;
      check.equal(await bench.ask('a'), [1, 1]);
      check.equal(await watcher?.signs(), []);
      await second?.kill();
      if (watcher) check.equal(await bench.untilSigns(watcher, 1), ['w']);
    },
  },
  {
    name: 'a lock is wanted while somebody waits for it, whoever asks',
    async run(bench, check) {
      const [first, second] = await Promise.all([bench.party(), bench.party()]);
      const wanted = async (name: string) => [
        await first?.isWanted(name),
        await second?.isWanted(name),
      ];
      check.equal(await wanted('a'), [false, false]);
      await first?.hold('a', 'k');
      await first?.hold('b', 'other');
      check.equal(await wanted('a'), [false, false]);
      const held = second?.hold('a', 'k');
      await bench.until('a', 1, 1);
      check.equal(await wanted('a'), [true, true]);
      check.equal(await wanted('b'), [false, false]);
      await first?.release('k');
      await held;
      check.equal(await wanted('a'), [false, false]);
    },
  },
  {
    name: 'whoever asks whether a lock is wanted is told of what they asked for just before',
    async run(bench, check) {
      const [first, second] = await Promise.all([bench.party(), bench.party()]);
      await first?.hold('a', 'k');
      void second?.hold('a', 'k');
      check.equal(await second?.isWanted('a'), true);
    },
  },
];
