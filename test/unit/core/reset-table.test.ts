import { describe, expect, it } from 'vitest';
import type { ConversationState } from '../../../src/worker/core/conversation/state.ts';
import type { Input } from '../../../src/worker/core/input.ts';
import type { HubState } from '../../../src/worker/core/state.ts';
import { step } from '../../../src/worker/core/step.ts';
import { timerNames } from '../../../src/worker/core/timers.ts';
import { type Ending, endingOf, leftovers, untouched } from '../../simulation/invariants/resets.ts';
import { faultOf, timerRules } from '../../simulation/invariants/timers.ts';
import { agentSays, conversationId, TestHub } from './harness.ts';

const now = 100_000;
const later = now + 60_000;
const routing = { skillGroups: ['Tier1_Support'] };
const socketId = 77;

const conversation: ConversationState = {
  details: { conversationId, status: 'connected' },
  ordinal: 2,
  next: 4,
  gaps: [{ from: 2, to: 2, tries: 1 }],
  completeUntil: 1,
  readMark: { conversationId, position: [2, 1, 0, 0] },
  isReadToEnd: false,
  reorderBuffer: [agentSays(6)],
  unsequencedBuffer: [{ message: agentSays(null, 'soon'), due: later }],
  newest: 3,
  earlyReceipt: 'm9',
  finalCatchUp: null,
  endedAt: null,
};

/** A hub in the middle of everything: nothing is as it was when it was born. */
function busy(part: Partial<HubState> = {}): HubState {
  const { state } = new TestHub().inConversation();
  const message = {
    messageId: 'w1',
    ordinal: 7,
    conversationId,
    text: 'on its way',
    timestamp: 1,
    failure: null,
  };
  const wanted = { before: null, conversationId, count: 9, rows: [], requestId: 31 };
  const history = { type: 'history-before', conversationId, before: { sequence: 3 } } as const;
  const whole: HubState = {
    ...state,
    generation: 3,
    lastId: 900,
    hiddenOutbox: 5,
    connection: { phase: 'online', socketId, session: { stage: 'conversation', isCaughtUp: true } },
    breaker: { attempt: 2, isOpen: true, lastAttemptAt: now - 9_000 },
    token: {
      ...state.token,
      requestId: 40,
      expiresAt: now + 400_000,
      requestedAt: now,
      refusals: 1,
      failures: 2,
      pausedUntil: now - 5,
      isRenewing: true,
    },
    problem: { code: 'rejected', message: 'of this visitor' },
    requests: [{ requestId: 31, call: history, isParked: false, isRetried: true }],
    meta: {
      ...state.meta,
      subject: 'visitor-1',
      draft: 'a draft',
      lastRouting: routing,
      resetCount: 4,
    },
    draftOrigin: { tabId: 'a', writtenAt: now - 70 },
    hasAnonymousDraft: true,
    unread: { count: 3, readUntil: [2, 1, 0, 0] },
    conversation,
    previousConversations: [
      {
        ...conversation,
        details: { conversationId: 'conv-0', status: 'ended' },
        ordinal: 1,
        endedAt: 5,
      },
    ],
    lastOrdinal: 2,
    window: [],
    hasEarlier: true,
    outbox: [{ ...message, at: { stage: 'sent' } }],
    lastOutboxOrdinal: 7,
    pausedUntil: later,
    receiptDue: 'm3',
    restPausedUntil: now - 5,
    catchUps: {
      lastCatchUpId: 8,
      active: null,
      isRequested: false,
      failures: 2,
      completedAt: now - 30_000,
    },
    routing: {
      names: { names: ['Tier1_Support'], at: now },
      check: { stage: 'postponed', routing },
      tries: 2,
      queue: null,
      notice: { kind: 'unchecked' },
    },
    sessionMemory: {
      life: 9,
      endsAt: later,
      isSessionOver: false,
      refused: null,
      expiries: [1],
      deletionOn: null,
      clearing: null,
    },
    typing: {
      remote: { id: 'agent-1', name: 'Ada', role: 'agent' },
      isSent: true,
      sentAt: now - 100,
    },
    tabs: state.tabs.map((tab) => ({ ...tab, isTyping: true })),
    alertedTab: 'a',
    alertedAt: now - 50,
    alertedUntil: [2, 1, 0, 0],
    startCalls: [51],
    endRequest: { calls: [], sentOn: 1, write: 61, after: 9 },
    storeCalls: [{ writeId: 61, callId: 52 }],
    lookups: [62],
    paginations: [{ ...wanted, callId: 53 }],
    ...part,
  };
  const shown = agentSays(1);
  const row = { ...shown, status: 'received', failure: null, missingBefore: 0 } as const;
  const full: HubState = { ...whole, window: [{ ...row, position: [2, 1, 0, 0] }] };
  const set = timerNames.filter((name) => timerRules[name].onlyWhile(full));
  return { ...full, timers: Object.fromEntries(set.map((name) => [name, later])) };
}

function end(ending: Ending, before: HubState, input: Input) {
  const { state: after } = step(before, input, { now, wall: now });
  expect(endingOf({ before, after, input })).toBe(ending);
  expect(leftovers({ before, after, input }, ending)).toEqual([]);
  return after;
}

const named = { ok: true, expiresIn: 900, subject: 'visitor-2' } as const;
const refused = { ok: false, kind: 'signed-out', message: '', retryAfter: null } as const;
const gone = { type: 'socket-closed', socketId, meaning: 'network' } as const;

describe('a hub with every part of its state in use', () => {
  it('has a value in every key that must be reset', () => {
    expect(untouched(busy(), 'signed out')).toEqual([]);
    expect(untouched(busy(), 'visitor switched')).toEqual([]);
  });

  it('keeps nothing of its visitor after a sign-out', () => {
    const call = { type: 'sign-out' } as const;
    const after = end('signed out', busy(), { type: 'call', tabId: 'a', callId: 9, call });
    expect(faultOf(after, now)).toBeNull();
  });

  it('keeps nothing of its visitor after a token of another one', () => {
    const after = end('visitor switched', busy(), { type: 'token', requestId: 40, result: named });
    expect(faultOf(after, now)).toBeNull();
  });

  it('keeps what is the visitor’s while they are signed out', () => {
    const after = end('session over', busy(), { type: 'token', requestId: 40, result: refused });
    expect(faultOf(after, now)).toBeNull();
  });

  it('keeps everything but the connection when idle', () => {
    const before = busy({ tabs: [] });
    const timers = { ...before.timers, idle: now };
    const after = end('slept', { ...before, timers }, { type: 'timer', name: 'idle' });
    expect(faultOf(after, now)).toBeNull();
  });

  it('keeps everything without its socket but what was on its way', () => {
    const after = end(
      'socket gone',
      busy({ breaker: { attempt: 0, isOpen: false, lastAttemptAt: 1 } }),
      gone,
    );
    expect(faultOf(after, now)).toBeNull();
  });

  it('leaves nothing behind for the next build', () => {
    const before = busy({ outbox: [] });
    const after = end('stepped down', before, { type: 'step-down' });
    expect(Object.keys(after.timers)).not.toContain('poll');
  });

  it('makes the final catch-up of an ended conversation, and sends no typing in it', () => {
    const reported = { conversationId, status: 'ended' } as const;
    const event = { type: 'conversation', conversation: reported } as const;
    const circuit = { attempt: 0, isOpen: false, lastAttemptAt: 1 };
    const before = busy({ breaker: circuit, routing: { ...busy().routing, check: null } });
    end('conversation ended', before, { type: 'gateway', socketId, event });
  });

  it('drops its reorder buffer in an unknown conversation', () => {
    const problem = { kind: 'conversation-not-found', message: '', messageId: null } as const;
    const named = { ...problem, conversationId, retryAfter: null };
    const before = busy({ breaker: { attempt: 0, isOpen: false, lastAttemptAt: 1 } });
    end('conversation gone', before, {
      type: 'gateway',
      socketId,
      event: { type: 'problem', problem: named },
    });
  });

  it('takes nothing of a conversation into the next one', () => {
    const session = { stage: 'routing', repeats: 0 } as const;
    const before = busy({
      connection: { phase: 'online', socketId, session },
      conversation: { ...conversation, details: { conversationId, status: 'ended' } },
      outbox: [],
      meta: { ...busy().meta, routing },
      sessionMemory: null,
    });
    const reported = { conversationId: 'conv-3', status: 'connected' } as const;
    const event = { type: 'conversation', conversation: reported } as const;
    end('next conversation', before, { type: 'gateway', socketId, event });
  });
});
