import { describe, expect, it } from 'vitest';
import { agentSays, conversationId, echo, TestHub } from './harness.ts';
import {
  ends,
  fails,
  found,
  hears,
  hub,
  nextId,
  opensNext,
  operationsOf,
  outcome,
  page,
  posts,
  problem,
  record,
  routing,
  row,
  rows,
  standing,
  statuses,
  texts,
  untilAsked,
} from './scenes.ts';

function send(made: TestHub, messageId: string, text = messageId, isRepeat = false): number {
  return made.call({ type: 'send', messageId, text, ...(isRepeat ? { isRepeat } : {}) });
}

/** One write of those under way becomes durable. */
function stored(made: TestHub, index: number, sent = rows(1, 0)): TestHub {
  const writes = made.all('write').filter(({ writeId }) => writeId !== null);
  const writeId = writes[index]?.writeId ?? -1;
  return made
    .take({ type: 'stored', writeId, added: [], corrected: [], inTranscript: sent })
    .flush();
}

describe('a message that is taken in', () => {
  it('is answered and sent by its own write, not by another one', () => {
    const made = hub();
    const first = send(made, 'm1');
    made.flush();
    const second = send(made, 'm2');
    made.flush();
    stored(made, 1);
    expect([outcome(made, first), outcome(made, second)]).toEqual(['open', 'ok']);
    // The one before it goes first, and is not durable yet.
    expect(texts(made)).toEqual([]);
    stored(made, 0);
    expect([outcome(made, first), outcome(made, second)]).toEqual(['ok', 'ok']);
    expect(texts(made)).toEqual(['m1']);
  });

  it('is kept with its order, its conversation, its owner and the gateway’s time', () => {
    const made = new TestHub().restore().attach().token().open();
    made.gateway({ type: 'authenticated', serverTime: made.wall + 7_000 });
    made.call({ type: 'start', routing });
    made.gateway({ type: 'conversation', conversation: { conversationId, status: 'queued' } });
    made.rest();
    send(made, 'm1');
    send(made, 'm2');
    made.flush();
    expect(operationsOf(made, 'put-outbox').map((one) => one.record)).toEqual([
      {
        messageId: 'm1',
        ordinal: 1,
        conversationId,
        text: 'm1',
        timestamp: made.wall + 7_000,
        failure: null,
        subject: 'visitor-1',
      },
      {
        messageId: 'm2',
        ordinal: 2,
        conversationId,
        text: 'm2',
        timestamp: made.wall + 7_000,
        failure: null,
        subject: 'visitor-1',
      },
    ]);
    expect(made.last('write').durability).toBe('strict');
  });

  it('does not name a conversation that is over', () => {
    const made = hub();
    ends(made);
    made.call({ type: 'start', routing });
    send(made, 'm1');
    made.flush();
    expect(operationsOf(made, 'put-outbox')[0]?.record.conversationId).toBeNull();
  });

  it('is answered once, though its write completes twice', () => {
    const made = hub();
    send(made, 'm1');
    made.flush();
    stored(made, 0);
    made.clearKeepingSocket().take({
      type: 'stored',
      writeId: 999,
      added: [],
      corrected: [],
      inTranscript: [],
    });
    expect(made.all('answer')).toEqual([]);
    expect(made.all('send')).toEqual([]);
  });
});

describe('a message that was asked to be sent before', () => {
  it('is looked for in the store, then in the history, and only then sent', () => {
    const made = hub();
    const call = send(made, 'm1', 'm1', true);
    made.flush();
    expect(operationsOf(made, 'add-outbox')).toMatchObject([{ record: { messageId: 'm1' } }]);
    expect(operationsOf(made, 'put-outbox')).toEqual([]);
    made.store();
    expect(outcome(made, call)).toBe('ok');
    expect(texts(made)).toEqual([]);
    expect(statuses(made)).toEqual(['m1: pending']);
    made.rest();
    expect(texts(made)).toEqual(['m1']);
  });

  it('is answered and gone when the transcript has it far above', () => {
    const readMark = { conversationId, position: [1, 2, 0, 0] } as const;
    const current = record(9, { readMark });
    const made = found(new TestHub(), rows(5, 9), { current, hasEarlier: true });
    const call = send(made, 'm1', 'm1', true);
    made.flush().clear();
    const there = { ...row(2), messageId: 'm1', text: 'm1', status: 'delivered' } as const;
    const { outbox } = made.state;
    const writeId = outbox[0]?.at.stage === 'storing' ? outbox[0].at.writeId : null;
    made
      .take({
        type: 'stored',
        writeId: writeId ?? -1,
        added: [],
        corrected: [],
        inTranscript: [there],
      })
      .flush();
    expect(made.answers.get(call)).toEqual({ ok: true, value: 'm1' });
    expect(made.state.outbox).toEqual([]);
    expect(posts(made, 'a')).toMatchObject([
      { type: 'patch', upserts: [{ messageId: 'm1', status: 'read', sequence: 2 }] },
    ]);
    expect(made.all('send')).toEqual([]);
  });

  it('is there once when its echo came while the store looked', () => {
    const made = hub();
    const call = send(made, 'm1', 'm1', true);
    made.flush();
    hears(made, echo(1, 'm1', 'm1'));
    expect(outcome(made, call)).toBe('ok');
    made.clearKeepingSocket();
    stored(made, 0, [{ ...row(1), messageId: 'm1' }]);
    expect(statuses(made)).toEqual(['m1: delivered']);
    expect(posts(made, 'a')).toEqual([]);
  });

  it('keeps what it was sent as when the store tells of another one', () => {
    const made = hub();
    send(made, 'm1', 'm1', true);
    made.flush();
    stored(made, 0, [{ ...row(1), messageId: 'm2' }]);
    expect(made.state.outbox).toMatchObject([{ messageId: 'm1', at: { stage: 'unconfirmed' } }]);
  });
});

describe('to try again', () => {
  /** `m1` has failed, since the gateway did not want it. */
  function failed(): TestHub {
    const made = hub().type('one', 'm1');
    problem(made, 'rejected', 'm1');
    return made.clearKeepingSocket();
  }

  it('is for what has failed', () => {
    const made = failed().type('two', 'm2');
    hears(made, agentSays(1));
    expect(outcome(made, made.call({ type: 'retry', messageId: 'm2' }))).toBe('not-failed');
    expect(outcome(made, made.call({ type: 'retry', messageId: 'x' }))).toBe('unknown-message');
    const retry = made.call({ type: 'retry', messageId: 'm1' });
    expect(outcome(made, retry)).toBe('open');
    made.store();
    expect(outcome(made, retry)).toBe('ok');
    expect(outcome(made, made.call({ type: 'retry', messageId: 'm1' }))).toBe('not-failed');
  });

  it('is fine for one whose echo has come', () => {
    const made = hub().type('one', 'm1');
    hears(made, echo(1, 'm1', 'one'));
    expect(outcome(made, made.call({ type: 'retry', messageId: 'm1' }))).toBe('ok');
  });

  it('is stored, and looks into the history first', () => {
    const made = failed();
    made.call({ type: 'retry', messageId: 'm1' });
    expect(made.flush().snapshot?.messages).toMatchObject([{ status: 'pending', failure: null }]);
    expect(operationsOf(made, 'put-outbox')).toMatchObject([
      { record: { messageId: 'm1', failure: null, conversationId } },
    ]);
    expect(made.last('write').durability).toBe('strict');
    expect(texts(made)).toEqual([]);
    made.rest();
    expect(texts(made)).toEqual(['one']);
  });

  it('keeps its place before what was written later', () => {
    const made = failed();
    made.cut();
    made.type('two', 'm2').call({ type: 'retry', messageId: 'm1' });
    made.flush();
    expect(made.shown()).toEqual(['one', 'two']);
  });

  it('opens a conversation like the last one when there is none', () => {
    const made = hub().type('one', 'm1').type('two', 'm2');
    ends(made);
    page(made, [echo(1, 'm1', 'one')]);
    standing(made, 'ended');
    made.store().clearKeepingSocket();
    const last = { skillGroups: ['Tier1_Support'] };
    const retry = made.call({ type: 'retry', messageId: 'm2' });
    made.store();
    expect(outcome(made, retry)).toBe('ok');
    expect(made.sent()).toEqual([{ type: 'open-conversation', routing: last }]);
    expect(operationsOf(made, 'put-meta').at(-1)?.meta.routing).toEqual(last);
    expect(statuses(made)).toEqual(['one: delivered', 'two: pending']);
    expect(operationsOf(made, 'put-outbox').at(-1)?.record.conversationId).toBeNull();
  });

  it('opens none where one is open or wanted already', () => {
    const made = failed();
    made.call({ type: 'retry', messageId: 'm1' });
    made.store();
    expect(made.state.meta.routing).toBeNull();
    expect(made.sent()).toEqual([]);
    const other = hub().type('one', 'm1').type('two', 'm2');
    ends(other);
    page(other, [echo(1, 'm1', 'one')]);
    standing(other, 'ended');
    other.clearKeepingSocket().call({ type: 'start', routing });
    other.call({ type: 'retry', messageId: 'm2' });
    other.store();
    expect(other.sent()).toEqual([{ type: 'open-conversation', routing }]);
  });

  it('sends a message of unknown outcome as a new one', () => {
    const made = hub().type('one', 'm1');
    ends(made);
    for (let look = 0; look < 3; look += 1) {
      untilAsked(made);
      fails(made, 'network');
      made.clearKeepingSocket();
    }
    opensNext(made).store();
    expect(statuses(made)).toEqual(['one: failed']);
    expect(made.snapshot?.messages[0]?.failure?.code).toBe('unknown-outcome');
    made.call({ type: 'retry', messageId: 'm1' });
    made.store();
    expect(made.state.outbox).toMatchObject([{ messageId: 'm1', conversationId: null }]);
    // The look under way began before that; the next one tells.
    for (let look = 0; look < 2; look += 1) {
      page(made, []);
      standing(made, 'connected', nextId).store();
    }
    expect(made.sent().at(-1)).toMatchObject({ messageId: 'm1', conversationId: nextId });
  });
});

describe('to throw away', () => {
  it('takes the row out of every tab and the store, and lets the next message go', () => {
    const made = hub().attach('b').type('one', 'm1').type('two', 'm2').clearKeepingSocket();
    const discard = made.call({ type: 'discard', messageId: 'm1' });
    expect(texts(made)).toEqual(['two']);
    expect(outcome(made, discard)).toBe('open');
    made.store();
    expect(outcome(made, discard)).toBe('ok');
    expect(made.shown()).toEqual(['two']);
    for (const tabId of ['a', 'b']) {
      expect(posts(made, tabId)).toMatchObject([{ type: 'patch', removed: ['m1'] }]);
    }
    expect(operationsOf(made, 'delete-outbox')).toEqual([
      { type: 'delete-outbox', messageId: 'm1' },
    ]);
    expect(made.all('write')[0]?.durability).toBe('strict');
  });

  it('clears the echo timer without a message in flight, and keeps it with one', () => {
    const made = hub().type('one', 'm1');
    made.call({ type: 'discard', messageId: 'm1' });
    expect(made.state.timers.echo).toBeUndefined();
    const other = hub().type('one', 'm1').type('two', 'm2');
    other.call({ type: 'discard', messageId: 'm2' });
    expect(other.state.timers.echo).toBeDefined();
    expect(other.flush().shown()).toEqual(['one']);
  });

  it('answers who waits for it to be stored', () => {
    const made = hub();
    const call = send(made, 'm1');
    made.call({ type: 'discard', messageId: 'm1' });
    expect(made.answers.get(call)).toEqual({ ok: true, value: 'm1' });
    made.store();
    expect(made.all('answer').filter(({ callId }) => callId === call)).toHaveLength(1);
    expect(made.shown()).toEqual([]);
    expect(texts(made)).toEqual([]);
  });

  it('is refused for what is not there', () => {
    const made = hub();
    expect(outcome(made, made.call({ type: 'discard', messageId: 'x' }))).toBe('unknown-message');
    made.type('one', 'm1');
    hears(made, echo(1, 'm1', 'one'));
    made.type('two', 'm2');
    expect(outcome(made, made.call({ type: 'discard', messageId: 'm1' }))).toBe('unknown-message');
    expect(made.flush().shown()).toEqual(['one', 'two']);
  });

  it('is answered by its own write, and by that once', () => {
    const made = hub().type('one', 'm1').type('two', 'm2').clearKeepingSocket();
    const first = made.call({ type: 'discard', messageId: 'm1' });
    made.flush();
    const second = made.call({ type: 'discard', messageId: 'm2' });
    made.flush();
    stored(made, 0);
    expect([first, second].map((call) => outcome(made, call))).toEqual(['ok', 'open']);
    stored(made, 1);
    expect(outcome(made, second)).toBe('ok');
    expect(made.state.storeCalls).toEqual([]);
  });
});

describe('when the visitor is another one', () => {
  it('each caller that waits for a write is answered once', () => {
    const made = hub();
    const sending = send(made, 'm1');
    made.flush();
    const second = send(made, 'm1');
    const done = send(made, 'm2');
    made.flush();
    const ending = made.call({ type: 'sign-out' });
    expect([sending, second, done].map((call) => outcome(made, call))).toEqual([
      'signed-out',
      'signed-out',
      'signed-out',
    ]);
    expect(made.state.outbox).toEqual([]);
    made.store();
    expect(outcome(made, ending)).toBe('ok');
    expect(
      made
        .all('answer')
        .map(({ callId }) => callId)
        .toSorted(),
    ).toEqual([sending, second, done, ending].toSorted());
  });

  it('a call that waits for a conversation is answered', () => {
    const made = new TestHub().authenticated();
    const starting = made.call({ type: 'start', routing });
    made.call({ type: 'sign-out' });
    expect(outcome(made, starting)).toBe('signed-out');
    expect(made.state.startCalls).toEqual([]);
  });

  it('the order of sending begins anew', () => {
    const made = hub().type('one', 'm1').type('two', 'm2');
    made.call({ type: 'sign-out' });
    expect(made.state).toMatchObject({ lastOutboxOrdinal: 0, outbox: [] });
  });
});

it('a message that fails is stored as failed, and is not waited for any more', () => {
  const made = hub().type('one', 'm1');
  problem(made, 'rejected', 'm1');
  expect(made.state.timers.echo).toBeUndefined();
  expect(operationsOf(made, 'put-outbox').at(-1)?.record.failure?.code).toBe('rejected');
  expect(made.snapshot?.messages).toMatchObject([{ status: 'failed' }]);
});

it('what waits stands last, behind everything that comes, in the order of writing', () => {
  const made = hub().type('one', 'm1').type('two', 'm2');
  hears(made, agentSays(1));
  expect(made.shown()).toEqual(['agent 1', 'one', 'two']);
});

describe('what waits when another conversation is opened', () => {
  it('goes into that one, is kept so with it, and what has failed stays where it was', () => {
    const made = hub().type('bad', 'm0');
    problem(made, 'rejected', 'm0');
    send(made, 'm1');
    made.flush();
    ends(made);
    made.call({ type: 'start', routing });
    made.store();
    send(made, 'm2');
    made.flush();
    expect(made.state.outbox.map(({ conversationId: id, at }) => [id, at.stage])).toEqual([
      [conversationId, 'failed'],
      [conversationId, 'queued'],
      [null, 'storing'],
    ]);
    page(made, []);
    standing(made, 'ended');
    made.clearKeepingSocket();
    made.gateway({
      type: 'conversation',
      conversation: { conversationId: nextId, status: 'queued' },
    });
    made.flush();
    const written = made.all('write')[0]?.operations ?? [];
    expect(written.map(({ type }) => type)).toContain('put-conversation');
    expect(
      written.flatMap((one) =>
        one.type === 'put-outbox' ? [[one.record.messageId, one.record.conversationId]] : [],
      ),
    ).toEqual([
      ['m1', null],
      ['m1', nextId],
    ]);
    made.store();
    expect(made.sent().at(-1)).toMatchObject({ messageId: 'm1', conversationId: nextId });
    expect(made.state.outbox[0]?.conversationId).toBe(conversationId);
  });

  it('and was not stored yet goes there, too', () => {
    const made = hub();
    send(made, 'm1');
    ends(made);
    made.call({ type: 'start', routing });
    page(made, []);
    standing(made, 'ended');
    made.gateway({
      type: 'conversation',
      conversation: { conversationId: nextId, status: 'queued' },
    });
    expect(made.state.outbox).toMatchObject([{ messageId: 'm1', conversationId: null }]);
    made.store().store();
    expect(made.sent().at(-1)).toMatchObject({ messageId: 'm1', conversationId: nextId });
  });
});

it('a message that failed keeps its reason where there is no conversation', () => {
  const failure = { code: 'rejected', message: 'no' } as const;
  const item = {
    messageId: 'm1',
    ordinal: 1,
    conversationId: null,
    text: 'a',
    timestamp: 1,
    failure,
  };
  const made = new TestHub().authenticated({ outbox: [item] });
  expect(made.flush().snapshot?.messages).toMatchObject([{ failure: { code: 'rejected' } }]);
});

describe('ids', () => {
  const odd = [
    'm1',
    'm11',
    'm',
    'M1',
    ' m1',
    'constructor',
    '__proto__',
    'toString',
    '0',
    'a/b?c=d&e#f',
    'é',
    'e\u0301',
    '😀',
    'null',
  ];

  it('of messages are compared as a whole, whatever they are made of', () => {
    const made = hub();
    for (const id of odd) send(made, id);
    made.store();
    expect(made.shown()).toEqual(odd);
    // Every other one fails; each is known by its own id alone.
    for (const [index, id] of odd.entries()) {
      expect(made.sent().at(-1)).toMatchObject({ messageId: id });
      if (index % 2 === 0) hears(made, echo(index / 2 + 1, id, id));
      else problem(made, 'rejected', id);
    }
    expect(made.snapshot?.messages.map(({ messageId, status }) => [messageId, status])).toEqual([
      ...odd.filter((_, index) => index % 2 === 0).map((id) => [id, 'delivered']),
      ...odd.filter((_, index) => index % 2 === 1).map((id) => [id, 'failed']),
    ]);
    for (const id of odd.filter((_, index) => index % 2 === 1)) {
      made.call({ type: 'discard', messageId: id });
    }
    made.store();
    expect(made.state.outbox).toEqual([]);
  });

  it('of conversations are, too', () => {
    const made = hub();
    for (const id of ['conv-11', 'conv-', 'conv', 'Conv-1', ' conv-1', '']) {
      hears(made, { ...agentSays(1, id), conversationId: id });
      ends(made, id);
    }
    expect(made.shown()).toEqual([]);
    expect(made.snapshot?.conversation?.status).toBe('connected');
  });
});
