import { describe, expect, it } from 'vitest';
import { agentSays, conversationId, echo, TestHub } from './harness.ts';
import {
  answers,
  asked,
  ends,
  fails,
  found,
  hears,
  hub,
  nextId,
  opensNext,
  operationsOf,
  page,
  record,
  row,
  rows,
  settled,
  standing,
  texts,
  unnumbered,
  untilAsked,
} from './scenes.ts';

/** A catch-up is under way. */
function looking(made = hub()): TestHub {
  return untilAsked(made);
}

/** The socket is cut, and another one is authenticated and resumes the conversation. */
function back(made: TestHub): TestHub {
  made.cut().clear().pass(9_000);
  made.open().gateway({ type: 'authenticated', serverTime: made.wall });
  const conversation = { conversationId, status: 'connected' } as const;
  made.clearKeepingSocket();
  return made.gateway({ type: 'conversation', conversation }).flush();
}

describe('a catch-up', () => {
  it('follows the pages from where it began, and asks where the conversation stands at the end', () => {
    const made = looking();
    const since = 0;
    page(made, [agentSays(1), agentSays(2)], 'second');
    page(made, [agentSays(3)], 'third');
    page(made, [agentSays(4)]);
    expect(asked(made)).toEqual([
      { type: 'history-since', conversationId, since, cursor: null },
      { type: 'history-since', conversationId, since, cursor: 'second' },
      { type: 'history-since', conversationId, since, cursor: 'third' },
      { type: 'conversation', conversationId },
    ]);
    standing(made);
    expect(made.shown()).toHaveLength(4);
    expect(made.state.catchUps.active).toBeNull();
  });

  it.each([
    ['the same cursor again', [agentSays(2)], 'second'],
    ['an empty page', [], 'third'],
  ] as const)('ends with %s', (_, messages, cursor) => {
    const made = looking();
    page(made, [agentSays(1)], 'second');
    page(made, messages, cursor);
    expect(asked(made).at(-1)).toMatchObject({ type: 'conversation' });
  });

  it('shows what it brings at once, and what is missing at its end', () => {
    const made = looking();
    page(made, [agentSays(1), agentSays(3)], 'second');
    expect(made.shown()).toEqual(['agent 1']);
    page(made, [agentSays(4)]);
    expect(made.shown()).toEqual(['agent 1']);
    standing(made);
    expect(made.shown()).toEqual(['agent 1', 'agent 3', 'agent 4']);
  });

  it('that is wanted during another one follows it, once', () => {
    const made = looking();
    hears(made, agentSays(2)).pass(2_000);
    hears(made, agentSays(5)).pass(2_000);
    expect(asked(made)).toHaveLength(1);
    page(made, []);
    standing(made);
    expect(asked(made).map(({ type }) => type)).toEqual([
      'history-since',
      'conversation',
      'history-since',
    ]);
    made.clearKeepingSocketAndRest();
    page(made, []);
    standing(made);
    expect(asked(made).filter(({ type }) => type === 'history-since')).toHaveLength(1);
    expect(made.state.catchUps).toMatchObject({ active: null, isRequested: false });
  });

  it('takes the place of one that hangs on the network that was left', () => {
    const made = looking();
    const { requestId } = made.last('rest');
    back(made);
    expect(asked(made)).toHaveLength(1);
    made.clearKeepingSocketAndRest().take({
      type: 'rest',
      requestId,
      result: {
        ok: true,
        value: { type: 'history', messages: [agentSays(1)], nextCursor: null, invalidCount: 0 },
      },
    });
    // Its late answer is nobody's.
    expect(made.flush().shown()).toEqual([]);
    page(made, [agentSays(1)]);
    expect(made.shown()).toEqual(['agent 1']);
  });

  it('waits as long as REST wants to be left alone', () => {
    const made = looking();
    fails(made, 'unavailable', 20_000);
    const pause = (made.state.restPausedUntil ?? 0) - made.now;
    expect(pause).toBeGreaterThanOrEqual(20_000);
    hears(made.clearKeepingSocket(), agentSays(2)).pass(pause - 1);
    expect(asked(made)).toEqual([]);
    made.pass(1);
    expect(asked(made)).toHaveLength(1);
  });

  it('is not made in a conversation that is none, and begins with none', () => {
    const made = new TestHub().authenticated();
    made.answersPings = true;
    made.pass(120_000);
    expect(asked(made)).toEqual([]);
  });

  it('that fails is made again after a pause that grows', () => {
    const made = looking();
    const bounds = [8_000, 16_000, 30_000, 30_000];
    for (const [index, bound] of bounds.entries()) {
      made.clearKeepingSocketAndRest();
      fails(made, 'network');
      expect(made.state.catchUps).toMatchObject({ failures: index + 1, active: null });
      const wait = (made.state.timers['rest-retry'] ?? 0) - made.now;
      expect(wait).toBeGreaterThanOrEqual(2_000);
      expect(wait).toBeLessThanOrEqual(bound);
      made.clearKeepingSocket().pass(wait - 1);
      expect(asked(made)).toEqual([]);
      made.pass(1);
      expect(asked(made)).toHaveLength(1);
    }
    settled(made);
    expect(made.state.catchUps).toMatchObject({ failures: 0, completedAt: made.now });
    expect(made.state.timers['rest-retry']).toBeUndefined();
  });

  it('that fails lets messages go that were not on their way', () => {
    const made = back(hub());
    made.type('one', 'm1');
    expect(texts(made)).toEqual([]);
    fails(made, 'network');
    expect(texts(made)).toEqual(['one']);
  });

  it('of an unknown conversation drops it, and keeps its rows', () => {
    const made = hub();
    hears(made, agentSays(1));
    looking(made);
    fails(made, 'not-found');
    expect(made.snapshot?.conversation).toBeNull();
    expect(made.shown()).toEqual(['agent 1']);
    expect(operationsOf(made, 'delete-conversation')).toEqual([
      { type: 'delete-conversation', conversationId },
    ]);
    expect(made.state.catchUps.active).toBeNull();
    made.clearKeepingSocket().pass(120_000);
    expect(asked(made)).toEqual([]);
  });

  it('of a conversation that is not the present one any more is dropped', () => {
    const made = looking();
    const { requestId } = made.last('rest');
    made.gateway({
      type: 'problem',
      problem: {
        kind: 'conversation-not-found',
        message: 'gone',
        conversationId,
        messageId: null,
        retryAfter: null,
      },
    });
    made.take({
      type: 'rest',
      requestId,
      result: {
        ok: true,
        value: { type: 'history', messages: [agentSays(1)], nextCursor: null, invalidCount: 0 },
      },
    });
    expect(made.flush().shown()).toEqual([]);
    expect(made.state.catchUps.active).toBeNull();
  });

  it('counts each of its invalid messages in one note', () => {
    const made = looking();
    answers(made, { type: 'history', messages: [], nextCursor: null, invalidCount: 0 });
    expect(made.all('note')).toEqual([]);
    standing(made);
    looking(made.clearKeepingSocket());
    answers(made, { type: 'history', messages: [], nextCursor: null, invalidCount: 3 });
    expect(made.all('note').map(({ note }) => note)).toEqual([
      { kind: 'invalid', detail: '3 invalid messages in the history ignored' },
    ]);
  });

  it('that fails is noted by its kind', () => {
    for (const [kind, noted] of [
      ['network', 'server-problem'],
      ['invalid', 'invalid'],
    ] as const) {
      const made = looking();
      fails(made, kind);
      expect(made.all('note').map(({ note }) => note.kind)).toEqual([noted]);
    }
  });

  it('tells of the conversation’s end, which is then read once more and is over', () => {
    const made = looking();
    page(made, [agentSays(1)]);
    standing(made, 'ended');
    expect(made.snapshot?.conversation?.status).toBe('ended');
    page(made, [agentSays(1), agentSays(2)]);
    standing(made, 'ended');
    expect(made.shown()).toEqual(['agent 1', 'agent 2']);
    made.clearKeepingSocket();
    expect(made.state.conversation?.finalCatchUp).toBeNull();
  });

  it('asks for what comes behind the newest that is known to be complete', () => {
    const made = found(new TestHub(), rows(1, 5));
    made.answersPings = true;
    looking(made);
    expect(asked(made)).toMatchObject([{ since: row(5).timestamp }]);
    page(made, [agentSays(5), agentSays(6)]);
    standing(made);
    looking(made.clearKeepingSocket());
    expect(asked(made)).toMatchObject([{ since: agentSays(6).timestamp }]);
  });

  it('tells nothing of where the next one begins by what is older than that', () => {
    const made = looking();
    page(made, [unnumbered('new', 9_000), unnumbered('old', 4_000)]);
    standing(made);
    expect(asked(looking(made.clearKeepingSocket()))).toMatchObject([{ since: 9_000 }]);
  });
});

describe('a catch-up under way', () => {
  it('has no end that only a gateway gone wrong could give it', () => {
    const made = looking();
    let pages = 0;
    for (let last = made.last('rest'); last.call.type === 'history-since'; pages += 1) {
      const value = {
        type: 'history',
        messages: [agentSays(1)],
        nextCursor: `page ${pages}`,
        invalidCount: 0,
      } as const;
      made.clear().take({
        type: 'rest',
        requestId: last.requestId,
        result: { ok: true, value },
      });
      last = made.last('rest');
      if (pages > 20_000) throw new Error('pages without end');
    }
    expect(pages).toBe(10_001);
  });

  it('is no answer to the question whether the conversation goes on', () => {
    const made = looking();
    page(made, []);
    const { requestId } = made.last('rest');
    made.cut().clear().pass(9_000);
    made.open().gateway({ type: 'authenticated', serverTime: made.wall });
    const conversation = { conversationId, status: 'connected' } as const;
    const value = { type: 'conversation', conversation } as const;
    made.take({ type: 'rest', requestId, result: { ok: true, value } });
    expect(made.state.connection).toMatchObject({ session: { stage: 'resuming' } });
    expect(made.state.timers.answer).toBeDefined();
  });

  it('lets nothing go before another one that is wanted is made, too', () => {
    const made = back(hub());
    made.type('one', 'm1');
    hears(made, agentSays(2)).pass(2_000);
    page(made, []);
    standing(made);
    expect(texts(made)).toEqual([]);
    page(made, []);
    standing(made);
    expect(texts(made)).toEqual(['one']);
  });
});

describe('a page that becomes visible', () => {
  it('requests nothing without a connection, or before the first catch-up', () => {
    const made = hub().cut().clearKeepingSocket();
    made.pass(1_000).sleep(1);
    const { completedAt } = made.state.catchUps;
    made.state = {
      ...made.state,
      catchUps: { ...made.state.catchUps, completedAt: (completedAt ?? 0) - 20_000 },
    };
    made.attach('b');
    expect(made.state.connection.phase).toBe('waiting');
    expect(asked(made)).toEqual([]);
    const fresh = new TestHub().authenticated({ current: record(0) });
    fresh.answersPings = true;
    fresh.pass(16_000).attach('b');
    expect(fresh.state.connection).toMatchObject({ session: { stage: 'resuming' } });
    expect(asked(fresh)).toEqual([]);
  });
});

describe('reconciliation', () => {
  it('is made only while a page is visible', () => {
    const made = hub().attach('b');
    for (const tabId of ['a', 'b']) {
      made.take({ type: 'tab-visibility', tabId, isVisible: false });
    }
    made.clearKeepingSocket().pass(61_000);
    expect(asked(made)).toEqual([]);
    made.take({ type: 'tab-visibility', tabId: 'b', isVisible: true });
    expect(asked(made)).toHaveLength(1);
  });

  it('is made while one of several looks', () => {
    const made = hub().attach('b').take({ type: 'tab-visibility', tabId: 'b', isVisible: false });
    made.clearKeepingSocket().pass(61_000);
    expect(asked(made)).toHaveLength(1);
  });

  it('is not made without a socket, whose return looks anyway', () => {
    const made = hub().cut();
    expect(made.state.timers.reconcile).toBeUndefined();
    back(made);
    settled(made);
    expect(made.state.timers.reconcile).toBeDefined();
  });

  it('comes again after each one that is done', () => {
    const made = hub();
    for (let look = 0; look < 3; look += 1) {
      made.clearKeepingSocket();
      looking(made);
      settled(made);
    }
    expect(made.state.catchUps.lastCatchUpId).toBe(4);
  });
});

describe('an ended conversation', () => {
  it.each([
    [19_999, false],
    [20_000, true],
  ])('whose history is read %i ms later is known to its end: %s', (later, isReadToEnd) => {
    const made = hub();
    hears(made, agentSays(1));
    ends(made);
    settledEnd(made);
    made.clearKeepingSocket().pass(later);
    made.take({ type: 'tab-visibility', tabId: 'a', isVisible: false });
    made.take({ type: 'tab-visibility', tabId: 'a', isVisible: true });
    expect(asked(made)).toHaveLength(1);
    page(made, [agentSays(1)]);
    standing(made, 'ended');
    expect(made.state.conversation?.isReadToEnd).toBe(isReadToEnd);
    expect(operationsOf(made, 'put-conversation').some((one) => one.record.isReadToEnd)).toBe(
      isReadToEnd,
    );
  });

  function settledEnd(made: TestHub): TestHub {
    page(made, [agentSays(1)]);
    return standing(made, 'ended');
  }

  it('is not looked at for its end while it is open', () => {
    const made = hub();
    settled(looking(made));
    expect(made.state.conversation?.isReadToEnd).toBe(false);
  });
});

/** Its catch-up has had so many pages already. */
function afterPages(made: TestHub, pages: number): TestHub {
  const { catchUps } = made.state;
  if (!catchUps.active) throw new Error('no catch-up is under way');
  made.state = {
    ...made.state,
    catchUps: { ...catchUps, active: { ...catchUps.active, pages } },
  };
  return made;
}

describe('a history without an end', () => {
  it('is followed for 10,000 pages, and then the conversation’s state is asked for', () => {
    const made = afterPages(looking(), 9_999);
    page(made, [agentSays(1)], 'one more');
    expect(asked(made).at(-1)).toMatchObject({ type: 'history-since', cursor: 'one more' });
    page(made, [agentSays(2)], 'and another');
    expect(asked(made).at(-1)).toEqual({ type: 'conversation', conversationId });
    standing(made);
    expect(made.state.catchUps.active).toBeNull();
  });
});

describe('a previous conversation', () => {
  /** `conv-1` is over, and `conv-2` is open and caught up. */
  function left(...heard: ReturnType<typeof agentSays>[]): TestHub {
    const made = hub();
    hears(made, ...heard);
    ends(made);
    page(made, heard);
    standing(made, 'ended');
    opensNext(made);
    page(made, []);
    standing(made, 'connected', nextId);
    return made.clearKeepingSocket();
  }

  /** The current one is caught up, and the previous one is requested. */
  function asksFormer(made: TestHub): TestHub {
    made.clearKeepingSocket().pass(61_000);
    page(made, []);
    standing(made, 'connected', nextId);
    return made.clearKeepingSocketAndRest();
  }

  it('is asked for from where it was complete, behind the present one, once it may be whole', () => {
    const made = left(agentSays(1), agentSays(2));
    expect(made.state.previousConversations).toHaveLength(1);
    made.pass(20_000);
    expect(asked(made)).toEqual([]);
    asksFormer(made);
    expect(asked(made)).toEqual([
      { type: 'history-since', conversationId, since: agentSays(2).timestamp, cursor: null },
    ]);
  });

  it('is not asked for before its history may be whole', () => {
    const made = left(agentSays(1));
    made.pass(15_001);
    made.take({ type: 'tab-visibility', tabId: 'a', isVisible: false });
    made.take({ type: 'tab-visibility', tabId: 'a', isVisible: true });
    page(made, []);
    standing(made, 'connected', nextId);
    expect(asked(made).filter((call) => 'since' in call)).toMatchObject([
      { conversationId: nextId },
    ]);
  });

  it('is followed for 10,000 pages, and then let go', () => {
    const made = afterPages(asksFormer(left(agentSays(1))), 9_999);
    page(made, [agentSays(2)], 'one more');
    expect(asked(made).at(-1)).toMatchObject({ conversationId, cursor: 'one more' });
    const questions = asked(made).length;
    page(made, [agentSays(3)], 'and another');
    expect(asked(made)).toHaveLength(questions);
    expect(made.state.previousConversations).toEqual([]);
    expect(made.state.catchUps.active).toBeNull();
    expect(made.flush().shown()).toEqual(['agent 1', 'agent 2', 'agent 3']);
  });

  it('is read page by page, in its own place, and then let go', () => {
    const made = asksFormer(left(agentSays(1)));
    const present = {
      ...agentSays(1, 'in the next one'),
      conversationId: nextId,
      timestamp: made.wall,
    };
    hears(made, present);
    page(made, [agentSays(2)], 'second');
    expect(made.state.previousConversations).toHaveLength(1);
    page(made, [agentSays(4)]);
    expect(asked(made).at(-1)).toEqual({
      type: 'history-since',
      conversationId,
      since: agentSays(1).timestamp,
      cursor: 'second',
    });
    expect(made.shown()).toEqual(['agent 1', 'agent 2', 'agent 4', 'in the next one']);
    expect(made.snapshot?.messages[2]?.missingBefore).toBe(1);
    expect(made.state.window.map(({ position }) => position)).toEqual([
      [1, 1, 0, 0],
      [1, 2, 0, 0],
      [1, 4, 0, 0],
      [2, 1, 0, 0],
    ]);
    expect(made.snapshot?.conversation?.conversationId).toBe(nextId);
    expect(made.state.previousConversations).toEqual([]);
    const records = operationsOf(made, 'put-conversation').map((one) => one.record);
    expect(records.findLast(({ ordinal }) => ordinal === 1)).toMatchObject({
      isReadToEnd: true,
      next: 5,
    });
    made.clearKeepingSocket();
    settled(untilAsked(made));
    expect(asked(made).every((call) => !('since' in call) || call.conversationId === nextId)).toBe(
      true,
    );
  });

  it.each([
    ['the same cursor again', [agentSays(3)], 'second'],
    ['an empty page', [], 'third'],
  ] as const)('is read to its end with %s', (_, messages, cursor) => {
    const made = asksFormer(left(agentSays(1)));
    page(made, [agentSays(2)], 'second');
    page(made, messages, cursor);
    expect(made.state.previousConversations).toEqual([]);
  });

  it('that the gateway no longer knows is dropped', () => {
    const made = asksFormer(left(agentSays(1)));
    fails(made, 'not-found');
    expect(made.state.previousConversations).toEqual([]);
    expect(operationsOf(made, 'put-conversation').at(-1)?.record.isReadToEnd).toBe(true);
    expect(made.snapshot?.conversation?.conversationId).toBe(nextId);
  });

  it('that can’t be read is asked for again, behind the next look', () => {
    const made = asksFormer(left(agentSays(1)));
    fails(made, 'network');
    expect(made.state.previousConversations).toHaveLength(1);
    expect(made.state.catchUps).toMatchObject({ active: null, failures: 0 });
    asksFormer(made);
    expect(asked(made)).toMatchObject([{ conversationId, type: 'history-since' }]);
  });

  it('is asked for by the ordinary look when the present one is gone, until it is read', () => {
    const made = left(agentSays(1));
    fails(untilAsked(made), 'not-found');
    expect(made.state.conversation).toBeNull();
    fails(made, 'network');
    made.clearKeepingSocket().pass(70_000);
    expect(asked(made)).toEqual([
      { type: 'history-since', conversationId, since: agentSays(1).timestamp, cursor: null },
    ]);
    page(made, [agentSays(1), agentSays(2)]);
    expect(made.shown()).toEqual(['agent 1', 'agent 2']);
    expect(made.state.previousConversations).toEqual([]);
    made.clearKeepingSocket().pass(140_000);
    expect(asked(made)).toEqual([]);
    expect(made.state.timers.reconcile).toBeUndefined();
  });

  it('whose end could not be read is asked for again, though the next one is gone at once', () => {
    const made = hub();
    hears(made, agentSays(1));
    ends(back(made));
    for (let failure = 0; failure < 3; failure += 1) {
      fails(untilAsked(made), 'network').clearKeepingSocket();
    }
    opensNext(made);
    fails(made, 'not-found');
    expect(made.state.conversation).toBeNull();
    made.clearKeepingSocket().pass(70_000);
    expect(asked(made)).toMatchObject([{ type: 'history-since', conversationId }]);
    page(made, [agentSays(2)]);
    expect(made.shown()).toEqual(['agent 1', 'agent 2']);
  });

  it('gives way to a look at the present one', () => {
    const made = asksFormer(left(agentSays(1)));
    const { requestId } = made.last('rest');
    hears(made, { ...agentSays(2), conversationId: nextId }).pass(2_000);
    expect(asked(made).at(-1)).toMatchObject({ conversationId: nextId });
    page(made, [{ ...agentSays(1), messageId: 'x', conversationId: nextId }]);
    expect(made.state.catchUps.active?.conversationId).toBe(nextId);
    // Its own answer comes too late.
    const value = {
      type: 'history',
      messages: [agentSays(2)],
      nextCursor: null,
      invalidCount: 0,
    } as const;
    made.take({ type: 'rest', requestId, result: { ok: true, value } });
    expect(made.state.previousConversations).toHaveLength(1);
    expect(asked(made).filter(({ type }) => type === 'conversation')).toHaveLength(1);
  });

  it('fills its own gap, not that of a row with the same number in the next one', () => {
    const made = hub();
    hears(made, agentSays(1), agentSays(4));
    ends(made);
    page(made, [agentSays(1), agentSays(4)]);
    standing(made, 'ended');
    opensNext(made);
    page(made, []);
    standing(made, 'connected', nextId);
    const said = (sequence: number) => ({
      ...agentSays(sequence, `next ${sequence}`),
      conversationId: nextId,
      timestamp: made.wall,
    });
    hears(made, said(1), said(4)).pass(2_000);
    page(made, [said(1), said(4)]);
    standing(made, 'connected', nextId);
    const marksNow = () =>
      made.snapshot?.messages.map(({ text, missingBefore }) => [text, missingBefore]);
    expect(marksNow()).toEqual([
      ['agent 1', 0],
      ['agent 4', 2],
      ['next 1', 0],
      ['next 4', 2],
    ]);
    for (let look = 0; look < 20 && made.state.previousConversations.length > 0; look += 1) {
      untilAsked(made.clearKeepingSocket());
      page(made, []);
      standing(made, 'connected', nextId);
      if (!made.state.catchUps.active) continue;
      expect(made.last('rest').call).toMatchObject({ since: agentSays(1).timestamp });
      page(made, [agentSays(1), agentSays(2), agentSays(3), agentSays(4)]);
    }
    expect(marksNow()).toEqual([
      ['agent 1', 0],
      ['agent 2', 0],
      ['agent 3', 0],
      ['agent 4', 0],
      ['next 1', 0],
      ['next 4', 2],
    ]);
    expect(made.state.conversation?.gaps).toMatchObject([{ from: 2, to: 3 }]);
    hears(made, said(2), said(3));
    expect(marksNow()?.every(([, missing]) => missing === 0)).toBe(true);
  });

  it('of which no end is known is passed over, and stays', () => {
    const previous = (id: string, ordinal: number, status: 'connected' | 'ended') =>
      record(1, { details: { conversationId: id, status }, ordinal });
    const notReadToEnd = [previous('open', 1, 'connected'), previous('over', 2, 'ended')];
    const current = record(1, { ordinal: 3 });
    const made = found(new TestHub(), [], { current, notReadToEnd });
    made.answersPings = true;
    page(untilAsked(made.pass(20_000)), []);
    standing(made);
    page(made.clearKeepingSocketAndRest(), [{ ...agentSays(2), conversationId: 'over' }]);
    expect(asked(made)).toMatchObject([{ conversationId: 'over' }]);
    expect(made.state.previousConversations.map((one) => one.details.conversationId)).toEqual([
      'open',
    ]);
    expect(made.state.previousConversations[0]).toMatchObject({ next: 2 });
    expect(operationsOf(made, 'put-conversation').map((one) => one.record.ordinal)).toContain(2);
    expect(made.state.window.map(({ position }) => position)).toEqual([[2, 2, 0, 0]]);
  });

  it('is followed by the next previous one at once', () => {
    const made = left(agentSays(1));
    ends(made, nextId);
    page(made, []);
    standing(made, 'ended', nextId);
    made.call({ type: 'start', routing: { skillGroups: ['Billing'] } });
    const third = { conversationId: 'conv-3', status: 'queued' } as const;
    made.gateway({ type: 'conversation', conversation: third });
    page(made, []);
    standing(made, 'connected', 'conv-3');
    made.clearKeepingSocket().pass(61_000);
    page(made, []);
    standing(made, 'connected', 'conv-3');
    page(made.clearKeepingSocketAndRest(), []);
    page(made, []);
    expect(asked(made)).toMatchObject([{ conversationId }, { conversationId: nextId }]);
    expect(made.state.previousConversations).toEqual([]);
  });

  it('that was read to its end is not kept', () => {
    const made = hub();
    ends(made);
    page(made, []);
    standing(made, 'ended');
    made.clearKeepingSocket().pass(20_000);
    made.take({ type: 'tab-visibility', tabId: 'a', isVisible: false });
    made.take({ type: 'tab-visibility', tabId: 'a', isVisible: true });
    page(made, []);
    standing(made, 'ended');
    opensNext(made);
    expect(made.state.previousConversations).toEqual([]);
  });

  it('shows the visitor’s message that is found in it, and does not send it again', () => {
    const made = left(agentSays(1));
    asksFormer(made);
    page(made, [agentSays(1), echo(2, 'm-other-device', 'said elsewhere')]);
    expect(made.shown()).toEqual(['agent 1', 'said elsewhere']);
  });

  it.each([4, 5, 6])('is one of five at most: of %i, the oldest are let go', (count) => {
    const notReadToEnd = Array.from({ length: count }, (_, index) =>
      record(1, {
        details: { conversationId: `old-${index + 1}`, status: 'ended' },
        ordinal: index + 1,
      }),
    );
    const current = record(1, { ordinal: count + 1 });
    const made = found(new TestHub(), [], { current, notReadToEnd });
    ends(made);
    settled(made);
    opensNext(made);
    const expected = [...notReadToEnd.map((one) => one.details.conversationId), conversationId];
    expect(made.state.previousConversations.map((one) => one.details.conversationId)).toEqual(
      expected.slice(-5),
    );
  });

  it('that is reopened is the current one, not a previous one', () => {
    const made = left(agentSays(1));
    ends(made, nextId);
    page(made, []);
    standing(made, 'ended', nextId);
    made.call({ type: 'start', routing: { skillGroups: ['Billing'] } });
    made.gateway({ type: 'conversation', conversation: { conversationId, status: 'queued' } });
    expect(made.state.previousConversations.map((one) => one.details.conversationId)).toEqual([
      nextId,
    ]);
    expect(made.state.conversation).toMatchObject({ ordinal: 3, next: 1 });
  });
});
