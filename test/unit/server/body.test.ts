import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { readBoundedText } from '../../../src/server/body.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A body that comes in these parts and, unless it says so, ends; `cancelled` once it is given up. */
function body(parts: readonly (string | Uint8Array)[], { ends = true } = {}) {
  const state = { cancelled: false, read: 0 };
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const part = parts[state.read];
        if (part !== undefined) {
          state.read += 1;
          controller.enqueue(typeof part === 'string' ? new TextEncoder().encode(part) : part);
        } else if (ends) controller.close();
        else await new Promise(() => {});
      },
      cancel() {
        state.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { state, stream };
}

describe('a body within a limit of 10 bytes', () => {
  test.each([
    ['of nine bytes', ['123456789'], '123456789'],
    ['of just ten bytes', ['1234567890'], '1234567890'],
    ['of ten bytes in parts', ['12345', '67890'], '1234567890'],
    ['of nothing', [], ''],
    ['of three characters of three bytes', ['€€€'], '€€€'],
  ])('is read when it is one %s', async (_, parts, text) => {
    const { stream } = body(parts);
    expect(await readBoundedText(new Response(stream), 10)).toEqual({ text });
    expect(vi.getTimerCount()).toBe(0);
  });

  test('is read whole although a character is cut in two on its way', async () => {
    const bytes = new TextEncoder().encode('a€b');
    const { stream } = body([bytes.slice(0, 2), bytes.slice(2)]);
    expect(await readBoundedText(new Response(stream), 10)).toEqual({ text: 'a€b' });
  });

  test('is read with a replacement for a character that its end cuts off', async () => {
    const { stream } = body([new TextEncoder().encode('a€').slice(0, 3)]);
    expect(await readBoundedText(new Response(stream), 10)).toEqual({ text: 'a\uFFFD' });
  });

  test('is nothing where there is none', async () => {
    expect(await readBoundedText(new Response(null), 10)).toEqual({ text: '' });
  });
});

describe('a body beyond the limit', () => {
  test.each([
    ['in one part', ['12345678901']],
    ['in parts', ['1234567890', '1']],
    ['in characters of several bytes', ['€€€€']],
  ])('is given up as soon as that shows (%s)', async (_, parts) => {
    const { stream, state } = body([...parts, 'more', 'and more']);
    const result = await readBoundedText(new Response(stream), 10);
    expect(result).toEqual({ text: null, failure: 'size' });
    expect(state).toEqual({ cancelled: true, read: parts.length });
    expect(vi.getTimerCount()).toBe(0);
  });

  test.each([
    [10, { text: 'short' }],
    [11, { text: null, failure: 'size' }],
  ])('is not even begun when its length of %i says so', async (length, result) => {
    const { stream, state } = body(['short']);
    const headers = { 'Content-Length': String(length) };
    expect(await readBoundedText(new Response(stream, { headers }), 10)).toEqual(result);
    expect(state.read).toBe(result.text === null ? 0 : 1);
  });

  test('is not believed when it says that it is short', async () => {
    const { stream } = body(['12345678901']);
    const headers = { 'Content-Length': '5' };
    expect(await readBoundedText(new Response(stream, { headers }), 10)).toEqual({
      text: null,
      failure: 'size',
    });
  });
});

test('a body that does not end is given up after ten seconds, and not before', async () => {
  const { stream, state } = body(['123'], { ends: false });
  const settled = vi.fn();
  const reading = readBoundedText(new Response(stream), 10).then(settled);
  await vi.advanceTimersByTimeAsync(9_999);
  expect(settled).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  await reading;
  expect(settled).toHaveBeenCalledWith({ text: null, failure: 'time' });
  expect(state.cancelled).toBe(true);
});

test('a body that breaks off rejects its reader, and leaves no timer behind', async () => {
  const stream = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.error(new TypeError('terminated')),
  });
  await expect(readBoundedText(new Response(stream), 10)).rejects.toThrow('terminated');
  expect(vi.getTimerCount()).toBe(0);
});

test('a body that can’t even be given up is too long all the same', async () => {
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new Uint8Array(11)),
    cancel: () => Promise.reject(new TypeError('the sender has gone')),
  });
  const read = await readBoundedText(new Response(stream), 10);
  expect(read).toEqual({ text: null, failure: 'size' });
});
