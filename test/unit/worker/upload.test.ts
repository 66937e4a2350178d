import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PartylineError } from '../../../src/protocol/errors.ts';
import { Upload, withResolvers } from '../../../src/worker/genesys-cloud/upload.ts';

const overdue = new PartylineError('timeout', 'too long');
const cancelled = new PartylineError('file-lost', 'cancelled');

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function upload(file = new File(['abc'], 'a.png', { type: 'image/png' })): Upload {
  return new Upload(
    { type: 'file', step: 'begin', messageId: 'm', text: 'look', file },
    'tab',
    'boot.1',
  );
}

/** Whether it has settled so far. */
async function isDone(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  const stop = () => {
    done = true;
  };
  promise.then(stop, stop);
  await vi.advanceTimersByTimeAsync(0);
  return done;
}

describe('a file on its way', () => {
  it('is asked for under another id each time, with what is known of it', () => {
    const first = upload();
    expect(first.request).toEqual({
      type: 'request-upload',
      attachmentId: first.attachmentId,
      name: 'a.png',
      mime: 'image/png',
      size: 3,
    });
    expect(upload().attachmentId).not.toBe(first.attachmentId);
    expect(upload(new File(['x'], 'a.xyz')).request).toMatchObject({
      mime: 'application/octet-stream',
    });
    expect(first).toMatchObject({ messageId: 'm', text: 'look', tabId: 'tab', epoch: 'boot.1' });
    expect(first.progress).toEqual({ stage: 'waiting', percent: 0 });
  });

  it('has so long for each stage, and the next begins anew', async () => {
    const one = upload();
    one.enter('asking', 1_000, cancelled);
    vi.advanceTimersByTime(999);
    one.enter('uploading', 1_000, overdue);
    vi.advanceTimersByTime(999);
    expect(one.signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(one.signal.reason).toBe(overdue);
  });

  it.each([
    ['its message is kept', null],
    ['it has failed', cancelled],
  ])('has no deadline any more once %s', async (_, failure) => {
    const one = upload();
    one.enter('checking', 1_000, overdue);
    one.end(failure);
    expect(vi.getTimerCount()).toBe(0);
    expect(one.isOver).toBe(true);
    expect(one.failure).toBe(failure);
    expect(one.stage).toBe(failure ? 'checking' : 'sent');
  });

  it('is all there when it is looked at, and not before', () => {
    const one = upload();
    for (const [share, percent] of [
      [0, 0],
      [0.009, 0],
      [0.01, 1],
      [0.999, 99],
      [1, 100],
    ] as const) {
      one.onProgress(share);
      expect(one.progress.percent).toBe(percent);
    }
    const next = upload();
    next.enter('uploading', 1_000, overdue);
    expect(next.progress).toEqual({ stage: 'uploading', percent: 0 });
    next.enter('checking', 1_000, overdue);
    expect(next.progress).toEqual({ stage: 'checking', percent: 100 });
    expect(next.isOver).toBe(false);
  });
});

describe('what is waited for', () => {
  it('comes, or the file fails first', async () => {
    const one = upload();
    const came = one.until(Promise.resolve('here'));
    expect(await came).toBe('here');
    const never = one.until(new Promise(() => {}));
    one.fail(cancelled);
    await expect(never).rejects.toBe(cancelled);
    // And whatever is waited for afterwards.
    await expect(one.until(new Promise(() => {}))).rejects.toBe(cancelled);
  });

  it('that has come is not listened for any more', async () => {
    const one = upload();
    const removed = vi.spyOn(one.signal, 'removeEventListener');
    await one.until(Promise.resolve());
    expect(removed).toHaveBeenCalledTimes(1);
  });

  it('can be settled from outside', async () => {
    const good = withResolvers<string>();
    good.resolve('yes');
    expect(await good.promise).toBe('yes');
    const bad = withResolvers<string>();
    bad.reject(cancelled);
    await expect(bad.promise).rejects.toBe(cancelled);
  });
});

describe('a page that asks how far it is', () => {
  it('hears at once of what has changed since it asked last', async () => {
    const one = upload();
    one.enter('uploading', 60_000, overdue);
    one.onProgress(0.5);
    expect(await isDone(one.changeFrom({ stage: 'waiting', percent: 50 }))).toBe(true);
    expect(await isDone(one.changeFrom({ stage: 'uploading', percent: 49 }))).toBe(true);
    expect(await isDone(one.changeFrom({ stage: 'uploading', percent: 50 }))).toBe(false);
  });

  it.each<[string, (one: Upload) => void]>([
    ['another percent', (one) => one.onProgress(0.51)],
    ['another stage', (one) => one.enter('checking', 60_000, overdue)],
    ['its end', (one) => one.end(null)],
    ['its failure', (one) => one.end(cancelled)],
  ])('hears of %s', async (_, change) => {
    const one = upload();
    one.enter('uploading', 60_000, overdue);
    one.onProgress(0.5);
    const both = [1, 2].map(() => one.changeFrom({ stage: 'uploading', percent: 50 }));
    expect(await isDone(Promise.all(both))).toBe(false);
    // Not of the same once more.
    one.onProgress(0.505);
    expect(await isDone(Promise.race(both))).toBe(false);
    change(one);
    expect(await isDone(Promise.all(both))).toBe(true);
  });

  it.each([null, cancelled])('is answered at once when it is over', async (failure) => {
    const one = upload();
    one.end(failure);
    expect(await isDone(one.changeFrom(one.progress))).toBe(true);
  });

  it('is answered after 8 s although nothing has changed, and leaves nothing behind', async () => {
    const one = upload();
    const asked = one.changeFrom(one.progress);
    await vi.advanceTimersByTimeAsync(7_999);
    expect(await isDone(asked)).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await isDone(asked)).toBe(true);
    const again = one.changeFrom(one.progress);
    one.end(null);
    await again;
    expect(vi.getTimerCount()).toBe(0);
  });
});
