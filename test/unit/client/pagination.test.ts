import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HubRpc } from '../../../src/client/calls/hub-rpc.ts';
import type { PageClock } from '../../../src/client/clock.ts';
import {
  loadEarlier,
  refreshRows,
  type TranscriptRows,
} from '../../../src/client/transcript/pagination.ts';
import { applyPatch } from '../../../src/client/transcript/transcript.ts';
import { PartylineError } from '../../../src/protocol/errors.ts';
import type { Message } from '../../../src/protocol/message.ts';
import type { Call, Earlier } from '../../../src/protocol/port.ts';
import type { ChatSnapshot } from '../../../src/protocol/snapshot.ts';
import { rowOf as row } from '../../contracts/ports.ts';

const rowsOf = (from: number, to: number, text?: string) =>
  Array.from({ length: to - from + 1 }, (_, index) => row(from + index, text));

function shown(messages: readonly Message[], hasEarlier = true): ChatSnapshot {
  return {
    connection: { phase: 'ready', attempt: 0, retryAt: null, transport: 'websocket' },
    conversation: null,
    unread: 0,
    typing: null,
    draft: '',
    hub: { kind: 'shared-worker', epoch: 'a.0', build: '1', tabs: 1, persistent: true },
    messages,
    hasEarlier,
  };
}

/** The page's rows, which a test changes while the hub answers. */
let page = { snapshot: shown([]), epoch: 'a.0', insertions: 0, snapshots: 1 };
const rows: TranscriptRows = {
  current: () => page,
  update: (snapshot) => {
    page = { ...page, snapshot };
  },
};

type LoadCall = Extract<Call, { type: 'load-earlier' }>;

/** Answers each call as the test says. */
class TestRpc extends HubRpc {
  readonly asked: LoadCall[] = [];
  answer: (asked: LoadCall, times: number) => Earlier | unknown = () => null;

  override async call(call: Call): Promise<{ value: unknown; epoch: string }> {
    if (call.type !== 'load-earlier') throw new Error(call.type);
    this.asked.push(call);
    if (this.asked.length > 20) throw new Error('too many calls');
    const { epoch } = page;
    return { value: this.answer(call, this.asked.length), epoch };
  }
}

let rpc = new TestRpc();
let abort = new AbortController();
let { signal } = abort;
const ids = () => page.snapshot.messages.map(({ messageId }) => messageId);
const idsOf = (from: number, to: number) => rowsOf(from, to).map(({ messageId }) => messageId);

beforeEach(() => {
  rpc = new TestRpc();
  abort = new AbortController();
  ({ signal } = abort);
  page = { snapshot: shown(rowsOf(5, 6)), epoch: 'a.0', insertions: 0, snapshots: 1 };
});

afterEach(() => {
  vi.useRealTimers();
});

/** A row is inserted above the last one. */
function insert(): void {
  page = { ...page, insertions: page.insertions + 1 };
}

describe('loadEarlier', () => {
  it('asks for `count` rows above the first, and puts them on top', async () => {
    rpc.answer = () => ({ messages: rowsOf(2, 4), hasEarlier: true });
    expect(await loadEarlier(rpc, rows, 3)).toBe(true);
    const before = { position: [1, 5, 0, 0], messageId: 'm5' };
    expect(rpc.asked).toEqual([{ type: 'load-earlier', before, conversationId: 'c', count: 3 }]);
    expect(ids()).toEqual(idsOf(2, 6));
    rpc.answer = () => ({ messages: [row(1)], hasEarlier: false });
    expect(await loadEarlier(rpc, rows, 50)).toBe(false);
    expect(ids()).toEqual(idsOf(1, 6));
  });

  it('asks for the newest rows where there are none', async () => {
    page = { ...page, snapshot: shown([]) };
    rpc.answer = () => ({ messages: rowsOf(1, 2), hasEarlier: false });
    expect(await loadEarlier(rpc, rows, 50)).toBe(false);
    const nothing = { type: 'load-earlier', before: null, conversationId: null, count: 50 };
    expect(rpc.asked).toEqual([nothing]);
    expect(ids()).toEqual(['m1', 'm2']);
  });

  it('adds no row twice', async () => {
    rpc.answer = () => ({ messages: rowsOf(4, 5), hasEarlier: false });
    await loadEarlier(rpc, rows, 2);
    expect(ids()).toEqual(['m4', 'm5', 'm6']);
  });

  it('asks again when a row was inserted meanwhile', async () => {
    rpc.answer = (_, times) => {
      if (times === 1) insert();
      return { messages: times === 1 ? [row(3)] : rowsOf(3, 4), hasEarlier: true };
    };
    expect(await loadEarlier(rpc, rows, 2)).toBe(true);
    expect(rpc.asked).toHaveLength(2);
    expect(ids()).toEqual(idsOf(3, 6));
  });

  it('does not ask again for a row at the end', async () => {
    rpc.answer = () => {
      const patch = { type: 'patch', epoch: 'a.0', revision: 1, shared: {} } as const;
      const upserts = [row(7)];
      const snapshot = applyPatch(page.snapshot, {
        ...patch,
        upserts,
        removed: [],
        readMark: null,
      });
      page = { ...page, snapshot };
      return { messages: rowsOf(3, 4), hasEarlier: true };
    };
    await loadEarlier(rpc, rows, 2);
    expect(rpc.asked).toHaveLength(1);
    expect(ids()).toEqual(idsOf(3, 7));
  });

  it('drops rows of a previous visitor, and rows that no longer join the transcript', async () => {
    rpc.answer = () => {
      page = { ...page, snapshot: shown(rowsOf(60, 61)) };
      return { messages: rowsOf(3, 4), hasEarlier: false };
    };
    expect(await loadEarlier(rpc, rows, 2)).toBe(true);
    expect(ids()).toEqual(['m60', 'm61']);
    page = { ...page, snapshot: shown(rowsOf(5, 6)) };
    rpc.answer = () => {
      page = { ...page, epoch: 'a.1', insertions: 9 };
      return { messages: rowsOf(3, 4), hasEarlier: false };
    };
    expect(await loadEarlier(rpc, rows, 2)).toBe(true);
    expect(ids()).toEqual(['m5', 'm6']);
    expect(rpc.asked).toHaveLength(2);
  });

  it('rejects an invalid answer, and changes nothing', async () => {
    rpc.answer = () => ({ messages: [{}], hasEarlier: true });
    const refused = await loadEarlier(rpc, rows, 2).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(PartylineError);
    expect(refused).toMatchObject({ code: 'unknown-outcome' });
    expect(ids()).toEqual(['m5', 'm6']);
  });
});

describe('refreshRows', () => {
  it('replaces the rows page by page, from below to the top', async () => {
    page = { ...page, snapshot: shown(rowsOf(1, 8)) };
    rpc.answer = (_, times) => ({
      messages: times === 1 ? rowsOf(4, 6, 'new') : rowsOf(1, 3, 'new'),
      hasEarlier: true,
    });
    await refreshRows(rpc, rows, row(7), signal);
    expect(rpc.asked.map(({ before, count }) => [before?.messageId, count])).toEqual([
      ['m7', 6],
      ['m4', 3],
    ]);
    expect(page.snapshot.messages.map(({ text }) => text)).toEqual([
      ...rowsOf(1, 6).map(() => 'new'),
      'text 7',
      'text 8',
    ]);
  });

  it.each([
    [499, [499]],
    [500, [500]],
    [501, [500, 1]],
  ])('asks for pages of 500 at most: %i rows', async (kept, counts) => {
    page = { ...page, snapshot: shown(rowsOf(1, kept + 1)) };
    rpc.answer = ({ before, count }) => {
      const last = (before?.position[1] ?? 0) - 1;
      return { messages: rowsOf(last - count + 1, last), hasEarlier: last > count };
    };
    await refreshRows(rpc, rows, row(kept + 1), signal);
    expect(rpc.asked.map(({ count }) => count)).toEqual(counts);
    expect(ids()).toEqual(idsOf(1, kept + 1));
  });

  it('asks again from the same row when a row was inserted meanwhile', async () => {
    page = { ...page, snapshot: shown(rowsOf(1, 4)) };
    rpc.answer = (_, times) => {
      if (times === 1) insert();
      return { messages: rowsOf(1, 2, `look ${times}`), hasEarlier: false };
    };
    await refreshRows(rpc, rows, row(3), signal);
    expect(rpc.asked.map(({ before }) => before?.messageId)).toEqual(['m3', 'm3']);
    expect(page.snapshot.messages.map(({ text }) => text)).toEqual([
      'look 2',
      'look 2',
      'text 3',
      'text 4',
    ]);
  });

  it('asks from the new position of a row that has moved', async () => {
    const waiting: Message = { ...row(7), status: 'pending', position: [9e15, 1, 0, 0] };
    page = { ...page, snapshot: shown([...rowsOf(5, 6), waiting]) };
    rpc.answer = (_asked, times) => {
      if (times > 1) return { messages: rowsOf(5, 6), hasEarlier: false };
      // It arrives while the hub looks.
      page = { ...page, snapshot: shown(rowsOf(5, 7)) };
      insert();
      return { messages: rowsOf(6, 7), hasEarlier: true };
    };
    await refreshRows(rpc, rows, waiting, signal);
    expect(rpc.asked.map(({ before }) => before?.position)).toEqual([
      [9e15, 1, 0, 0],
      [1, 7, 0, 0],
    ]);
    expect(ids()).toEqual(idsOf(5, 7));
  });

  it('drops rows of a previous visitor', async () => {
    page = { ...page, snapshot: shown(rowsOf(1, 4)) };
    rpc.answer = () => {
      page = { ...page, epoch: 'b.0', snapshot: shown(rowsOf(3, 4)) };
      return { messages: rowsOf(1, 2), hasEarlier: false };
    };
    await refreshRows(rpc, rows, row(3), signal);
    expect(rpc.asked).toHaveLength(1);
    expect(ids()).toEqual(['m3', 'm4']);
  });

  it('asks for nothing where there are no rows above', async () => {
    await refreshRows(rpc, rows, row(5), signal);
    await refreshRows(rpc, rows, row(99), signal);
    expect(rpc.asked).toEqual([]);
  });

  it('removes rows that the hub no longer has', async () => {
    page = { ...page, snapshot: shown(rowsOf(1, 4)) };
    rpc.answer = () => ({ messages: [row(2)], hasEarlier: false });
    await refreshRows(rpc, rows, row(3), signal);
    expect(ids()).toEqual(['m2', 'm3', 'm4']);
    expect(page.snapshot.hasEarlier).toBe(false);
    rpc.answer = () => ({ messages: [], hasEarlier: false });
    await refreshRows(rpc, rows, row(3), signal);
    expect(ids()).toEqual(['m3', 'm4']);
  });

  describe('with rows that can’t be had now', () => {
    let delays: number[] = [];
    /** Ends each pause soon. */
    const clock = (duringPause: () => void = () => {}): PageClock => ({
      now: () => 0,
      after: (delay, work) => {
        delays.push(delay);
        duringPause();
        queueMicrotask(work);
        return () => {};
      },
    });

    beforeEach(() => {
      delays = [];
      page = { ...page, snapshot: shown(rowsOf(1, 4)) };
      rpc.answer = (_, times) => {
        if (times <= 2) throw new PartylineError('unavailable', 'no');
        return { messages: [row(2)], hasEarlier: false };
      };
    });

    it('asks again later, until it gets them', async () => {
      await refreshRows(rpc, rows, row(3), signal, clock());
      expect(delays).toEqual([30_000, 30_000]);
      expect(rpc.asked.map(({ before }) => before?.messageId)).toEqual(['m3', 'm3', 'm3']);
      expect(ids()).toEqual(['m2', 'm3', 'm4']);
    });

    it('leaves it to the next snapshot’s refresh', async () => {
      const next = () => {
        page = { ...page, snapshots: page.snapshots + 1 };
      };
      await refreshRows(rpc, rows, row(3), signal, clock(next));
      expect(rpc.asked).toHaveLength(1);
      expect(ids()).toEqual(idsOf(1, 4));
    });

    it('stops its pause when it is aborted, and asks no more', async () => {
      vi.useFakeTimers();
      const done = refreshRows(rpc, rows, row(3), signal);
      await vi.advanceTimersByTimeAsync(0);
      expect(vi.getTimerCount()).toBe(1);
      abort.abort();
      expect(vi.getTimerCount()).toBe(0);
      await done;
      expect(rpc.asked).toHaveLength(1);
    });

    it('makes no pause when it is aborted before', async () => {
      vi.useFakeTimers();
      const done = refreshRows(rpc, rows, row(3), signal);
      abort.abort();
      await done;
      expect(vi.getTimerCount()).toBe(0);
      expect(rpc.asked).toHaveLength(1);
    });

    it('leaves no listener when it is done', async () => {
      await refreshRows(rpc, rows, row(3), signal, clock());
      expect(getEventListeners(signal, 'abort')).toEqual([]);
    });

    it('gives up when it fails in another way', async () => {
      rpc.answer = () => {
        throw new PartylineError('closed', 'no');
      };
      const refused = await refreshRows(rpc, rows, row(3), signal, clock()).catch(
        ({ code }) => code,
      );
      expect(refused).toBe('closed');
      expect(delays).toEqual([]);
    });
  });
});
