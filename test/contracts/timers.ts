import type { Clock } from '../../src/worker/core/input.ts';
import { type TimerName, timerNames } from '../../src/worker/core/timers.ts';
import { type Case, check as holds } from './contract.ts';

/** What a hub asks of its timers and of the clock that they run by, on one machine. */

export interface Firing {
  readonly name: TimerName;
  /** The clock's reading then. */
  readonly at: number;
}

export interface ClockBench {
  read(): Promise<Clock>;
  /** What has fired until the end of that. */
  pass(duration: number): Promise<readonly Firing[]>;
  /** The machine sleeps for so long, and wakes. */
  sleep(duration: number): Promise<void>;
  /** Somebody sets the machine's wall clock. */
  setWall(by: number): Promise<void>;
  /** Nothing passes by itself, and no timer is late. */
  readonly isExact: boolean;
}

export interface TimersBench extends ClockBench {
  /**
   * For so long from now on; what has fired until then.
   * @param again as it fires for the first time it is set anew, for so long
   */
  set(name: TimerName, delay: number, again?: number): Promise<readonly Firing[]>;
  clear(name: TimerName): Promise<void>;
  clearAll(): Promise<void>;
}

type TimersCase = Case<TimersBench>;

const names = (firings: readonly Firing[]) => firings.map(({ name }) => name);

const minute = 60_000;

/** Where a real clock runs too: enough for a browser that is busy, and far from what would be wrong. */
const busy = 2_000;

/** The difference of two readings is what it should be, or what a busy browser makes of it. */
function isAbout({ isExact }: ClockBench, actual: number, expected: number): boolean {
  return isExact
    ? actual === expected
    : // The monotonic clock counts parts of a millisecond, the wall clock whole ones.
      actual >= expected - 2 && actual < expected + busy;
}

function expectAbout(bench: ClockBench, what: string, actual: number, expected: number): void {
  holds(isAbout(bench, actual, expected), () => `${what}: ${actual} instead of ${expected}`);
}

/** They take what there is of real time: some hundredths of a second each. */
export const timerCases: readonly TimersCase[] = [
  {
    name: 'a timer fires once, not before its time',
    async run(bench, check) {
      const { now } = await bench.read();
      await bench.set('ping', 40);
      check.equal(await bench.pass(20), []);
      const firings = await bench.pass(60);
      check.equal(names(firings), ['ping']);
      const at = firings[0]?.at ?? 0;
      holds(at >= now + 40, () => `fired at ${at}, set at ${now}`);
      expectAbout(bench, 'from setting to firing', at - now, 40);
      check.equal(names(await bench.pass(100)), ['ping']);
    },
  },
  {
    name: 'timers fire in the order of their times, each by its name',
    async run(bench, check) {
      await bench.set('retry', 90);
      await bench.set('pong', 30);
      await bench.set('idle', 60);
      check.equal(names(await bench.pass(130)), ['pong', 'idle', 'retry']);
    },
  },
  {
    name: 'timers of every name run beside each other',
    async run(bench, check) {
      for (const [index, name] of timerNames.entries()) await bench.set(name, 40 + 4 * index);
      check.equal(names(await bench.pass(300)), timerNames);
    },
  },
  {
    name: 'a timer that is set again is moved, further away or nearer',
    async run(bench, check) {
      await bench.set('ping', 30);
      await bench.set('pong', 120);
      await bench.set('ping', 90);
      await bench.set('pong', 60);
      await bench.set('reorder', 200);
      await bench.set('reorder', 30);
      check.equal(names(await bench.pass(150)), ['reorder', 'pong', 'ping']);
      check.equal(names(await bench.pass(100)), ['reorder', 'pong', 'ping']);
    },
  },
  {
    name: 'a timer that is cleared does not fire, and the others do',
    async run(bench, check) {
      await bench.set('ping', 30);
      await bench.set('pong', 40);
      await bench.set('reorder', 50);
      await bench.clear('reorder');
      await bench.clear('ping');
      await bench.clear('echo');
      check.equal(names(await bench.pass(90)), ['pong']);
      await bench.clear('pong');
      await bench.set('ping', 20);
      check.equal(names(await bench.pass(60)), ['pong', 'ping']);
    },
  },
  {
    name: 'all timers are cleared at once, and can be set again',
    async run(bench, check) {
      for (const name of ['ping', 'pong', 'reorder'] as const) await bench.set(name, 30);
      await bench.clearAll();
      await bench.clearAll();
      check.equal(await bench.pass(70), []);
      await bench.set('pong', 20);
      check.equal(names(await bench.pass(60)), ['pong']);
    },
  },
  {
    name: 'a timer whose time is over already fires soon, and never within its being set',
    async run(bench, check) {
      for (const [index, delay] of [0, -1, -minute, 0.25].entries()) {
        const name = (['ping', 'pong', 'reorder', 'echo'] as const)[index];
        if (!name) continue;
        check.equal(names(await bench.set(name, delay)).includes(name), false);
        check.equal(names(await bench.pass(30)).at(-1), name, `${delay} ms`);
      }
    },
  },
  {
    name: 'a timer that is set anew as it fires fires again, and can be cleared',
    async run(bench, check) {
      await bench.set('ping', 20, 40);
      check.equal(names(await bench.pass(40)), ['ping']);
      check.equal(names(await bench.pass(60)), ['ping', 'ping']);
      await bench.set('pong', 20, 60);
      check.equal(names(await bench.pass(40)), ['ping', 'ping', 'pong']);
      await bench.clear('pong');
      check.equal(names(await bench.pass(100)), ['ping', 'ping', 'pong']);
    },
  },
  {
    name: 'a timer of the far future waits, however far it is',
    async run(bench, check) {
      const far = [2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 32 + 10, 1e15];
      for (const [index, delay] of far.entries()) {
        const name = timerNames[index];
        if (name) await bench.set(name, delay);
      }
      check.equal(await bench.pass(80), []);
    },
  },
  {
    name: 'a timer whose time falls into the sleep of the machine fires once, soon after waking',
    async run(bench, check) {
      await bench.set('ping', 50);
      await bench.set('pong', 20 * minute);
      await bench.sleep(10 * minute);
      check.equal(names(await bench.pass(120)), ['ping']);
    },
  },
  {
    name: 'a timer that is set when the machine has slept waits no longer for that',
    async run(bench, check) {
      await bench.sleep(10 * minute);
      await bench.set('ping', 40);
      check.equal(await bench.pass(20), []);
      check.equal(names(await bench.pass(60)), ['ping']);
    },
  },
  {
    name: 'a wall clock that is set moves no timer',
    async run(bench, check) {
      await bench.set('ping', 60);
      await bench.setWall(-60 * minute);
      check.equal(await bench.pass(30), []);
      check.equal(names(await bench.pass(80)), ['ping']);
      await bench.set('pong', 60);
      await bench.setWall(4_000);
      check.equal(names(await bench.pass(30)), ['ping']);
      check.equal(names(await bench.pass(80)), ['ping', 'pong']);
    },
  },
];

/** They would take minutes of real time. */
export const longTimerCases: readonly TimersCase[] = [
  {
    name: 'a long wait ends at its time, and not before',
    async run(bench, check) {
      for (const [name, duration] of [
        ['ping', 29_999],
        ['pong', 30_000],
        ['reorder', 30_001],
        ['echo', 60_000],
        ['retry', 24 * 60 * minute],
      ] as const) {
        const { now } = await bench.read();
        await bench.set(name, duration);
        check.equal(names(await bench.pass(duration - 1)).includes(name), false, `${duration} ms`);
        const last = (await bench.pass(1)).at(-1);
        check.equal(last, { name, at: now + duration });
      }
    },
  },
  {
    name: 'a long wait that is cleared or moved half way does not end at its first time',
    async run(bench, check) {
      await bench.set('ping', 2 * minute);
      await bench.set('pong', 2 * minute);
      await bench.pass(minute);
      await bench.clear('ping');
      await bench.set('pong', 2 * minute);
      check.equal(await bench.pass(2 * minute - 1), []);
      check.equal(names(await bench.pass(1)), ['pong']);
    },
  },
  {
    name: 'what falls due in a sleep fires within half a minute of waking; what does not waits on',
    async run(bench, check) {
      await bench.set('expiry', 15 * minute);
      await bench.set('idle', 5 * minute);
      await bench.sleep(10 * minute);
      check.equal(names(await bench.pass(30_000)), ['idle']);
      check.equal(names(await bench.pass(4.5 * minute - 1)), ['idle']);
      check.equal(names(await bench.pass(1)), ['idle', 'expiry']);
    },
  },
];

export const clockCases: readonly Case<ClockBench>[] = [
  {
    name: 'the clock goes on by what passes, and the wall clock with it',
    async run(bench, check) {
      const first = await bench.read();
      await bench.pass(40);
      const second = await bench.read();
      expectAbout(bench, 'now', second.now - first.now, 40);
      expectAbout(bench, 'wall', second.wall - first.wall, 40);
      check.equal(second.now >= first.now, true);
    },
  },
  {
    name: 'the clock counts sleep, each time, and goes on from there',
    async run(bench, check) {
      let last = await bench.read();
      for (const duration of [10 * minute, 6_000, 8 * 60 * minute]) {
        await bench.sleep(duration);
        const next = await bench.read();
        expectAbout(bench, `now behind ${duration}`, next.now - last.now, duration);
        expectAbout(bench, `wall behind ${duration}`, next.wall - last.wall, duration);
        await bench.pass(10);
        last = await bench.read();
        expectAbout(bench, 'now behind a pause', last.now - next.now, 10);
      }
      check.equal((await bench.read()).now >= last.now, true);
    },
  },
  {
    name: 'a wall clock that is set back does not take the clock back, nor hold it up',
    async run(bench, check) {
      const first = await bench.read();
      await bench.setWall(-60 * minute);
      const second = await bench.read();
      expectAbout(bench, 'now', second.now - first.now, 0);
      expectAbout(bench, 'wall', second.wall - first.wall, -60 * minute);
      await bench.pass(40);
      const third = await bench.read();
      expectAbout(bench, 'now behind a pause', third.now - second.now, 40);
      check.equal(third.now >= second.now && second.now >= first.now, true);
    },
  },
  {
    name: 'sleep behind a wall clock that was set back counts in full',
    async run(bench, check) {
      await bench.setWall(-60 * minute);
      const first = await bench.read();
      await bench.sleep(minute);
      const second = await bench.read();
      expectAbout(bench, 'now', second.now - first.now, minute);
      check.equal(second.now > first.now, true);
    },
  },
  {
    name: 'a wall clock that is put right by seconds is no sleep, however often',
    async run(bench, check) {
      const first = await bench.read();
      for (const by of [1_000, 4_000, 4_000, -2_000, 4_000]) {
        await bench.setWall(by);
        await bench.read();
      }
      const last = await bench.read();
      expectAbout(bench, 'now', last.now - first.now, 0);
      expectAbout(bench, 'wall', last.wall - first.wall, 11_000);
      check.equal(last.now >= first.now, true);
    },
  },
];

/** To the millisecond, which a clock that runs by itself can't tell. */
export const exactClockCases: readonly Case<ClockBench>[] = [
  {
    name: 'a wall clock ahead by five seconds is no sleep; by a millisecond more it is',
    async run(bench, check) {
      const first = await bench.read();
      await bench.setWall(5_000);
      const second = await bench.read();
      check.equal(second.now - first.now, 0);
      await bench.setWall(5_001);
      check.equal((await bench.read()).now - second.now, 5_001);
    },
  },
];
