import { describe, expect, it } from 'vitest';
import { patchCredit } from '../../../src/protocol/port.ts';
import { agentSays, conversationId, echo, TestHub } from './harness.ts';
import {
  agent,
  found,
  hears,
  hub,
  operations,
  operationsOf,
  patches,
  posts,
  problem,
  routing,
  row,
  rows,
  snapshots,
} from './scenes.ts';

function kinds(made: TestHub, tabId: string): string[] {
  return posts(made, tabId).map(({ type }) => type);
}

function acknowledges(made: TestHub, tabId: string, revision = made.state.revision): TestHub {
  return made.take({ type: 'tab-ack', tabId, revision });
}

function tab(made: TestHub, tabId: string) {
  return made.state.tabs.find((one) => one.tabId === tabId);
}

/** Something new for every tab, a tick each. */
function says(made: TestHub, from: number, to: number): TestHub {
  for (let sequence = from; sequence <= to; sequence += 1) hears(made, agentSays(sequence));
  return made;
}

describe('a tab that attaches', () => {
  it('gets one snapshot of everything, and the others what has changed before it came', () => {
    const made = hub();
    made.gateway({ type: 'message', message: agentSays(1) });
    made.take({
      type: 'tab-attached',
      tabId: 'b',
      isVisible: true,
      conversationId: null,
      visitor: null,
      resetCount: 0,
    });
    made.flush();
    const [snapshot, ...others] = snapshots(made, 'b');
    expect(others).toEqual([]);
    expect(kinds(made, 'b').at(-1)).toBe('snapshot');
    expect(snapshot).toMatchObject({
      epoch: 'boot.0',
      visitor: 'visitor-1',
      resetCount: 0,
      shared: { unread: 1, hub: { tabs: 2 } },
      messages: [{ text: 'agent 1' }],
      hasEarlier: false,
    });
    expect(patches(made, 'a').flatMap(({ upserts }) => upserts.map(({ text }) => text))).toEqual([
      'agent 1',
    ]);
    expect(snapshot?.revision).toBe(made.state.revision);
  });

  it('again under its own name is one tab', () => {
    const made = hub().attach('b').attach('b');
    expect(made.state.tabs.map(({ tabId }) => tabId)).toEqual(['a', 'b']);
    expect(made.snapshot?.hub.tabs).toBe(2);
    made.clearKeepingSocket();
    hears(made, agentSays(1));
    expect(kinds(made, 'b')).toEqual(['patch']);
  });

  it('before the store has been read gets what there is, and then all of it', () => {
    const made = new TestHub().attach();
    expect(made.shown()).toEqual([]);
    made.clear().restore({
      meta: { ...made.state.meta, subject: 'visitor-1', draft: 'half' },
      messages: [row(1)],
    });
    made.flush();
    expect(made.snapshot?.draft).toBe('half');
  });

  it('hears of older rows that memory, the store or only the gateway has', () => {
    for (const [there, hasEarlier, limits, expected] of [
      [rows(1, 3), false, {}, false],
      [rows(1, 3), false, { page: 2 }, true],
      [rows(1, 3), true, {}, true],
      [rows(2, 3), false, {}, true],
      [[], false, {}, false],
    ] as const) {
      const made = found(new TestHub({ limits }), there, { hasEarlier }).attach('b');
      expect(snapshots(made, 'b')[0]?.hasEarlier).toBe(expected);
    }
  });

  it('is not told of older rows by one that has only a gap marker', () => {
    const made = found(new TestHub(), [{ ...row(3), missingBefore: 2 }]).attach('b');
    expect(snapshots(made, 'b')[0]?.hasEarlier).toBe(false);
  });
});

describe('a tab that leaves', () => {
  it('is reported to the others, and gets no more posts', () => {
    const made = hub().attach('b').clearKeepingSocket();
    made.take({ type: 'tab-left', tabId: 'b' }).flush();
    expect(made.snapshot?.hub.tabs).toBe(1);
    expect(posts(made, 'b')).toEqual([]);
    expect(made.state.timers.idle).toBeUndefined();
  });

  it('while the visitor typed there stops typing', () => {
    const made = hub().attach('b');
    made.call({ type: 'typing', isTyping: true });
    expect(made.sent()).toEqual([{ type: 'typing', conversationId, isTyping: true }]);
    made.clearKeepingSocket().pass(5_000).take({ type: 'tab-left', tabId: 'a' });
    expect(made.sent()).toEqual([{ type: 'typing', conversationId, isTyping: false }]);
  });
});

describe('credit', () => {
  it.each([
    [patchCredit - 1, patchCredit - 1, []],
    [patchCredit, patchCredit, []],
    [patchCredit + 1, patchCredit, ['head']],
    [patchCredit + 5, patchCredit, ['head']],
  ])(
    'of %i changes that are not acknowledged, %i are posted, then %j',
    (changes, patched, rest) => {
      const made = hub().attach('b');
      acknowledges(made, 'b').clearKeepingSocket();
      says(made, 1, changes);
      expect(kinds(made, 'b')).toEqual([...Array<string>(patched).fill('patch'), ...rest]);
      if (rest.length === 0) return;
      expect(posts(made, 'b').at(-1)).toEqual({
        type: 'head',
        epoch: 'boot.0',
        revision: patches(made, 'a')[patchCredit]?.revision,
      });
    },
  );

  it('comes back with an acknowledgement of all, or of some', () => {
    const made = hub().attach('b');
    acknowledges(made, 'b');
    says(made, 1, 10);
    expect(tab(made, 'b')?.unacknowledged).toBe(10);
    acknowledges(made, 'b', made.state.revision - 3);
    expect(tab(made, 'b')?.unacknowledged).toBe(3);
    says(made, 11, 13);
    expect(tab(made, 'b')?.unacknowledged).toBe(6);
    acknowledges(made, 'b');
    expect(tab(made, 'b')?.unacknowledged).toBe(0);
  });

  it('does not come back with an old acknowledgement, one of the future, or a stranger’s', () => {
    const made = hub().attach('b');
    acknowledges(made, 'b');
    says(made, 1, 4);
    const revision = made.state.revision - 2;
    acknowledges(made, 'b', revision);
    const before = tab(made, 'b');
    for (const other of [revision, revision - 1, made.state.revision + 1]) {
      acknowledges(made, 'b', other);
      expect(tab(made, 'b')).toEqual(before);
    }
    acknowledges(made, 'nobody');
    expect(made.state.tabs).toHaveLength(2);
    expect(tab(made, 'b')).toEqual(before);
  });

  it('begins anew with what a tab pulls, and is one tab’s alone', () => {
    const made = hub().attach('b');
    says(made, 1, 20).clearKeepingSocket();
    expect(tab(made, 'b')).toMatchObject({ needsPull: true });
    expect(tab(made, 'a')).toMatchObject({ needsPull: false, unacknowledged: 0 });
    made.take({ type: 'tab-pull', tabId: 'b' });
    expect(tab(made, 'b')).toMatchObject({ needsPull: false, unacknowledged: 1 });
    expect(kinds(made, 'b')).toEqual(['snapshot']);
    expect(kinds(made, 'a')).toEqual([]);
    hears(made, agentSays(21));
    expect(kinds(made, 'b')).toEqual(['snapshot', 'patch']);
    made.clearKeepingSocket().take({ type: 'tab-pull', tabId: 'nobody' });
    expect(made.all('post')).toEqual([]);
  });

  it('of a tab that needs a pull is not used up by posts to the others', () => {
    const made = hub().attach('b');
    says(made, 1, 20).clearKeepingSocket();
    acknowledges(made, 'b');
    says(made, 21, 25);
    expect(kinds(made, 'b')).toEqual([]);
    expect(tab(made, 'b')?.needsPull).toBe(true);
  });
});

describe('a tick', () => {
  it('in which nothing has changed posts and writes nothing', () => {
    const made = hub();
    const { revision } = made.state;
    made.clear().flush().flush();
    expect(made.effects).toEqual([]);
    expect(made.state.revision).toBe(revision);
  });

  it('is one patch and one write for everything that changed in it', () => {
    const made = hub();
    const { revision } = made.state;
    hears(made, agentSays(1), agentSays(2));
    expect(patches(made, 'a')).toEqual([
      {
        type: 'patch',
        epoch: 'boot.0',
        revision: revision + 1,
        shared: { unread: 2 },
        upserts: [
          expect.objectContaining({ sequence: 1 }),
          expect.objectContaining({ sequence: 2 }),
        ],
        removed: [],
        readMark: null,
      },
    ]);
    const [write, ...others] = made.all('write');
    expect(others).toEqual([]);
    expect(write).toMatchObject({ durability: 'relaxed', writeId: null });
    expect(operations(made).map(({ type }) => type)).toEqual([
      'put-message',
      'put-message',
      'put-conversation',
      'add-unread',
    ]);
    expect(operationsOf(made, 'add-unread')).toEqual([{ type: 'add-unread', by: 2 }]);
    expect(operationsOf(made, 'put-conversation')[0]?.record).toMatchObject({
      ordinal: 1,
      next: 3,
      completeUntil: agentSays(2).timestamp,
    });
  });

  it('tells only what is another one of what all tabs share', () => {
    const made = hub();
    const changes: [string, () => unknown][] = [
      ['draft', () => made.call({ type: 'draft', text: 'half' })],
      [
        'typing',
        () => made.gateway({ type: 'typing', conversationId, from: agent, isTyping: true }),
      ],
      [
        'conversation',
        () =>
          made.gateway({
            type: 'conversation',
            conversation: { conversationId, status: 'queued', position: 3 },
          }),
      ],
      ['hub', () => made.take({ type: 'store-lost' })],
      ['connection', () => problem(made, 'other', null)],
    ];
    for (const [key, change] of changes) {
      made.clearKeepingSocket();
      change();
      made.flush();
      expect(patches(made, 'a').map(({ shared }) => Object.keys(shared))).toEqual([[key]]);
    }
    expect(made.snapshot).toMatchObject({
      draft: 'half',
      typing: { name: 'Ada' },
      conversation: { status: 'queued', position: 3 },
      hub: { persistent: false },
      connection: { problem: { code: 'rejected' } },
    });
  });

  it('in which a message came and went tells of its end alone', () => {
    const made = hub().type('one', 'm1').clearKeepingSocket();
    made.call({ type: 'discard', messageId: 'm1' });
    made.flush();
    expect(patches(made, 'a')).toMatchObject([{ upserts: [], removed: ['m1'] }]);
    // Written and thrown away before anybody saw it.
    made.clearKeepingSocket();
    made.call({ type: 'send', messageId: 'm2', text: 'two' });
    made.call({ type: 'discard', messageId: 'm2' });
    made.flush();
    expect(patches(made, 'a')).toMatchObject([{ upserts: [], removed: ['m2'] }]);
    expect(made.shown()).toEqual([]);
  });

  it('in which a row went and came again tells of it as it is', () => {
    const made = hub().type('one', 'm1').clearKeepingSocket();
    made.call({ type: 'discard', messageId: 'm1' });
    made.gateway({ type: 'message', message: echo(1, 'm1', 'one') });
    made.flush();
    expect(patches(made, 'a')).toMatchObject([
      { upserts: [{ messageId: 'm1', status: 'delivered' }], removed: [] },
    ]);
    expect(made.shown()).toEqual(['one']);
  });

  it('tells of a row once, as it is at its end', () => {
    const made = hub();
    made.call({ type: 'send', messageId: 'm1', text: 'one' });
    problem(made, 'rejected', 'm1');
    made.clearKeepingSocket();
    made.call({ type: 'retry', messageId: 'm1' });
    problem(made, 'message-too-long', 'm1');
    expect(patches(made, 'a')).toHaveLength(1);
    expect(patches(made, 'a')[0]?.upserts).toMatchObject([
      { messageId: 'm1', status: 'failed', failure: { code: 'message-too-long' } },
    ]);
  });

  it('tells how far the others have read, with the rows that are not here any more', () => {
    const made = hub().type('one', 'm1');
    hears(made, echo(1, 'm1', 'one'));
    made.clearKeepingSocket();
    made
      .gateway({ type: 'receipt', conversationId, messageId: 'm1', from: agent, status: 'read' })
      .flush();
    expect(patches(made, 'a')).toMatchObject([
      { upserts: [], readMark: { conversationId, position: [1, 1, 0, 0] } },
    ]);
    made.clearKeepingSocket();
    hears(made, agentSays(2));
    expect(patches(made, 'a')).toMatchObject([{ readMark: null }]);
  });

  it('before the store was read is kept for later', () => {
    const made = new TestHub().attach().flush();
    made.clear().take({ type: 'store-lost' }).flush();
    expect(made.all('post')).toEqual([]);
    made.restore({ isPersistent: false }).flush();
    expect(made.state.published?.hub.persistent).toBe(false);
  });

  it('writes durably what a call waits for, and requests results only where needed', () => {
    const made = hub();
    made.call({ type: 'draft', text: 'half' });
    made.flush();
    expect(made.last('write')).toMatchObject({ durability: 'relaxed', writeId: null });
    expect(operationsOf(made, 'put-meta')[0]?.meta.draft).toBe('half');
    made.call({ type: 'send', messageId: 'm1', text: 'one' });
    made.flush();
    const { durability, writeId } = made.last('write');
    expect(durability).toBe('strict');
    expect(writeId).not.toBeNull();
  });

  it('with nothing to write waits for the writes before it all the same', () => {
    const made = hub().type('one', 'm1').clearKeepingSocket();
    const repeat = made.call({ type: 'send', messageId: 'm1', text: 'other' });
    made.flush();
    expect(made.last('write')).toMatchObject({ operations: [], durability: 'strict' });
    expect(made.answers.has(repeat)).toBe(false);
    made.store();
    expect(made.answers.get(repeat)).toMatchObject({ ok: true });
  });
});

describe('a call to start', () => {
  it('in a conversation that is open is answered with it', () => {
    const made = hub();
    const call = made.call({ type: 'start', routing });
    expect(made.answers.get(call)).toEqual({
      ok: true,
      value: { conversationId, status: 'connected' },
    });
    expect(made.sent()).toEqual([]);
  });
});
