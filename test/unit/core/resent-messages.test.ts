import { describe, expect, it } from 'vitest';
import type { GatewayMessage } from '../../../src/protocol/gateway/messages.ts';
import type { OutboxRecord } from '../../../src/worker/core/records.ts';
import { agentSays, conversationId, echo, TestHub } from './harness.ts';
import {
  asked,
  ends,
  fails,
  found,
  hears,
  marks,
  nextId,
  opensNext,
  page,
  problem,
  record,
  row,
  standing,
  statuses,
  texts,
  untilAsked,
} from './scenes.ts';

const unplaced: OutboxRecord = {
  messageId: 'm1',
  ordinal: 1,
  conversationId: null,
  text: 'm1',
  timestamp: 1,
  failure: null,
};

/** A message that the visitor has resent into the next conversation, as the previous one has it. */

function hub(): TestHub {
  const made = new TestHub().inConversation();
  made.answersPings = true;
  return made.clearKeepingSocket();
}

/** Answers every request: the previous conversation has these, the next one nothing. */
function answerAll(made: TestHub, previous: readonly GatewayMessage[]): TestHub {
  for (let round = 0; round < 12 && made.state.catchUps.active; round += 1) {
    const { call } = made.last('rest');
    const isFormer = 'conversationId' in call && call.conversationId === conversationId;
    if (call.type === 'conversation') standing(made, 'connected', nextId);
    else page(made, isFormer ? previous : []);
    made.store();
  }
  return made;
}

/** `m1` was on its way when the conversation ended, and nobody could tell whether it had arrived. */
function unknown(): TestHub {
  const made = hub();
  hears(made, agentSays(1));
  made.type('hello', 'm1');
  ends(made);
  for (let look = 0; look < 3; look += 1) {
    untilAsked(made);
    fails(made, 'network');
    made.clearKeepingSocket();
  }
  return opensNext(made).store();
}

/** Answers catch-ups of the current conversation until the previous one's begins. */
function untilFormer(made: TestHub, previous: readonly GatewayMessage[]): TestHub {
  for (let look = 0; look < 3; look += 1) {
    made.clearKeepingSocketAndRest();
    answerAll(made, previous);
    made.clearKeepingSocket();
    untilAsked(made);
  }
  return answerAll(made, previous);
}

describe('a message of unknown outcome', () => {
  it('and that was left alone is shown where it had arrived', () => {
    const made = untilFormer(unknown(), [agentSays(1), echo(2, 'm1', 'hello')]);
    expect(statuses(made)).toEqual(['agent 1: received', 'hello: delivered']);
    expect(made.state.outbox).toEqual([]);
    expect(made.state.window[1]?.conversationId).toBe(conversationId);
  });

  it('and that was sent anew is shown there, and only there, with or without a number', () => {
    for (const [sequence, anew] of [
      [2, 1],
      [null, 1],
      [2, null],
    ] as const) {
      const made = unknown();
      made.call({ type: 'retry', messageId: 'm1' });
      made.store();
      answerAll(made, []);
      hears(made, { ...echo(anew, 'm1', 'hello'), conversationId: nextId }).pass(200);
      untilFormer(made, [agentSays(1), echo(sequence, 'm1', 'hello'), agentSays(3)]);
      expect(made.snapshot?.messages.map(({ text }) => text)).toEqual([
        'agent 1',
        'agent 3',
        'hello',
      ]);
      expect(made.state.window.at(-1)?.conversationId).toBe(nextId);
      if (sequence !== null) expect(marks(made)[1]).toEqual(['agent 3', 0]);
      else expect(marks(made)[1]).toEqual(['agent 3', 1]);
    }
  });

  it('and that only waits to be sent anew has arrived, and need not go again', () => {
    const made = unknown();
    made.call({ type: 'retry', messageId: 'm1' });
    problem(made, 'rejected', 'm1');
    expect(statuses(made).at(-1)).toBe('hello: failed');
    untilFormer(made, [agentSays(1), echo(2, 'm1', 'hello')]);
    expect(statuses(made)).toEqual(['agent 1: received', 'hello: delivered']);
    expect(texts(made)).toEqual([]);
  });

  it('and that is buffered in the previous conversation is not mistaken for the resent one', () => {
    for (const sequence of [4, null]) {
      const made = unknown();
      made.call({ type: 'retry', messageId: 'm1' });
      made.store();
      answerAll(made, []);
      expect(made.state.outbox).toMatchObject([{ at: { stage: 'sent' }, conversationId: nextId }]);
      untilFormer(made, [agentSays(1), echo(sequence, 'm1', 'hello')]);
      expect(made.state.outbox).toMatchObject([{ messageId: 'm1', conversationId: nextId }]);
      expect(made.state.outbox[0]?.at.stage).not.toBe('acknowledged');
    }
  });

  it.each(['storing', 'queued', 'failed'] as const)(
    'and that is %s for the next conversation, and was never sent there, has arrived in the previous one',
    (stage) => {
      const made = unknown();
      made.call({ type: 'retry', messageId: 'm1' });
      made.store();
      page(made, []);
      standing(made, 'connected', nextId);
      page(made, []);
      standing(made, 'connected', nextId);
      // Where it goes is being stored.
      if (stage === 'queued') problem(made, 'rate-limited', null, { retryAfter: 600_000 });
      if (stage !== 'storing') made.store();
      if (stage === 'failed') problem(made, 'rejected', 'm1');
      expect(made.state.outbox).toMatchObject([{ conversationId: nextId, at: { stage } }]);
      for (let look = 0; look < 6 && made.state.outbox.length > 0; look += 1) {
        made.clearKeepingSocketAndRest();
        if (!made.state.catchUps.active) untilAsked(made.clearKeepingSocket());
        const { call } = made.last('rest');
        if (call.type === 'conversation') standing(made, 'connected', nextId);
        else if ('conversationId' in call && call.conversationId === conversationId) {
          page(made, [agentSays(1), echo(2, 'm1', 'hello')]);
        } else page(made, []);
      }
      expect(statuses(made)).toEqual(['agent 1: received', 'hello: delivered']);
      expect(made.state.window[1]?.conversationId).toBe(conversationId);
    },
  );

  it('and that no conversation was known for has arrived in the one that has it', () => {
    const current = record(0);
    const made = new TestHub().authenticated({ current, outbox: [unplaced] });
    made.gateway({ type: 'conversation', conversation: current.details });
    page(made.clearKeepingSocketAndRest(), [echo(1, 'm1', 'm1')]);
    expect(statuses(made)).toEqual(['m1: delivered']);
    expect(made.state.outbox).toEqual([]);
  });
});

describe('unconfirmed messages', () => {
  const item = (messageId: string, id: string | null): OutboxRecord => ({
    messageId,
    ordinal: Number(messageId.slice(1)),
    conversationId: id,
    text: messageId,
    timestamp: 1,
    failure: null,
  });

  it('about messages of another conversation are the visitor’s to decide on', () => {
    // Its id has the previous one's as a prefix.
    const longer = `${conversationId}1`;
    const current = record(0, {
      details: { conversationId: longer, status: 'connected' },
      ordinal: 2,
    });
    const outbox = [item('m1', conversationId), item('m2', null), item('m3', longer)];
    const made = new TestHub().authenticated({ current, outbox });
    made.gateway({ type: 'conversation', conversation: current.details });
    made.clearKeepingSocketAndRest();
    page(made, []);
    standing(made, 'connected', longer).store();
    expect(made.snapshot?.messages.map(({ failure, text }) => [text, failure?.code])).toEqual([
      ['m1', 'unknown-outcome'],
      ['m2', undefined],
      ['m3', undefined],
    ]);
    expect(texts(made)).toEqual(['m2']);
  });

  it('about messages that wait for a conversation which will not come are decided', () => {
    const made = new TestHub().authenticated({ outbox: [item('m1', null)] });
    made.flush();
    expect(made.snapshot?.messages).toMatchObject([
      { status: 'failed', failure: { code: 'conversation-not-found' } },
    ]);
  });

  it('are looked for by one catch-up, however many there are', () => {
    const outbox = [item('m1', conversationId), item('m2', conversationId)];
    const made = new TestHub().authenticated({ current: record(0), outbox });
    made.gateway({ type: 'conversation', conversation: record(0).details });
    made.clearKeepingSocketAndRest();
    expect(asked(made)).toHaveLength(1);
    page(made, []);
    standing(made);
    expect(texts(made)).toEqual(['m1']);
    expect(made.state.outbox.map(({ at }) => at.stage)).toEqual(['sent', 'queued']);
  });

  it('about one that its echo names are settled, whatever the outbox has of it', () => {
    const made = found(new TestHub(), [{ ...row(1), messageId: 'm1', text: 'm1' }], {
      outbox: [item('m1', conversationId)],
    });
    expect(made.state.outbox).toMatchObject([{ messageId: 'm1' }]);
    made.clearKeepingSocket();
    hears(made, echo(1, 'm1', 'm1'));
    expect(made.state.outbox).toEqual([]);
    expect(made.last('write').operations).toContainEqual({
      type: 'delete-outbox',
      messageId: 'm1',
    });
    expect(made.shown()).toEqual(['m1']);
  });
});
