import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  readPendingHandoff,
  writePendingHandoff,
} from '../../../src/client/calls/pending-handoff.ts';
import type { PageStorage } from '../../../src/client/session/page-storage.ts';
import {
  attachHint,
  readSessionHint,
  writeSessionHint,
} from '../../../src/client/session/session-hint.ts';
import { storages, TestStorage } from './test-storage.ts';

const nothing = { conversationId: null, visitor: null };

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('the session hint', () => {
  it('can be read by every page of the origin', () => {
    const [origin, tab] = storages();
    expect(readSessionHint('', [origin, tab])).toEqual(nothing);
    const hint = { conversationId: 'c 1', visitor: 'ada' };
    writeSessionHint('', hint, [origin, tab]);
    expect(readSessionHint('', [origin, new TestStorage()])).toEqual(hint);
    // The origin's storage was emptied, and this tab's was not.
    expect(readSessionHint('', [new TestStorage(), tab])).toEqual(hint);
  });

  it('is not that of a hub with another name', () => {
    const both = storages();
    writeSessionHint('de', { conversationId: 'c', visitor: 'ada' }, both);
    writePendingHandoff('de', '[1]', both);
    expect([readSessionHint('', both), readSessionHint('en', both)]).toEqual([nothing, nothing]);
    expect([readPendingHandoff('', both), readPendingHandoff('en', both)]).toEqual([null, null]);
    expect(readSessionHint('de', both)).toEqual({ conversationId: 'c', visitor: 'ada' });
    expect(readPendingHandoff('de', both)).toBe('[1]');
  });

  it('is removed from both storages when there is no conversation', () => {
    const [origin, tab] = storages();
    writeSessionHint('', { conversationId: 'c', visitor: 'ada' }, [origin, tab]);
    writeSessionHint('', nothing, [origin, tab]);
    expect([origin.items.size, tab.items.size]).toEqual([0, 0]);
  });

  it('is ignored without a visitor', () => {
    const both = storages();
    writeSessionHint('', { conversationId: 'c', visitor: null }, both);
    expect(readSessionHint('', both)).toEqual(nothing);
  });

  it('is cut to the lengths that a hub accepts', () => {
    const both = storages();
    writeSessionHint('', { conversationId: 'c'.repeat(200), visitor: 'v'.repeat(600) }, both);
    const { conversationId, visitor } = readSessionHint('', both);
    expect([conversationId?.length, visitor?.length]).toEqual([128, 512]);
  });

  it('is empty where the browser denies storage', () => {
    vi.stubGlobal('localStorage', undefined);
    Object.defineProperty(globalThis, 'localStorage', {
      configurable: true,
      get: () => {
        throw new DOMException('denied', 'SecurityError');
      },
    });
    expect(readSessionHint('')).toEqual(nothing);
    expect(readPendingHandoff('')).toBeNull();
    writeSessionHint('', { conversationId: 'c', visitor: 'ada' });
    writePendingHandoff('', 'x');
  });
});

describe('attachHint', () => {
  const hint = { conversationId: 'c', visitor: 'ada' };

  it.each([
    ['has the visitor of the hint', hint, { visitor: 'grace', resetCount: 3 }, 'c', 'ada', 3],
    [
      'has the last known visitor where there is no hint',
      nothing,
      { visitor: 'grace', resetCount: 3 },
      null,
      'grace',
      3,
    ],
    ['is empty where nothing is known', nothing, null, null, null, 0],
    ['has the hint on a new page', hint, null, 'c', 'ada', 0],
  ])('%s', (_, known, identity, conversationId, visitor, resetCount) => {
    expect(attachHint(known, identity)).toEqual({ conversationId, visitor, resetCount });
  });
});

describe('page storage that fails', () => {
  const full = (name: 'QuotaExceededError' | 'InvalidStateError') => () => {
    throw new DOMException('the storage fails', name);
  };
  let warnings: unknown[] = [];

  beforeEach(() => {
    warnings = [];
    vi.spyOn(console, 'warn').mockImplementation((line) => void warnings.push(line));
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('keeps neither half of a new value nor the old one when it is full, and warns', () => {
    const [origin, tab] = storages();
    writeSessionHint('', { conversationId: 'old', visitor: 'ada' }, [origin, tab]);
    // Room for the short ones alone.
    const setItem = (key: string, value: string) => {
      if (value.length > 5) full('QuotaExceededError')();
      origin.items.set(key, value);
    };
    const small: PageStorage = { getItem: origin.getItem, removeItem: origin.removeItem, setItem };
    writeSessionHint('', { conversationId: 'a longer one', visitor: 'bob' }, [small, tab]);
    expect(readSessionHint('', [origin])).toEqual(nothing);
    expect(readSessionHint('', [tab])).toEqual({ conversationId: 'a longer one', visitor: 'bob' });
    writePendingHandoff('', 'something longer', [tab, small]);
    expect(readPendingHandoff('', [tab, origin])).toBeNull();
    expect(warnings).toHaveLength(2);
  });

  it('does not stop the other storage', () => {
    const fails = full('InvalidStateError');
    const broken: PageStorage = { getItem: fails, setItem: fails, removeItem: fails };
    const [, tab] = storages();
    writeSessionHint('', { conversationId: 'c', visitor: 'ada' }, [broken, tab]);
    expect(readSessionHint('', [broken, tab])).toEqual({ conversationId: 'c', visitor: 'ada' });
    writePendingHandoff('', 'x', [tab, broken]);
    expect(readPendingHandoff('', [tab, broken])).toBeNull();
    expect(warnings.length).toBeGreaterThan(0);
  });
});

it.each([
  new DOMException('gone', 'InvalidStateError'),
  Object.assign(new Error('no such thing'), { name: 'SecurityError' }),
])('throws any other error than a denial: %s', (fault) => {
  vi.stubGlobal('localStorage', undefined);
  Object.defineProperty(globalThis, 'localStorage', {
    configurable: true,
    get: () => {
      throw fault;
    },
  });
  expect(() => readSessionHint('')).toThrow(fault);
});
