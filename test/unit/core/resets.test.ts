import { describe, expect, it } from 'vitest';
import type { ConversationRecord } from '../../../src/worker/core/records.ts';
import { emptyMeta } from '../../../src/worker/core/records.ts';
import { agentSays, conversationId, echo, emptyStore, TestHub } from './harness.ts';
import { page } from './scenes.ts';

const routing = { skillGroups: ['Tier1_Support'] };

function record(id: string, ordinal: number, status: 'ended' | 'connected'): ConversationRecord {
  return {
    details: { conversationId: id, status },
    ordinal,
    next: 1,
    gaps: [],
    completeUntil: 0,
    readMark: null,
    isReadToEnd: false,
  };
}

/** REST refuses the token, and the next one names somebody else. */
function another(hub: TestHub): TestHub {
  const { requestId } = hub.last('rest');
  const failure = { kind: 'unauthorized', message: '', retryAfter: null } as const;
  hub.take({ type: 'rest', requestId, result: { ok: false, failure } });
  return hub.token(900, 'visitor-2').flush();
}

function attachSecond(hub: TestHub, visitor: string): TestHub {
  const tab = { type: 'tab-attached', tabId: 'b', isVisible: true, visitor } as const;
  return hub.take({ ...tab, conversationId, resetCount: 0 }).flush();
}

describe('the next visitor', () => {
  it('is polled for as well while the gateway is down', () => {
    const hub = new TestHub({ timing: { attempts: 0 } }).inConversation();
    hub.cut();
    another(hub);
    hub.cut();
    attachSecond(hub, 'visitor-2').clear();
    hub.pass(6_000);
    expect(hub.all('rest').map(({ call }) => call.type)).toContain('history-since');
  });

  it('does not inherit the previous visitor’s typing', () => {
    const hub = new TestHub({ timing: { attempts: 0 } }).inConversation();
    hub.call({ type: 'typing', isTyping: true });
    hub.cut();
    another(hub).open().gateway({ type: 'authenticated', serverTime: hub.wall });
    hub.call({ type: 'start', routing });
    hub.gateway({ type: 'conversation', conversation: { conversationId, status: 'queued' } });
    attachSecond(hub, 'visitor-2').take({ type: 'tab-left', tabId: 'b' }).pass(10_000);
    const typing = hub.sent().filter(({ type }) => type === 'typing');
    expect(typing).toHaveLength(1);
  });

  it('sees what they write, before anybody has named them', () => {
    const hub = new TestHub({ history: 'confirmed' });
    const waiting = { messageId: 'm1', ordinal: 5, conversationId, text: 'theirs', timestamp: 1 };
    hub.restore({
      meta: { ...emptyMeta, subject: 'visitor-1' },
      current: record(conversationId, 1, 'connected'),
      outbox: [{ ...waiting, failure: null }],
    });
    hub.attach();
    hub.call({ type: 'sign-out' });
    hub.call({ type: 'reconnect' });
    hub.call({ type: 'start', routing });
    hub.type('mine', 'm2');
    expect(hub.shown()).toEqual(['mine']);
  });

  it.each([
    ['the conversation', conversationId],
    ['a later one', 'conv-9'],
  ])(
    'gets no message of the previous visitor sent, though only a page of %s knows the owner',
    (_, id) => {
      const waiting = { messageId: 'm1', ordinal: 1, conversationId, text: 'theirs', timestamp: 1 };
      const hub = new TestHub().restore({ outbox: [{ ...waiting, failure: null }] });
      hub.attach('a', id).token(900, 'visitor-2').flush();
      expect(hub.state.outbox).toEqual([]);
      expect(hub.shown()).toEqual([]);
    },
  );

  it('is not connected by a token that arrives when no tab is left', () => {
    const hub = new TestHub({ timing: { attempts: 0, idle: 1_000 } }).inConversation();
    hub.cut();
    const { requestId } = hub.last('rest');
    const failure = { kind: 'unauthorized', message: '', retryAfter: null } as const;
    hub.take({ type: 'rest', requestId, result: { ok: false, failure } });
    hub.take({ type: 'tab-left', tabId: 'a' }).pass(1_000);
    const sockets = hub.all('open-socket').length;
    hub.token(900, 'visitor-2').flush();
    expect(hub.all('open-socket')).toHaveLength(sockets);
    expect(hub.state.connection.phase).toBe('idle');
  });
});

describe('a hub that sleeps', () => {
  it('asks no more, whatever fails meanwhile', () => {
    const hub = new TestHub({ timing: { idle: 1_000 } }).inConversation();
    hub.gateway({ type: 'message', message: agentSays(2) }).pass(2_000);
    hub.take({ type: 'tab-left', tabId: 'a' }).pass(1_000);
    hub.restFails().clear().pass(120_000);
    expect(hub.all('rest')).toEqual([]);
  });

  it('asks no more for what it holds', () => {
    const hub = new TestHub({ timing: { idle: 1_000 } }).inConversation();
    hub.gateway({ type: 'message', message: agentSays(2) });
    hub.take({ type: 'tab-left', tabId: 'a' }).clear().pass(60_000);
    expect(hub.all('rest')).toEqual([]);
  });

  it('is not woken by the network without tabs', () => {
    const hub = new TestHub({ timing: { attempts: 0, idle: 1_000 } }).inConversation();
    hub.cut();
    const { requestId } = hub.last('rest');
    const failure = { kind: 'unauthorized', message: '', retryAfter: null } as const;
    hub.take({ type: 'rest', requestId, result: { ok: false, failure } });
    hub.take({ type: 'tab-left', tabId: 'a' }).pass(1_000);
    const result = { ok: false, kind: 'signed-out', message: '', retryAfter: null } as const;
    hub.take({ type: 'token', requestId: hub.state.token.requestId ?? 0, result }).clear();
    hub.take({ type: 'online', isOnline: false }).take({ type: 'online', isOnline: true });
    expect([...hub.all('fetch-token'), ...hub.all('open-socket')]).toEqual([]);
  });

  it('renews a token in time that grew old in its sleep', () => {
    const hub = new TestHub({ timing: { idle: 1_000 } });
    hub.restore().attach().token(100).open();
    hub.gateway({ type: 'authenticated', serverTime: hub.wall });
    hub.take({ type: 'tab-left', tabId: 'a' }).pass(60_000);
    hub.cut().clear().attach().open();
    hub.gateway({ type: 'authenticated', serverTime: hub.wall });
    hub.pass(38_000);
    expect(hub.all('fetch-token').length).toBeGreaterThan(0);
  });
});

describe('a gap', () => {
  it('is requested after two seconds, however long an older gap has waited', () => {
    const hub = new TestHub().inConversation();
    hub.answersPings = true;
    hub.gateway({ type: 'message', message: agentSays(2) });
    for (let look = 0; look < 4; look += 1) hub.pass(20_000).rest();
    hub.gateway({ type: 'message', message: agentSays(4) }).clearKeepingSocket();
    hub.pass(2_000);
    expect(hub.last('rest').call.type).toBe('history-since');
  });

  it('is requested although a previous conversation is completed meanwhile', () => {
    const hub = new TestHub();
    hub.answersPings = true;
    hub.authenticated({
      ...emptyStore,
      meta: { ...emptyMeta, subject: 'visitor-1' },
      current: record(conversationId, 2, 'connected'),
      notReadToEnd: [record('conv-0', 1, 'ended')],
    });
    hub.gateway({ type: 'conversation', conversation: { conversationId, status: 'connected' } });
    hub.rest();
    hub.pass(60_000).rest();
    const { requestId, call } = hub.last('rest');
    expect(call).toMatchObject({ type: 'history-since', conversationId: 'conv-0' });
    hub.gateway({ type: 'message', message: agentSays(2) });
    const messages = [{ ...agentSays(1, 'the last word'), conversationId: 'conv-0' }];
    const value = { type: 'history', messages, nextCursor: null, invalidCount: 0 } as const;
    hub.take({ type: 'rest', requestId, result: { ok: true, value } }).clearKeepingSocket();
    hub.pass(2_000);
    expect(hub.last('rest').call).toMatchObject({ type: 'history-since', conversationId });
  });

  it('of a conversation is not waited for in the next one', () => {
    const hub = new TestHub().inConversation();
    hub.gateway({ type: 'message', message: agentSays(2) });
    hub.call({ type: 'end' });
    hub.rest();
    hub.call({ type: 'start', routing });
    const next = { conversationId: 'conv-2', status: 'connected' } as const;
    hub.gateway({ type: 'conversation', conversation: next });
    const { requestId } = hub.last('rest');
    const value = { type: 'history', messages: [], nextCursor: null, invalidCount: 0 } as const;
    hub.take({ type: 'rest', requestId, result: { ok: true, value } });
    const status = { type: 'conversation', conversation: next } as const;
    hub.take({
      type: 'rest',
      requestId: hub.last('rest').requestId,
      result: { ok: true, value: status },
    });
    hub.clearKeepingSocket();
    hub.pass(15_000);
    expect(hub.all('rest')).toEqual([]);
  });
});

describe('a message that waits for a token to go by REST', () => {
  it('does not go when it is discarded meanwhile', () => {
    const hub = new TestHub({ timing: { attempts: 0 } }).inConversation();
    hub.cut();
    const { requestId } = hub.last('rest');
    const failure = { kind: 'unauthorized', message: '', retryAfter: null } as const;
    hub.take({ type: 'rest', requestId, result: { ok: false, failure } });
    hub.type('never mind', 'm1');
    hub.call({ type: 'discard', messageId: 'm1' });
    hub.clear().take({
      type: 'token',
      requestId: hub.state.token.requestId ?? 0,
      result: { ok: true, expiresIn: 900, subject: 'visitor-1' },
    });
    expect(hub.all('rest').map(({ call }) => call.type)).toEqual(['history-since']);
  });
});

describe('a message whose token is refused when it has gone by REST', () => {
  const failure = { kind: 'unauthorized', message: '', retryAfter: null } as const;

  function sending(): { hub: TestHub; requestId: number } {
    const hub = new TestHub({ timing: { attempts: 0 } }).inConversation();
    hub.cut().rest().type('one', 'm1');
    const { requestId, call } = hub.last('rest');
    expect(call).toMatchObject({ type: 'send-message', messageId: 'm1' });
    return { hub, requestId };
  }

  function refuse({ hub, requestId }: ReturnType<typeof sending>): TestHub {
    hub.clear().take({ type: 'rest', requestId, result: { ok: false, failure } });
    return hub.take({
      type: 'token',
      requestId: hub.state.token.requestId ?? 0,
      result: { ok: true, expiresIn: 900, subject: 'visitor-1' },
    });
  }

  function sent(hub: TestHub): string[] {
    return hub.all('rest').flatMap(({ call }) => ('messageId' in call ? call.messageId : []));
  }

  it('goes again', () => {
    expect(sent(refuse(sending()))).toEqual(['m1']);
  });

  it('does not go again when it was discarded meanwhile', () => {
    const made = sending();
    made.hub.call({ type: 'discard', messageId: 'm1' });
    made.hub.store();
    expect(sent(refuse(made))).toEqual([]);
    expect(made.hub.state.requests).toEqual([]);
  });

  it('does not go again when it turned up in the history meanwhile', () => {
    const made = sending();
    made.hub.clearKeepingSocket();
    while (!made.hub.all('rest').some(({ call }) => call.type === 'history-since'))
      made.hub.pass(100);
    page(made.hub, [echo(1, 'm1', 'one')]);
    expect(made.hub.state.outbox).toEqual([]);
    expect(sent(refuse(made))).toEqual([]);
  });

  it('does not go again when it turns up in the history while it waits for the next token', () => {
    const { hub, requestId } = sending();
    hub.clearKeepingSocket();
    while (!hub.all('rest').some(({ call }) => call.type === 'history-since')) hub.pass(100);
    hub.take({ type: 'rest', requestId, result: { ok: false, failure } });
    page(hub, [echo(1, 'm1', 'one')]);
    hub.clear().take({
      type: 'token',
      requestId: hub.state.token.requestId ?? 0,
      result: { ok: true, expiresIn: 900, subject: 'visitor-1' },
    });
    expect(sent(hub)).toEqual([]);
  });
});

describe('the other side’s typing', () => {
  const agent = { id: 'agent-1', name: 'Ada', role: 'agent' } as const;

  it('ends with the conversation', () => {
    const hub = new TestHub().inConversation();
    hub.gateway({ type: 'typing', conversationId, from: agent, isTyping: true }).flush();
    expect(hub.snapshot?.typing?.name).toBe('Ada');
    hub
      .gateway({ type: 'conversation', conversation: { conversationId, status: 'ended' } })
      .flush();
    expect(hub.snapshot?.typing).toBeNull();
  });
});
