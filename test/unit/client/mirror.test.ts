import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  knowledge,
  type PageStorage,
  readMirror,
  readUnsent,
  writeMirror,
  writeUnsent,
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
    expect(readMirror([origin, tab])).toEqual(nothing);
    const mirror = { conversationId: 'c 1', visitor: 'ada' };
    writeMirror(mirror, [origin, tab]);
    expect(readMirror([origin, new TestStorage()])).toEqual(mirror);
    // The origin's storage was emptied, and this tab's was not.
    expect(readMirror([new TestStorage(), tab])).toEqual(mirror);
  });

  it('is gone from both storages when there is none any more', () => {
    const [origin, tab] = storages();
    writeMirror({ conversationId: 'c', visitor: 'ada' }, [origin, tab]);
    writeMirror(nothing, [origin, tab]);
    expect([origin.items.size, tab.items.size]).toEqual([0, 0]);
  });

  it('is worth nothing without whose it is', () => {
    const both = storages();
    writeMirror({ conversationId: 'c', visitor: null }, both);
    expect(readMirror(both)).toEqual(nothing);
  });

  it('is no longer than what a hub takes', () => {
    const both = storages();
    writeMirror({ conversationId: 'c'.repeat(200), visitor: 'v'.repeat(600) }, both);
    const { conversationId, visitor } = readMirror(both);
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
    expect(readMirror()).toEqual(nothing);
    expect(readUnsent()).toBeNull();
    writeMirror({ conversationId: 'c', visitor: 'ada' });
    writeUnsent('x');
  });
});

describe('what a hub is told of it', () => {
  const mirror = { conversationId: 'c', visitor: 'ada' };

  it.each([
    ['whose the conversation is', mirror, { visitor: 'grace', wipes: 3 }, 'c', 'ada', 3],
    ['who was there last', nothing, { visitor: 'grace', wipes: 3 }, null, 'grace', 3],
    ['nothing where nothing is known', nothing, null, null, null, 0],
    ['the mirror of a new page', mirror, null, 'c', 'ada', 0],
  ])('%s', (_, known, identity, conversationId, visitor, wipes) => {
    expect(knowledge(known, identity)).toEqual({ conversationId, visitor, wipes });
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
    writeMirror({ conversationId: 'old', visitor: 'ada' }, [origin, tab]);
    // Room for the short ones alone.
    const setItem = (key: string, value: string) => {
      if (value.length > 5) full('QuotaExceededError')();
      origin.items.set(key, value);
    };
    const small: PageStorage = { getItem: origin.getItem, removeItem: origin.removeItem, setItem };
    writeMirror({ conversationId: 'a longer one', visitor: 'bob' }, [small, tab]);
    expect(readMirror([origin])).toEqual(nothing);
    expect(readMirror([tab])).toEqual({ conversationId: 'a longer one', visitor: 'bob' });
    writeUnsent('something longer', [tab, small]);
    expect(readUnsent([tab, origin])).toBeNull();
    expect(warnings).toHaveLength(2);
  });

  it('costs a page its memory, and nothing else', () => {
    const fails = full('InvalidStateError');
    const broken: PageStorage = { getItem: fails, setItem: fails, removeItem: fails };
    const [, tab] = storages();
    writeMirror({ conversationId: 'c', visitor: 'ada' }, [broken, tab]);
    expect(readMirror([broken, tab])).toEqual({ conversationId: 'c', visitor: 'ada' });
    writeUnsent('x', [tab, broken]);
    expect(readUnsent([tab, broken])).toBeNull();
    expect(warnings.length).toBeGreaterThan(0);
  });
});

describe('what a page has left unsaid', () => {
  it('is this tab’s alone', () => {
    const [origin, tab] = storages();
    writeUnsent('[1]', [origin, tab]);
    expect(readUnsent([origin, tab])).toBe('[1]');
    expect(origin.items.size).toBe(0);
    expect(readUnsent([origin, new TestStorage()])).toBeNull();
    writeUnsent(null, [origin, tab]);
    expect(readUnsent([origin, tab])).toBeNull();
  });
});
