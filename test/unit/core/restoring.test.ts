import { describe, expect, it } from 'vitest';
import {
  type ConversationRecord,
  emptyMeta,
  type OutboxRecord,
} from '../../../src/worker/core/records.ts';
import { rowOf } from '../../../src/worker/core/transcript/rows.ts';
import { agentSays, conversationId, echo, TestHub } from './harness.ts';

const owned = { ...emptyMeta, subject: 'visitor-1' };

function record(rest: Partial<ConversationRecord> = {}): ConversationRecord {
  return {
    details: { conversationId, status: 'connected' },
    ordinal: 3,
    next: 1,
    gaps: [],
    completeUntil: 5_000,
    readMark: null,
    isReadToEnd: false,
    ...rest,
  };
}

const ended = record({ details: { conversationId, status: 'ended' } });

function waits(addressee: string | null, rest: Partial<OutboxRecord> = {}): OutboxRecord {
  return {
    messageId: 'm1',
    ordinal: 1,
    conversationId: addressee,
    text: 'hello',
    timestamp: 1,
    failure: null,
    ...rest,
  };
}

function operations(hub: TestHub): string[] {
  return hub.all('write').flatMap((write) => write.operations.map(({ type }) => type));
}

describe('a hub that is born', () => {
  it('shows a tab that is there before its store an empty, lasting transcript', () => {
    const hub = new TestHub().attach();
    expect(hub.snapshot).toMatchObject({
      messages: [],
      hasEarlier: false,
      hub: { persistent: true },
    });
    hub.clear().take({ type: 'online', isOnline: false }).flush();
    expect(hub.all('post')).toHaveLength(0);
  });

  it('into an empty store writes nothing', () => {
    expect(operations(new TestHub().restore().flush())).toEqual([]);
  });

  it.each([
    ['a conversation', { current: record() }],
    ['a message', { messages: [rowOf(agentSays(1), [3, 1, 0, 0])] }],
  ])('finds %s of nobody’s, shows nothing of it and deletes it', (_, found) => {
    const hub = new TestHub().restore(found).attach();
    expect(hub.snapshot).toMatchObject({ conversation: null, messages: [] });
    expect(operations(hub)).toContain('wipe');
  });

  it('keeps rows that have an owner', () => {
    const messages = [rowOf(agentSays(1), [3, 1, 0, 0])];
    const hub = new TestHub().restore({ meta: owned, current: record({ next: 2 }), messages });
    hub.attach();
    expect(hub.shown()).toEqual(['agent 1']);
    expect(operations(hub)).not.toContain('wipe');
  });

  it.each([
    ['the conversation’s', 4, 2, 5],
    ['the newest message’s', 2, 4, 5],
    ['a conversation’s without messages', 4, null, 5],
  ])('counts conversations on from %s ordinal', (_, current, message, next) => {
    const hub = new TestHub().authenticated({
      current: record({ ordinal: current, details: { conversationId, status: 'ended' } }),
      messages: message === null ? [] : [rowOf(agentSays(1), [message, 1, 0, 0])],
    });
    hub.rest();
    hub.call({ type: 'start', routing: { skillGroups: ['Billing'] } });
    hub.gateway({
      type: 'conversation',
      conversation: { conversationId: 'conv-2', status: 'queued' },
    });
    expect(hub.state.conversation?.ordinal).toBe(next);
  });

  it('knows the newest that was shown in its conversation, and in no other', () => {
    const newest = (ordinal: number) =>
      new TestHub().restore({
        meta: owned,
        current: record(),
        messages: [rowOf(agentSays(1), [ordinal, 1, 0, 0])],
      }).state.conversation?.newest;
    expect(newest(3)).toBe(agentSays(1).timestamp);
    expect(newest(2)).toBe(5_000);
  });

  it('reads the end of an ended conversation before it opens another one', () => {
    const hub = new TestHub().authenticated({ current: ended });
    hub.call({ type: 'start', routing: { skillGroups: ['Billing'] } });
    expect(hub.last('rest').call).toMatchObject({ type: 'history-since', conversationId });
    expect(hub.sent().map(({ type }) => type)).toEqual(['authenticate']);
    hub.rest();
    expect(hub.sent().at(-1)).toMatchObject({ type: 'open-conversation' });
  });

  it('resumes an open one', () => {
    const hub = new TestHub().authenticated({ current: record() });
    expect(hub.sent().at(-1)).toEqual({ type: 'resume-conversation', conversationId });
    expect(hub.state.conversation).toMatchObject({ finalCatchUp: null, endedAt: null });
  });

  it('returns queued messages to the visitor when no conversation is requested', () => {
    const hub = new TestHub().authenticated({ meta: owned, outbox: [waits(null)] }).flush();
    expect(hub.snapshot?.messages).toMatchObject([
      { messageId: 'm1', status: 'failed', failure: { code: 'conversation-not-found' } },
    ]);
  });
});

describe('a store that was deleted and not written again to the end', () => {
  const rows = (...sequences: number[]) =>
    sequences.map((sequence) => rowOf(agentSays(sequence), [3, sequence, 0, 0]));
  const numbered = (...sequences: number[]) => sequences.map((sequence) => agentSays(sequence));
  const markers = (hub: TestHub) =>
    hub.state.window.map(({ sequence, missingBefore }) => [sequence, missingBefore]);
  const newest = agentSays(7).timestamp;
  const details = { conversationId, status: 'ended' } as const;
  const current = record({ details, next: 8, completeUntil: newest, isReadToEnd: true });

  it('marks what is missing between its rows, and asks for it', () => {
    const hub = new TestHub().authenticated({ current, messages: rows(1, 2, 4, 7) });
    expect(markers(hub)).toEqual([
      [1, 0],
      [2, 0],
      [4, 1],
      [7, 2],
    ]);
    expect(hub.state.conversation).toMatchObject({
      gaps: [
        { from: 3, to: 3 },
        { from: 5, to: 6 },
      ],
      isReadToEnd: false,
    });
    expect(operations(hub.flush())).toEqual(
      expect.arrayContaining(['put-message', 'put-conversation']),
    );
    const since = agentSays(2).timestamp;
    expect(hub.last('rest').call).toMatchObject({ type: 'history-since', since });
    hub.rest(...numbered(2, 3, 4, 5, 6, 7));
    expect(markers(hub)).toEqual([1, 2, 3, 4, 5, 6, 7].map((sequence) => [sequence, 0]));
    expect(hub.state.conversation).toMatchObject({ gaps: [], next: 8, completeUntil: newest });
  });

  it('asks for what is missing behind its last row', () => {
    const gaps = [{ from: 5, to: 6, tries: 0 }];
    const hub = new TestHub().authenticated({
      current: { ...current, gaps },
      messages: rows(1, 2),
    });
    expect(hub.state.conversation).toMatchObject({ gaps: [], next: 3, isReadToEnd: false });
    const since = agentSays(2).timestamp;
    expect(hub.last('rest').call).toMatchObject({ type: 'history-since', since });
    hub.rest(...numbered(2, 3, 4, 5, 6, 7));
    expect(markers(hub)).toEqual([1, 2, 3, 4, 5, 6, 7].map((sequence) => [sequence, 0]));
  });

  it('puts nothing alone above its first row', () => {
    const gaps = [
      { from: 2, to: 3, tries: 0 },
      { from: 5, to: 5, tries: 0 },
    ];
    const [first, ...rest] = rows(6, 7);
    const messages = [...(first ? [{ ...first, missingBefore: 1 }] : []), ...rest];
    const hub = new TestHub().authenticated({ current: { ...current, gaps }, messages });
    hub.rest(...numbered(3, 5));
    expect(markers(hub)).toEqual([
      [5, 0],
      [6, 0],
      [7, 0],
    ]);
  });

  it('asks for a previous conversation’s rows as well', () => {
    const next = record({ details: { conversationId: 'conv-2', status: 'connected' }, ordinal: 4 });
    const hub = new TestHub().restore({
      meta: owned,
      current: next,
      notReadToEnd: [{ ...current, isReadToEnd: false }],
      messages: rows(1, 3),
    });
    expect(hub.state.previousConversations).toMatchObject([
      { gaps: [{ from: 2, to: 2 }], next: 4, completeUntil: agentSays(1).timestamp },
    ]);
  });

  it('marks what is missing from a conversation that the gateway has forgotten', () => {
    const outbox = [waits(null)];
    const hub = new TestHub().restore({ meta: owned, messages: rows(3, 4, 6), outbox });
    expect(markers(hub)).toEqual([
      [3, 0],
      [4, 0],
      [6, 1],
    ]);
    expect(operations(hub.flush())).toContain('put-message');
  });

  describe('in a closed previous conversation', () => {
    const next = record({ details: { conversationId: 'conv-2', status: 'ended' }, ordinal: 4 });
    const resent = { ...rowOf(echo(1, 'm2', 'again'), [4, 1, 0, 0]), conversationId: 'conv-2' };
    const found = { meta: owned, current: { ...next, next: 2, isReadToEnd: true } };

    it('marks what is missing', () => {
      const hub = new TestHub().restore({ ...found, messages: [...rows(1, 4), resent] });
      expect(markers(hub).slice(0, 2)).toEqual([
        [1, 0],
        [4, 2],
      ]);
    });

    it.each([
      ['stands', [resent], []],
      ['waits', [], [waits('conv-2')]],
    ])('marks nothing that %s in a later one', (_, later, outbox) => {
      const hub = new TestHub().restore({ ...found, messages: [...rows(1, 3), ...later], outbox });
      expect(markers(hub).slice(0, 2)).toEqual([
        [1, 0],
        [3, 0],
      ]);
      expect(operations(hub.flush())).not.toContain('put-message');
    });
  });

  it('leaves a record alone that tells of every gap', () => {
    const gaps = [{ from: 2, to: 6, tries: 5 }];
    const messages = rows(1, 7).map((row) => ({
      ...row,
      missingBefore: row.sequence === 7 ? 5 : 0,
    }));
    const hub = new TestHub().restore({ meta: owned, current: { ...current, gaps }, messages });
    expect(hub.state.conversation).toMatchObject({ ...current, gaps });
    expect(operations(hub.flush())).toEqual([]);
  });
});

describe('a message whose conversation’s own record was lost', () => {
  it('brings it back, and it is asked for', () => {
    const hub = new TestHub().authenticated({ meta: owned, outbox: [waits('conv-9')] });
    expect(hub.sent().at(-1)).toEqual({ type: 'resume-conversation', conversationId: 'conv-9' });
    expect(operations(hub)).toContain('put-conversation');
  });

  it('does not when it has failed: it goes nowhere by itself', () => {
    const failure = { code: 'rejected', message: '' } as const;
    const hub = new TestHub().authenticated({
      meta: owned,
      outbox: [waits('conv-9', { failure })],
    });
    expect(hub.state.conversation).toBeNull();
  });

  it('is in the conversation that there is, as the same one', () => {
    const hub = new TestHub().authenticated({ current: record(), outbox: [waits(conversationId)] });
    expect(hub.state.conversation?.ordinal).toBe(3);
    expect(hub.state.previousConversations).toEqual([]);
  });
});

describe('a page that knows who was there last', () => {
  const attaches = (hub: TestHub, visitor: string, resetCount: number) =>
    hub
      .take({
        type: 'tab-attached',
        tabId: 'b',
        isVisible: true,
        conversationId: null,
        visitor,
        resetCount,
      })
      .flush();

  it('tells a hub that died before it could write it down', () => {
    const hub = attaches(new TestHub().restore(), 'visitor-1', 0);
    expect(hub.state.meta.subject).toBe('visitor-1');
    expect(operations(hub)).toContain('put-meta');
    const [snapshot] = hub.all('post').map(({ message }) => message);
    expect(snapshot).toMatchObject({ type: 'snapshot', visitor: 'visitor-1', resetCount: 0 });
  });

  it('is not believed where everything was wiped since', () => {
    const hub = new TestHub().restore({ meta: { ...owned, subject: null, resetCount: 1 } });
    expect(attaches(hub, 'visitor-1', 0).state.meta.subject).toBeNull();
    expect(attaches(hub, 'visitor-1', 1).state.meta.subject).toBe('visitor-1');
    // The store has forgotten how often it was wiped.
    expect(attaches(new TestHub().restore(), 'visitor-1', 7).state.meta.subject).toBe('visitor-1');
  });

  it('changes nothing where a visitor is known', () => {
    const hub = attaches(new TestHub().authenticated().flush(), 'visitor-2', 0);
    expect(hub.state.meta.subject).toBe('visitor-1');
  });

  it('gives way to whom the broker names', () => {
    const hub = attaches(new TestHub().restore(), 'visitor-2', 0).attach().token();
    expect(hub.state.meta).toMatchObject({ subject: 'visitor-1', resetCount: 1 });
  });
});

describe('a page that remembers a conversation', () => {
  const remembers = (hub: TestHub, visitor: string) =>
    hub
      .take({
        type: 'tab-attached',
        tabId: 'b',
        isVisible: true,
        conversationId: 'conv-9',
        visitor,
        resetCount: 0,
      })
      .flush();

  it('gives it to a hub that has lost everything, which stores it and resumes it', () => {
    const hub = new TestHub().authenticated().flush().clearKeepingSocket();
    remembers(hub, 'visitor-1');
    expect(hub.sent()).toEqual([{ type: 'resume-conversation', conversationId: 'conv-9' }]);
    expect(operations(hub)).toEqual(['put-conversation', 'put-meta']);
    expect(
      hub
        .all('post')
        .filter(({ tabId }) => tabId === 'a')
        .at(-1)?.message.type,
    ).toBe('snapshot');
  });

  it('of another visitor’s is rejected', () => {
    const hub = new TestHub().authenticated().clearKeepingSocket();
    remembers(hub, 'visitor-2');
    expect(hub.sent()).toEqual([]);
    expect(hub.state.conversation).toBeNull();
    expect(hub.all('note').map(({ note }) => note.kind)).toEqual(['invalid']);
  });

  it.each([
    ['a conversation', { current: record() }, conversationId],
    ['messages', { messages: [rowOf(agentSays(1), [1, 1, 0, 0])] }, undefined],
  ])('changes nothing for a hub that has %s', (_, found, current) => {
    const hub = new TestHub().restore({ meta: owned, ...found });
    remembers(hub, 'visitor-1');
    expect(hub.state.conversation?.details.conversationId).toBe(current);
  });
});

describe('a conversation that is over', () => {
  /** Ended, and read to its end so long after that nothing can be missing. */
  function closedOne(): TestHub {
    const hub = new TestHub().inConversation();
    hub.answersPings = true;
    hub.gateway({ type: 'message', message: agentSays(1) });
    hub.call({ type: 'end' });
    const answer = () => {
      const { requestId, call } = hub.last('rest');
      if (call.type === 'history-since') {
        hub.take({
          type: 'rest',
          requestId,
          result: {
            ok: true,
            value: { type: 'history', messages: [], nextCursor: null, invalidCount: 0 },
          },
        });
      }
      const asked = hub.last('rest');
      const conversation = { conversationId, status: 'ended' } as const;
      hub.take({
        type: 'rest',
        requestId: asked.requestId,
        result: { ok: true, value: { type: 'conversation', conversation } },
      });
      return hub.store();
    };
    answer();
    hub.pass(70_000);
    return answer();
  }

  const kept = (hub: TestHub) =>
    hub
      .all('write')
      .flatMap((write) => write.operations)
      .flatMap((operation) => (operation.type === 'put-conversation' ? operation.record : []))
      .at(-1);

  it('is kept as closed when its end was read, though REST tells its end again', () => {
    expect(kept(closedOne())).toMatchObject({ isReadToEnd: true, details: { status: 'ended' } });
  });

  it('is open again when the gateway opens the same one anew', () => {
    const hub = closedOne();
    hub.call({ type: 'start', routing: { skillGroups: ['Billing'] } });
    hub.gateway({ type: 'conversation', conversation: { conversationId, status: 'connected' } });
    hub.flush();
    expect(kept(hub)).toMatchObject({ isReadToEnd: false, details: { status: 'connected' } });
    expect(hub.state.conversation?.endedAt).toBeNull();
  });

  it('gives way to a next one that is open', () => {
    const hub = closedOne();
    hub.call({ type: 'start', routing: { skillGroups: ['Billing'] } });
    hub.gateway({
      type: 'conversation',
      conversation: { conversationId: 'conv-2', status: 'queued' },
    });
    hub.flush();
    expect(kept(hub)).toMatchObject({ isReadToEnd: false, ordinal: 2 });
    expect(hub.state.previousConversations).toEqual([]);
  });
});

describe('nothing of a previous visitor', () => {
  it('is shown when their store answers late', () => {
    const hub = new TestHub({ limits: { window: 2 } }).inConversation();
    hub.answersPings = true;
    const at = (text: string, timestamp: number) => ({ ...agentSays(null, text), timestamp });
    for (const message of [at('a', 1), at('b', 2), at('c', 3)]) {
      hub.gateway({ type: 'message', message }).pass(200);
    }
    hub.clearKeepingSocket().pass(60_000).rest(at('lost', 1.5), at('b', 2), at('c', 3));
    const write = hub.all('write').find(({ writeId }) => writeId !== null);
    const added = (write?.operations ?? []).flatMap((operation) =>
      operation.type === 'add-message' ? operation.message : [],
    );
    expect(added.map(({ text }) => text)).toEqual(['lost']);
    hub.call({ type: 'sign-out' });
    hub.flush();
    const answer = { added, corrected: [], inTranscript: [] };
    hub.take({ type: 'stored', writeId: write?.writeId ?? -1, ...answer }).flush();
    expect(hub.shown()).toEqual([]);
    expect(hub.snapshot?.unread).toBe(0);
  });

  it('is left to be scrolled to', () => {
    const hub = new TestHub().restore({
      meta: owned,
      current: record({ next: 2 }),
      messages: [rowOf(echo(1, 'm1', 'mine'), [3, 1, 0, 0])],
      hasEarlier: true,
    });
    hub.attach();
    expect(hub.snapshot?.hasEarlier).toBe(true);
    hub.call({ type: 'sign-out' });
    hub.flush();
    expect(hub.snapshot).toMatchObject({ messages: [], hasEarlier: false });
  });
});
