import { describe, expect, it } from 'vitest';
import type { GatewayProblem } from '../../../src/protocol/gateway/events.ts';
import type { RestFailureKind } from '../../../src/protocol/gateway/rest.ts';
import type { Message } from '../../../src/protocol/message.ts';
import { rowOf } from '../../../src/worker/core/transcript/rows.ts';
import { agentSays, conversationId, echo, TestHub } from './harness.ts';
import { billing, RoutingHub } from './routing-hub.ts';
import { polling, untilAsked } from './scenes.ts';

function restFails(hub: TestHub, requestId: number, kind: RestFailureKind): void {
  const failure = { kind, message: '', retryAfter: null };
  hub.take({ type: 'rest', requestId, result: { ok: false, failure } });
}

/** A gap was noticed, and REST is asked for the missing messages. */
function catchingUp(): TestHub {
  const hub = new TestHub().inConversation();
  hub.answersPings = true;
  hub.gateway({ type: 'message', message: agentSays(2) });
  return hub.pass(2_000);
}

/** The broker wants to be left alone for 20 s, and the token was refused by REST. */
function withoutToken(): TestHub {
  const hub = catchingUp();
  restFails(hub, hub.last('rest').requestId, 'unauthorized');
  const { requestId } = hub.last('fetch-token');
  hub.take({
    type: 'token',
    requestId,
    result: { ok: false, kind: 'rate-limited', message: '', retryAfter: 20_000 },
  });
  return hub.clearKeepingSocket();
}

describe('a broker that wants to be left alone', () => {
  it('is requested when its pause is over, and the connection stays', () => {
    const hub = withoutToken().pass(19_999);
    expect(hub.state.requests.map(({ isParked }) => isParked)).toEqual([true]);
    expect(hub.all('fetch-token')).toHaveLength(0);
    expect(hub.snapshot?.connection.phase).toBe('ready');
    hub.pass(1);
    expect(hub.all('fetch-token')).toHaveLength(1);
    hub.token();
    expect(hub.all('rest')).toHaveLength(1);
  });

  it('is not requested for a visitor who has signed out meanwhile', () => {
    const hub = withoutToken().pass(15_000);
    hub.call({ type: 'sign-out' });
    hub.clear().pass(600_000);
    expect(hub.all('fetch-token')).toHaveLength(0);
  });
});

describe('two questions to REST', () => {
  const history = (hub: TestHub, requestId: number, ...sequences: number[]) => {
    const messages = sequences.map((sequence) => agentSays(sequence));
    const value = { type: 'history', messages, nextCursor: null, invalidCount: 0 } as const;
    hub.take({ type: 'rest', requestId, result: { ok: true, value } }).flush();
  };

  it.each([false, true])('are answered each by its own (the later one first: %s)', (isReversed) => {
    const first = rowOf(agentSays(10), [1, 10, 0, 0]);
    const hub = new TestHub().authenticated({
      messages: [first],
      current: {
        details: { conversationId, status: 'connected' },
        ordinal: 1,
        next: 11,
        gaps: [],
        completeUntil: first.timestamp,
        readMark: null,
        isReadToEnd: false,
      },
    });
    hub.gateway({ type: 'conversation', conversation: { conversationId, status: 'connected' } });
    const since = hub.last('rest');
    const before = { position: first.position, messageId: first.messageId };
    const callId = hub.call({ type: 'load-earlier', before, conversationId, count: 20 });
    hub.take({
      type: 'earlier-read',
      callId: hub.last('read-earlier').callId,
      messages: [],
      hasEarlier: false,
    });
    const earlier = hub.last('rest');
    expect([since.call.type, earlier.call.type]).toEqual(['history-since', 'history-before']);
    const answers = [
      () => history(hub, since.requestId, 10, 11),
      () => history(hub, earlier.requestId, 8, 9),
    ];
    for (const answer of isReversed ? answers.toReversed() : answers) answer();
    expect(hub.shown()).toEqual(['agent 10', 'agent 11']);
    expect(hub.answers.get(callId)).toMatchObject({
      ok: true,
      value: { messages: [{ text: 'agent 8' }, { text: 'agent 9' }] },
    });
  });
});

describe('an event of a socket', () => {
  it('that is not the hub’s any more says nothing', () => {
    const hub = new TestHub().inConversation();
    const { socketId } = hub.last('open-socket');
    hub.cut().pass(8_000);
    hub.take({ type: 'socket-opened', socketId });
    expect(hub.state.connection.phase).toBe('connecting');
    hub
      .take({
        type: 'gateway',
        socketId,
        event: { type: 'message', message: agentSays(1) },
      })
      .flush();
    expect(hub.shown()).toEqual([]);
  });

  it.each(['connecting', 'authenticating'])('that is %s tells of no conversation', (phase) => {
    const hub = new TestHub().inConversation().cut().pass(8_000);
    if (phase === 'authenticating') hub.open();
    expect(hub.state.connection.phase).toBe(phase);
    hub.gateway({ type: 'message', message: agentSays(1) });
    hub.gateway({ type: 'conversation', conversation: { conversationId, status: 'ended' } });
    hub.flush();
    expect(hub.shown()).toEqual([]);
    expect(hub.snapshot?.conversation?.status).toBe('connected');
  });

  it('that closes late, after a sign-out by the broker, opens none', () => {
    const hub = new TestHub().inConversation().gateway({ type: 'token-expired' });
    const { requestId } = hub.last('fetch-token');
    hub.take({
      type: 'token',
      requestId,
      result: { ok: false, kind: 'signed-out', message: 'out', retryAfter: null },
    });
    hub.clear().pass(600_000);
    expect(hub.state.connection.phase).toBe('signed-out');
    expect(hub.all('open-socket').length + hub.all('fetch-token').length).toBe(0);
  });
});

describe('a hub that leaves', () => {
  it('is gone at once when the broker says that the session is over', () => {
    const hub = catchingUp().type('on its way', 'm1');
    restFails(hub, hub.last('rest').requestId, 'unauthorized');
    const { requestId } = hub.last('fetch-token');
    hub.take({ type: 'step-down' });
    expect(hub.all('handed-over')).toHaveLength(0);
    hub.take({
      type: 'token',
      requestId,
      result: { ok: false, kind: 'signed-out', message: 'out', retryAfter: null },
    });
    hub.cut();
    expect(hub.all('handed-over')).toHaveLength(1);
    expect(hub.state.connection.phase).toBe('handed-over');
  });

  it('waits for its echo, then closes, and says so when the socket has ended', () => {
    const hub = new TestHub().inConversation().type('on its way', 'm1');
    hub.take({ type: 'step-down' }).flush();
    expect(hub.snapshot?.connection.phase).toBe('ready');
    expect(hub.all('close-socket')).toHaveLength(0);
    hub.gateway({ type: 'message', message: echo(1, 'm1', 'on its way') });
    expect(hub.all('close-socket')).toHaveLength(1);
    expect(hub.all('handed-over')).toHaveLength(0);
    hub.cut();
    expect(hub.all('handed-over')).toHaveLength(1);
  });
});

describe('a hub that hands over while REST stands in for its socket', () => {
  it('leaves what waits to the next one', () => {
    const hub = untilAsked(polling(new TestHub().inConversation()).clearKeepingSocket());
    restFails(hub, hub.last('rest').requestId, 'network');
    expect(hub.state.timers['rest-retry']).toBeDefined();
    hub.type('waits', 'm-1');
    expect(hub.state.outbox.map(({ at }) => at.stage)).toEqual(['queued']);
    hub.clearKeepingSocket().take({ type: 'step-down' });
    hub.type('comes late', 'm-2').pass(60_000);
    expect(hub.all('rest')).toEqual([]);
    expect(hub.all('fetch-token')).toEqual([]);
    expect(hub.state.outbox.map(({ at }) => at.stage)).toEqual(['queued', 'queued']);
  });
});

describe('a hub that has left', () => {
  const hasLeft = () => new TestHub().authenticated().take({ type: 'step-down' }).cut();

  it('says so once, whatever the visitor does in its last moments', () => {
    const hub = hasLeft();
    hub.call({ type: 'sign-out' });
    hub.flush();
    expect(hub.all('end-session')).toHaveLength(1);
    expect(hub.state.connection.phase).toBe('handed-over');
    hub.take({ type: 'step-down' });
    expect(hub.all('handed-over')).toHaveLength(1);
  });

  it('says so once although its tabs go and another one comes', () => {
    const hub = hasLeft().take({ type: 'tab-left', tabId: 'a' }).pass(60_000).attach('b');
    expect(hub.state.connection.phase).toBe('handed-over');
    expect(hub.all('handed-over')).toHaveLength(1);
    expect(hub.all('open-socket')).toHaveLength(1);
  });

  it('leaves a routing that is being checked to the next hub', () => {
    const hub = new RoutingHub();
    const callId = hub.start(billing);
    hub.take({ type: 'step-down' });
    const { requestId } = hub.last('rest');
    hub.clearKeepingSocket();
    const value = { type: 'skill-groups', names: ['Sales'] } as const;
    hub.take({ type: 'rest', requestId, result: { ok: true, value } }).flush();
    expect(hub.verdicts()).toEqual([]);
    expect([hub.asked(), hub.routed()]).toEqual([[], []]);
    expect(hub.answers.has(callId)).toBe(false);
    expect(hub.state.meta.routing).toEqual(billing);
  });

  it('does not judge a routing whose check takes too long', () => {
    const hub = new RoutingHub();
    hub.start(billing);
    hub.take({ type: 'step-down' }).clearKeepingSocket().pass(60_000);
    expect(hub.verdicts()).toEqual([]);
    expect([hub.asked(), hub.routed()]).toEqual([[], []]);
    expect(hub.state.meta.routing).toEqual(billing);
  });
});

describe('a receipt', () => {
  const own = (hub: TestHub): Message | undefined =>
    hub.flush().snapshot?.messages.find(({ messageId }) => messageId === 'm1');

  it.each([
    ['read', 'agent', 'read'],
    ['read', 'bot', 'read'],
    ['read', 'visitor', 'delivered'],
    ['delivered', 'agent', 'delivered'],
    ['delivered', 'visitor', 'delivered'],
  ] as const)('“%s” of a %s’s leaves the message %s', (status, role, expected) => {
    const hub = new TestHub().inConversation().type('hello', 'm1');
    hub.gateway({ type: 'message', message: echo(1, 'm1', 'hello') });
    const from = { id: `${role}-9`, name: '', role };
    hub.gateway({ type: 'receipt', conversationId, messageId: 'm1', from, status });
    expect(own(hub)?.status).toBe(expected);
  });
});

describe('an error of the gateway’s', () => {
  const says = (hub: TestHub, problem: Partial<GatewayProblem>) =>
    hub
      .gateway({
        type: 'problem',
        problem: {
          kind: 'other',
          message: '',
          conversationId: null,
          messageId: null,
          retryAfter: null,
          ...problem,
        },
      })
      .flush();

  it.each(['conversation-not-found', 'conversation-ended'] as const)(
    '“%s” about another conversation leaves this one alone',
    (kind) => {
      const hub = new TestHub().inConversation();
      says(hub, { kind, conversationId: 'conv-7' });
      expect(hub.snapshot?.conversation?.status).toBe('connected');
      says(hub, { kind, conversationId });
      expect(hub.snapshot?.conversation?.status).not.toBe('connected');
    },
  );

  it('is shown in at most 200 of its words’ characters', () => {
    const hub = new TestHub().inConversation();
    says(hub, { message: 'x'.repeat(201) });
    expect(hub.snapshot?.connection.problem).toEqual({
      code: 'rejected',
      message: 'x'.repeat(200),
    });
    const problem = {
      kind: 'attachment',
      message: 'y'.repeat(201),
      conversationId: null,
      messageId: null,
      retryAfter: null,
    } as const;
    hub.gateway({ type: 'attachment-failed', attachmentId: 'file-1', problem });
    expect(hub.last('note').note).toEqual({ kind: 'gateway-problem', detail: 'y'.repeat(200) });
  });
});

describe('a timer', () => {
  it('that fires before its moment, since it was moved, is set again for it', () => {
    const hub = new TestHub().inConversation();
    const { ping } = hub.state.timers;
    hub.clear().take({ type: 'timer', name: 'ping' });
    expect(hub.effects).toEqual([{ type: 'set-timer', name: 'ping', at: ping }]);
  });

  it('that is not set does nothing when it fires, and is not cleared', () => {
    const hub = new TestHub().inConversation();
    const { socketId } = hub.last('open-socket');
    hub.clear().take({ type: 'timer', name: 'retry' });
    expect(hub.effects).toEqual([]);
    hub.take({ type: 'socket-closed', socketId, meaning: 'network' });
    const cleared = hub.all('clear-timer').map(({ name }) => name);
    expect(cleared.toSorted()).toEqual(['ping', 'reconcile']);
  });
});

describe('the next visitor', () => {
  it('gets the typing state again', () => {
    const hub = new TestHub().inConversation();
    hub.call({ type: 'typing', isTyping: true });
    expect(hub.sent().filter(({ type }) => type === 'typing')).toHaveLength(1);
    hub.call({ type: 'sign-out' });
    hub.cut().call({ type: 'reconnect' });
    hub.token(900, 'visitor-2').open().gateway({ type: 'authenticated', serverTime: null });
    hub.call({ type: 'start', routing: billing });
    hub.gateway({
      type: 'conversation',
      conversation: { conversationId: 'c2', status: 'connected' },
    });
    hub.clearKeepingSocketAndRest().rest();
    hub.call({ type: 'typing', isTyping: false });
    expect(hub.sent().filter(({ type }) => type === 'typing')).toEqual([]);
    hub.pass(3_000).call({ type: 'typing', isTyping: true });
    expect(hub.sent().filter(({ type }) => type === 'typing')).toHaveLength(1);
  });
});
