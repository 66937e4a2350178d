import { describe, expect, it } from 'vitest';
import { type HubState, initialState } from '../../../src/worker/core/state.ts';
import { type TimerName, timerNames } from '../../../src/worker/core/timers.ts';
import { rowOf } from '../../../src/worker/core/transcript/rows.ts';
import { agentSays, TestHub } from './harness.ts';

/** A hub in which every feature has left something, and every timer is set. */
function full(): TestHub {
  const hub = new TestHub().inConversation();
  const { state } = hub;
  const later = hub.now + 10_000_000;
  const timers = Object.fromEntries(timerNames.map((name) => [name, later]));
  const row = rowOf(agentSays(1), [1, 1, 0, 0]);
  hub.state = {
    ...state,
    timers,
    problem: { code: 'rejected', message: '' },
    unread: { count: 4, readUntil: [1, 1, 0, 0] },
    previousConversations: state.conversation ? [state.conversation] : [],
    lastOrdinal: 9,
    window: [row],
    hasEarlier: true,
    lastOutboxOrdinal: 7,
    pausedUntil: later,
    receiptDue: 'm-1',
    catchUps: { ...state.catchUps, active: null, isRequested: true, failures: 2, completedAt: 5 },
    routing: { ...state.routing, tries: 2, notice: { kind: 'unchecked' } },
    sessionMemory: {
      life: 1,
      endsAt: 2,
      isSessionOver: true,
      refused: null,
      expiries: [1],
      deletionOn: null,
      clearing: null,
    },
    typing: { remote: { id: 'agent-1', name: 'Ada', role: 'agent' }, isSent: true, sentAt: 3 },
    alertedUntil: [1, 1, 0, 0],
    startCalls: [71],
    endRequest: { calls: [73], sentOn: 1, write: 4, after: 9 },
    storeCalls: [{ writeId: 3, callId: 72 }],
    lookups: [5],
    meta: { ...state.meta, draft: 'half a sen', lastRouting: { skillGroups: ['Billing'] } },
    requests: [
      {
        requestId: 73,
        call: { type: 'skill-groups' },
        isParked: false,
        isRetried: false,
      },
    ],
    breaker: { ...state.breaker, attempt: 3, isOpen: true },
  };
  return hub;
}

const left = ({ state }: TestHub): TimerName[] =>
  timerNames.filter((name) => state.timers[name] !== undefined);

const gone = (hub: TestHub): void => {
  hub.take({
    type: 'socket-closed',
    socketId: hub.last('open-socket').socketId,
    meaning: 'network',
  });
};

/** What ends something, and the timers that are none of its business. */
const ends: Record<string, { readonly end: (hub: TestHub) => void; readonly stay: TimerName[] }> = {
  'a sign-out': {
    end: (hub) => hub.call({ type: 'sign-out' }),
    stay: ['token-retry', 'rest-pause', 'prune', 'idle'],
  },
  'another visitor': {
    end: (hub) => {
      hub.state = { ...hub.state, token: { ...hub.state.token, requestId: 500 } };
      const result = { ok: true, expiresIn: null, subject: 'visitor-2' } as const;
      hub.take({ type: 'token', requestId: 500, result });
    },
    // The wait for the previous socket starts again; a token that expires is not renewed.
    stay: ['close', 'renew', 'token-retry', 'rest-pause', 'prune', 'idle'],
  },
  'the broker’s word that the session is over': {
    end: (hub) => {
      hub.state = { ...hub.state, token: { ...hub.state.token, requestId: 500 } };
      const result = { ok: false, kind: 'signed-out', message: '', retryAfter: null } as const;
      hub.take({ type: 'token', requestId: 500, result });
    },
    stay: [
      'token-retry',
      'unsequenced',
      'routing',
      'queued',
      'rest-pause',
      'rate',
      'typing-sent',
      'prune',
      'idle',
      'expiry',
      'deletion',
    ],
  },
  'half a minute without a tab': {
    end: (hub) => {
      hub.state = {
        ...hub.state,
        tabs: [],
        timers: { ...hub.state.timers, idle: hub.now },
      };
      hub.take({ type: 'timer', name: 'idle' });
    },
    stay: [
      'token-retry',
      'reorder',
      'unsequenced',
      'routing',
      'queued',
      'rest-pause',
      'rate',
      'typing-sent',
      'prune',
      'expiry',
      'deletion',
    ],
  },
  'a newer build': {
    end: (hub) => hub.take({ type: 'step-down' }),
    stay: [
      'close',
      'token-retry',
      'reorder',
      'unsequenced',
      'routing',
      'queued',
      'rest-pause',
      'rate',
      'typing-sent',
      'prune',
      'idle',
      'expiry',
      'deletion',
    ],
  },
  'a lost line': {
    end: gone,
    stay: [
      'close',
      'renew',
      'token-retry',
      'reorder',
      'unsequenced',
      'routing',
      'queued',
      'rest-retry',
      'rest-pause',
      'poll',
      'probe',
      'rate',
      'typing-sent',
      'prune',
      'idle',
      'expiry',
      'deletion',
    ],
  },
};

describe('of the timers', () => {
  it.each(Object.keys(ends))('%s leaves those that are none of its business', (name) => {
    const { end, stay } = ends[name] ?? expect.fail(`no end ${name}`);
    const hub = full();
    end(hub);
    expect(left(hub)).toEqual(timerNames.filter((timer) => stay.includes(timer)));
  });
});

/** What is the hub's, the machine's or a server's, whoever the visitor is. */
const outlives: ReadonlySet<string> = new Set<keyof HubState>([
  'settings',
  'generation',
  'seed',
  'lastId',
  'timers',
  'isRestored',
  'isPersistent',
  'isConfirmed',
  'isOnline',
  'connection',
  // When the last try was made: the next one keeps its distance.
  'breaker',
  'token',
  'closingSockets',
  'problem',
  'meta',
  'restPausedUntil',
  'rateLimit',
  'tabs',
  'alertedTab',
  'alertedAt',
  'storeCalls',
  'revision',
  'changes',
]);

describe('of the previous visitor', () => {
  it.each(['a sign-out', 'another visitor'])('%s leaves nothing', (name) => {
    const hub = full();
    ends[name]?.end(hub);
    const fresh = initialState(hub.state.settings, 1);
    const mine = (state: HubState) =>
      Object.fromEntries(Object.entries(state).filter(([key]) => !outlives.has(key)));
    const { catchUps } = fresh;
    // Runs are counted on, so that what is still under way can't be mistaken for a new one.
    expect(mine(hub.state)).toEqual({
      ...mine(fresh),
      catchUps: { ...catchUps, lastCatchUpId: hub.state.catchUps.lastCatchUpId },
    });
    expect(hub.state.catchUps.lastCatchUpId).toBeGreaterThan(0);
    expect(hub.state.meta).toMatchObject({
      draft: '',
      lastRouting: null,
      routing: null,
      resetCount: 1,
    });
    expect(hub.state.generation).toBe(1);
    for (const callId of [71, 72]) expect(hub.answers.get(callId)).toMatchObject({ ok: false });
  });
});

describe('of a lost connection', () => {
  it('the next one is not said to be typed on already', () => {
    const hub = new TestHub().inConversation();
    hub.call({ type: 'typing', isTyping: true });
    expect(hub.state.typing.isSent).toBe(true);
    hub.cut();
    expect(hub.state.typing.isSent).toBe(false);
  });

  it('a renewal is over when the next one is accepted', () => {
    const hub = new TestHub().inConversation().gateway({ type: 'token-expired' });
    hub.cut().token().open();
    expect(hub.snapshot?.connection.phase).toBe('ready');
    hub.gateway({ type: 'authenticated', serverTime: null });
    hub.cut();
    expect(hub.snapshot?.connection.phase).toBe('waiting');
  });

  it('and of a sign-out, the circuit is not the next visitor’s', () => {
    const hub = full();
    ends['a sign-out']?.end(hub);
    expect(hub.state.breaker).toMatchObject({ attempt: 0, isOpen: false });
  });

  it('and of a sleep, the circuit is not the next tab’s', () => {
    const hub = full();
    ends['half a minute without a tab']?.end(hub);
    expect(hub.state).toMatchObject({ breaker: { attempt: 0, isOpen: false } });
  });
});

describe('the gateway’s clock', () => {
  it('is what people see, from its acceptance on, and is kept', () => {
    const hub = new TestHub().restore().attach().token().open();
    hub.gateway({ type: 'authenticated', serverTime: hub.wall + 5_000 });
    hub.flush();
    expect(hub.state.meta.clockOffset).toBe(5_000);
    expect(hub.last('write').operations).toContainEqual({
      type: 'put-meta',
      meta: expect.objectContaining({ clockOffset: 5_000 }),
    });
  });
});

describe('a session hint of another visitor', () => {
  it('is gone when the token names another visitor', () => {
    const hub = new TestHub().restore();
    hub.attach('a', 'conv-9').token(900, 'visitor-2').flush();
    expect(hub.snapshot?.conversation).toBeNull();
    expect(hub.state.meta).toMatchObject({ subject: 'visitor-2', resetCount: 1 });
  });
});
