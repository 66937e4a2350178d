import { describe, expect, it } from 'vitest';
import type { RestFailure } from '../../../src/protocol/gateway/rest.ts';
import type { OutboxRecord } from '../../../src/worker/core/records.ts';
import { agentSays, conversationId, echo, TestHub } from './harness.ts';
import {
  answers,
  asked,
  ends,
  fails,
  file,
  goesOn,
  hears,
  hub,
  nextId,
  opensNext,
  operationsOf,
  outcome,
  page,
  polling,
  posts,
  problem,
  record,
  routing,
  row,
  standing,
  statuses,
  texts,
  untilAsked,
} from './scenes.ts';

function item(messageId: string, ordinal: number, rest: Partial<OutboxRecord> = {}): OutboxRecord {
  return {
    messageId,
    ordinal,
    conversationId,
    text: messageId,
    timestamp: 1,
    failure: null,
    ...rest,
  };
}

/** Where each message of the outbox stands. */
function stages(made: TestHub): Record<string, string> {
  return Object.fromEntries(made.state.outbox.map((one) => [one.messageId, one.at.stage]));
}

function posted(made: TestHub): string[] {
  return asked(made).flatMap((call) => (call.type === 'send-message' ? call.text : []));
}

function failure(made: TestHub, messageId: string): string | undefined {
  return made.snapshot?.messages.find((one) => one.messageId === messageId)?.failure?.code;
}

describe('a message', () => {
  it('leaves only in a conversation that is caught up', () => {
    const made = hub().cut().clearKeepingSocket().pass(9_000).open();
    made.gateway({ type: 'authenticated', serverTime: made.wall });
    made.type('one', 'm1');
    expect(texts(made)).toEqual([]);
    const conversation = { conversationId, status: 'connected' } as const;
    made.gateway({ type: 'conversation', conversation });
    expect(texts(made)).toEqual([]);
    page(made, []);
    expect(texts(made)).toEqual([]);
    standing(made);
    expect(texts(made)).toEqual(['one']);
  });

  it('leaves when REST can’t tell what was missed, unless it was on its way before', () => {
    const made = hub().type('one', 'm1').cut().clearKeepingSocket().pass(9_000).open();
    made.gateway({ type: 'authenticated', serverTime: made.wall });
    made.type('two', 'm2');
    const conversation = { conversationId, status: 'connected' } as const;
    made.gateway({ type: 'conversation', conversation });
    fails(made, 'network');
    expect(texts(made)).toEqual([]);
    expect(statuses(made)).toEqual(['one: sent', 'two: pending']);
    made.clearKeepingSocket().pass(8_000).rest();
    expect(texts(made)).toEqual(['one']);
  });

  it('overtakes none that waits for its fate, and passes one that has failed', () => {
    const made = hub();
    made.type('one', 'm1').type('two', 'm2').type('three', 'm3');
    problem(made, 'rejected', 'm1');
    expect(texts(made)).toEqual(['one', 'two']);
    expect(failure(made, 'm1')).toBe('rejected');
    made.pass(10_000);
    expect(stages(made)).toMatchObject({ m2: 'unconfirmed', m3: 'queued' });
    expect(texts(made)).toEqual(['one', 'two']);
    made.rest(echo(1, 'm2', 'two'));
    expect(texts(made)).toEqual(['one', 'two', 'three']);
  });

  it('bears what of an offer it answers and what it brings', () => {
    const made = hub();
    const reply = { kind: 'quick-reply', payload: 'yes', originatingMessageId: 'm-offer' };
    const content = [file('f1')];
    made.call({ type: 'send', messageId: 'm1', text: 'Yes', reply, content });
    made.store();
    expect(made.sent()).toEqual([
      { type: 'send-message', conversationId, messageId: 'm1', text: 'Yes', reply, content },
    ]);
    expect(operationsOf(made, 'put-outbox')[0]?.record).toMatchObject({ reply, content });
    expect(made.snapshot?.messages[0]).toMatchObject({ content });
  });

  it('is sent again under its own id once a catch-up that began later has not brought it', () => {
    const made = hub();
    made.pass(0).take({ type: 'timer', name: 'reconcile' });
    untilAsked(made);
    made.type('one', 'm1').pass(10_000);
    expect(stages(made)).toEqual({ m1: 'unconfirmed' });
    // The run under way began before it was sent.
    page(made, []);
    standing(made);
    expect(stages(made)).toEqual({ m1: 'unconfirmed' });
    expect(texts(made)).toEqual(['one']);
    page(made, []);
    standing(made);
    expect(texts(made)).toEqual(['one', 'one']);
  });

  it('that a history did not have is remembered to have gone out, as long as it waits again', () => {
    const made = hub().type('one', 'm1').pass(10_000);
    problem(made, 'rate-limited', null, { retryAfter: 60_000 });
    made.rest();
    expect(made.state.outbox).toMatchObject([{ at: { stage: 'queued', isResend: true } }]);
    expect(statuses(made)).toEqual(['one: pending']);
  });

  it('that went out is not doubted twice: an echo that comes meanwhile settles it', () => {
    const made = hub().type('one', 'm1').pass(10_000);
    expect(stages(made)).toEqual({ m1: 'unconfirmed' });
    hears(made, echo(1, 'm1', 'one'));
    made.rest(echo(1, 'm1', 'one'));
    expect(texts(made)).toEqual(['one']);
    expect(statuses(made)).toEqual(['one: delivered']);
  });

  it('waits for the echo deadline anew when it goes out a second time', () => {
    const made = hub().type('one', 'm1').pass(10_000).rest();
    expect(texts(made)).toEqual(['one', 'one']);
    made.clearKeepingSocket().pass(9_999);
    expect(asked(made)).toEqual([]);
    made.pass(1);
    expect(asked(made)).toHaveLength(1);
  });

  it('does not leave in a conversation that has ended', () => {
    const made = hub();
    ends(made);
    page(made, []);
    standing(made, 'ended');
    const call = made.call({ type: 'send', messageId: 'm1', text: 'one' });
    expect(outcome(made, call)).toBe('no-conversation');
    expect(texts(made)).toEqual([]);
  });

  it('that waited when its conversation ended fails, and goes into the next one when asked to', () => {
    const made = hub().type('one', 'm1').type('two', 'm2');
    ends(made);
    page(made, [echo(1, 'm1', 'one')]);
    standing(made, 'ended');
    expect(statuses(made)).toEqual(['one: delivered', 'two: failed']);
    expect(failure(made, 'm2')).toBe('conversation-ended');
    opensNext(made).clearKeepingSocketAndRest();
    page(made, []);
    standing(made, 'connected', nextId);
    const retry = made.call({ type: 'retry', messageId: 'm2' });
    made.store();
    expect(outcome(made, retry)).toBe('ok');
    page(made, []);
    standing(made, 'connected', nextId);
    made.store();
    expect(made.sent().at(-1)).toMatchObject({
      type: 'send-message',
      conversationId: nextId,
      messageId: 'm2',
    });
  });
});

describe('where a message goes', () => {
  it('is stored for good before it leaves, when it was typed before there was a conversation', () => {
    const made = new TestHub().authenticated();
    made.call({ type: 'start', routing });
    made.type('early', 'm1');
    expect(operationsOf(made, 'put-outbox').at(-1)?.record.conversationId).toBeNull();
    made.clearKeepingSocketAndRest();
    made.gateway({ type: 'conversation', conversation: { conversationId, status: 'queued' } });
    expect(texts(made)).toEqual([]);
    made.flush();
    const write = made.last('write');
    expect(write.durability).toBe('strict');
    expect(operationsOf(made, 'put-outbox').at(-1)?.record.conversationId).toBe(conversationId);
    made.store();
    expect(texts(made)).toEqual(['early']);
    // Nothing of it is posted twice.
    expect(made.answers.size).toBe(2);
  });

  it('is the conversation that is open, for each of several that wait', () => {
    const made = hub().type('one', 'm1').type('two', 'm2').type('three', 'm3');
    problem(made, 'conversation-not-found', null);
    expect(made.state.outbox.map((one) => one.conversationId)).toEqual([null, null, null]);
    expect(
      operationsOf(made, 'put-outbox')
        .slice(-3)
        .map(({ record: { messageId } }) => messageId),
    ).toEqual(['m1', 'm2', 'm3']);
  });
});

describe('what an earlier hub left', () => {
  function restored(...outbox: OutboxRecord[]): TestHub {
    const made = new TestHub();
    made.answersPings = true;
    return made.authenticated({ current: record(0), outbox });
  }

  it('is asked for before it is sent, in its order, and behind it what is written now', () => {
    const made = restored(item('m1', 4), item('m2', 7));
    expect(stages(made)).toEqual({ m1: 'unconfirmed', m2: 'unconfirmed' });
    expect(statuses(made)).toEqual(['m1: pending', 'm2: pending']);
    made.type('m3', 'm3');
    expect(made.state.outbox.map(({ ordinal }) => ordinal)).toEqual([4, 7, 8]);
    made.gateway({ type: 'conversation', conversation: record(0).details });
    made.clearKeepingSocketAndRest().rest();
    expect(texts(made)).toEqual(['m1']);
    hears(made, echo(1, 'm1', 'm1'));
    hears(made, echo(2, 'm2', 'm2'));
    expect(texts(made)).toEqual(['m1', 'm2', 'm3']);
  });

  it('and had failed stays so, whatever the history tells', () => {
    const failed = { code: 'rejected', message: 'no' } as const;
    const made = restored(item('m1', 1, { failure: failed }), item('m2', 2));
    expect(stages(made)).toEqual({ m1: 'failed', m2: 'unconfirmed' });
    made.gateway({ type: 'conversation', conversation: record(0).details });
    made.clearKeepingSocketAndRest().rest();
    expect(texts(made)).toEqual(['m2']);
    expect(statuses(made)).toEqual(['m1: failed', 'm2: sent']);
  });

  it('names the conversation, when the record of that is lost', () => {
    const made = new TestHub();
    made.restore({
      meta: { ...made.state.meta, subject: 'visitor-1' },
      outbox: [
        item('m1', 1),
        item('m2', 2, { conversationId: nextId }),
        item('m3', 3, { conversationId: null }),
      ],
    });
    expect(made.state.conversation?.details.conversationId).toBe(nextId);
    expect(failure(made.attach(), 'm1')).toBe('unknown-outcome');
    expect(stages(made)).toEqual({ m1: 'failed', m2: 'unconfirmed', m3: 'unconfirmed' });
  });

  it('is shown with the time at which it was written and in its own conversation', () => {
    const made = restored(item('m1', 3, { timestamp: 77 }));
    expect(made.snapshot?.messages).toMatchObject([
      {
        messageId: 'm1',
        conversationId,
        timestamp: 77,
        status: 'pending',
        sequence: null,
        from: { id: 'visitor-1', role: 'visitor' },
        position: [Number.MAX_SAFE_INTEGER, 3, 0, 0],
      },
    ]);
  });
});

describe('by REST', () => {
  function open(options: ConstructorParameters<typeof TestHub>[0] = {}): TestHub {
    const made = polling(new TestHub(options).inConversation());
    return made.store().clearKeepingSocket();
  }

  it('one message at a time goes out, too', () => {
    const made = open().type('one', 'm1').type('two', 'm2');
    expect(posted(made)).toEqual(['one']);
    expect(statuses(made)).toEqual(['one: sent', 'two: pending']);
    answers(made, { type: 'message', message: echo(1, 'm1', 'one') });
    expect(posted(made)).toEqual(['one', 'two']);
  });

  it('goes nothing while the circuit is closed', () => {
    const made = hub().cut().clearKeepingSocket();
    made.type('one', 'm1');
    expect(asked(made)).toEqual([]);
    expect(statuses(made)).toEqual(['one: pending']);
  });

  it('goes nothing where the gateway takes nothing there', () => {
    const made = open();
    const { settings } = made.state;
    made.state = {
      ...made.state,
      settings: { ...settings, traits: { ...settings.traits, restSend: false } },
    };
    made.type('one', 'm1');
    expect(posted(made)).toEqual([]);
  });

  it.each([
    ['too-long', 'message-too-long'],
    ['rejected', 'rejected'],
    ['forbidden', 'rejected'],
  ] satisfies [RestFailure['kind'], string][])(
    'a post that is %s fails as %s, and the next one goes',
    (kind, code) => {
      const made = open().type('one', 'm1').type('two', 'm2');
      fails(made, kind);
      expect(failure(made, 'm1')).toBe(code);
      expect(posted(made)).toEqual(['one', 'two']);
      expect(operationsOf(made, 'put-outbox').at(-1)?.record).toMatchObject({
        messageId: 'm1',
        failure: { code },
      });
    },
  );

  it('a post into a conversation that has ended fails, and the conversation is over', () => {
    const made = open().type('one', 'm1').type('two', 'm2');
    fails(made, 'ended');
    expect(failure(made, 'm1')).toBe('conversation-ended');
    expect(failure(made, 'm2')).toBe('conversation-ended');
    expect(made.snapshot?.conversation?.status).toBe('ended');
    expect(posted(made)).toEqual(['one']);
  });

  it('a post into an unknown conversation is kept for the next one', () => {
    const made = open().type('one', 'm1');
    fails(made, 'not-found');
    expect(made.snapshot?.conversation).toBeNull();
    expect(made.state.outbox).toMatchObject([
      { messageId: 'm1', conversationId: null, failure: null },
    ]);
    expect(made.state.meta.routing).toEqual({ skillGroups: ['Tier1_Support'] });
  });

  it.each(['unavailable', 'network', 'invalid'] satisfies RestFailure['kind'][])(
    'a post whose fate is not known (%s) is asked for before it goes again',
    (kind) => {
      const made = open().type('one', 'm1');
      fails(made, kind);
      expect(stages(made)).toEqual({ m1: 'unconfirmed' });
      expect(statuses(made)).toEqual(['one: sent']);
      const wait = (made.state.timers['rest-retry'] ?? 0) - made.now;
      expect(wait).toBeGreaterThanOrEqual(2_000);
      expect(wait).toBeLessThanOrEqual(8_000);
      made.clearKeepingSocket();
      untilAsked(made);
      expect(asked(made)).toMatchObject([{ type: 'history-since' }]);
      page(made, []);
      standing(made);
      expect(posted(made)).toEqual(['one']);
    },
  );

  it('a post whose fate is not known waits at least as long as the server wants', () => {
    const made = open().type('one', 'm1');
    fails(made, 'unavailable', 90_000);
    const wait = (made.state.timers['rest-retry'] ?? 0) - made.now;
    expect(wait).toBeGreaterThanOrEqual(90_000);
    made.clearKeepingSocket().pass(50_000);
    expect(posted(made)).toEqual([]);
  });

  it('what arrived all the same is known by the history', () => {
    const made = open().type('one', 'm1');
    fails(made, 'network');
    made.clearKeepingSocket();
    untilAsked(made);
    page(made, [echo(1, 'm1', 'one')]);
    standing(made);
    expect(posted(made)).toEqual([]);
    expect(statuses(made)).toEqual(['one: delivered']);
  });

  it('a post answered with another conversation’s message stays unconfirmed', () => {
    const made = open().type('one', 'm1');
    answers(made, { type: 'message', message: { ...echo(1, 'm1', 'one'), conversationId: 'x' } });
    expect(stages(made)).toEqual({ m1: 'unconfirmed' });
  });

  it('an answer for a message that was discarded meanwhile shows it, since it has arrived', () => {
    const made = open().type('one', 'm1');
    const { requestId } = made.last('rest');
    made.call({ type: 'discard', messageId: 'm1' });
    made.store();
    expect(made.shown()).toEqual([]);
    const message = echo(1, 'm1', 'one');
    made.take({
      type: 'rest',
      requestId,
      result: { ok: true, value: { type: 'message', message } },
    });
    expect(made.flush().shown()).toEqual(['one']);
    expect(made.state.outbox).toEqual([]);
  });

  it('an answer for a message that was discarded says nothing of the one on its way', () => {
    const made = open().type('one', 'm1').type('two', 'm2');
    const { requestId } = made.last('rest');
    made.call({ type: 'discard', messageId: 'm1' });
    made.store();
    expect(posted(made)).toEqual(['one', 'two']);
    const failure = { kind: 'rejected', message: 'no', retryAfter: null } as const;
    made.take({ type: 'rest', requestId, result: { ok: false, failure } }).flush();
    expect(stages(made)).toEqual({ m2: 'sending-by-rest' });
  });

  it('an arrival does not change the connection', () => {
    const made = open().type('one', 'm1');
    expect(made.snapshot?.connection.problem?.code).toBe('network');
    answers(made, { type: 'message', message: echo(1, 'm1', 'one') });
    expect(made.snapshot?.connection.problem?.code).toBe('network');
  });

  it.each([null, 20_000])('goes nothing while REST is out of reach (and says %j)', (retryAfter) => {
    const made = open();
    untilAsked(made);
    fails(made, 'unavailable', retryAfter);
    made.clearKeepingSocket().type('one', 'm1');
    expect(posted(made)).toEqual([]);
    const wait = retryAfter ?? 0;
    made.pass(Math.max(0, wait - 1));
    expect(posted(made)).toEqual([]);
    untilAsked(made);
    expect(posted(made)).toEqual(['one']);
  });

  it('goes nothing into a conversation that has ended, though another one is wanted', () => {
    const made = open();
    page(untilAsked(made), []);
    standing(made, 'ended');
    made.call({ type: 'start', routing });
    made.type('one', 'm1').store().store();
    expect(posted(made)).toEqual([]);
    expect(statuses(made)).toEqual(['one: pending']);
    expect(made.state.outbox).toMatchObject([{ conversationId: null }]);
  });

  it('a post under way keeps its conversation when that turns out to be unknown', () => {
    const made = open().type('one', 'm1');
    made.call({ type: 'send', messageId: 'm2', text: 'two' });
    made.store().clearKeepingSocket();
    while (!asked(made).some(({ type }) => type === 'history-since')) made.pass(100);
    fails(made, 'not-found');
    expect(made.state.outbox.map(({ conversationId: id, at }) => [id, at.stage])).toEqual([
      [conversationId, 'sending-by-rest'],
      [null, 'queued'],
    ]);
    expect(operationsOf(made, 'put-outbox').map((one) => one.record.messageId)).toEqual(['m2']);
  });

  it('a post under way goes on when the socket is back, and nothing else leaves meanwhile', () => {
    const made = open().type('one', 'm1').type('two', 'm2');
    const { requestId } = made.last('rest');
    made.pass(60_000).open();
    made.gateway({ type: 'authenticated', serverTime: made.wall });
    const conversation = { conversationId, status: 'connected' } as const;
    made.clearKeepingSocket().gateway({ type: 'conversation', conversation });
    made.rest();
    expect(texts(made)).toEqual([]);
    expect(stages(made)).toMatchObject({ m1: 'sending-by-rest' });
    const message = echo(1, 'm1', 'one');
    made.take({
      type: 'rest',
      requestId,
      result: { ok: true, value: { type: 'message', message } },
    });
    expect(texts(made)).toEqual(['two']);
  });
});

describe('an error of the gateway’s', () => {
  it.each([
    ['invalid-frame', 'client-bug'],
    ['message-too-long', 'message-too-long'],
    ['rejected', 'rejected'],
    ['forbidden', 'rejected'],
    ['attachment', 'rejected'],
  ] as const)(
    '%s fails the message that it names as %s, for good, and the next one goes',
    (kind, code) => {
      const made = hub().type('one', 'm1').type('two', 'm2').clearKeepingSocket();
      problem(made, kind, 'm1');
      expect(failure(made, 'm1')).toBe(code);
      expect(texts(made)).toEqual(['two']);
      expect(operationsOf(made, 'put-outbox').at(-1)?.record.failure?.code).toBe(code);
    },
  );

  it('that names no message fails none', () => {
    const made = hub().type('one', 'm1');
    problem(made, 'rejected', null);
    problem(made, 'rejected', 'nobody’s');
    expect(statuses(made)).toEqual(['one: sent']);
  });

  it('about the rate of another message leaves the one on its way alone', () => {
    const made = hub().type('one', 'm1');
    problem(made, 'rate-limited', 'nobody’s', { retryAfter: 5_000 });
    expect(stages(made)).toEqual({ m1: 'sent' });
    expect(made.state.timers.echo).toBeDefined();
    hears(made, echo(1, 'm1', 'one'));
    made.type('two', 'm2').clearKeepingSocket().pass(4_999);
    expect(texts(made)).toEqual([]);
    made.pass(1);
    expect(texts(made)).toEqual(['two']);
  });

  it('about the rate makes the message in flight unconfirmed, and stops its echo timer', () => {
    const made = hub().type('one', 'm1');
    problem(made, 'rate-limited', 'm1', { retryAfter: 5_000 });
    expect(stages(made)).toEqual({ m1: 'unconfirmed' });
    expect(made.state.timers.echo).toBeUndefined();
    expect(statuses(made)).toEqual(['one: sent']);
  });

  it('that goes away with the next message that arrives is no problem any more', () => {
    const made = hub().type('one', 'm1');
    problem(made, 'other', null);
    expect(made.snapshot?.connection.problem?.code).toBe('rejected');
    hears(made, agentSays(1));
    expect(made.snapshot?.connection.problem?.code).toBe('rejected');
    hears(made, echo(2, 'm1', 'one'));
    expect(made.snapshot?.connection.problem).toBeUndefined();
  });
});

describe('a lost connection', () => {
  it('makes the message in flight unconfirmed, and changes nothing else', () => {
    const made = hub().type('one', 'm1').type('two', 'm2');
    made.cut();
    expect(stages(made)).toEqual({ m1: 'unconfirmed', m2: 'queued' });
    expect(statuses(made)).toEqual(['one: sent', 'two: pending']);
    expect(posts(made, 'a').length).toBeGreaterThan(0);
  });
});

it('a follow-up conversation shows the rows of the previous one, and sends in the new one', () => {
  const made = hub();
  hears(made, agentSays(1));
  goesOn(made, [agentSays(1)]);
  made.type('one', 'm1');
  page(made, []);
  standing(made, 'connected', nextId);
  expect(made.sent().at(-1)).toMatchObject({ conversationId: nextId, messageId: 'm1' });
  expect(made.shown()).toEqual([row(1).text, 'one']);
});
