import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Throttle } from '../../../src/worker/host/throttle.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const takes = (throttle: Throttle, times: number) =>
  Array.from({ length: times }, () => throttle.take()).filter((isTaken) => isTaken).length;

it('so many go through in a second, and what was refused costs the next one nothing', () => {
  const throttle = new Throttle(3);
  expect(takes(throttle, 10)).toBe(3);
  vi.advanceTimersByTime(999);
  expect(takes(throttle, 10)).toBe(0);
  vi.advanceTimersByTime(1);
  expect(takes(throttle, 10)).toBe(3);
});

it('the second begins with its first', () => {
  const throttle = new Throttle(2);
  vi.advanceTimersByTime(600);
  expect(takes(throttle, 1)).toBe(1);
  vi.advanceTimersByTime(600);
  expect(takes(throttle, 2)).toBe(1);
  vi.advanceTimersByTime(400);
  expect(takes(throttle, 3)).toBe(2);
});
