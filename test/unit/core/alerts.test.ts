import { describe, expect, it } from 'vitest';
import type { GatewayMessage } from '../../../src/protocol/gateway/messages.ts';
import { agentSays, echo, TestHub } from './harness.ts';
import { found, hears, hub, rows, unnumbered } from './scenes.ts';

/** Said just now, by the gateway's clock. */
function now(made: TestHub, sequence: number, age = 0): GatewayMessage {
  return { ...agentSays(sequence), timestamp: made.wall - age };
}

/** The alerts that were posted, by tab; `null` withdraws one. */
function rung(made: TestHub): [string, string | null][] {
  return made
    .all('post')
    .flatMap(({ tabId, message }): [string, string | null][] =>
      message.type === 'alert' ? [[tabId, message.message?.text ?? null]] : [],
    );
}

describe('an alert', () => {
  it('is for the newest of what came in a tick', () => {
    const made = hub();
    hears(made, now(made, 1), now(made, 2));
    expect(rung(made)).toEqual([['a', 'agent 2']]);
  });

  it('is not for what the visitor said, however it came', () => {
    const made = hub();
    hears(made, { ...echo(1, 'm-elsewhere', 'mine'), timestamp: made.wall });
    expect(rung(made)).toEqual([]);
    made.pass(3_000);
    hears(made, now(made, 2), { ...echo(3, 'm-other', 'mine'), timestamp: made.wall });
    expect(rung(made)).toEqual([['a', 'agent 2']]);
  });

  it.each([
    [59_999, true],
    [60_000, false],
    [60_001, false],
  ])('is for what was said %i ms ago: %s', (age, rings) => {
    const made = hub();
    hears(made, now(made, 1, age));
    expect(rung(made)).toHaveLength(rings ? 1 : 0);
  });

  it('knows what is new by the gateway’s clock', () => {
    const made = new TestHub().restore().attach().token().open();
    made.gateway({ type: 'authenticated', serverTime: made.wall + 600_000 });
    made.call({ type: 'start', routing: { skillGroups: ['Billing'] } });
    const conversation = { conversationId: 'conv-1', status: 'queued' } as const;
    made.gateway({ type: 'conversation', conversation }).rest();
    hears(made, { ...agentSays(1), timestamp: made.wall });
    expect(rung(made)).toEqual([]);
    hears(made, { ...agentSays(2), timestamp: made.wall + 600_000 });
    expect(rung(made)).toEqual([['a', 'agent 2']]);
  });

  it.each([
    [1_999, 1],
    [2_000, 2],
    [2_001, 2],
  ])('and another one %i ms later are %i', (later, times) => {
    const made = hub();
    hears(made, now(made, 1)).pass(later);
    hears(made, now(made, 2));
    expect(rung(made)).toHaveLength(times);
  });

  it('is not for what stands above the newest of a tick that rang', () => {
    const made = hub();
    const said = (text: string, age: number) => unnumbered(text, made.wall - age);
    hears(made, said('first', 30_000), said('last', 1_000)).pass(200);
    expect(rung(made)).toEqual([['a', 'last']]);
    const between = said('between', 10_000);
    hears(made.pass(3_000).clearKeepingSocket(), between).pass(200);
    expect(made.shown()).toEqual(['first', 'between', 'last']);
    expect(rung(made)).toEqual([]);
  });

  it('is not for what stands above a message that rang already', () => {
    const made = hub();
    hears(made, now(made, 1), now(made, 3)).pass(2_000);
    made.rest(now(made, 1), now(made, 3)).pass(3_000);
    expect(rung(made).map(([, text]) => text)).toEqual(['agent 1', 'agent 3']);
    made.clearKeepingSocket();
    hears(made, now(made, 2));
    expect(rung(made)).toEqual([]);
    made.pass(3_000);
    hears(made, now(made, 4));
    expect(rung(made)).toEqual([['a', 'agent 4']]);
  });

  it('goes to the visible tab, however long ago the visitor was there', () => {
    const made = hub().attach('b').attach('c');
    made.take({ type: 'tab-visibility', tabId: 'b', isVisible: false });
    made.take({ type: 'tab-visibility', tabId: 'c', isVisible: false });
    made.pass(1_000).take({ type: 'tab-used', tabId: 'c' });
    hears(made, now(made, 1));
    expect(rung(made)).toEqual([['a', 'agent 1']]);
  });

  it('goes to the tab that was used last, where none is visible', () => {
    const made = hub().attach('b');
    for (const tabId of ['a', 'b']) {
      made.take({ type: 'tab-visibility', tabId, isVisible: false });
    }
    made.pass(1_000).take({ type: 'tab-used', tabId: 'a' });
    hears(made, now(made, 1));
    expect(rung(made)).toEqual([['a', 'agent 1']]);
  });

  it('goes to the tab that became visible last', () => {
    const made = hub().attach('b').pass(1_000);
    made.take({ type: 'tab-visibility', tabId: 'a', isVisible: false });
    made.take({ type: 'tab-visibility', tabId: 'a', isVisible: true });
    hears(made, now(made, 1));
    expect(rung(made)).toEqual([['a', 'agent 1']]);
  });

  it('goes to a tab that was opened in the background only when there is no other', () => {
    const made = hub();
    const opened = {
      type: 'tab-attached',
      conversationId: null,
      visitor: null,
      resetCount: 0,
    } as const;
    made.pass(1_000).take({ ...opened, tabId: 'b', isVisible: false });
    made.take({ type: 'tab-visibility', tabId: 'a', isVisible: false });
    hears(made, now(made, 1)).pass(3_000);
    expect(rung(made)).toEqual([['a', 'agent 1']]);
    made.take({ type: 'tab-left', tabId: 'a' }).clearKeepingSocket();
    hears(made, now(made, 2));
    expect(rung(made)).toEqual([['b', 'agent 2']]);
  });

  it('does not go to a tab that sleeps', () => {
    const made = hub().attach('b').take({ type: 'tab-used', tabId: 'b' });
    for (let sequence = 1; sequence <= 20; sequence += 1) {
      hears(made, now(made, sequence, 120_000));
    }
    made.pass(100).take({ type: 'tab-used', tabId: 'b' }).clearKeepingSocket();
    hears(made, now(made, 21));
    expect(rung(made)).toEqual([['a', 'agent 21']]);
  });

  it('is taken back from a tab when another one rings, and from none that is gone', () => {
    const made = hub().attach('b');
    made.pass(10).take({ type: 'tab-used', tabId: 'b' });
    hears(made, now(made, 1)).pass(3_000);
    hears(made, now(made, 2)).pass(3_000);
    expect(rung(made)).toEqual([
      ['b', 'agent 1'],
      ['b', 'agent 2'],
    ]);
    made.take({ type: 'tab-used', tabId: 'a' }).clearKeepingSocket();
    hears(made, now(made, 3)).pass(3_000);
    expect(rung(made)).toEqual([
      ['b', null],
      ['a', 'agent 3'],
    ]);
    made.take({ type: 'tab-left', tabId: 'a' }).clearKeepingSocket();
    hears(made, now(made, 4));
    expect(rung(made)).toEqual([['b', 'agent 4']]);
  });

  it('stays where it is when a tab leaves that did not ring', () => {
    const made = hub().attach('b').attach('c');
    made.pass(10).take({ type: 'tab-used', tabId: 'b' });
    hears(made, now(made, 1)).pass(3_000);
    made.take({ type: 'tab-left', tabId: 'c' }).take({ type: 'tab-used', tabId: 'a' });
    made.clearKeepingSocket();
    hears(made, now(made, 2));
    expect(rung(made)).toEqual([
      ['b', null],
      ['a', 'agent 2'],
    ]);
  });

  it('without a tab that could ring is kept for none', () => {
    const made = hub().take({ type: 'tab-left', tabId: 'a' });
    hears(made, now(made, 1));
    expect(rung(made)).toEqual([]);
    made.attach('b').clearKeepingSocket();
    expect(rung(made)).toEqual([]);
    hears(made, now(made, 2));
    expect(rung(made)).toEqual([['b', 'agent 2']]);
  });

  it('is not for what is read in the tick in which it comes', () => {
    for (const before of [0, 2]) {
      const made = hub();
      for (let sequence = 1; sequence <= before; sequence += 1) {
        hears(made, now(made, sequence, 120_000));
      }
      made.clearKeepingSocket().gateway({ type: 'message', message: now(made, before + 1) });
      made.call({ type: 'mark-read' });
      made.flush();
      expect(rung(made)).toEqual([]);
    }
  });

  it('is not for a message that is already shown and only changed', () => {
    const made = hub();
    hears(made, now(made, 1, 2_000), now(made, 4, 1_000)).pass(2_000);
    made
      .rest(now(made, 1, 4_000), now(made, 4, 3_000))
      .pass(3_000)
      .clearKeepingSocket();
    made.call({ type: 'mark-read' });
    made.flush().clearKeepingSocket();
    hears(made, { ...echo(3, 'm-elsewhere', 'mine'), timestamp: made.wall });
    expect(rung(made)).toEqual([]);
  });

  it('is not for what was there when the hub began', () => {
    const made = found(new TestHub(), rows(1, 3), {
      unread: { count: 2, readUntil: [1, 1, 0, 0] },
    });
    expect(rung(made)).toEqual([]);
    expect(made.snapshot?.unread).toBe(2);
  });
});

describe('the tab that was used last', () => {
  it('is the one that has sent something, whatever it has said of itself', () => {
    const opened = {
      type: 'tab-attached',
      conversationId: null,
      visitor: null,
      resetCount: 0,
    } as const;
    const made = hub().pass(1_000);
    made.take({ ...opened, tabId: 'b', isVisible: true }).pass(10);
    made.call({ type: 'send', messageId: 'm', text: 'hello' });
    hears(made, now(made, 1));
    expect(rung(made)).toEqual([['a', 'agent 1']]);
  });
});
