import { describe, expect, it } from 'vitest';
import { agentSays, conversationId, echo, TestHub } from './harness.ts';
import {
  agent,
  asked,
  fails,
  found,
  hears,
  page,
  polling,
  problem,
  rows,
  standing,
  texts,
  unnumbered,
} from './scenes.ts';

function isTyping(hub: TestHub, isTyping = true, duration?: number): TestHub {
  const reported = { type: 'typing', conversationId, from: agent, isTyping } as const;
  return hub.gateway({ ...reported, ...(duration === undefined ? {} : { duration }) }).flush();
}

/** The gateway answers every ping, so that only what is looked at happens. */
function quiet(timing: ConstructorParameters<typeof TestHub>[0] = {}): TestHub {
  const hub = new TestHub(timing).inConversation();
  hub.answersPings = true;
  return hub.clearKeepingSocket();
}

describe('a timer', () => {
  it('that a message is held is over to the millisecond, counted from the first that is held', () => {
    const hub = quiet({ timing: { reorder: 700 } });
    hears(hub, agentSays(2));
    hub.pass(400);
    hears(hub, agentSays(4));
    hub.pass(299);
    expect(asked(hub)).toEqual([]);
    hub.pass(1);
    expect(asked(hub)).toMatchObject([{ type: 'history-since' }]);
  });

  it('that a message without a sequence is held is its own, not that of the one before it', () => {
    const hub = quiet({ timing: { unsequenced: 300 } });
    hears(hub, unnumbered('first', 1));
    hub.pass(200);
    hears(hub, unnumbered('second', 2));
    hub.pass(99);
    expect(hub.shown()).toEqual([]);
    hub.pass(1);
    expect(hub.shown()).toEqual(['first']);
    hub.pass(199);
    expect(hub.shown()).toEqual(['first']);
    hub.pass(1);
    expect(hub.shown()).toEqual(['first', 'second']);
    expect(hub.state.timers.unsequenced).toBeUndefined();
  });

  it('until an echo is over to the millisecond, counted from the message on its way', () => {
    const hub = quiet({ timing: { echo: 4_000 } });
    hub.type('one', 'm1').type('two', 'm2').pass(3_999);
    hears(hub, echo(1, 'm1', 'one'));
    hub.pass(3_999);
    expect(asked(hub)).toEqual([]);
    hub.pass(1);
    expect(asked(hub)).toHaveLength(1);
  });

  it('until an echo is not waited for where nothing is on its way', () => {
    const hub = quiet();
    hub.type('one', 'm1');
    hears(hub, echo(1, 'm1', 'one'));
    expect(hub.state.timers.echo).toBeUndefined();
  });

  it('that the other side’s typing is shown begins anew with each frame', () => {
    const hub = isTyping(quiet({ timing: { typingShown: 5_000 } })).pass(4_999);
    expect(hub.snapshot?.typing).toEqual({ id: 'agent-1', name: 'Ada', role: 'agent' });
    isTyping(hub).pass(4_999);
    expect(hub.snapshot?.typing).not.toBeNull();
    hub.pass(1);
    expect(hub.snapshot?.typing).toBeNull();
  });

  it('that typing is shown is the gateway’s own where it names one', () => {
    const hub = isTyping(quiet({ timing: { typingShown: 5_000 } }), true, 800).pass(799);
    expect(hub.snapshot?.typing).not.toBeNull();
    hub.pass(1);
    expect(hub.snapshot?.typing).toBeNull();
  });

  it('between two typing frames is kept to the millisecond, and the last state is sent', () => {
    const hub = quiet({ timing: { typingSent: 2_500 } });
    hub.call({ type: 'typing', isTyping: true });
    hub.pass(1_000).call({ type: 'typing', isTyping: false });
    hub.pass(500).call({ type: 'typing', isTyping: true });
    hub.call({ type: 'typing', isTyping: false });
    hub.pass(999);
    expect(hub.sent()).toEqual([{ type: 'typing', conversationId, isTyping: true }]);
    hub.pass(1);
    expect(hub.sent().at(-1)).toEqual({ type: 'typing', conversationId, isTyping: false });
    hub.pass(10_000);
    expect(hub.sent().filter(({ type }) => type === 'typing')).toHaveLength(2);
  });

  it('between two typing frames is counted from the last one, not from the first', () => {
    const hub = quiet({ timing: { typingSent: 2_500 } });
    hub.call({ type: 'typing', isTyping: true });
    hub.pass(2_500).call({ type: 'typing', isTyping: false });
    hub.call({ type: 'typing', isTyping: true });
    expect(hub.sent()).toHaveLength(2);
    hub.pass(2_499);
    expect(hub.sent()).toHaveLength(2);
    hub.pass(1);
    expect(hub.sent().at(-1)).toEqual({ type: 'typing', conversationId, isTyping: true });
  });

  it('to the first look at what is kept is a minute, or the period when that is shorter', () => {
    for (const [prune, bound] of [
      [59_000, 59_000],
      [60_000, 60_000],
      [61_000, 60_000],
      [3_600_000, 60_000],
    ] as const) {
      const hub = new TestHub({ timing: { prune } }).restore();
      const wait = (hub.state.timers.prune ?? 0) - hub.now;
      expect(wait).toBeGreaterThan(0.9 * bound);
      expect(wait).toBeLessThanOrEqual(bound);
    }
  });

  it('between two looks at what is kept is the period, less up to a tenth', () => {
    const hub = quiet({ timing: { prune: 600_000 } }).pass(60_000);
    hub.clearKeepingSocket();
    const wait = (hub.state.timers.prune ?? 0) - hub.now;
    expect(wait).toBeGreaterThan(0.8 * 600_000);
    expect(wait).toBeLessThanOrEqual(600_000);
    hub.pass(600_000);
    expect(hub.all('prune')).toHaveLength(1);
  });

  it('between two reconciliations is the period, less up to a tenth, counted from the last one', () => {
    const hub = quiet({ timing: { reconcile: 40_000 } });
    const due = hub.state.timers.reconcile ?? 0;
    expect(due - hub.now).toBeGreaterThan(36_000);
    expect(due - hub.now).toBeLessThanOrEqual(40_000);
    hub.pass(due - hub.now - 1);
    expect(asked(hub)).toEqual([]);
    hub.pass(1);
    expect(asked(hub)).toMatchObject([{ type: 'history-since', conversationId }]);
    page(hub, []);
    standing(hub);
    const next = hub.state.timers.reconcile ?? 0;
    expect(next - hub.now).toBeGreaterThan(36_000);
  });

  it('without a tab is over to the millisecond, and a tab that comes ends it', () => {
    const hub = quiet({ timing: { idle: 20_000 } });
    hub.attach('b').take({ type: 'tab-left', tabId: 'a' });
    expect(hub.state.timers.idle).toBeUndefined();
    hub.take({ type: 'tab-left', tabId: 'b' }).pass(19_999);
    expect(hub.state.connection.phase).toBe('online');
    hub.attach('c').pass(20_000);
    expect(hub.state.connection.phase).toBe('online');
    hub.take({ type: 'tab-left', tabId: 'c' }).pass(19_999);
    expect(hub.all('close-socket')).toEqual([]);
    hub.pass(1);
    expect(hub.all('close-socket')).toHaveLength(1);
    expect(hub.state.connection.phase).toBe('idle');
  });

  it.each([
    [0, 'waiting'],
    [1_999, 'waiting'],
    [2_000, 'waiting'],
    [2_001, 'online'],
  ])('by which a timer is late: after %i ms, a missing pong leaves the link %s', (late, phase) => {
    const hub = new TestHub().inConversation();
    const ping = hub.state.timers.ping ?? 0;
    hub.pass(ping - hub.now);
    const pong = hub.state.timers.pong ?? 0;
    hub.now = pong + late;
    hub.take({ type: 'timer', name: 'pong' });
    // Its own socket's end is waited for first.
    if (phase === 'waiting') expect(hub.state.connection.phase).not.toBe('online');
    else expect(hub.state.connection.phase).toBe(phase);
  });

  it('of a timer that was moved while it fired is the new one', () => {
    const hub = quiet({ timing: { echo: 4_000 } });
    hub.type('one', 'm1');
    const due = hub.state.timers.echo ?? 0;
    hub.now = due - 1;
    hub.clearKeepingSocket().take({ type: 'timer', name: 'echo' });
    expect(asked(hub)).toEqual([]);
    expect(hub.last('set-timer')).toEqual({ type: 'set-timer', name: 'echo', at: due });
    hub.now = due;
    hub.take({ type: 'timer', name: 'echo' });
    expect(asked(hub)).toHaveLength(1);
    hub.clearKeepingSocket().take({ type: 'timer', name: 'echo' });
    expect(hub.effects.map(({ type }) => type)).toEqual(['open-socket']);
  });
});

describe('a pause that the gateway asks for', () => {
  it.each([
    [null, 1_000],
    [0, 1_000],
    [999, 1_000],
    [1_000, 1_000],
    [1_001, 1_001],
    [599_999, 599_999],
    [600_000, 600_000],
    [600_001, 600_000],
    [86_400_000, 600_000],
  ])('of %j ms lasts %i', (retryAfter, pause) => {
    const hub = quiet();
    hub.type('one', 'm1');
    problem(hub, 'rate-limited', 'm1', { retryAfter });
    expect(hub.state.pausedUntil).toBe(hub.now + pause);
    hub.clearKeepingSocket().pass(pause - 1);
    expect(texts(hub)).toEqual([]);
    hub.pass(1);
    // What may have arrived is asked for first.
    if (asked(hub).length > 0) hub.rest();
    expect(texts(hub)).toEqual(['one']);
  });

  it('is seen, and not seen any more when it is over', () => {
    const hub = quiet();
    hub.type('one', 'm1');
    problem(hub, 'rate-limited', 'm1', { retryAfter: 3_000 });
    expect(hub.snapshot?.connection.problem?.code).toBe('rate-limited');
    hub.pass(3_000).rest();
    expect(hub.snapshot?.connection.problem).toBeUndefined();
  });

  it('holds for REST, too', () => {
    const hub = polling(new TestHub().inConversation()).clearKeepingSocket();
    hub.type('one', 'm1');
    fails(hub, 'rate-limited', 3_000);
    expect(hub.state.pausedUntil).toBe(hub.now + 3_000);
    expect(hub.state.timers.rate).toBe(hub.now + 3_000);
    hub.clearKeepingSocket().pass(2_999);
    expect(asked(hub).filter(({ type }) => type === 'send-message')).toEqual([]);
  });
});

describe('a page that becomes visible', () => {
  it.each([
    [14_999, 0],
    [15_000, 0],
    [15_001, 1],
  ])('%i ms after the last look asks %i times', (since, times) => {
    const hub = found(new TestHub(), rows(1, 3));
    hub.take({ type: 'tab-visibility', tabId: 'a', isVisible: false });
    hub.clearKeepingSocket().pass(since);
    hub.take({ type: 'tab-visibility', tabId: 'a', isVisible: true });
    expect(asked(hub)).toHaveLength(times);
  });

  it.each([
    [15_000, 0],
    [15_001, 1],
  ])('because it is opened, %i ms after the last look, asks %i times', (since, times) => {
    const hub = found(new TestHub(), rows(1, 3)).pass(since);
    hub.attach('b');
    expect(asked(hub)).toHaveLength(times);
  });

  it('does not ask when it opens in the background', () => {
    const hub = found(new TestHub(), rows(1, 3)).pass(16_000);
    const attached = { type: 'tab-attached', tabId: 'b', isVisible: false } as const;
    hub.take({ ...attached, conversationId: null, visitor: null, resetCount: 0 });
    expect(asked(hub)).toEqual([]);
  });

  it('asks for nothing where it was visible before', () => {
    const hub = found(new TestHub(), rows(1, 3)).pass(16_000);
    hub.take({ type: 'tab-visibility', tabId: 'a', isVisible: true });
    expect(asked(hub)).toEqual([]);
  });
});
