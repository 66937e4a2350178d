import { describe, expect, it } from 'vitest';
import type { Message } from '../../../src/protocol/message.ts';
import { rowOf } from '../../../src/worker/core/transcript/rows.ts';
import { agentSays, conversationId, echo, TestHub } from './harness.ts';
import {
  file,
  found,
  hears,
  operations,
  operationsOf,
  page,
  patches,
  record,
  row,
  rows,
  unnumbered,
  untilAsked,
} from './scenes.ts';

/** Memory has three rows, and the store has what stands above them. */
function short(rest: Parameters<typeof record>[1] = {}): TestHub {
  const hub = found(new TestHub({ limits: { window: 3, page: 3 } }), rows(7, 9), {
    hasEarlier: true,
    current: record(9, rest),
  });
  hub.answersPings = true;
  return hub;
}

/** The store has looked, and found this. */
function looked(hub: TestHub, added: Message[], corrected: Message[] = []): TestHub {
  const writes = hub.all('write').filter(({ writeId }) => writeId !== null);
  const writeId = writes.at(-1)?.writeId ?? -1;
  return hub.take({ type: 'stored', writeId, added, corrected, inTranscript: [] }).flush();
}

function upserts(hub: TestHub): string[] {
  return patches(hub, 'a').flatMap((patch) => patch.upserts.map(({ text }) => text));
}

describe('a row below the window', () => {
  const old = unnumbered('old', row(3).timestamp);

  it('without a number is the store’s to know: it is shown and counted when that did not have it', () => {
    const hub = untilAsked(short().type('waits', 'm1'));
    hub.clearKeepingSocketAndRest();
    page(hub, [old]);
    const place = [1, 6, 1, old.timestamp] as const;
    expect(operationsOf(hub, 'add-message')).toMatchObject([
      { isUnread: true, message: { messageId: 'm-old', position: place } },
    ]);
    expect(operationsOf(hub, 'add-unread')).toEqual([]);
    expect(hub.last('write')).toMatchObject({ durability: 'relaxed' });
    expect(hub.last('write').writeId).not.toBeNull();
    expect(upserts(hub)).not.toContain('old');
    expect(hub.snapshot?.unread).toBe(0);
    looked(hub, [rowOf(old, place)]);
    expect(upserts(hub)).toContain('old');
    expect(hub.snapshot?.unread).toBe(1);
    expect(operationsOf(hub, 'add-unread')).toEqual([]);
    // A second answer is nobody's.
    hub.clearKeepingSocketAndRest();
    looked(hub, [rowOf(old, place)]);
    expect(hub.snapshot?.unread).toBe(1);
  });

  it('that the store had is neither shown nor counted', () => {
    const hub = untilAsked(short());
    page(hub.clearKeepingSocketAndRest(), [old]);
    looked(hub, []);
    expect(upserts(hub)).toEqual([]);
    expect(hub.snapshot?.unread).toBe(0);
  });

  it('is not unread where the visitor has read further, or has written it', () => {
    const read = { count: 0, readUntil: [1, 8, 0, 0] } as const;
    const hub = found(new TestHub({ limits: { window: 3 } }), rows(7, 9), {
      hasEarlier: true,
      unread: read,
    });
    hub.answersPings = true;
    page(untilAsked(hub).clearKeepingSocketAndRest(), [
      old,
      { ...echo(null, 'm-mine', 'mine'), timestamp: old.timestamp },
    ]);
    expect(operationsOf(hub, 'add-message').map(({ isUnread }) => isUnread)).toEqual([
      false,
      false,
    ]);
    looked(hub, [rowOf(old, [1, 6, 1, old.timestamp])]);
    expect(hub.snapshot?.unread).toBe(0);
  });

  it('that fills a gap is certainly new, and shown at once', () => {
    const hub = short({ gaps: [{ from: 3, to: 4, tries: 1 }], completeUntil: row(2).timestamp });
    hears(hub, agentSays(4));
    expect(upserts(hub)).toEqual(['agent 4']);
    expect(patches(hub, 'a')[0]?.upserts[0]).toMatchObject({ missingBefore: 1 });
    expect(hub.snapshot?.unread).toBe(0);
    // The store has nothing to add, so nothing is posted.
    const { writeId } = hub.last('write');
    hub.clear();
    const nothing = { added: [], corrected: [], inTranscript: [] };
    hub.take({ type: 'stored', writeId: writeId ?? -1, ...nothing }).flush();
    expect(hub.all('post')).toEqual([]);
  });

  it('of the visitor’s that fills a gap may be in a later conversation, so the store is asked first', () => {
    const mine = echo(4, 'm1', 'mine');
    function heard(): TestHub {
      return hears(short({ gaps: [{ from: 3, to: 4, tries: 1 }], completeUntil: 0 }), mine);
    }
    const hub = heard();
    expect(operationsOf(hub, 'add-message')).toMatchObject([{ message: { messageId: 'm1' } }]);
    expect(upserts(hub)).toEqual([]);
    // The store had none.
    looked(hub, [{ ...rowOf(mine, [1, 4, 0, 0]), missingBefore: 1 }]);
    expect(upserts(hub)).toEqual(['mine']);
    // The visitor has sent it again: it is shown where it arrived last.
    expect(upserts(looked(heard(), []))).toEqual([]);
  });

  it('that the store has corrected is shown as it is now, unless memory knows better', () => {
    const hub = short({ gaps: [{ from: 3, to: 6, tries: 1 }], completeUntil: row(2).timestamp });
    hears(hub, agentSays(5));
    // The row right after the gap is in the window.
    expect(operationsOf(hub, 'put-gap-marker')).toEqual([]);
    expect(operationsOf(hub, 'put-message')).toMatchObject([
      { message: { sequence: 7, missingBefore: 1 } },
    ]);
    expect(hub.snapshot?.messages[0]).toMatchObject({ sequence: 7, missingBefore: 1 });
    const write = hub.all('write').at(-1);
    hub.clear();
    const corrected = [
      { ...row(5), text: 'corrected' },
      { ...row(8), text: 'stale' },
    ];
    const writeId = write?.writeId ?? -1;
    hub.take({ type: 'stored', writeId, added: [], corrected, inTranscript: [] }).flush();
    expect(upserts(hub)).toEqual(['corrected']);
    expect(hub.shown()).toContain('agent 8');
  });

  it('of the visitor’s that waited leaves the end at once, and is not counted', () => {
    const outbox = [
      {
        messageId: 'm1',
        ordinal: 1,
        conversationId,
        text: 'mine',
        timestamp: 1,
        failure: null,
      },
    ];
    const hub = new TestHub({ limits: { window: 3, page: 3 } }).authenticated({
      current: record(9),
      messages: rows(7, 9),
      hasEarlier: true,
      outbox,
    });
    hub.gateway({ type: 'conversation', conversation: record(9).details }).flush();
    hub.clearKeepingSocketAndRest();
    page(hub, [{ ...echo(null, 'm1', 'mine'), timestamp: row(3).timestamp }]);
    expect(hub.state.outbox).toEqual([]);
    expect(operationsOf(hub, 'delete-outbox')).toHaveLength(1);
    expect(operationsOf(hub, 'add-message')).toMatchObject([{ isUnread: false }]);
    expect(upserts(hub)).toEqual(['mine']);
  });
});

describe('a row that leaves the window', () => {
  it('stays what the store has, and the oldest goes first', () => {
    const hub = short();
    hears(hub, agentSays(10));
    expect(hub.state.window.map(({ sequence }) => sequence)).toEqual([8, 9, 10]);
    expect(hub.state.hasEarlier).toBe(true);
    expect(operations(hub).map(({ type }) => type)).toEqual([
      'put-message',
      'put-conversation',
      'add-unread',
    ]);
  });

  it('is not what stands right at its beginning', () => {
    // The very first one is no row below memory where the store has no older one.
    const hub = found(new TestHub(), rows(2, 3), {
      current: record(3, { gaps: [{ from: 1, to: 1, tries: 0 }], completeUntil: 0 }),
    });
    hears(hub, agentSays(1));
    expect(hub.state.window.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    expect(operationsOf(hub, 'add-message')).toEqual([]);
  });
});

describe('a database that was deleted', () => {
  it('gets back everything that memory has, in one write for good', () => {
    const hub = new TestHub().inConversation();
    hears(hub, agentSays(1), agentSays(2));
    hub.type('waits', 'm1').clearKeepingSocket();
    hub.take({ type: 'store-emptied' }).flush();
    expect(hub.all('write')).toHaveLength(1);
    expect(hub.last('write').durability).toBe('strict');
    expect(operations(hub)).toMatchObject([
      { type: 'wipe' },
      { type: 'put-message', message: { sequence: 1 } },
      { type: 'put-message', message: { sequence: 2 } },
      { type: 'put-outbox', record: { messageId: 'm1' } },
      { type: 'put-read', readUntil: null },
      { type: 'put-conversation', record: { ordinal: 1, next: 3 } },
      { type: 'add-unread', by: 2 },
      { type: 'put-meta', meta: { subject: 'visitor-1' } },
    ]);
    expect(operationsOf(hub, 'put-outbox')[0]?.record).not.toHaveProperty('at');
    expect(operationsOf(hub, 'put-conversation')[0]?.record).not.toHaveProperty('held');
  });

  it('is no conversation’s where there is none', () => {
    const hub = new TestHub().authenticated();
    hub.clearKeepingSocket().take({ type: 'store-emptied' }).flush();
    expect(operationsOf(hub, 'put-conversation')).toEqual([]);
  });

  it.each([
    [5, true],
    [6, true],
    [4, false],
    [1, false],
  ])('has no gap up to %i below the window: kept: %s', (to, isKept) => {
    const hub = short({ gaps: [{ from: 1, to, tries: 1 }], completeUntil: 0 });
    const window = hub.state.window.map((shown, index) =>
      index === 0 ? { ...shown, position: [1, 6, 0, 0] as const } : shown,
    );
    hub.state = { ...hub.state, window };
    hub.take({ type: 'store-emptied' }).flush();
    expect(hub.state.conversation?.gaps).toHaveLength(isKept ? 1 : 0);
  });

  it('has no gap below its own rows, whatever is above them', () => {
    const hub = short({ ordinal: 2, gaps: [{ from: 2, to: 3, tries: 1 }], completeUntil: 0 });
    hub.state = { ...hub.state, window: [row(1), row(5, 2), row(9, 2)] };
    hub.take({ type: 'store-emptied' }).flush();
    expect(hub.state.conversation?.gaps).toEqual([]);
  });

  it('keeps the gap of a conversation without rows in memory only right below the next', () => {
    for (const [to, kept] of [
      [9, 1],
      [8, 0],
    ] as const) {
      const hub = short({ gaps: [{ from: 1, to, tries: 1 }] });
      hub.state = { ...hub.state, window: [] };
      hub.take({ type: 'store-emptied' }).flush();
      expect(hub.state.conversation?.gaps).toHaveLength(kept);
    }
  });

  it('has no gap below rows that a hub wrote just before its end', () => {
    const gaps = [{ from: 2, to: 2, tries: 0 }];
    const current = record(8, { gaps, completeUntil: 0 });
    const hub = new TestHub().authenticated({ current, messages: rows(7, 8) });
    hub.gateway({ type: 'conversation', conversation: current.details });
    const all = [1, 2, 3, 4, 5, 6, 7, 8].map((sequence) => agentSays(sequence));
    page(hub, all);
    expect(hub.state.window.map(({ sequence }) => sequence)).toEqual([7, 8]);
    expect(hub.state.conversation?.gaps).toEqual([]);
  });

  it('keeps its gaps at a restart where the store has older rows than were read', () => {
    const hub = short({ gaps: [{ from: 2, to: 2, tries: 0 }], completeUntil: 0 });
    expect(hub.state.conversation?.gaps).toMatchObject([{ from: 2, to: 2 }]);
  });
});

describe('a row', () => {
  it('has the gateway’s data and the hub’s own', () => {
    const reported = {
      ...agentSays(4, 'look'),
      content: [file('f1')],
      aliases: ['other'],
    };
    expect(rowOf(reported, [1, 4, 0, 0])).toEqual({
      messageId: 'm-look',
      conversationId,
      sequence: 4,
      from: { id: 'agent-1', name: 'Ada', role: 'agent' },
      text: 'look',
      timestamp: agentSays(4).timestamp,
      status: 'received',
      failure: null,
      missingBefore: 0,
      position: [1, 4, 0, 0],
      content: [file('f1')],
      aliases: ['other'],
    });
    expect(Object.keys(rowOf(agentSays(1), [1, 1, 0, 0]))).not.toContain('content');
    expect(rowOf(echo(1, 'm1', 'mine'), [1, 1, 0, 0]).status).toBe('delivered');
  });

  it('of an agent has the status received', () => {
    for (const role of ['agent', 'bot', 'system'] as const) {
      const from = { id: role, name: role, role };
      expect(rowOf({ ...agentSays(1), from }, [1, 1, 0, 0]).status).toBe('received');
    }
  });
});

describe('a message without some fields', () => {
  it('is the conversation that is open, and the time by its clock', () => {
    const hub = new TestHub().restore().attach().token().open();
    hub.gateway({ type: 'authenticated', serverTime: hub.wall - 9_000 });
    const { conversationId: _c, timestamp: _t, ...told } = agentSays(1);
    const bare = { ...told, conversationId: null, timestamp: null };
    hub.gateway({ type: 'message', message: bare });
    expect(hub.flush().shown()).toEqual([]);
    hub.call({ type: 'start', routing: { skillGroups: ['Billing'] } });
    hub.gateway({ type: 'conversation', conversation: { conversationId, status: 'queued' } });
    hub.rest().gateway({ type: 'message', message: bare }).flush();
    expect(hub.snapshot?.messages).toMatchObject([{ conversationId, timestamp: hub.wall - 9_000 }]);
  });

  it('in a page of the history is the conversation that it is the history of', () => {
    const hub = untilAsked(short());
    const { conversationId: _, ...told } = agentSays(10);
    const { requestId } = hub.last('rest');
    const messages = [{ ...told, conversationId: null }];
    const value = { type: 'history', messages, nextCursor: null, invalidCount: 0 } as const;
    hub.take({ type: 'rest', requestId, result: { ok: true, value } }).flush();
    expect(hub.state.window.at(-1)).toMatchObject({ conversationId, sequence: 10 });
  });
});
