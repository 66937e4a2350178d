import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  attachKnowledge,
  type PageStorage,
  readPendingHandoff,
  readSessionHint,
  writePendingHandoff,
  writeSessionHint,
} from '../../../src/client/session-hint.ts';

class TestStorage implements PageStorage {
  readonly items = new Map<string, string>();
  getItem = (key: string) => this.items.get(key) ?? null;
  setItem = (key: string, value: string) => void this.items.set(key, value);
  removeItem = (key: string) => void this.items.delete(key);
}

const storages = () => [new TestStorage(), new TestStorage()] as const;
const nothing = { conversationId: null, visitor: null };

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('what a page remembers of its conversation', () => {
  it('is read as it was written, by every page of the origin', () => {
    const [origin, tab] = storages();
    expect(readSessionHint([origin, tab])).toEqual(nothing);
    const mirror = { conversationId: 'c 1', visitor: 'ada' };
    writeSessionHint(mirror, [origin, tab]);
    expect(readSessionHint([origin, new TestStorage()])).toEqual(mirror);
    // The origin's storage was emptied, and this tab's was not.
    expect(readSessionHint([new TestStorage(), tab])).toEqual(mirror);
  });

  it('is gone from both storages when there is none any more', () => {
    const [origin, tab] = storages();
    writeSessionHint({ conversationId: 'c', visitor: 'ada' }, [origin, tab]);
    writeSessionHint(nothing, [origin, tab]);
    expect([origin.items.size, tab.items.size]).toEqual([0, 0]);
  });

  it('is worth nothing without whose it is', () => {
    const both = storages();
    writeSessionHint({ conversationId: 'c', visitor: null }, both);
    expect(readSessionHint(both)).toEqual(nothing);
  });

  it('is no longer than what a hub takes', () => {
    const both = storages();
    writeSessionHint({ conversationId: 'c'.repeat(200), visitor: 'v'.repeat(600) }, both);
    const { conversationId, visitor } = readSessionHint(both);
    expect([conversationId?.length, visitor?.length]).toEqual([128, 512]);
  });

  it('is nothing, and no fault, where the browser denies storage', () => {
    vi.stubGlobal('localStorage', undefined);
    Object.defineProperty(globalThis, 'localStorage', {
      configurable: true,
      get: () => {
        throw new DOMException('denied', 'SecurityError');
      },
    });
    expect(readSessionHint()).toEqual(nothing);
    expect(readPendingHandoff()).toBeNull();
    writeSessionHint({ conversationId: 'c', visitor: 'ada' });
    writePendingHandoff('x');
  });
});

describe('what a hub is told of it', () => {
  const mirror = { conversationId: 'c', visitor: 'ada' };

  it.each([
    ['whose the conversation is', mirror, { visitor: 'grace', resetCount: 3 }, 'c', 'ada', 3],
    ['who was there last', nothing, { visitor: 'grace', resetCount: 3 }, null, 'grace', 3],
    ['nothing where nothing is known', nothing, null, null, null, 0],
    ['the mirror of a new page', mirror, null, 'c', 'ada', 0],
  ])('%s', (_, known, identity, conversationId, visitor, resetCount) => {
    expect(attachKnowledge(known, identity)).toEqual({ conversationId, visitor, resetCount });
  });
});

describe('a page’s storage that fails', () => {
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

  it('keeps nothing when it is full, neither half of it nor what it had, and says so', () => {
    const [origin, tab] = storages();
    writeSessionHint({ conversationId: 'old', visitor: 'ada' }, [origin, tab]);
    // Room for the short ones alone.
    const setItem = (key: string, value: string) => {
      if (value.length > 5) full('QuotaExceededError')();
      origin.items.set(key, value);
    };
    const small: PageStorage = { getItem: origin.getItem, removeItem: origin.removeItem, setItem };
    writeSessionHint({ conversationId: 'a longer one', visitor: 'bob' }, [small, tab]);
    expect(readSessionHint([origin])).toEqual(nothing);
    expect(readSessionHint([tab])).toEqual({ conversationId: 'a longer one', visitor: 'bob' });
    writePendingHandoff('something longer', [tab, small]);
    expect(readPendingHandoff([tab, origin])).toBeNull();
    expect(warnings).toHaveLength(2);
  });

  it('costs a page its memory, and nothing else', () => {
    const fails = full('InvalidStateError');
    const broken: PageStorage = { getItem: fails, setItem: fails, removeItem: fails };
    const [, tab] = storages();
    writeSessionHint({ conversationId: 'c', visitor: 'ada' }, [broken, tab]);
    expect(readSessionHint([broken, tab])).toEqual({ conversationId: 'c', visitor: 'ada' });
    writePendingHandoff('x', [tab, broken]);
    expect(readPendingHandoff([tab, broken])).toBeNull();
    expect(warnings.length).toBeGreaterThan(0);
  });
});

it.each([
  new DOMException('gone', 'InvalidStateError'),
  Object.assign(new Error('no such thing'), { name: 'SecurityError' }),
])('storage that fails otherwise is no denial: %s', (fault) => {
  vi.stubGlobal('localStorage', undefined);
  Object.defineProperty(globalThis, 'localStorage', {
    configurable: true,
    get: () => {
      throw fault;
    },
  });
  expect(() => readSessionHint()).toThrow(fault);
});

describe('what a page has left unsaid', () => {
  it('is this tab’s alone', () => {
    const [origin, tab] = storages();
    writePendingHandoff('[1]', [origin, tab]);
    expect(readPendingHandoff([origin, tab])).toBe('[1]');
    expect(origin.items.size).toBe(0);
    expect(readPendingHandoff([origin, new TestStorage()])).toBeNull();
    writePendingHandoff(null, [origin, tab]);
    expect(readPendingHandoff([origin, tab])).toBeNull();
  });
});
