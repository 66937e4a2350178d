import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { memoryRateLimits, type RateLimitStore } from '../../../src/server/index.ts';
import { createLimiter } from '../../../src/server/limiter.ts';
import { quietLogger } from './support.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A store with scripted answers that records its requests. */
function storeThat(answer: () => Promise<number>) {
  const asked: [string, number][] = [];
  const store: RateLimitStore = {
    take: (key, perMinute) => {
      asked.push([key, perMinute]);
      return answer();
    },
    close: async () => {},
  };
  return { store, asked };
}

describe('buckets in memory', () => {
  let clock = 1_000_000;
  const times = async (store: RateLimitStore, count: number, key = 'a', perMinute = 6) => {
    const waits = [];
    for (let index = 0; index < count; index += 1) waits.push(await store.take(key, perMinute));
    return waits;
  };
  beforeEach(() => {
    clock = 1_000_000;
  });

  test('hold a minute’s worth, and tell how long it takes until there is one again', async () => {
    const store = memoryRateLimits(10, () => clock);
    expect(await times(store, 8)).toEqual([0, 0, 0, 0, 0, 0, 10_000, 10_000]);
    clock += 9_999;
    expect(await times(store, 1)).toEqual([1]);
    clock += 1;
    expect(await times(store, 2)).toEqual([0, 10_000]);
  });

  test('fill again at their pace, and never beyond what they hold', async () => {
    const store = memoryRateLimits(10, () => clock);
    await times(store, 6);
    clock += 30_000;
    expect(await times(store, 4)).toEqual([0, 0, 0, 10_000]);
    clock += 3_600_000;
    expect(await times(store, 7)).toEqual([0, 0, 0, 0, 0, 0, 10_000]);
  });

  test('of a refused client do not count', async () => {
    const store = memoryRateLimits(10, () => clock);
    await times(store, 6);
    const waits = [];
    for (let index = 0; index < 4; index += 1) {
      clock += 2_500;
      waits.push(...(await times(store, 1)));
    }
    expect(waits).toEqual([7_500, 5_000, 2_500, 0]);
  });

  test('lock no visitor out when the clock is set back', async () => {
    const store = memoryRateLimits(10, () => clock);
    await times(store, 5);
    clock -= 3_600_000;
    expect(await times(store, 2)).toEqual([0, 10_000]);
    clock += 10_000;
    expect(await times(store, 1)).toEqual([0]);
  });

  test('are one for each key, and as many as are allowed: the longest unused goes first', async () => {
    const store = memoryRateLimits(2, () => clock);
    expect(await times(store, 2, 'a', 1)).toEqual([0, 60_000]);
    expect(await times(store, 1, 'b', 1)).toEqual([0]);
    // Both are still known, and b has now rested longest.
    expect(await times(store, 1, 'a', 1)).toEqual([60_000]);
    expect(await times(store, 1, 'c', 1)).toEqual([0]);
    expect(await times(store, 1, 'a', 1)).toEqual([60_000]);
    expect(await times(store, 1, 'b', 1)).toEqual([0]);
  });

  test('are empty of visitors once they are closed', async () => {
    const store = memoryRateLimits(2, () => clock);
    await times(store, 1, 'a', 1);
    await store.close();
    expect(await times(store, 1, 'a', 1)).toEqual([0]);
  });

  test('go by the wall clock where no other is given', async () => {
    const store = memoryRateLimits(2);
    expect(await times(store, 2, 'a', 1)).toEqual([0, 60_000]);
    vi.setSystemTime(Date.now() + 60_000);
    expect(await times(store, 1, 'a', 1)).toEqual([0]);
  });
});

describe('the limiter', () => {
  test.each([
    [0, 0],
    [1, 1],
    [999, 1],
    [1_000, 1],
    [1_001, 2],
    [59_999.5, 60],
  ])('tells a wait of %d ms as %i whole seconds', async (wait, seconds) => {
    const { store } = storeThat(async () => wait);
    const limiter = createLimiter(store, 10, () => 0, quietLogger().logger);
    expect(await limiter.take('token', 'one', 6)).toBe(seconds);
  });

  test('stores no names, and distinguishes visitors and kinds', async () => {
    const { store, asked } = storeThat(async () => 0);
    const limiter = createLimiter(store, 10, () => 0, quietLogger().logger);
    const who = 'visitor-1'.repeat(20);
    await limiter.take('token', who, 6);
    await limiter.take('token', who, 6);
    await limiter.take('log', who, 7);
    await limiter.take('token', `${who}x`, 6);
    const keys = asked.map(([key]) => key);
    for (const key of keys) {
      expect(key).toMatch(/^(token|log):[\w-]{22}$/);
      expect(key).not.toContain('visitor');
    }
    expect(keys[1]).toBe(keys[0]);
    expect(new Set(keys).size).toBe(3);
    expect(asked.map(([, perMinute]) => perMinute)).toEqual([6, 6, 7, 6]);
  });

  test('counts in memory where there is no store, and shares nothing', async () => {
    const { logger, lines } = quietLogger();
    const limiter = createLimiter(null, 10, () => 0, logger);
    expect([await limiter.take('log', 'one', 1), await limiter.take('log', 'one', 1)]).toEqual([
      0, 60,
    ]);
    expect(limiter.isShared).toBe(false);
    expect(lines).toEqual([]);
  });

  test('waits half a second for the store, and counts by itself then', async () => {
    let answer: (wait: number) => void = () => {};
    const { store } = storeThat(() => new Promise((resolve) => (answer = resolve)));
    const { logger, lines } = quietLogger();
    const limiter = createLimiter(store, 10, () => 0, logger);
    expect(limiter.isShared).toBe(true);

    const slow = limiter.take('token', 'one', 6);
    await vi.advanceTimersByTimeAsync(499);
    answer(30_000);
    expect(await slow).toBe(30);
    expect([limiter.isShared, lines.length, vi.getTimerCount()]).toEqual([true, 0, 0]);

    const tooSlow = limiter.take('token', 'one', 6);
    await vi.advanceTimersByTimeAsync(500);
    expect(await tooSlow).toBe(0);
    expect([limiter.isShared, lines.length]).toEqual([false, 1]);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      event: 'rate-limits-lost',
      reason: 'TimeoutError',
    });
    // What comes too late changes nothing.
    answer(30_000);
    await vi.advanceTimersByTimeAsync(0);
    expect(limiter.isShared).toBe(false);
  });

  test('tells of a lost store once a minute, without its words, and finds it again', async () => {
    let isDown = true;
    let clock = 0;
    const { store } = storeThat(async () => {
      if (isDown) throw new RangeError('redis://:hunter2@cache is down');
      return 5_000;
    });
    const { logger, lines } = quietLogger();
    const limiter = createLimiter(store, 10, () => clock, logger);
    const take = () => limiter.take('token', 'one', 6);

    await take();
    clock = 59_999;
    await take();
    expect(lines).toHaveLength(1);
    clock = 60_000;
    await take();
    expect(lines).toHaveLength(2);
    clock = 119_999;
    await take();
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      expect(JSON.parse(line)).toMatchObject({ event: 'rate-limits-lost', reason: 'RangeError' });
      expect(line).not.toContain('hunter2');
    }
    expect(limiter.isShared).toBe(false);

    isDown = false;
    expect(await take()).toBe(5);
    expect(limiter.isShared).toBe(true);
  });

  test('bears a store that throws at once, or something that is no error', async () => {
    const { logger, lines } = quietLogger();
    const thrower = { take: () => Promise.reject('down'), close: async () => {} };
    const limiter = createLimiter(thrower, 10, () => 0, logger);
    expect([await limiter.take('log', 'one', 1), await limiter.take('log', 'one', 1)]).toEqual([
      0, 60,
    ]);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ reason: 'unknown' });
  });

  test('keeps as many visitors in memory as configured', async () => {
    const limiter = createLimiter(null, 1, () => 0, quietLogger().logger);
    await limiter.take('log', 'one', 1);
    await limiter.take('log', 'two', 1);
    expect(await limiter.take('log', 'one', 1)).toBe(0);
  });
});
