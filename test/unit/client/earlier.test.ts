import { beforeEach, describe, expect, it } from 'vitest';
import { HubRpc } from '../../../src/client/hub-rpc.ts';
import { loadEarlier, type Rows, refreshRows } from '../../../src/client/pagination.ts';
import { isEarlier } from '../../../src/client/port-validators.ts';
import { applyPatch } from '../../../src/client/transcript.ts';
import { readAs } from '../../../src/client/validator.ts';
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

/** A page, and what happens in it while the hub looks. */
let page = { snapshot: shown([]), epoch: 'a.0', insertions: 0 };
const rows: Rows = {
  now: () => page,
  read: (value) => readAs(isEarlier, value),
  update: (snapshot) => {
    page = { ...page, snapshot };
  },
};

type LoadCall = Extract<Call, { type: 'load-earlier' }>;

/** A hub that answers each call as it is told to. */
class TestCaller extends HubRpc {
  readonly asked: LoadCall[] = [];
  answer: (asked: LoadCall, times: number) => Earlier | unknown = () => null;

  override async call(call: Call): Promise<{ value: unknown; epoch: string }> {
    if (call.type !== 'load-earlier') throw new Error(call.type);
    this.asked.push(call);
    if (this.asked.length > 20) throw new Error('it asks without end');
    const { epoch } = page;
    return { value: this.answer(call, this.asked.length), epoch };
  }
}

let caller = new TestCaller();
const ids = () => page.snapshot.messages.map(({ messageId }) => messageId);
const idsOf = (from: number, to: number) => rowsOf(from, to).map(({ messageId }) => messageId);

beforeEach(() => {
  caller = new TestCaller();
  page = { snapshot: shown(rowsOf(5, 6)), epoch: 'a.0', insertions: 0 };
});

/** Something comes that belongs further up. */
function insert(): void {
  page = { ...page, insertions: page.insertions + 1 };
}

describe('older rows', () => {
  it('are asked for from the first row there is, as many as wanted, and put on top', async () => {
    caller.answer = () => ({ messages: rowsOf(2, 4), hasEarlier: true });
    expect(await loadEarlier(caller, rows, 3)).toBe(true);
    const before = { position: [1, 5, 0, 0], messageId: 'm5' };
    expect(caller.asked).toEqual([{ type: 'load-earlier', before, conversationId: 'c', count: 3 }]);
    expect(ids()).toEqual(idsOf(2, 6));
    caller.answer = () => ({ messages: [row(1)], hasEarlier: false });
    expect(await loadEarlier(caller, rows, 50)).toBe(false);
    expect(ids()).toEqual(idsOf(1, 6));
  });

  it('are asked for from the end where there is nothing yet', async () => {
    page = { ...page, snapshot: shown([]) };
    caller.answer = () => ({ messages: rowsOf(1, 2), hasEarlier: false });
    expect(await loadEarlier(caller, rows, 50)).toBe(false);
    const nothing = { type: 'load-earlier', before: null, conversationId: null, count: 50 };
    expect(caller.asked).toEqual([nothing]);
    expect(ids()).toEqual(['m1', 'm2']);
  });

  it('that the page has got meanwhile are not there twice', async () => {
    caller.answer = () => ({ messages: rowsOf(4, 5), hasEarlier: false });
    await loadEarlier(caller, rows, 2);
    expect(ids()).toEqual(['m4', 'm5', 'm6']);
  });

  it('are asked for again when a late message may belong among them', async () => {
    caller.answer = (_, times) => {
      if (times === 1) insert();
      return { messages: times === 1 ? [row(3)] : rowsOf(3, 4), hasEarlier: true };
    };
    expect(await loadEarlier(caller, rows, 2)).toBe(true);
    expect(caller.asked).toHaveLength(2);
    expect(ids()).toEqual(idsOf(3, 6));
  });

  it('are not asked for again for what comes at the end', async () => {
    caller.answer = () => {
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
    await loadEarlier(caller, rows, 2);
    expect(caller.asked).toHaveLength(1);
    expect(ids()).toEqual(idsOf(3, 7));
  });

  it('of a former visitor, or of a window that has moved, are shown nowhere', async () => {
    caller.answer = () => {
      page = { ...page, snapshot: shown(rowsOf(60, 61)) };
      return { messages: rowsOf(3, 4), hasEarlier: false };
    };
    expect(await loadEarlier(caller, rows, 2)).toBe(true);
    expect(ids()).toEqual(['m60', 'm61']);
    page = { ...page, snapshot: shown(rowsOf(5, 6)) };
    caller.answer = () => {
      page = { ...page, epoch: 'a.1', insertions: 9 };
      return { messages: rowsOf(3, 4), hasEarlier: false };
    };
    expect(await loadEarlier(caller, rows, 2)).toBe(true);
    expect(ids()).toEqual(['m5', 'm6']);
    expect(caller.asked).toHaveLength(2);
  });

  it('that can’t be read are said to be so, and nothing is changed', async () => {
    caller.answer = () => ({ messages: [{}], hasEarlier: true });
    const refused = await loadEarlier(caller, rows, 2).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(PartylineError);
    expect(refused).toMatchObject({ code: 'unknown-outcome' });
    expect(ids()).toEqual(['m5', 'm6']);
  });
});

describe('rows that were kept above a snapshot', () => {
  it('are read anew from below to the top, as they are now', async () => {
    page = { ...page, snapshot: shown(rowsOf(1, 8)) };
    caller.answer = (_, times) => ({
      messages: times === 1 ? rowsOf(4, 6, 'mended') : rowsOf(1, 3, 'mended'),
      hasEarlier: true,
    });
    await refreshRows(caller, rows, row(7));
    expect(caller.asked.map(({ before, count }) => [before?.messageId, count])).toEqual([
      ['m7', 6],
      ['m4', 3],
    ]);
    expect(page.snapshot.messages.map(({ text }) => text)).toEqual([
      ...rowsOf(1, 6).map(() => 'mended'),
      'text 7',
      'text 8',
    ]);
  });

  it.each([
    [499, [499]],
    [500, [500]],
    [501, [500, 1]],
  ])('are asked for by pages of 500 at most: %i', async (kept, counts) => {
    page = { ...page, snapshot: shown(rowsOf(1, kept + 1)) };
    caller.answer = ({ before, count }) => {
      const last = (before?.position[1] ?? 0) - 1;
      return { messages: rowsOf(last - count + 1, last), hasEarlier: last > count };
    };
    await refreshRows(caller, rows, row(kept + 1));
    expect(caller.asked.map(({ count }) => count)).toEqual(counts);
    expect(ids()).toEqual(idsOf(1, kept + 1));
  });

  it('are asked for again from the same place when a late message may belong among them', async () => {
    page = { ...page, snapshot: shown(rowsOf(1, 4)) };
    caller.answer = (_, times) => {
      if (times === 1) insert();
      return { messages: rowsOf(1, 2, `look ${times}`), hasEarlier: false };
    };
    await refreshRows(caller, rows, row(3));
    expect(caller.asked.map(({ before }) => before?.messageId)).toEqual(['m3', 'm3']);
    expect(page.snapshot.messages.map(({ text }) => text)).toEqual([
      'look 2',
      'look 2',
      'text 3',
      'text 4',
    ]);
  });

  it('are asked for from where a message stands that has got its place meanwhile', async () => {
    const waiting: Message = { ...row(7), status: 'pending', position: [9e15, 1, 0, 0] };
    page = { ...page, snapshot: shown([...rowsOf(5, 6), waiting]) };
    caller.answer = (_asked, times) => {
      if (times > 1) return { messages: rowsOf(5, 6), hasEarlier: false };
      // It arrives while the hub looks.
      page = { ...page, snapshot: shown(rowsOf(5, 7)) };
      insert();
      return { messages: rowsOf(6, 7), hasEarlier: true };
    };
    await refreshRows(caller, rows, waiting);
    expect(caller.asked.map(({ before }) => before?.position)).toEqual([
      [9e15, 1, 0, 0],
      [1, 7, 0, 0],
    ]);
    expect(ids()).toEqual(idsOf(5, 7));
  });

  it('of a former visitor are not brought back', async () => {
    page = { ...page, snapshot: shown(rowsOf(1, 4)) };
    caller.answer = () => {
      page = { ...page, epoch: 'b.0', snapshot: shown(rowsOf(3, 4)) };
      return { messages: rowsOf(1, 2), hasEarlier: false };
    };
    await refreshRows(caller, rows, row(3));
    expect(caller.asked).toHaveLength(1);
    expect(ids()).toEqual(['m3', 'm4']);
  });

  it('that are none are not asked for', async () => {
    await refreshRows(caller, rows, row(5));
    await refreshRows(caller, rows, row(99));
    expect(caller.asked).toEqual([]);
  });

  it('go where the hub has fewer: what is no more is not shown', async () => {
    page = { ...page, snapshot: shown(rowsOf(1, 4)) };
    caller.answer = () => ({ messages: [row(2)], hasEarlier: false });
    await refreshRows(caller, rows, row(3));
    expect(ids()).toEqual(['m2', 'm3', 'm4']);
    expect(page.snapshot.hasEarlier).toBe(false);
    caller.answer = () => ({ messages: [], hasEarlier: false });
    await refreshRows(caller, rows, row(3));
    expect(ids()).toEqual(['m3', 'm4']);
  });
});
