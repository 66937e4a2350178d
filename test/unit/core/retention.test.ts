import { describe, expect, it } from 'vitest';
import type { RestValue } from '../../../src/protocol/gateway/rest.ts';
import type { StoreOperation } from '../../../src/worker/core/records.ts';
import { agentSays, conversationId, echo, TestHub } from './harness.ts';

function hears(hub: TestHub, ...messages: ReturnType<typeof agentSays>[]): TestHub {
  for (const message of messages) hub.gateway({ type: 'message', message });
  return hub.flush();
}

function operations(hub: TestHub): StoreOperation[] {
  return hub.all('write').flatMap((write) => write.operations);
}

describe('retention', () => {
  it('is pruned a minute after the boot, and every hour', () => {
    const hub = new TestHub().inConversation();
    hub.answersPings = true;
    hub.pass(61_000);
    expect(hub.all('prune')).toHaveLength(1);
    const { keep, before } = hub.last('prune');
    expect(keep).toBe(10_000);
    expect(Math.round((hub.wall - before) / 86_400_000)).toBe(90);
    hub.pass(3_600_000);
    expect(hub.all('prune')).toHaveLength(2);
  });

  it('is written again when the database was deleted', () => {
    const hub = new TestHub().inConversation();
    hears(hub, agentSays(1), agentSays(2));
    hub.call({ type: 'mark-read' });
    hears(hub, agentSays(3));
    hub.call({ type: 'send', messageId: 'm1', text: 'hello' });
    hub.store().clearKeepingSocket();
    hub.take({ type: 'store-emptied' }).flush();
    expect(hub.last('write').durability).toBe('strict');
    const types = operations(hub).map(({ type }) => type);
    expect(types.filter((type) => type === 'put-message')).toHaveLength(3);
    expect(types).toEqual(
      expect.arrayContaining(['put-conversation', 'put-outbox', 'put-meta', 'put-read']),
    );
    expect(operations(hub)).toContainEqual({ type: 'add-unread', by: 1 });
  });

  it('without an owner is hidden and deleted; the outbox stays', () => {
    const [row] = hears(new TestHub().inConversation(), agentSays(1)).state.window;
    const item = {
      messageId: 'm1',
      ordinal: 1,
      conversationId: null,
      text: 'typed before anybody was known',
      timestamp: 1,
      failure: null,
    };
    const hub = new TestHub().restore({ messages: row ? [row] : [], outbox: [item] }).attach();
    expect(hub.shown()).toEqual([item.text]);
    expect(operations(hub).map(({ type }) => type)).toEqual(
      expect.arrayContaining(['wipe', 'put-outbox']),
    );
  });

  it('names the owner of each message that waits, and goes with the owner', () => {
    const text = 'typed by the first visitor';
    for (const isRepeat of [false, true]) {
      const first = new TestHub().inConversation().clearKeepingSocket();
      first.call({ type: 'send', messageId: 'm1', text, isRepeat });
      // The database is deleted before this write, and the hub dies before the next one.
      const written = operations(first.flush());
      const outbox = written.flatMap((operation) =>
        operation.type === 'put-outbox' || operation.type === 'add-outbox'
          ? [operation.record]
          : [],
      );
      const next = new TestHub().restore({ outbox }).attach();
      expect(next.shown()).toEqual([text]);
      next.token(900, 'visitor-2').flush();
      expect(next.shown()).toEqual([]);
      expect(next.state.outbox).toEqual([]);
    }
  });
});

describe('rows below the window', () => {
  it('that the store did not have are counted and shown, others are not', () => {
    const hub = new TestHub({ limits: { window: 2 } }).inConversation();
    const at = (text: string, timestamp: number) => ({ ...agentSays(null, text), timestamp });
    hears(hub, at('a', 1), at('b', 2)).pass(200);
    hears(hub, at('c', 3), at('d', 4)).pass(200);
    expect(hub.snapshot?.unread).toBe(4);
    hub.answersPings = true;
    hub.clearKeepingSocket();
    // A copy, and one that was lost, from REST.
    hub.pass(60_000).rest(at('a', 1), at('lost', 1.5), at('c', 3), at('d', 4));
    const write = hub.all('write').find(({ writeId }) => writeId !== null);
    const asked = operations(hub).filter((operation) => operation.type === 'add-message');
    expect(asked.map(({ message }) => message.text)).toEqual(['a', 'lost']);
    const added = asked.map(({ message }) => message).filter(({ text }) => text === 'lost');
    hub
      .take({
        type: 'stored',
        writeId: write?.writeId ?? -1,
        added,
        corrected: [],
        inTranscript: [],
      })
      .flush();
    expect(hub.snapshot?.unread).toBe(5);
    expect(hub.shown()).toEqual(['a', 'lost', 'b', 'c', 'd']);
  });

  it('that came and went in one tick leave no gap in a tab', () => {
    const hub = new TestHub({ limits: { window: 3, page: 2 } }).inConversation();
    hears(hub, agentSays(1));
    hears(hub, ...[2, 3, 4, 5, 6, 7].map((sequence) => agentSays(sequence)));
    expect(hub.shown()).toEqual(['agent 6', 'agent 7']);
    expect(hub.snapshot?.hasEarlier).toBe(true);
  });
});

describe('a previous conversation', () => {
  const ended = { conversationId, status: 'ended' } as const;

  /** Ended with REST out, and another one opened all the same. */
  function left(): TestHub {
    const hub = new TestHub().inConversation();
    hub.answersPings = true;
    hears(hub, agentSays(1));
    hub.gateway({ type: 'conversation', conversation: ended });
    for (let failure = 0; failure < 3; failure += 1) {
      hub.restFails();
      hub.pass(40_000);
    }
    hub.call({ type: 'start', routing: { skillGroups: ['Billing'] } });
    const conversation = { conversationId: 'conv-2', status: 'queued' } as const;
    hub.gateway({ type: 'conversation', conversation });
    return hub.flush();
  }

  function answer(hub: TestHub, ...messages: ReturnType<typeof agentSays>[]): void {
    const { requestId } = hub.last('rest');
    const value = { type: 'history', messages, nextCursor: null, invalidCount: 0 } as const;
    hub.take({ type: 'rest', requestId, result: { ok: true, value } });
  }

  it('is read to its end behind the next one', () => {
    const hub = left();
    answer(hub);
    const { requestId } = hub.last('rest');
    const conversation = { conversationId: 'conv-2', status: 'queued' } as const;
    const value = { type: 'conversation', conversation } as const;
    hub.take({ type: 'rest', requestId, result: { ok: true, value } });
    expect(hub.last('rest').call).toMatchObject({ type: 'history-since', conversationId });
    answer(hub, agentSays(1), agentSays(2, 'goodbye'));
    hub.flush();
    expect(hub.shown()).toEqual(['agent 1', 'goodbye']);
    expect(hub.snapshot?.conversation?.conversationId).toBe('conv-2');
    const records = operations(hub).flatMap((operation) =>
      operation.type === 'put-conversation' ? [operation.record] : [],
    );
    expect(records.findLast((record) => record.ordinal === 1)).toMatchObject({ isReadToEnd: true });
    expect(hub.state.previousConversations).toEqual([]);
  });

  describe('has a message that was sent anew into the next one', () => {
    const next = { conversationId: 'conv-2', status: 'connected' } as const;

    /** Nobody could tell whether `m1` had arrived, and the visitor sent it again. */
    function sentAnew(...before: ReturnType<typeof agentSays>[]): TestHub {
      const hub = new TestHub().inConversation();
      hub.answersPings = true;
      hears(hub, agentSays(1));
      hub.type('hello', 'm1');
      hears(hub, ...before);
      hub.gateway({ type: 'conversation', conversation: ended });
      for (let failure = 0; failure < 3; failure += 1) {
        hub.pass(40_000);
        hub.restFails();
      }
      hub.call({ type: 'start', routing: { skillGroups: ['Billing'] } });
      hub.gateway({ type: 'conversation', conversation: next });
      hub.store();
      expect(hub.state.outbox).toMatchObject([{ failure: { code: 'unknown-outcome' } }]);
      hub.call({ type: 'retry', messageId: 'm1' });
      hub.store();
      return hub;
    }

    /** Every request under way, and those that follow from it. */
    function answerAll(hub: TestHub, previous: ReturnType<typeof agentSays>[]): TestHub {
      for (let round = 0; round < 10; round += 1) {
        const { call, requestId } = hub.last('rest');
        const messages =
          'conversationId' in call && call.conversationId === conversationId ? previous : [];
        const value: RestValue =
          call.type === 'conversation'
            ? { type: 'conversation', conversation: next }
            : { type: 'history', messages, nextCursor: null, invalidCount: 0 };
        hub.take({ type: 'rest', requestId, result: { ok: true, value } }).store();
      }
      return hub;
    }

    it('and shows it once, with no mark where it had been', () => {
      const hub = sentAnew(agentSays(3));
      answerAll(hub, [agentSays(1), echo(2, 'm1', 'hello'), agentSays(3), agentSays(4)]);
      expect(hub.snapshot?.messages).toMatchObject([
        { text: 'agent 1', missingBefore: 0 },
        { text: 'agent 3', missingBefore: 0 },
        { text: 'agent 4', missingBefore: 0 },
        { messageId: 'm1', conversationId: 'conv-2' },
      ]);
    });
  });

  it('has no gap around rows that would be isolated in a deleted database', () => {
    const hub = new TestHub({ limits: { window: 3, page: 2 } }).inConversation();
    hub.answersPings = true;
    hears(hub, agentSays(1), agentSays(3));
    hub.pass(2_000).rest(agentSays(1), agentSays(3));
    hears(hub, agentSays(4), agentSays(5), agentSays(6));
    hub.gateway({ type: 'conversation', conversation: ended });
    for (let failure = 0; failure < 3; failure += 1) {
      hub.restFails();
      hub.pass(40_000);
    }
    hub.call({ type: 'start', routing: { skillGroups: ['Billing'] } });
    hub.gateway({
      type: 'conversation',
      conversation: { conversationId: 'conv-2', status: 'queued' },
    });
    hub.flush();
    const holes = () =>
      hub.state.previousConversations.map((previous) =>
        previous.gaps.map(({ from, to }) => [from, to]),
      );
    expect(holes()).toEqual([[[2, 2]]]);
    hub.take({ type: 'store-emptied' }).flush();
    expect(holes()).toEqual([[]]);
  });

  it('is kept in mind over a restart', () => {
    const [former] = left().state.previousConversations;
    if (!former) throw new Error('there is none');
    const { reorderBuffer: _b, unsequencedBuffer: _u, newest: _n, ...record } = former;
    const current = {
      ...record,
      conversation: { conversationId: 'conv-2', status: 'connected' },
      ordinal: 2,
    } as const;
    const hub = new TestHub();
    hub.answersPings = true;
    hub.authenticated({ notReadToEnd: [record], current });
    const { conversation } = current;
    hub.gateway({ type: 'conversation', conversation });
    for (let catchUps = 0; catchUps < 2; catchUps += 1) {
      answer(hub);
      const { requestId } = hub.last('rest');
      const value = { type: 'conversation', conversation } as const;
      hub.take({ type: 'rest', requestId, result: { ok: true, value } });
      // It may have ended only just before the restart, and REST may lag.
      if (catchUps === 0) hub.clearKeepingSocketAndRest().pass(61_000);
    }
    expect(hub.last('rest').call).toMatchObject({ type: 'history-since', conversationId });
  });
});
