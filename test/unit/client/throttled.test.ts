import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { throttled } from '../../../src/client/throttled.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

it('runs the first call at once and the last after the pause', () => {
  const work = vi.fn();
  const happens = throttled(work, new AbortController().signal);
  happens();
  expect(work).toHaveBeenCalledTimes(1);
  happens();
  happens();
  vi.advanceTimersByTime(249);
  expect(work).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1);
  expect(work).toHaveBeenCalledTimes(2);
  happens();
  vi.advanceTimersByTime(250);
  expect(work).toHaveBeenCalledTimes(3);
});

it('leaves no timer once calls stop', () => {
  const work = vi.fn();
  const happens = throttled(work, new AbortController().signal);
  happens();
  vi.advanceTimersByTime(250);
  expect(vi.getTimerCount()).toBe(0);
  happens();
  expect(work).toHaveBeenCalledTimes(2);
});

it('runs nothing more, and leaves no timer, once it is aborted', () => {
  const work = vi.fn();
  const abort = new AbortController();
  const happens = throttled(work, abort.signal);
  happens();
  happens();
  abort.abort();
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(1_000);
  expect(work).toHaveBeenCalledTimes(1);
});
