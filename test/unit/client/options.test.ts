import { describe, expect, it } from 'vitest';
import { type ConnectOptions, checkOptions } from '../../../src/client/options.ts';

const worker = (): SharedWorker => {
  throw new Error('Nobody starts one here.');
};
const fallback = (): Worker => {
  throw new Error('Nobody starts one here.');
};

/** Each option, and what it must be. */
const options = { worker, fallback } satisfies Required<ConnectOptions>;

describe('the options of connect', () => {
  it('are returned as they are', () => {
    expect(checkOptions({ worker })).toEqual({ worker });
    expect(checkOptions(options)).toEqual(options);
  });

  it.each([
    ['nothing at all', undefined, /worker/],
    ['no worker', { fallback }, /worker/],
    ['a worker that is no function', { worker: 'hub.js' }, /worker/],
    ['a fallback that is no function', { worker, fallback: null }, /fallback/],
    ['an unknown option', { worker, fallbak: fallback }, /fallbak/],
  ])('are refused with %s, and the error names the option', (_, given, name) => {
    const check = () => Reflect.apply(checkOptions, null, [given]);
    expect(check).toThrowError(name);
    expect(check).toThrowError(expect.objectContaining({ code: 'invalid-option' }));
  });
});
