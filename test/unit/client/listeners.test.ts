import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Listeners } from '../../../src/client/listeners.ts';

const reported: unknown[] = [];

beforeEach(() => {
  reported.length = 0;
  vi.stubGlobal('reportError', (error: unknown) => reported.push(error));
});

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('Listeners', () => {
  it('call every listener until it is removed', () => {
    const listeners = new Listeners<[text: string]>();
    const calls: string[] = [];
    const remove = listeners.add((text) => calls.push(`a ${text}`));
    listeners.add((text) => calls.push(`b ${text}`));
    listeners.notify('1');
    remove();
    listeners.notify('2');
    listeners.clear();
    listeners.notify('3');
    expect(calls).toEqual(['a 1', 'b 1', 'b 2']);
  });

  it('report an error in one listener, and call the others', () => {
    const listeners = new Listeners();
    const error = new Error('in a listener');
    let isCalled = false;
    listeners.add(() => {
      throw error;
    });
    listeners.add(() => {
      isCalled = true;
    });
    listeners.notify();
    expect(isCalled).toBe(true);
    expect(reported).toEqual([error]);
  });
});
