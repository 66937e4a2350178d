import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { putFile, unknownType } from '../../../src/worker/genesys-cloud/put-file.ts';

/** A request that does what a test says. */
class FakeRequest {
  static last: FakeRequest;
  static all = 0;
  status = 0;
  readonly upload: { onprogress?: (event: { loaded: number; total: number }) => void } = {};
  onload: () => void = () => {};
  onerror: () => void = () => {};
  onabort: () => void = () => {};
  readonly headers: [string, string][] = [];
  opened: string[] = [];
  body: Blob | null = null;
  aborts = 0;

  constructor() {
    FakeRequest.last = this;
    FakeRequest.all += 1;
  }

  open(...args: string[]): void {
    this.opened = args;
  }

  setRequestHeader(name: string, value: string): void {
    this.headers.push([name, value]);
  }

  send(body: Blob): void {
    this.body = body;
  }

  abort(): void {
    this.aborts += 1;
    this.onabort();
  }

  answers(status: number): void {
    this.status = status;
    this.onload();
  }
}

const file = new File(['abc'], 'a.png', { type: 'image/png' });
const target = { url: 'https://put.example/a', headers: { 'x-amz-tagging': 'a=1', 'x-b': '2' } };

function put(onProgress: (share: number) => void = () => {}) {
  const abort = new AbortController();
  const done = putFile(target, file, { signal: abort.signal, onProgress });
  return { abort, done, request: FakeRequest.last };
}

beforeEach(() => {
  FakeRequest.all = 0;
  vi.stubGlobal('XMLHttpRequest', FakeRequest);
});

afterEach(() => void vi.unstubAllGlobals());

describe('a file that is put', () => {
  it('goes with its bytes, the headers asked for, and its type once', async () => {
    const { request, done } = put();
    expect(request.opened).toEqual(['PUT', 'https://put.example/a']);
    expect(request.headers).toEqual([
      ...Object.entries(target.headers),
      ['Content-Type', 'image/png'],
    ]);
    expect(await request.body?.text()).toBe('abc');
    expect(request.body?.type).toBe('');
    request.answers(200);
    await done;
  });

  it('goes with the type that the gateway was told where the browser knows none', () => {
    const untyped = new File(['abc'], 'a.glaze');
    void putFile(target, untyped, { signal: new AbortController().signal, onProgress: () => {} });
    expect(FakeRequest.last.headers).toContainEqual(['Content-Type', unknownType]);
  });

  it('goes with the type that its place asks for', () => {
    const headers = { 'content-type': 'image/x' };
    const { signal } = new AbortController();
    void putFile({ ...target, headers }, file, { signal, onProgress: () => {} });
    expect(FakeRequest.last.headers).toEqual(Object.entries(headers));
  });

  it.each([200, 201, 204, 299])('is there when its place answers %i', async (status) => {
    const { request, done } = put();
    request.answers(status);
    await expect(done).resolves.toBeUndefined();
  });

  it.each([0, 199, 300, 304, 403, 500])('is not when that answers %i', async (status) => {
    const { request, done } = put();
    request.answers(status);
    await expect(done).rejects.toThrow(`${status}`);
  });

  it('fails when the upload server is unreachable', async () => {
    const { request, done } = put();
    request.onerror();
    await expect(done).rejects.toThrow('unreachable');
  });

  it('tells how much of it has left, and that nothing is all of nothing', () => {
    const shares: number[] = [];
    const { request } = put((share) => shares.push(share));
    request.upload.onprogress?.({ loaded: 1, total: 4 });
    request.upload.onprogress?.({ loaded: 4, total: 4 });
    request.upload.onprogress?.({ loaded: 0, total: 0 });
    expect(shares).toEqual([0.25, 1, 1]);
  });

  it('stops when it is called back, with the reason for that', async () => {
    const { abort, request, done } = put();
    const reason = new Error('cancelled');
    abort.abort(reason);
    expect(request.aborts).toBe(1);
    await expect(done).rejects.toBe(reason);
  });

  it('is not even asked for when it was called back before', async () => {
    const reason = new Error('cancelled');
    const signal = AbortSignal.abort(reason);
    await expect(putFile(target, file, { signal, onProgress: () => {} })).rejects.toBe(reason);
    expect(FakeRequest.last.opened).toEqual([]);
  });

  it.each([
    ['arrived', 200],
    ['failed', 500],
  ])('is not stopped any more once it has %s', async (_, status) => {
    const { abort, request, done } = put();
    request.answers(status);
    await done.catch(() => {});
    abort.abort();
    expect(request.aborts).toBe(0);
  });
});
