import { describe, expect, it } from 'vitest';
import { agentSays, conversationId, echo, TestHub } from './harness.ts';

// What a hub asks of its edges, flow by flow: what heals by itself is green, and costs.

/** Names of the timers that are set. */
function timersOf(hub: TestHub): string[] {
  return Object.entries(hub.state.timers)
    .filter(([, at]) => at !== undefined)
    .map(([name]) => name)
    .toSorted();
}

/** How many effects of each type there were since the last `clear`. */
function effectsOf(hub: TestHub): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { type } of hub.effects) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}

function quietHub(): TestHub {
  const hub = new TestHub().inConversation();
  hub.answersPings = true;
  return hub;
}

/** What runs in a conversation in which nothing happens. */
const atRest = ['ping', 'prune', 'reconcile', 'renew'];

describe('timers that are set', () => {
  it('before a connection: pruning, and the wait for an answer', () => {
    const hub = new TestHub().restore().attach();
    expect(timersOf(hub)).toEqual(['prune']);
    hub.token();
    expect(timersOf(hub)).toEqual(['auth', 'prune', 'renew']);
  });

  it('in a conversation at rest: four, each for its own', () => {
    expect(timersOf(quietHub())).toEqual(atRest);
  });

  it.each<[string, (hub: TestHub) => void]>([
    [
      'a message that was sent and echoed',
      (hub) => {
        hub.type('hello', 'm-1');
        expect(timersOf(hub)).toContain('echo');
        hub.gateway({ type: 'message', message: echo(1, 'm-1', 'hello') }).store();
      },
    ],
    [
      'a message that was heard',
      (hub) => hub.gateway({ type: 'message', message: agentSays(1) }).store(),
    ],
    [
      'one that was overtaken and came',
      (hub) => {
        hub.gateway({ type: 'message', message: agentSays(2) });
        expect(timersOf(hub)).toContain('reorder');
        hub.gateway({ type: 'message', message: agentSays(1) }).store();
      },
    ],
    ['a ping and its pong', (hub) => hub.pass(21_000)],
    [
      'a reconciliation',
      (hub) => {
        hub.pass(61_000).rest();
      },
    ],
    [
      'somebody who typed and spoke',
      (hub) => {
        const from = { id: 'agent-1', name: 'Ada', role: 'agent' } as const;
        hub.gateway({ type: 'typing', conversationId, from, isTyping: true });
        expect(timersOf(hub)).toContain('typing-shown');
        hub.gateway({ type: 'message', message: agentSays(1) }).store();
      },
    ],
    [
      'a second tab that came and went',
      (hub) => hub.attach('b').take({ type: 'tab-left', tabId: 'b' }).flush(),
    ],
    [
      'a line that was cut and is there again',
      (hub) => {
        hub.cut();
        expect(timersOf(hub)).toEqual(['prune', 'renew', 'retry']);
        hub.pass(10_000).open();
        hub.gateway({ type: 'authenticated', serverTime: hub.wall });
        hub.gateway({
          type: 'conversation',
          conversation: { conversationId, status: 'connected' },
        });
        hub.rest().store();
      },
    ],
  ])('after %s: those of a conversation at rest', (_, flow) => {
    const hub = quietHub();
    flow(hub);
    expect(timersOf(hub)).toEqual(atRest);
  });

  it('without tabs and connection: pruning only', () => {
    const hub = quietHub();
    hub.take({ type: 'tab-left', tabId: 'a' }).flush();
    expect(timersOf(hub)).toContain('idle');
    hub.pass(31_000).cut();
    expect(timersOf(hub).filter((name) => name !== 'renew')).toEqual(['prune']);
  });

  it('once handed over: pruning only, until the edge has left', () => {
    const hub = quietHub();
    hub.take({ type: 'step-down' }).flush().cut();
    expect(hub.all('handed-over')).toHaveLength(1);
    expect(timersOf(hub)).toEqual(['prune']);
    hub.clear().pass(3_600_000);
    expect(Object.keys(effectsOf(hub)).toSorted()).toEqual(['prune', 'set-timer']);
  });
});

describe('ten quiet minutes', () => {
  it('cost pings, reconciliations, a look for what is old, and nothing that anybody sees', () => {
    const hub = quietHub();
    hub.clearKeepingSocket();
    const end = hub.now + 10 * 60_000;
    while (hub.now < end) {
      hub.pass(1_000);
      if (hub.all('rest').length > 0) {
        hub.rest();
        hub.effects = hub.effects.filter(({ type }) => type !== 'rest');
      }
    }
    const { send = 0, ...others } = effectsOf(hub);
    expect(new Set(hub.sent().map(({ type }) => type))).toEqual(new Set(['ping']));
    expect(send).toBeGreaterThanOrEqual(30);
    expect(send).toBeLessThanOrEqual(Math.ceil(600 / 18));
    expect(Object.keys(others).toSorted()).toEqual([
      'clear-timer',
      'open-socket',
      'prune',
      'set-timer',
    ]);
    // The socket that they began with.
    expect(others).toMatchObject({ 'open-socket': 1, prune: 1 });
  });
});
