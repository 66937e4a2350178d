import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Chat } from '../../../src/client/chat.ts';
import { Announcer } from '../../../src/ui/panel/announcer.ts';
import { Pagination } from '../../../src/ui/panel/pagination.ts';
import { Ticker } from '../../../src/ui/panel/ticker.ts';
import { TypingSignal } from '../../../src/ui/panel/typing-signal.ts';
import { chatOf } from './chat.ts';
import { snapshot } from './fixtures.ts';
import { TestHost } from './host.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('the typing signal', () => {
  function watched() {
    const reported: boolean[] = [];
    const chat = chatOf(snapshot(), { setTyping: (isTyping) => reported.push(isTyping) });
    return { signal: new TypingSignal(), chat, told: reported };
  }

  it('ends four seconds after the last keystroke', () => {
    const { signal, chat, told } = watched();
    signal.onInput(chat);
    vi.advanceTimersByTime(3_000);
    signal.onInput(chat);
    vi.advanceTimersByTime(3_999);
    expect(told).toEqual([true, true]);
    vi.advanceTimersByTime(1);
    expect(told).toEqual([true, true, false]);
    vi.advanceTimersByTime(60_000);
    expect(told).toHaveLength(3);
  });

  it('ends once, as soon as the text is sent', () => {
    const { signal, chat, told } = watched();
    signal.onInput(chat);
    signal.stop();
    signal.stop();
    expect(told).toEqual([true, false]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is not sent by a visitor who never typed', () => {
    const { signal, told } = watched();
    signal.stop();
    expect(told).toEqual([]);
  });
});

describe('the ticker', () => {
  function counting(until: number | null) {
    const host = new TestHost();
    const ticker = new Ticker(host, () => until);
    return { host, ticker };
  }

  it('updates on each full second that is left', () => {
    const { host, ticker } = counting(Date.now() + 2_300);
    ticker.hostUpdated();
    vi.advanceTimersByTime(299);
    expect(host.updates).toBe(0);
    vi.advanceTimersByTime(1);
    expect(host.updates).toBe(1);
    ticker.hostUpdated();
    vi.advanceTimersByTime(999);
    expect(host.updates).toBe(1);
    vi.advanceTimersByTime(1);
    expect(host.updates).toBe(2);
  });

  it('stops when the countdown is over or there is none', () => {
    for (const until of [Date.now(), Date.now() - 1, null]) {
      counting(until).ticker.hostUpdated();
      expect(vi.getTimerCount()).toBe(0);
    }
  });

  it('has one timer however often it updates, and none after its element is removed', () => {
    const { host, ticker } = counting(Date.now() + 5_000);
    ticker.hostUpdated();
    ticker.hostUpdated();
    expect(vi.getTimerCount()).toBe(1);
    ticker.hostDisconnected();
    expect(vi.getTimerCount()).toBe(0);
    expect(host.controllers).toEqual([ticker]);
  });
});

describe('the announcer', () => {
  it('keeps its lines for a second after the last one', () => {
    const host = new TestHost();
    const announcer = new Announcer(host);
    announcer.announce(['one']);
    vi.advanceTimersByTime(999);
    announcer.announce(['two', 'three']);
    expect(announcer.lines).toEqual(['one', 'two', 'three']);
    vi.advanceTimersByTime(999);
    expect(announcer.lines).toHaveLength(3);
    vi.advanceTimersByTime(1);
    expect(announcer.lines).toEqual([]);
    expect(host.updates).toBe(3);
  });

  it('ignores an empty announcement, and stops with its element', () => {
    const host = new TestHost();
    const announcer = new Announcer(host);
    announcer.announce([]);
    expect(host.updates).toBe(0);
    announcer.announce(['one']);
    announcer.hostDisconnected();
    expect(announcer.lines).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('pagination', () => {
  class EarlierHost extends TestHost {
    chat: Chat | null = null;
  }

  it('loads one page at a time, while there are earlier messages', async () => {
    const host = new EarlierHost();
    const earlier = new Pagination(host);
    await earlier.load();
    const ends: (() => void)[] = [];
    let current = snapshot({ hasEarlier: true });
    host.chat = chatOf(() => current, {
      loadEarlier: () => new Promise((resolve) => ends.push(() => resolve(true))),
    });
    const loading = earlier.load();
    await earlier.load();
    expect(ends).toHaveLength(1);
    expect(earlier.isLoading).toBe(true);
    ends[0]?.();
    await loading;
    expect(earlier.isLoading).toBe(false);
    current = snapshot({ hasEarlier: false });
    await earlier.load();
    expect(ends).toHaveLength(1);
    expect(host.updates).toBe(2);
  });

  it('keeps the error until the next attempt', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const host = new EarlierHost();
    const earlier = new Pagination(host);
    let fails = true;
    host.chat = chatOf(snapshot({ hasEarlier: true }), {
      loadEarlier: async () => {
        if (fails) throw new Error('out of reach');
        return true;
      },
    });
    await earlier.load();
    expect(earlier).toMatchObject({
      isLoading: false,
      error: { code: null, message: 'out of reach' },
    });
    fails = false;
    await earlier.load();
    expect(earlier.error).toBeNull();
    expect(warn).toHaveBeenCalledOnce();
    warn.mockRestore();
  });
});
