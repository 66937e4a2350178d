import { describe, expect, it } from 'vitest';
import { agentSays, conversationId, echo, TestHub } from './harness.ts';
import {
  agent,
  answers,
  asked,
  fails,
  found,
  hears,
  hub,
  marks,
  operationsOf,
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

function numbered(...sequences: number[]) {
  return sequences.map((sequence) => agentSays(sequence));
}

/** 2 to 6 are missing, and REST does not have them. */
function holed(): TestHub {
  const made = hub();
  hears(made, ...numbered(1, 7)).pass(2_000);
  made.rest(...numbered(1, 7));
  return made.clearKeepingSocket();
}

function timesOfLooks(made: TestHub, until: number): number[] {
  const times: number[] = [];
  const begun = made.now;
  while (made.now - begun < until) {
    made.clearKeepingSocket().pass(500);
    if (asked(made).length === 0) continue;
    times.push(made.now - begun);
    made.rest(...numbered(1, 7));
  }
  return times;
}

describe('a gap', () => {
  it('is marked at the row after it, however it is filled', () => {
    const made = holed();
    expect(marks(made)).toEqual([
      ['agent 1', 0],
      ['agent 7', 5],
    ]);
    hears(made, agentSays(4));
    expect(marks(made)).toEqual([
      ['agent 1', 0],
      ['agent 4', 2],
      ['agent 7', 2],
    ]);
    hears(made, agentSays(6));
    expect(marks(made).slice(2)).toEqual([
      ['agent 6', 1],
      ['agent 7', 0],
    ]);
    hears(made, agentSays(2));
    expect(marks(made).slice(0, 3)).toEqual([
      ['agent 1', 0],
      ['agent 2', 0],
      ['agent 4', 1],
    ]);
    expect(made.state.conversation?.gaps.map(({ from, to }) => [from, to])).toEqual([
      [3, 3],
      [5, 5],
    ]);
    hears(made, agentSays(5), agentSays(3));
    expect(marks(made)).toEqual([1, 2, 3, 4, 5, 6, 7].map((one) => [`agent ${one}`, 0]));
    expect(made.state.conversation?.gaps).toEqual([]);
  });

  it('is kept for a restart, and each time that it changes', () => {
    const made = holed();
    hears(made, agentSays(4));
    const { gaps, next } = operationsOf(made, 'put-conversation').at(-1)?.record ?? {};
    expect(next).toBe(8);
    expect(gaps?.map(({ from, to }) => [from, to])).toEqual([
      [2, 3],
      [5, 6],
    ]);
    expect(operationsOf(made, 'put-message').map(({ message }) => message.text)).toEqual([
      'agent 7',
      'agent 4',
    ]);
  });

  it('is looked for ever more seldom, five times after the first, and then no more', () => {
    const times = timesOfLooks(holed(), 300_000);
    expect(times.slice(0, 5)).toEqual([2_000, 6_000, 14_000, 30_000, 62_000]);
    // From then on only the ordinary look comes.
    const pauses = times.slice(5).map((time, index) => time - (times[index + 4] ?? 0));
    expect(pauses.length).toBeGreaterThan(2);
    expect(Math.min(...pauses)).toBeGreaterThan(50_000);
  });

  it('is asked for from below it, until it is given up: then from the newest', () => {
    const made = holed();
    const since: number[] = [];
    while (since.length < 6) {
      made.clearKeepingSocket();
      untilAsked(made);
      since.push(...asked(made).flatMap((call) => ('since' in call ? call.since : [])));
      made.rest(...numbered(1, 7));
    }
    const below = agentSays(1).timestamp;
    expect(since).toEqual([below, below, below, below, below, agentSays(7).timestamp]);
  });

  it('is requested as often as the newest gap needs, not the oldest', () => {
    const made = holed();
    for (let tries = 0; tries < 2; tries += 1) {
      untilAsked(made);
      made.rest(...numbered(1, 7)).clearKeepingSocket();
    }
    expect((made.state.timers.reorder ?? 0) - made.now).toBe(8_000);
    hears(made, agentSays(9)).take({ type: 'timer', name: 'reorder' });
    untilAsked(made);
    made.rest(...numbered(1, 7, 9)).clearKeepingSocket();
    expect(marks(made).at(-1)).toEqual(['agent 9', 1]);
    expect((made.state.timers.reorder ?? 0) - made.now).toBe(2_000);
  });

  it('and filled leaves nothing to fetch', () => {
    const made = holed();
    hears(made, ...numbered(2, 3, 4, 5, 6, 8));
    expect(made.state.timers.reorder).toBeUndefined();
    made.clearKeepingSocket().pass(2_000);
    expect(asked(made)).toEqual([]);
    made.pass(60_000);
    expect(asked(made)).toMatchObject([{ since: agentSays(8).timestamp }]);
  });

  it('and filled leaves the newest time as the start, though the last message has an earlier one', () => {
    const made = hub();
    hears(made, agentSays(1), { ...agentSays(3), timestamp: agentSays(9).timestamp }, agentSays(4));
    made.pass(2_000).rest();
    expect(made.shown()).toHaveLength(3);
    hears(made, agentSays(2)).clearKeepingSocket();
    expect(asked(untilAsked(made))).toMatchObject([{ since: agentSays(9).timestamp }]);
  });

  it('is still looked for when only something behind it has come', () => {
    const made = holed();
    hears(made, agentSays(8));
    made.pass(2_000);
    expect(asked(made)).toMatchObject([{ since: agentSays(1).timestamp }]);
  });

  it('below memory is corrected in the store alone', () => {
    const gaps = [{ from: 3, to: 4, tries: 1 }];
    const current = record(9, { gaps, completeUntil: row(2).timestamp });
    const made = found(new TestHub({ limits: { window: 3, page: 3 } }), rows(7, 9), {
      current,
      hasEarlier: true,
    });
    hears(made, agentSays(3));
    expect(operationsOf(made, 'put-gap-marker')).toEqual([
      { type: 'put-gap-marker', position: [1, 5, 0, 0], missingBefore: 1 },
    ]);
    expect(operationsOf(made, 'add-message')).toMatchObject([
      { message: { sequence: 3, missingBefore: 0 }, isUnread: true },
    ]);
    expect(made.state.window.map(({ sequence }) => sequence)).toEqual([7, 8, 9]);
  });

  it('in another conversation is another number', () => {
    const made = holed();
    made.gateway({ type: 'conversation', conversation: { conversationId, status: 'ended' } });
    page(made, numbered(1, 7));
    standing(made, 'ended');
    made.call({ type: 'start', routing });
    const conversation = { conversationId: 'conv-2', status: 'queued' } as const;
    made.gateway({ type: 'conversation', conversation });
    const said = (sequence: number) => ({
      ...agentSays(sequence, `next ${sequence}`),
      conversationId: 'conv-2',
    });
    hears(made, said(1), said(2), said(3), said(4));
    expect(marks(made).slice(2)).toEqual([1, 2, 3, 4].map((one) => [`next ${one}`, 0]));
  });
});

describe('what is held', () => {
  it('comes in order, whatever order it came in, and only as far as nothing is missing', () => {
    const made = hub();
    hears(made, ...numbered(6, 3, 2, 4));
    expect(made.shown()).toEqual([]);
    hears(made, agentSays(1));
    expect(made.shown()).toEqual(['agent 1', 'agent 2', 'agent 3', 'agent 4']);
    expect(marks(made).every(([, missing]) => missing === 0)).toBe(true);
    hears(made, agentSays(5));
    expect(made.shown().at(-1)).toBe('agent 6');
  });

  it('of the visitor’s is seen to have arrived, is not sent again, and is not doubted', () => {
    const made = hub();
    made.type('one', 'm1').clearKeepingSocket();
    hears(made, echo(2, 'm1', 'one'));
    expect(statuses(made)).toEqual(['one: delivered']);
    expect(made.state.timers.echo).toBeUndefined();
    made.cut().pass(9_000);
    expect(statuses(made)).toEqual(['one: delivered']);
  });

  it('of the visitor’s has not failed, whatever was thought of it', () => {
    for (const sequence of [2, null]) {
      const made = hub().type('one', 'm1');
      problem(made, 'rejected', 'm1');
      expect(statuses(made)).toEqual(['one: failed']);
      hears(made, echo(sequence, 'm1', 'one'));
      expect(made.snapshot?.messages).toMatchObject([{ status: 'delivered', failure: null }]);
    }
  });

  it('lets the next message of the visitor’s go', () => {
    const made = hub();
    made.type('one', 'm1').type('two', 'm2').clearKeepingSocket();
    hears(made, echo(2, 'm1', 'one'));
    expect(texts(made)).toEqual(['two']);
  });

  it('is shown with a mark when three looks in a row come to nothing', () => {
    const made = hub();
    hears(made, ...numbered(1, 3)).pass(2_000);
    for (const shown of [1, 1, 2]) {
      untilAsked(made);
      fails(made, 'network');
      made.clearKeepingSocket();
      expect(made.shown()).toHaveLength(shown);
    }
    expect(marks(made).at(-1)).toEqual(['agent 3', 1]);
    // Nobody could tell: no look has been used up.
    expect(made.state.conversation?.gaps).toEqual([{ from: 2, to: 2, tries: 0 }]);
    fails(untilAsked(made), 'network');
    expect(made.state.conversation?.gaps).toEqual([{ from: 2, to: 2, tries: 0 }]);
  });

  it('in a catch-up waits for the page that has what is missing', () => {
    const made = hub();
    made.take({ type: 'timer', name: 'reorder' }).pass(60_000);
    page(made, numbered(3, 4), 'next');
    expect(made.shown()).toEqual([]);
    expect(made.state.timers.reorder).toBeUndefined();
    page(made, numbered(1, 2));
    expect(made.shown()).toEqual(['agent 1', 'agent 2', 'agent 3', 'agent 4']);
  });

  it('gives its place to the one that was there first', () => {
    const made = hub();
    hears(made, agentSays(2, 'first'), agentSays(2, 'second'));
    expect(made.state.conversation?.reorderBuffer).toHaveLength(1);
    hears(made, agentSays(1));
    expect(made.shown()).toEqual(['agent 1', 'first']);
    expect(made.state.timers.reorder).toBeUndefined();
  });

  it('goes on to be looked for when another gap has closed by itself', () => {
    const made = hub();
    hears(made, ...numbered(1, 3, 6)).pass(1_000);
    hears(made, agentSays(2));
    expect(made.shown()).toEqual(['agent 1', 'agent 2', 'agent 3']);
    made.pass(1_000);
    expect(asked(made)).toHaveLength(1);
  });

  it('is gone with a conversation that the gateway does not know, and shown before', () => {
    const made = hub();
    hears(made, ...numbered(1, 3));
    made.take({
      type: 'gateway',
      socketId: made.last('open-socket').socketId,
      event: {
        type: 'problem',
        problem: {
          kind: 'conversation-not-found',
          message: 'gone',
          conversationId,
          messageId: null,
          retryAfter: null,
        },
      },
    });
    made.flush();
    expect(marks(made)).toEqual([
      ['agent 1', 0],
      ['agent 3', 1],
    ]);
    expect(made.state.timers.reorder).toBeUndefined();
  });
});

describe('a message below the newest', () => {
  it('that is there already under the same number and id changes nothing', () => {
    const made = hub();
    hears(made, ...numbered(1, 2, 3));
    made.clearKeepingSocket();
    hears(made, agentSays(2));
    expect(made.shown()).toEqual(['agent 1', 'agent 2', 'agent 3']);
    expect(posts(made, 'a')).toEqual([]);
    expect(made.all('write')).toEqual([]);
  });

  it('of another id is one more with that number', () => {
    const made = hub();
    hears(made, ...numbered(1, 2, 3));
    hears(made, agentSays(2, 'again'));
    expect(made.shown()).toEqual(['agent 1', 'again', 'agent 2', 'agent 3']);
    const above = found(new TestHub(), rows(5, 9), { hasEarlier: true });
    hears(above, agentSays(5, 'once more'));
    expect(above.shown().slice(0, 2)).toEqual(['agent 5', 'once more']);
  });

  it('is no part of a gap after it', () => {
    const made = hub();
    hears(made, ...numbered(1, 2, 3, 6)).pass(2_000);
    made.rest(...numbered(1, 2, 3, 6));
    hears(made, agentSays(2, 'again'));
    expect(marks(made)).toEqual([
      ['agent 1', 0],
      ['again', 0],
      ['agent 2', 0],
      ['agent 3', 0],
      ['agent 6', 2],
    ]);
    expect(made.state.conversation?.gaps).toMatchObject([{ from: 4, to: 5 }]);
  });

  it('of what memory has is none that only the store can tell of', () => {
    const made = found(new TestHub(), rows(5, 9), { hasEarlier: true });
    hears(made, agentSays(4));
    expect(made.shown()).toEqual(rows(5, 9).map(({ text }) => text));
    expect(made.all('write')).toEqual([]);
    expect(posts(made, 'a')).toEqual([]);
    made.type('waits', 'm1').clearKeepingSocket();
    hears(made, agentSays(4));
    expect(posts(made, 'a')).toEqual([]);
  });

  it('that waited here stands there, and no longer at the end', () => {
    const outbox = [
      {
        messageId: 'm1',
        ordinal: 1,
        conversationId,
        text: 'long ago',
        timestamp: 1,
        failure: null,
      },
      {
        messageId: 'm2',
        ordinal: 2,
        conversationId,
        text: 'waits',
        timestamp: 2,
        failure: null,
      },
    ];
    const readMark = { conversationId, position: [1, 3, 0, 0] } as const;
    const current = record(9, { readMark });
    const made = new TestHub().authenticated({
      current,
      messages: rows(5, 9),
      hasEarlier: true,
      outbox,
    });
    made.gateway({ type: 'conversation', conversation: current.details });
    made.clearKeepingSocketAndRest().flush();
    made.clearKeepingSocketAndRest();
    hears(made, echo(3, 'm1', 'long ago'));
    expect(made.state.outbox.map(({ messageId }) => messageId)).toEqual(['m2']);
    expect(operationsOf(made, 'delete-outbox')).toEqual([
      { type: 'delete-outbox', messageId: 'm1' },
    ]);
    const [patch] = posts(made, 'a');
    expect(patch).toMatchObject({
      type: 'patch',
      upserts: [{ messageId: 'm1', sequence: 3, status: 'read', position: [1, 3, 0, 0] }],
    });
  });
});

describe('what the other side has read', () => {
  function reads(made: TestHub, messageId: string, from = agent): TestHub {
    const receipt = { type: 'receipt', conversationId, messageId, from, status: 'read' } as const;
    return made.gateway(receipt).flush();
  }

  it('is every message up to that one, and none behind it; it never becomes less', () => {
    const made = hub();
    for (const [index, id] of ['m1', 'm2', 'm3'].entries()) {
      made.type(id, id);
      hears(made, echo(index + 1, id, id));
    }
    reads(made, 'm2');
    expect(statuses(made)).toEqual(['m1: read', 'm2: read', 'm3: delivered']);
    made.clearKeepingSocket();
    reads(made, 'm1');
    reads(made, 'm2');
    expect(posts(made, 'a')).toEqual([]);
    expect(statuses(made)).toEqual(['m1: read', 'm2: read', 'm3: delivered']);
    reads(made, 'm3');
    expect(statuses(made)).toEqual(['m1: read', 'm2: read', 'm3: read']);
    expect(operationsOf(made, 'put-conversation').at(-1)?.record.readMark).toEqual({
      conversationId,
      position: [1, 3, 0, 0],
    });
  });

  it('may arrive for a message before its echo', () => {
    const made = hub().type('one', 'm1');
    reads(made, 'm1');
    expect(statuses(made)).toEqual(['one: sent']);
    hears(made, echo(1, 'm1', 'one'));
    expect(statuses(made)).toEqual(['one: read']);
    expect(made.state.conversation?.earlyReceipt).toBeNull();
    made.type('two', 'm2');
    hears(made, echo(2, 'm2', 'two'));
    expect(statuses(made)).toEqual(['one: read', 'two: delivered']);
  });

  it('of a message that is not here is nothing to wait for', () => {
    const made = hub().type('one', 'm1');
    reads(made, 'nobody’s');
    expect(made.state.conversation?.earlyReceipt).toBeNull();
  });

  it('is not what a copy of ours elsewhere has read', () => {
    const made = hub().type('one', 'm1');
    hears(made, echo(1, 'm1', 'one'));
    made
      .gateway({
        type: 'receipt',
        conversationId,
        messageId: 'm1',
        from: { id: 'visitor-1', name: 'Visitor', role: 'visitor' },
        status: 'read',
      })
      .flush();
    expect(statuses(made)).toEqual(['one: delivered']);
  });

  it('also covers rows that fill a gap below it', () => {
    const made = hub();
    made.type('one', 'm1').type('two', 'm2');
    hears(made, echo(2, 'm2', 'two'));
    made.pass(2_000);
    page(made, [echo(2, 'm2', 'two')]);
    standing(made);
    reads(made, 'm2');
    hears(made, echo(1, 'm1', 'one'));
    expect(statuses(made)).toEqual(['one: read', 'two: read']);
  });
});

describe('an agent who types', () => {
  const types = { type: 'typing', conversationId, from: agent, isTyping: true } as const;

  it.each([
    ['their own', agent],
    ['the same person’s under another id', { ...agent, id: 'agent-2', name: '' }],
    ['a bot’s', { id: 'bot', name: '', role: 'bot' } as const],
  ])('stops typing with a message: %s', (_, from) => {
    const made = hub().gateway(types).flush();
    hears(made, { ...agentSays(1), from });
    expect(made.snapshot?.typing).toBeNull();
    expect(made.state.timers['typing-shown']).toBeUndefined();
  });

  it('goes on typing while the visitor or the system writes', () => {
    const made = hub().gateway(types).flush();
    hears(made, { ...agentSays(1), from: { id: 'system', name: '', role: 'system' } });
    hears(made, echo(2, 'm9', 'hello'));
    expect(made.snapshot?.typing).toEqual({ id: 'agent-1', name: 'Ada', role: 'agent' });
  });

  it('types while their message only waits for one before it', () => {
    const made = hub().gateway(types).flush();
    hears(made, agentSays(2));
    expect(made.snapshot?.typing).not.toBeNull();
    hears(made, agentSays(1));
    expect(made.snapshot?.typing).toBeNull();
  });
});

it('a page of REST with what is held already shows everything once', () => {
  const made = hub();
  hears(made, ...numbered(3, 5)).pass(2_000);
  page(made, numbered(1, 2, 3, 4, 5));
  expect(made.shown()).toHaveLength(5);
  answers(made, {
    type: 'conversation',
    conversation: { conversationId, status: 'connected' },
  });
  expect(marks(made).every(([, missing]) => missing === 0)).toBe(true);
  expect(made.state.timers.reorder).toBeUndefined();
});

it('a look that finds nothing new writes nothing and posts nothing', () => {
  const made = hub();
  hears(made, ...numbered(1, 2));
  made.clearKeepingSocket();
  untilAsked(made).rest(...numbered(1, 2));
  expect(made.all('write')).toEqual([]);
  expect(posts(made, 'a')).toEqual([]);
});
