import { describe, expect, it } from 'vitest';
import { type ConnectOptions, checkOptions } from '../../../src/client/options.ts';

const worker = (): SharedWorker => {
  throw new Error('Nobody starts one here.');
};
const fallback = (): Worker => {
  throw new Error('Nobody starts one here.');
};

/** Each option, and what it must be. */
const options = { worker, fallback, name: 'de' } satisfies Required<ConnectOptions>;

describe('the options of connect', () => {
  it('are returned as they are', () => {
    expect(checkOptions({ worker })).toEqual({ worker, name: '' });
    expect(checkOptions(options)).toEqual(options);
  });

  it.each([
    ['nothing at all', undefined, /worker/],
    ['no worker', { fallback }, /worker/],
    ['a worker that is no function', { worker: 'hub.js' }, /worker/],
    ['a fallback that is no function', { worker, fallback: null }, /fallback/],
    ['a name that is no text', { worker, name: null }, /name/],
    ['a name with a slash', { worker, name: 'a/b' }, /name must have at most 64/],
    ['a name that is too long', { worker, name: 'a'.repeat(65) }, /name/],
    ['an unknown option', { worker, fallbak: fallback }, /fallbak/],
  ])('are refused with %s, and the error names the option', (_, given, name) => {
    const check = () => Reflect.apply(checkOptions, null, [given]);
    expect(check).toThrowError(name);
    expect(check).toThrowError(expect.objectContaining({ code: 'invalid-option' }));
  });
});
