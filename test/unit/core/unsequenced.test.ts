import { describe, expect, it } from 'vitest';
import { agentSays, conversationId, echo, TestHub } from './harness.ts';
import {
  asked,
  found,
  hears,
  hub,
  marks,
  operationsOf,
  page,
  polling,
  posts,
  record,
  row,
  rows,
  standing,
  statuses,
  unnumbered,
  untilAsked,
} from './scenes.ts';

/** REST is asked of its own accord, within a minute. */
function look(made: TestHub): TestHub {
  made.clearKeepingSocket();
  untilAsked(made);
  return made;
}

const at = (sequence: number) => agentSays(sequence).timestamp;

describe('a message without a sequence', () => {
  it('stands behind the last one with a sequence that is not newer', () => {
    const made = hub();
    hears(made, agentSays(1), agentSays(2), agentSays(3));
    hears(made, unnumbered('as old as 2', at(2)), unnumbered('older than 2', at(2) - 1));
    hears(made, unnumbered('newest', at(3) + 1), unnumbered('oldest', at(1) - 1)).pass(200);
    hears(made, unnumbered('after that', at(3) + 2)).pass(200);
    expect(made.shown()).toEqual([
      'oldest',
      'agent 1',
      'older than 2',
      'agent 2',
      'as old as 2',
      'agent 3',
      'newest',
      'after that',
    ]);
    expect(made.state.window.map(({ position }) => position.slice(0, 3))).toEqual([
      [1, 0, 1],
      [1, 1, 0],
      [1, 1, 1],
      [1, 2, 0],
      [1, 2, 1],
      [1, 3, 0],
      [1, 3, 1],
      [1, 3, 1],
    ]);
  });

  it('that is older than all that memory has stands right above it, not at the very beginning', () => {
    const made = found(new TestHub(), rows(8, 9));
    hears(made, unnumbered('oldest', at(8) - 1)).pass(200);
    expect(made.state.window[0]?.position).toEqual([1, 7, 1, at(8) - 1]);
  });

  it('stands in its own conversation, whatever stood in the one before it', () => {
    const made = found(
      new TestHub(),
      [
        { ...row(5), timestamp: 1 },
        { ...row(1, 2), messageId: 'm-later' },
      ],
      {
        current: record(1, { ordinal: 2 }),
      },
    );
    hears(made, unnumbered('early', at(1) - 1), unnumbered('late', at(9))).pass(200);
    expect(made.state.window.map(({ position }) => position.slice(0, 3))).toEqual([
      [1, 5, 0],
      [2, 0, 1],
      [2, 1, 0],
      [2, 1, 1],
    ]);
  });

  it('that comes twice while it is held is shown once, when the first was due', () => {
    const made = hub();
    hears(made, unnumbered('one', 1)).pass(150);
    hears(made, unnumbered('one', 1));
    expect(made.state.conversation?.unsequencedBuffer).toHaveLength(1);
    made.pass(50);
    expect(made.shown()).toEqual(['one']);
    made.clearKeepingSocket().pass(400);
    expect(posts(made, 'a')).toEqual([]);
  });

  it('is known by its sequence when a copy that has one comes while it is held', () => {
    const made = hub();
    hears(made, unnumbered('agent 1', at(1)));
    hears(made, agentSays(1));
    expect(made.shown()).toEqual(['agent 1']);
    expect(made.state.window).toMatchObject([{ sequence: 1 }]);
    made.pass(400);
    expect(made.shown()).toEqual(['agent 1']);
    expect(made.state.conversation?.unsequencedBuffer).toEqual([]);
  });

  it('takes nothing of another one that is held with it', () => {
    const made = hub();
    hears(made, unnumbered('agent 1', at(1)), unnumbered('other', at(0)));
    hears(made, agentSays(1)).pass(200);
    expect(made.shown()).toEqual(['other', 'agent 1']);
    expect(made.state.window.map(({ sequence }) => sequence)).toEqual([null, 1]);
  });

  it('is not shown before the one that it is a copy of, which is held for a missing one', () => {
    const made = hub();
    hears(made, agentSays(2));
    hears(made, unnumbered('agent 2', at(2))).pass(300);
    expect(made.shown()).toEqual([]);
    hears(made, unnumbered('another', at(1) - 1)).pass(200);
    expect(made.shown()).toEqual(['another']);
    hears(made, agentSays(1));
    expect(made.shown()).toEqual(['another', 'agent 1', 'agent 2']);
  });

  it('that waits with others of its instant goes by their arrival, and leaves those behind it', () => {
    const made = hub();
    hears(made, unnumbered('b', 5)).pass(150);
    hears(made, unnumbered('c', 5), unnumbered('a', 5)).pass(50);
    expect(made.shown()).toEqual(['b']);
    made.pass(150);
    expect(made.shown()).toEqual(['b', 'c', 'a']);
  });

  it('by REST is shown at once, and once when the socket has brought it too', () => {
    const made = look(hub());
    page(made, [unnumbered('one', 1)]);
    expect(made.shown()).toEqual(['one']);
    hears(made, unnumbered('one', 1)).pass(400);
    expect(made.shown()).toEqual(['one']);
  });

  it('that is held is shown before what REST brings', () => {
    const made = look(hub());
    hears(made, unnumbered('held', 1));
    page(made, [unnumbered('held', 1), unnumbered('brought', 2)]);
    expect(made.shown()).toEqual(['held', 'brought']);
    expect(made.state.timers.unsequenced).toBeUndefined();
    standing(made);
  });

  it('that is held is shown before the next one with a sequence', () => {
    const made = hub();
    hears(made, unnumbered('before', 1));
    hears(made, agentSays(1));
    expect(made.shown()).toEqual(['before', 'agent 1']);
    expect(made.state.timers.unsequenced).toBeUndefined();
  });

  it('of the visitor’s is seen to have arrived at once, and lets the next one go', () => {
    const made = hub().type('one', 'm1').type('two', 'm2');
    made.clearKeepingSocket();
    hears(made, echo(null, 'm1', 'one'));
    expect(statuses(made)).toEqual(['one: delivered', 'two: sent']);
    made.pass(200);
    expect(statuses(made)).toEqual(['one: delivered', 'two: sent']);
    expect(made.state.outbox).toHaveLength(1);
  });

  it('that REST answers a post with stands there once, though the socket holds a copy', () => {
    const made = polling(new TestHub().inConversation()).clearKeepingSocket();
    made.type('one', 'm1');
    const { requestId } = made.last('rest');
    const message = echo(null, 'm1', 'one');
    const value = { type: 'message', message } as const;
    made.take({ type: 'rest', requestId, result: { ok: true, value } }).flush();
    expect(statuses(made)).toEqual(['one: delivered']);
    expect(made.state.outbox).toEqual([]);
  });

  it('makes the next catch-up begin where this one ended', () => {
    const made = look(hub());
    page(made, [unnumbered('one', 5_000), unnumbered('two', 7_000)], 'more');
    page(made, [unnumbered('three', 6_000)]);
    standing(made);
    look(made);
    expect(asked(made)).toMatchObject([{ since: 7_000 }]);
    page(made, []);
    standing(made);
    expect(asked(look(made))).toMatchObject([{ since: 7_000 }]);
  });

  it('does not, among others that have one: there the numbers tell what is missing', () => {
    const made = hub();
    hears(made, agentSays(1));
    page(look(made), [agentSays(1), unnumbered('two', at(9))]);
    standing(made);
    expect(asked(look(made))).toMatchObject([{ since: at(1) }]);
  });
});

describe('a message whose sequence comes late', () => {
  /** Shown as REST returned it, without a sequence. */
  function shownWithout(...texts: [string, number][]): TestHub {
    const made = look(hub());
    page(
      made,
      texts.map(([text, timestamp]) => unnumbered(text, timestamp)),
    );
    standing(made);
    return made.clearKeepingSocket();
  }

  it('moves to its place, keeps its key, and is not counted again', () => {
    const made = shownWithout(['agent 3', at(3)]);
    expect(made.snapshot?.unread).toBe(1);
    hears(made, agentSays(1), agentSays(2), agentSays(3));
    expect(made.shown()).toEqual(['agent 1', 'agent 2', 'agent 3']);
    expect(made.state.window.map(({ position }) => position)).toEqual([
      [1, 1, 0, 0],
      [1, 2, 0, 0],
      [1, 3, 0, 0],
    ]);
    expect(made.snapshot?.unread).toBe(3);
    expect(made.state.conversation).toMatchObject({ next: 4, gaps: [] });
  });

  it('shows what is missing before it', () => {
    const made = shownWithout(['agent 3', at(3)]);
    hears(made, agentSays(3));
    expect(marks(made)).toEqual([['agent 3', 2]]);
    expect(made.state.conversation).toMatchObject({
      next: 4,
      gaps: [{ from: 1, to: 2, tries: 0 }],
    });
    hears(made, agentSays(2));
    expect(marks(made)).toEqual([
      ['agent 2', 1],
      ['agent 3', 0],
    ]);
  });

  it('frees what was held for it and what it has overtaken', () => {
    const made = shownWithout(['agent 3', at(3)]);
    hears(made, agentSays(2), agentSays(4), agentSays(6));
    expect(made.shown()).toEqual(['agent 3']);
    hears(made, agentSays(3));
    expect(marks(made)).toEqual([
      ['agent 2', 1],
      ['agent 3', 0],
      ['agent 4', 0],
    ]);
    expect(made.state.conversation?.reorderBuffer.map(({ sequence }) => sequence)).toEqual([6]);
    expect(made.state.conversation?.gaps).toMatchObject([{ from: 1, to: 1 }]);
  });

  it('fills the gap that it belongs to', () => {
    const made = shownWithout(['agent 3', at(3)]);
    hears(made, agentSays(1), agentSays(5));
    look(made);
    page(made, [agentSays(1), unnumbered('agent 3', at(3)), agentSays(5)]);
    standing(made);
    expect(marks(made).at(-1)).toEqual(['agent 5', 3]);
    hears(made, agentSays(3));
    expect(marks(made)).toEqual([
      ['agent 1', 0],
      ['agent 3', 1],
      ['agent 5', 1],
    ]);
    expect(made.state.conversation?.gaps.map(({ from, to }) => [from, to])).toEqual([
      [2, 2],
      [4, 4],
    ]);
    expect(operationsOf(made, 'put-message').at(-1)?.message).toMatchObject({
      messageId: 'm-agent 3',
      sequence: 3,
      missingBefore: 1,
    });
  });

  it('takes nothing away of what else has gone in that tick', () => {
    const made = shownWithout(['agent 1', at(1)])
      .type('waits', 'm1')
      .clearKeepingSocket();
    made.call({ type: 'discard', messageId: 'm1' });
    hears(made, agentSays(1));
    expect(posts(made, 'a')).toMatchObject([{ type: 'patch', removed: ['m1'] }]);
    expect(made.shown()).toEqual(['agent 1']);
  });

  it('that came twice with a sequence is there once', () => {
    const made = shownWithout(['agent 1', at(1)]);
    hears(made, agentSays(1));
    made.clearKeepingSocket();
    hears(made, agentSays(1));
    expect(posts(made, 'a')).toEqual([]);
    expect(made.shown()).toEqual(['agent 1']);
  });
});

/** The gateway had forgotten the conversation, and opens it again under its own id. */
function openAgain(last: number): TestHub {
  const made = hub();
  hears(made, ...rows(1, last).map(({ sequence }) => agentSays(sequence)));
  const gone = { kind: 'conversation-not-found', message: 'gone', conversationId } as const;
  made.type('wait', 'm1');
  made.gateway({ type: 'problem', problem: { ...gone, messageId: null, retryAfter: null } });
  made.gateway({ type: 'conversation', conversation: { conversationId, status: 'queued' } });
  return made.clearKeepingSocketAndRest();
}

it('a conversation that is open again counts anew, though its rows are shown', () => {
  const made = openAgain(2);
  page(made, [agentSays(1), agentSays(2)]);
  standing(made);
  expect(made.state.conversation).toMatchObject({ ordinal: 2, next: 3, gaps: [] });
  hears(made, agentSays(3));
  expect(marks(made).filter(([text]) => text.startsWith('agent'))).toEqual([
    ['agent 1', 0],
    ['agent 2', 0],
    ['agent 3', 0],
  ]);
});

it('a reopened conversation fills its gaps with rows that are already shown', () => {
  const made = openAgain(9);
  page(made, [agentSays(1), agentSays(5), agentSays(9)]);
  standing(made);
  const holes = () => made.state.conversation?.gaps.map(({ from, to }) => [from, to]);
  expect(holes()).toEqual([
    [2, 4],
    [6, 8],
  ]);
  hears(made, agentSays(2));
  expect(holes()).toEqual([
    [3, 4],
    [6, 8],
  ]);
  hears(made, agentSays(8), agentSays(4), agentSays(5));
  expect(holes()).toEqual([
    [3, 3],
    [6, 7],
  ]);
  hears(made, agentSays(3), agentSays(6), agentSays(7));
  expect(holes()).toEqual([]);
  expect(made.shown().filter((text) => text.startsWith('agent'))).toHaveLength(9);
});
