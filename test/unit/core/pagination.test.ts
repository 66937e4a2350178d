import { describe, expect, it } from 'vitest';
import type { GatewayMessage } from '../../../src/protocol/gateway/messages.ts';
import type { Message } from '../../../src/protocol/message.ts';
import { earlierSchema } from '../../../src/protocol/port.ts';
import { genesysWebchat } from '../../../src/protocol/webchat/index.ts';
import { rowOf } from '../../../src/worker/core/transcript/rows.ts';
import { agentSays, conversationId, TestHub } from './harness.ts';
import {
  answers,
  asked,
  fails,
  found,
  outcome,
  page,
  record,
  row,
  rows,
  unnumbered,
} from './scenes.ts';

/** Memory has 101 to 110; the store, or only the gateway, has what is above. */
function long(hasEarlier = false): TestHub {
  return found(new TestHub(), rows(101, 110), { hasEarlier });
}

function load(
  hub: TestHub,
  before: Message | null,
  count: number,
  named: string | null = conversationId,
): number {
  const place = before && { position: before.position, messageId: before.messageId };
  return hub.call({ type: 'load-earlier', before: place, conversationId: named, count });
}

function given(hub: TestHub, callId: number) {
  const answer = hub.answers.get(callId);
  if (!answer?.ok) return answer?.problem.code ?? 'open';
  const { messages, hasEarlier } = earlierSchema.parse(answer.value);
  return { texts: messages.map(({ text }) => text), hasEarlier };
}

function storeHas(hub: TestHub, callId: number, messages: Message[], hasEarlier = false): TestHub {
  return hub.take({ type: 'earlier-read', callId, messages, hasEarlier });
}

function textsOf(from: number, to: number): string[] {
  return rows(from, to).map(({ text }) => text);
}

describe('rows in memory', () => {
  it.each([
    [9, 'memory', textsOf(102, 110), true],
    [10, 'memory', textsOf(101, 110), false],
    [11, 'store', [], false],
  ] as const)('are enough for %i of the ten, or the %s is asked', (count, from, texts, more) => {
    const hub = long();
    const call = load(hub, null, count);
    if (from === 'store') {
      expect(hub.last('read-earlier')).toMatchObject({ count: 1 });
      expect(given(hub, call)).toBe('open');
      return;
    }
    expect(hub.all('read-earlier')).toEqual([]);
    expect(given(hub, call)).toEqual({ texts, hasEarlier: more });
  });

  it('are the ones right before the row that is named, and never that one', () => {
    const hub = long();
    expect(given(hub, load(hub, row(106), 3))).toEqual({
      texts: textsOf(103, 105),
      hasEarlier: true,
    });
    expect(given(hub, load(hub, row(106), 5))).toEqual({
      texts: textsOf(101, 105),
      hasEarlier: false,
    });
  });

  it('have more above them when the store has', () => {
    const hub = long(true);
    expect(given(hub, load(hub, row(106), 5))).toMatchObject({ hasEarlier: true });
  });
});

describe('rows of the store', () => {
  it('stand before those of memory, and are asked for before the oldest one', () => {
    const hub = long(true);
    const call = load(hub, row(103), 5);
    expect(hub.last('read-earlier')).toMatchObject({
      callId: call,
      count: 3,
      before: { messageId: row(101).messageId },
    });
    storeHas(hub, call, rows(98, 100), true);
    expect(given(hub, call)).toEqual({ texts: textsOf(98, 102), hasEarlier: true });
    expect(asked(hub)).toEqual([]);
  });

  it('are asked for before the row that is named when memory has none above it', () => {
    const hub = long(true);
    load(hub, row(101), 5);
    expect(hub.last('read-earlier')).toMatchObject({
      count: 5,
      before: { messageId: row(101).messageId },
    });
    load(hub, row(50), 5);
    expect(hub.last('read-earlier').before).toMatchObject({ messageId: row(50).messageId });
  });

  it('that are enough cause no request, though the gateway has more', () => {
    const hub = long(true);
    const call = load(hub, row(101), 3);
    storeHas(hub, call, rows(98, 100));
    expect(asked(hub)).toEqual([]);
    expect(given(hub, call)).toEqual({ texts: textsOf(98, 100), hasEarlier: true });
  });

  it('are all there is when they begin with the first message', () => {
    const hub = long(true);
    const call = load(hub, row(101), 50);
    storeHas(hub, call, rows(1, 2));
    expect(asked(hub)).toEqual([]);
    expect(given(hub, call)).toEqual({ texts: textsOf(1, 2), hasEarlier: false });
  });

  it('go once, only to callers that asked', () => {
    const hub = long(true);
    const call = load(hub, row(101), 3);
    storeHas(hub, 999, rows(98, 100));
    expect(given(hub, call)).toBe('open');
    storeHas(hub, call, rows(98, 100));
    hub.clearKeepingSocket();
    storeHas(hub, call, rows(98, 100));
    expect(hub.all('answer')).toEqual([]);
  });

  it('of several tabs are each for its own call', () => {
    const hub = long(true);
    const first = load(hub, row(101), 2);
    const second = load(hub, row(90), 2);
    storeHas(hub, second, rows(88, 89), true);
    expect(given(hub, first)).toBe('open');
    expect(given(hub, second)).toMatchObject({ texts: textsOf(88, 89) });
    storeHas(hub, first, rows(99, 100), true);
    expect(given(hub, first)).toMatchObject({ texts: textsOf(99, 100) });
  });
});

describe('rows that only the gateway has', () => {
  it('are asked for above the oldest row that is there, of its conversation', () => {
    const hub = long();
    const call = load(hub, row(101), 50, 'a-name-that-is-not-needed');
    storeHas(hub, call, rows(99, 100));
    expect(asked(hub)).toEqual([
      { type: 'history-before', conversationId, before: { sequence: 99 } },
    ]);
    page(hub, [agentSays(98), agentSays(97), agentSays(99), agentSays(101)]);
    expect(given(hub, call)).toEqual({ texts: textsOf(97, 100), hasEarlier: true });
  });

  it('are asked for above the row that is named when there is none', () => {
    const hub = long();
    storeHas(hub, load(hub, row(40), 50), []);
    expect(asked(hub)).toEqual([
      { type: 'history-before', conversationId, before: { sequence: 40 } },
    ]);
    // Whose row that is has to be said.
    hub.clearKeepingSocket();
    const call = load(hub, row(40), 50, null);
    storeHas(hub, call, []);
    expect(asked(hub)).toEqual([]);
    expect(given(hub, call)).toEqual({ texts: [], hasEarlier: false });
  });

  it.each([
    [2, 0, true],
    [1, 0, false],
    [3, 2, false],
    [4, 2, true],
  ])(
    'are asked for above number %i with %i missing before it: %s',
    (sequence, missing, isAsked) => {
      const oldest = { ...row(sequence), missingBefore: missing };
      const hub = found(new TestHub(), [oldest, ...rows(sequence + 1, 9)]);
      const all = load(hub, row(9), 50);
      storeHas(hub, all, []);
      expect(asked(hub)).toHaveLength(isAsked ? 1 : 0);
    },
  );

  it('are asked for by time above a row without a sequence, that very instant included', () => {
    const oldest = rowOf(unnumbered('old', 5_000), [1, 0, 1, 5_000]);
    const hub = found(new TestHub(), [oldest, row(1)]);
    const call = load(hub, row(1), 50);
    storeHas(hub, call, []);
    expect(asked(hub)).toEqual([
      { type: 'history-before', conversationId, before: { instant: 5_001 } },
    ]);
    page(hub, [
      unnumbered('older', 4_000),
      unnumbered('z twin', 5_000),
      unnumbered('a twin', 5_000),
      unnumbered('old', 5_000),
      unnumbered('behind it', 5_000),
    ]);
    expect(given(hub, call)).toEqual({
      texts: ['older', 'z twin', 'a twin', 'old'],
      hasEarlier: false,
    });
  });

  it.each([
    [48, false],
    [49, true],
    [50, true],
  ])('without sequences: %i are a whole page, above which there is more: %s', (count, more) => {
    const oldest = rowOf(unnumbered('old', 5_000), [1, 0, 1, 5_000]);
    const hub = found(new TestHub(), [oldest]);
    const call = load(hub, oldest, 50);
    storeHas(hub, call, []);
    page(
      hub,
      Array.from({ length: count }, (_, index) => unnumbered(`no ${index}`, index)),
    );
    expect(given(hub, call)).toMatchObject({ hasEarlier: more });
  });

  it('have no more above them than number one, or than what is missing', () => {
    for (const [messages, hasEarlier] of [
      [[agentSays(2), agentSays(3)], true],
      [[agentSays(1), agentSays(2)], false],
      [[], false],
    ] satisfies [GatewayMessage[], boolean][]) {
      const hub = long();
      const call = load(hub, row(101), 50);
      storeHas(hub, call, []);
      page(hub, messages);
      expect(given(hub, call)).toMatchObject({ hasEarlier });
    }
  });

  it('come in order, in whatever order they arrive', () => {
    const hub = long();
    const call = load(hub, row(101), 50);
    storeHas(hub, call, []);
    page(hub, [agentSays(98), agentSays(100), agentSays(99)]);
    expect(given(hub, call)).toMatchObject({ texts: textsOf(98, 100) });
  });

  it('stand in the conversation of the row below them', () => {
    const current = record(2, { ordinal: 4 });
    const hub = found(new TestHub(), [row(101, 3), row(1, 4), row(2, 4)], { current });
    const call = load(hub, row(101, 3), 50);
    storeHas(hub, call, []);
    page(hub, [agentSays(100)]);
    const answer = hub.answers.get(call);
    const { messages } = earlierSchema.parse(answer?.ok ? answer.value : null);
    expect(messages).toMatchObject([{ position: [3, 100, 0, 0], status: 'received' }]);
  });

  it('are rejected when there is nothing else, and reported as available otherwise', () => {
    const hub = long();
    const call = load(hub, row(101), 50);
    storeHas(hub, call, []);
    fails(hub, 'network');
    expect(given(hub, call)).toBe('unavailable');
    const some = load(hub, row(103), 50);
    storeHas(hub, some, []);
    fails(hub, 'network');
    expect(given(hub, some)).toEqual({ texts: textsOf(101, 102), hasEarlier: true });
    expect(hub.state.paginations).toEqual([]);
  });

  it('are nothing of an answer to something else', () => {
    const hub = long();
    const call = load(hub, row(101), 50);
    storeHas(hub, call, []);
    const conversation = { conversationId, status: 'connected' } as const;
    answers(hub, { type: 'conversation', conversation });
    expect(given(hub, call)).toBe('unavailable');
  });

  it.each([3, 4, 5])(
    'are asked for by four at a time: of %i, the fifth is to ask again',
    (calls) => {
      const hub = long();
      const ids = Array.from({ length: calls }, () => load(hub, row(101), 50));
      for (const id of ids) storeHas(hub, id, []);
      expect(asked(hub)).toHaveLength(Math.min(calls, 4));
      if (calls === 5) expect(given(hub, ids[4] ?? -1)).toEqual({ texts: [], hasEarlier: true });
      // One that is answered makes room.
      page(hub, [agentSays(1)]);
      const again = load(hub, row(101), 50);
      storeHas(hub, again, []);
      expect(given(hub, again)).toBe('open');
    },
  );

  it('are not asked for above what has no place yet', () => {
    const hub = long();
    const pending = { ...row(5), position: [Number.MAX_SAFE_INTEGER, 1, 0, 0] } as const;
    const call = load(hub, pending, 50);
    // Before it stands all that memory has.
    expect(hub.last('read-earlier')).toMatchObject({ before: { messageId: row(101).messageId } });
    storeHas(hub, call, []);
    const other = found(new TestHub(), []);
    const none = load(other, { ...pending, position: [2, 7, 0, 0] }, 50);
    storeHas(other, none, []);
    expect(asked(other)).toEqual([]);
    expect(given(other, none)).toEqual({ texts: [], hasEarlier: false });
  });

  it('are asked for in the newest conversation, which is not later than itself', () => {
    const hub = long();
    storeHas(hub, load(hub, row(50), 5), []);
    expect(asked(hub)).toHaveLength(1);
  });

  it('are not asked for when the broker says that the session is over', () => {
    const hub = long().cut('token');
    const { requestId } = hub.last('fetch-token');
    const result = { ok: false, kind: 'signed-out', message: 'over', retryAfter: null } as const;
    hub.take({ type: 'token', requestId, result });
    expect(hub.state.connection.phase).toBe('signed-out');
    const call = load(hub, row(101), 50);
    storeHas(hub, call, []);
    expect(asked(hub)).toEqual([]);
    expect(given(hub, call)).toEqual({ texts: [], hasEarlier: false });
  });

  it('belong to the conversation that is asked for, where the gateway leaves that out', () => {
    for (const [before, named, count] of [
      [row(103), 'not-this-one', 50],
      [row(101), conversationId, 50],
    ] as const) {
      const hub = long();
      const call = load(hub, before, count, named);
      storeHas(hub, call, []);
      const { requestId } = hub.last('rest');
      const messages = [{ ...agentSays(100), conversationId: null }];
      const value = { type: 'history', messages, nextCursor: null, invalidCount: 0 } as const;
      hub.take({ type: 'rest', requestId, result: { ok: true, value } });
      const answer = hub.answers.get(call);
      const { messages: told } = earlierSchema.parse(answer?.ok ? answer.value : null);
      expect(told[0]).toMatchObject({ conversationId, sequence: 100 });
    }
  });

  it('that can’t be had for one tab may still come for another', () => {
    const hub = long();
    const first = load(hub, row(101), 50);
    const second = load(hub, row(101), 50);
    storeHas(hub, first, []);
    const { requestId } = hub.last('rest');
    storeHas(hub, second, []);
    const failure = { kind: 'network', message: 'network', retryAfter: null } as const;
    hub.take({ type: 'rest', requestId, result: { ok: false, failure } });
    expect(given(hub, first)).toBe('unavailable');
    page(hub, [agentSays(100)]);
    expect(given(hub, second)).toMatchObject({ texts: ['agent 100'] });
  });

  it('are not asked for when the visitor has signed out', () => {
    const hub = long();
    hub.call({ type: 'sign-out' });
    const call = load(hub, row(101), 50);
    storeHas(hub, call, rows(99, 100));
    expect(asked(hub)).toEqual([]);
    expect(given(hub, call)).toEqual({ texts: textsOf(99, 100), hasEarlier: true });
    expect(outcome(hub, call)).toBe('ok');
  });

  it('are not asked for page by page where they can be asked for by place', () => {
    const hub = long();
    const call = load(hub, row(101), 50);
    storeHas(hub, call, []);
    page(hub, [agentSays(101)], 'more');
    expect(asked(hub)).toHaveLength(1);
    expect(given(hub, call)).toEqual({ texts: [], hasEarlier: false });
  });
});

describe('where only the newest can be asked for', () => {
  function newest(): TestHub {
    const article = genesysWebchat({ socketUrl: 'wss://gateway/webchat', apiUrl: 'https://api' });
    const gateway = { ...article, traits: { ...article.traits, history: 'newest' } as const };
    return found(new TestHub({ gateway }), rows(101, 110));
  }

  it('older rows are looked for page by page, until one has some', () => {
    const hub = newest();
    const call = load(hub, row(101), 50);
    const other = load(hub, row(101), 50);
    storeHas(hub, call, []);
    page(hub, [agentSays(109), agentSays(110)], 'second');
    page(hub, [agentSays(107), agentSays(108)], 'third');
    expect(given(hub, call)).toBe('open');
    const question = { type: 'history-before', conversationId, before: { sequence: 101 } };
    expect(asked(hub)).toEqual([
      question,
      { ...question, cursor: 'second' },
      { ...question, cursor: 'third' },
    ]);
    page(hub, [agentSays(100), agentSays(101)], 'fourth');
    expect(given(hub, call)).toEqual({ texts: ['agent 100'], hasEarlier: true });
    expect(asked(hub)).toHaveLength(3);
    // The other one still waits for the store.
    storeHas(hub, other, rows(50, 100));
    expect(given(hub, other)).toMatchObject({ texts: textsOf(50, 100) });
  });

  it('the last page is the end of it', () => {
    const hub = newest();
    const call = load(hub, row(101), 50);
    storeHas(hub, call, []);
    page(hub, [agentSays(109), agentSays(110)], null);
    expect(given(hub, call)).toEqual({ texts: [], hasEarlier: false });
  });
});
