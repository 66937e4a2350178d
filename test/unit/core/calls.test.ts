import { describe, expect, it } from 'vitest';
import type { GatewayTraits } from '../../../src/protocol/gateway/adapter.ts';
import { genesysWebchat } from '../../../src/protocol/webchat/index.ts';
import { agentSays, conversationId, echo, TestHub } from './harness.ts';
import {
  agent,
  asked,
  ends,
  file,
  found,
  goesOn,
  hears,
  nextId,
  operationsOf,
  outcome,
  page,
  patches,
  problem,
  record,
  routing,
  row,
  rows,
  standing,
  statuses,
  texts,
} from './scenes.ts';

const article = genesysWebchat({ socketUrl: 'wss://gateway/webchat', apiUrl: 'https://api' });

function hub(traits: Partial<GatewayTraits> = {}): TestHub {
  const gateway = { ...article, traits: { ...article.traits, ...traits } };
  const made = new TestHub({ gateway }).inConversation();
  made.answersPings = true;
  return made.clearKeepingSocket();
}

function send(made: TestHub, text: string, messageId = 'm1'): string {
  const call = made.call({ type: 'send', messageId, text });
  made.store();
  return outcome(made, call);
}

describe('send', () => {
  it.each([
    [9, 'ok'],
    [10, 'ok'],
    [11, 'message-too-long'],
  ])('a text of %i characters, where ten are allowed: %s', (length, code) => {
    expect(send(hub({ maximumTextLength: 10 }), 'x'.repeat(length))).toBe(code);
  });

  it.each([
    ['abcd', 'ok'],
    ['abcde', 'message-too-long'],
    ['\u007f'.repeat(4), 'ok'],
    ['\u0080'.repeat(2), 'ok'],
    [`${'\u0080'.repeat(2)}a`, 'message-too-long'],
    ['\u07ff'.repeat(2), 'ok'],
    ['\u0800', 'ok'],
    ['\u0800a', 'ok'],
    ['\u0800ab', 'message-too-long'],
    ['\uffff', 'ok'],
    ['\uffffab', 'message-too-long'],
    ['😀', 'ok'],
    ['😀a', 'message-too-long'],
    ['\u{10000}', 'ok'],
    ['\u{10000}a', 'message-too-long'],
  ])('%j, where four bytes are allowed: %s', (text, code) => {
    expect(new TextEncoder().encode(text).length <= 4).toBe(code === 'ok');
    expect(send(hub({ maximumTextBytes: 4 }), text)).toBe(code);
  });

  it.each(['', ' ', '\n\t ', '\u00a0'])('nothing (%j) is refused, but not with a file', (text) => {
    const made = hub();
    expect(send(made, text)).toBe('empty-message');
    const call = made.call({ type: 'send', messageId: 'm1', text, content: [file('f1')] });
    made.store();
    expect(outcome(made, call)).toBe('ok');
    expect(texts(made)).toEqual([text]);
  });

  it('what has been sent is answered, and not sent again', () => {
    const made = hub();
    expect(send(made, 'one')).toBe('ok');
    expect(send(made, 'one')).toBe('ok');
    hears(made, echo(1, 'm1', 'one'));
    expect(send(made, 'one')).toBe('ok');
    expect(texts(made)).toEqual(['one']);
    expect(statuses(made)).toEqual(['one: delivered']);
  });

  it('again under an id that only looks like another one’s is another message', () => {
    const made = hub();
    for (const id of ['m1', 'm11', 'm', 'M1']) expect(send(made, id, id)).toBe('ok');
    expect(made.shown()).toEqual(['m1', 'm11', 'm', 'M1']);
  });

  it('needs a conversation, or one that is wanted', () => {
    const made = new TestHub().authenticated();
    expect(send(made, 'one')).toBe('no-conversation');
    made.call({ type: 'start', routing });
    expect(send(made, 'one')).toBe('ok');
    const over = hub();
    ends(over);
    expect(send(over, 'one')).toBe('no-conversation');
    over.call({ type: 'start', routing });
    expect(send(over, 'one')).toBe('ok');
  });

  it('ends the typing of that tab', () => {
    const made = hub();
    made.call({ type: 'typing', isTyping: true });
    made.pass(5_000).clearKeepingSocket();
    send(made, 'one');
    expect(made.sent().map(({ type }) => type)).toEqual(['typing', 'send-message']);
    expect(made.sent()[0]).toMatchObject({ isTyping: false });
  });

  it('takes the draft along whatever stands around it, and only that one', () => {
    for (const [draft, text, left] of [
      ['hello', 'hello', ''],
      ['  hello\n', 'hello', ''],
      ['hello', ' hello ', ''],
      ['hello you', 'hello', 'hello you'],
      ['', 'hello', ''],
    ] as const) {
      const made = hub();
      made.call({ type: 'draft', text: draft });
      made.flush().clearKeepingSocket();
      send(made, text);
      expect(made.state.meta.draft).toBe(left);
      const written = operationsOf(made, 'put-meta').map(({ meta }) => meta.draft);
      expect(written).toEqual(draft === left ? [] : [left]);
    }
  });

  it('again takes the draft along, too', () => {
    const made = hub();
    send(made, 'hello');
    made.call({ type: 'draft', text: 'hello' });
    expect(send(made, 'hello')).toBe('ok');
    expect(made.state.meta.draft).toBe('');
  });
});

describe('start', () => {
  it('asks for the routing, keeps it, and is answered with the conversation', () => {
    const made = new TestHub().authenticated();
    const call = made.call({ type: 'start', routing });
    const second = made.call({ type: 'start', routing });
    made.flush();
    expect(made.sent().filter(({ type }) => type === 'open-conversation')).toEqual([
      { type: 'open-conversation', routing },
    ]);
    expect(operationsOf(made, 'put-meta').at(-1)?.meta).toMatchObject({
      routing,
      lastRouting: routing,
    });
    expect(outcome(made, call)).toBe('open');
    const conversation = { conversationId, status: 'queued' } as const;
    made.gateway({ type: 'conversation', conversation }).flush();
    for (const id of [call, second]) {
      expect(made.answers.get(id)).toEqual({ ok: true, value: conversation });
    }
    expect(operationsOf(made, 'put-meta').at(-1)?.meta).toMatchObject({
      routing: null,
      lastRouting: routing,
    });
  });

  it('opens another conversation where the last one has ended', () => {
    const made = hub();
    ends(made);
    page(made, []);
    standing(made, 'ended');
    made.clearKeepingSocket();
    const call = made.call({ type: 'start', routing });
    expect(outcome(made, call)).toBe('open');
    expect(made.sent()).toEqual([{ type: 'open-conversation', routing }]);
  });

  it('is refused when the session is over, and so is a message', () => {
    const made = hub();
    made.call({ type: 'sign-out' });
    expect(outcome(made, made.call({ type: 'start', routing }))).toBe('signed-out');
    expect(send(made, 'one')).toBe('signed-out');
    expect(made.shown()).toEqual([]);
  });
});

describe('end', () => {
  it('ends the conversation permanently, and rejects calls that wait for one', () => {
    const made = hub();
    const end = made.call({ type: 'end' });
    expect(outcome(made, end)).toBe('open');
    made.store();
    expect(outcome(made, end)).toBe('ok');
    expect(made.snapshot?.conversation?.status).toBe('ended');
    const written = made.all('write').find(({ durability }) => durability === 'strict');
    expect(written?.operations.map(({ type }) => type)).toContain('put-conversation');
    const other = new TestHub().authenticated();
    const start = other.call({ type: 'start', routing });
    other.type('one', 'm1').clearKeepingSocket();
    other.call({ type: 'end' });
    other.store();
    expect(outcome(other, start)).toBe('conversation-ended');
    expect(operationsOf(other, 'put-meta').at(-1)?.meta.routing).toBeNull();
    expect(statuses(other)).toEqual(['one: failed']);
  });
});

describe('mark-read', () => {
  it('sets the unread ones to nothing, remembers how far, and tells the gateway once', () => {
    const made = hub();
    hears(made, agentSays(1), agentSays(2));
    made.clearKeepingSocket();
    const call = made.call({ type: 'mark-read' });
    expect(outcome(made, call)).toBe('ok');
    made.flush();
    expect(made.snapshot?.unread).toBe(0);
    expect(made.state.unread).toEqual({ count: 0, readUntil: [1, 2, 0, 0] });
    expect(operationsOf(made, 'put-read')).toEqual([{ type: 'put-read', readUntil: [1, 2, 0, 0] }]);
    expect(operationsOf(made, 'add-unread')).toEqual([]);
    made.clearKeepingSocket().call({ type: 'mark-read' });
    made.flush();
    expect(made.sent()).toEqual([]);
    expect(made.all('write')).toEqual([]);
  });

  it('counts in the store what came in the same tick, before it is read', () => {
    const made = hub();
    made.gateway({ type: 'message', message: agentSays(1) });
    made.call({ type: 'mark-read' });
    made.flush();
    const types = made.last('write').operations.map(({ type }) => type);
    expect(types.filter((type) => type === 'add-unread' || type === 'put-read')).toEqual([
      'add-unread',
      'put-read',
    ]);
    expect(operationsOf(made, 'add-unread')).toEqual([{ type: 'add-unread', by: 1 }]);
  });

  it('is sent with the newest message of the agents, not the visitor’s own', () => {
    const made = hub();
    hears(made, agentSays(1), agentSays(2), echo(3, 'm-elsewhere', 'mine'));
    made.call({ type: 'mark-read' });
    expect(made.sent()).toEqual([{ type: 'mark-read', conversationId, messageId: 'm-agent 2' }]);
    expect(made.state.unread.readUntil).toEqual([1, 3, 0, 0]);
  });

  it('is sent once, when the conversation is resumed', () => {
    const made = hub();
    hears(made, agentSays(1));
    made.cut().call({ type: 'mark-read' });
    expect(made.sent()).toEqual([]);
    made.clear().pass(9_000).open();
    made.gateway({ type: 'authenticated', serverTime: made.wall });
    const receipts = () => made.sent().filter(({ type }) => type === 'mark-read');
    expect(receipts()).toEqual([]);
    const conversation = { conversationId, status: 'connected' } as const;
    made.gateway({ type: 'conversation', conversation });
    expect(receipts()).toEqual([{ type: 'mark-read', conversationId, messageId: 'm-agent 1' }]);
    made.rest();
    expect(receipts()).toHaveLength(1);
    made.cut().clear().pass(9_000).open();
    made.gateway({ type: 'authenticated', serverTime: made.wall });
    made.gateway({ type: 'conversation', conversation }).rest();
    expect(receipts()).toEqual([]);
  });

  it('is sent for no message of an ended conversation', () => {
    const made = hub();
    hears(made, agentSays(1));
    goesOn(made, [agentSays(1)]);
    const first = { ...agentSays(1, 'first'), conversationId: nextId };
    hears(made, first).clearKeepingSocketAndRest();
    made.call({ type: 'mark-read' });
    expect(made.sent()).toEqual([
      { type: 'mark-read', conversationId: nextId, messageId: 'm-first' },
    ]);
  });

  it('is not sent when the conversation has ended', () => {
    const made = hub();
    hears(made, agentSays(1));
    ends(made);
    page(made, [agentSays(1)]);
    standing(made, 'ended');
    made.clearKeepingSocket().call({ type: 'mark-read' });
    expect(made.sent()).toEqual([]);
    expect(made.flush().snapshot?.unread).toBe(0);
  });

  it('makes unread only what stands behind it, and only what others say', () => {
    const made = found(new TestHub(), rows(1, 3), {
      unread: { count: 1, readUntil: [1, 2, 0, 0] },
      current: record(5, { gaps: [{ from: 2, to: 2, tries: 0 }], next: 4 }),
    });
    expect(made.flush().snapshot?.unread).toBe(1);
    hears(made, { ...agentSays(2, 'late') });
    expect(made.snapshot?.unread).toBe(1);
    hears(made, echo(4, 'm-elsewhere', 'mine'));
    expect(made.snapshot?.unread).toBe(1);
    hears(made, agentSays(5));
    expect(made.snapshot?.unread).toBe(2);
  });
});

describe('typing', () => {
  it('is sent for all tabs as one', () => {
    const made = hub().attach('b');
    made.call({ type: 'typing', isTyping: true });
    made.pass(4_000);
    const other = { type: 'typing', isTyping: true } as const;
    made.take({ type: 'call', tabId: 'b', callId: 77, call: other });
    expect(made.sent()).toHaveLength(2);
    made.pass(4_000).clearKeepingSocket();
    made.call({ type: 'typing', isTyping: false });
    expect(made.sent()).toEqual([{ type: 'typing', conversationId, isTyping: true }]);
    made.pass(4_000).clearKeepingSocket();
    made.take({ type: 'call', tabId: 'b', callId: 78, call: { ...other, isTyping: false } });
    expect(made.sent()).toEqual([{ type: 'typing', conversationId, isTyping: false }]);
    made.pass(4_000).clearKeepingSocket();
    made.call({ type: 'typing', isTyping: false });
    expect(made.sent()).toEqual([]);
  });

  it('is answered, and not sent without a conversation', () => {
    const made = new TestHub().authenticated();
    made.clearKeepingSocket();
    expect(outcome(made, made.call({ type: 'typing', isTyping: true }))).toBe('ok');
    expect(made.sent()).toEqual([]);
    const over = hub();
    ends(over);
    over.clearKeepingSocket().call({ type: 'typing', isTyping: true });
    expect(over.sent()).toEqual([]);
  });

  it('keeps to the pause that the gateway wants where that is longer', () => {
    const rate = { count: 100, window: 1_000 };
    const rateLimits = {
      pings: rate,
      messages: rate,
      requests: rate,
      history: rate,
      typing: 4_000,
    };
    const made = hub({ rateLimits });
    made.call({ type: 'typing', isTyping: true });
    made.call({ type: 'typing', isTyping: false });
    made.pass(3_999);
    expect(made.sent().filter(({ type }) => type === 'typing')).toHaveLength(1);
    made.pass(1);
    expect(made.sent().filter(({ type }) => type === 'typing')).toHaveLength(2);
  });

  it('is sent again on a new connection, unless it has ended meanwhile', () => {
    const made = hub();
    made.call({ type: 'typing', isTyping: true });
    made.cut();
    made.call({ type: 'typing', isTyping: false });
    made.clear().pass(9_000).open();
    made.gateway({ type: 'authenticated', serverTime: made.wall });
    const conversation = { conversationId, status: 'connected' } as const;
    made.gateway({ type: 'conversation', conversation }).rest().pass(4_000);
    expect(made.sent().filter(({ type }) => type === 'typing')).toEqual([]);
  });

  it('by an agent of another conversation, or by the visitor elsewhere, is not shown', () => {
    const made = hub();
    const types = { type: 'typing', conversationId, from: agent, isTyping: true } as const;
    made.gateway({ ...types, conversationId: 'conv-11' });
    made.gateway({ ...types, from: { ...agent, role: 'visitor' } }).flush();
    expect(made.snapshot?.typing).toBeNull();
    expect(made.state.timers['typing-shown']).toBeUndefined();
    made.gateway({ ...types, conversationId: null }).flush();
    expect(made.snapshot?.typing).toEqual({ id: 'agent-1', name: 'Ada', role: 'agent' });
  });

  it('by the agent ends with that agent’s frame, not with another’s', () => {
    const made = hub();
    const types = { type: 'typing', conversationId, from: agent, isTyping: true } as const;
    made.gateway(types);
    made.gateway({ ...types, from: { ...agent, id: 'agent-11' }, isTyping: false }).flush();
    expect(made.snapshot?.typing).not.toBeNull();
    made.gateway({ ...types, isTyping: false }).flush();
    expect(made.snapshot?.typing).toBeNull();
    expect(made.state.timers['typing-shown']).toBeUndefined();
  });

  it.each([
    [
      { ...agent, id: 'agent' },
      { ...agent, id: 'agent:Ada', name: '' },
    ],
    [{ ...agent, id: 'agent', name: '' }, agent],
  ])('that %j began ends with the frame of %j, without a name', (from, other) => {
    const made = hub();
    const types = { type: 'typing', conversationId, from, isTyping: true } as const;
    made
      .gateway(types)
      .gateway({ ...types, from: other, isTyping: false })
      .flush();
    expect(made.snapshot?.typing).toBeNull();
  });

  it('by the agent is not shown on a new connection', () => {
    const made = hub();
    made.gateway({ type: 'typing', conversationId, from: agent, isTyping: true }).flush();
    made.cut();
    expect(made.snapshot?.typing).toBeNull();
  });
});

describe('rate limits', () => {
  const wide = { count: 1_000, window: 1_000 };
  const rateLimits = { pings: wide, messages: wide, requests: wide, history: wide, typing: 0 };

  function sends(made: TestHub, ids: readonly string[]): string[] {
    for (const id of ids) made.call({ type: 'send', messageId: id, text: id });
    made.store();
    for (let sequence = 1; sequence <= ids.length; sequence += 1) {
      const last = texts(made).at(-1) ?? '';
      hears(made, echo(sequence, last, last));
    }
    return texts(made);
  }

  it('of messages, or of all that goes out, is kept to, whichever is less', () => {
    const three = { count: 3, window: 10_000 };
    const five = { count: 5, window: 10_000 };
    const ids = ['m1', 'm2', 'm3', 'm4', 'm5', 'm6'];
    expect(sends(hub({ rateLimits: { ...rateLimits, messages: three } }), ids)).toHaveLength(3);
    // What opened the conversation has gone out as well: a frame to authenticate, one to route.
    expect(sends(hub({ rateLimits: { ...rateLimits, requests: five } }), ids)).toHaveLength(3);
  });

  it('is over at the end of its window, to the millisecond, and seen until then', () => {
    const made = hub({ rateLimits: { ...rateLimits, messages: { count: 1, window: 10_000 } } });
    expect(sends(made, ['m1', 'm2'])).toEqual(['m1']);
    expect(made.snapshot?.connection.problem?.code).toBe('rate-limited');
    made.pass(9_999);
    expect(texts(made)).toEqual(['m1']);
    made.pass(1);
    expect(texts(made)).toEqual(['m1', 'm2']);
    expect(made.snapshot?.connection.problem).toBeUndefined();
  });

  it('leaves a quarter of what may go out to more than typing', () => {
    for (const [before, told] of [
      [2, 1],
      [3, 0],
    ] as const) {
      const requests = { count: 4, window: 60_000 };
      const made = hub({ rateLimits: { ...rateLimits, requests } });
      made.pass(60_000).clearKeepingSocket();
      made.state = { ...made.state, rateLimit: { ...made.state.rateLimit, requests: [] } };
      for (let request = 0; request < before; request += 1) {
        made.take({ type: 'command-sent', command: { type: 'ping' } });
      }
      made.call({ type: 'typing', isTyping: true });
      expect(made.sent().filter(({ type }) => type === 'typing')).toHaveLength(told);
    }
  });

  it('sends no typing during its pause', () => {
    const made = hub({ rateLimits });
    problem(made, 'rate-limited', null, { retryAfter: 5_000 });
    made.call({ type: 'typing', isTyping: true });
    expect(made.sent()).toEqual([]);
    const free = hub();
    problem(free, 'rate-limited', null, { retryAfter: 5_000 });
    free.call({ type: 'typing', isTyping: true });
    expect(free.sent()).toHaveLength(1);
  });

  it('counts what the edge has asked for by itself, but no answer to a ping and no receipt', () => {
    const count = (made: TestHub) => made.state.rateLimit.requests.length;
    const made = hub({ rateLimits });
    const before = count(made);
    made.take({ type: 'command-sent', command: { type: 'answer-ping', payload: 'x' } });
    made.take({
      type: 'command-sent',
      command: { type: 'mark-read', conversationId, messageId: 'm' },
    });
    expect(count(made)).toBe(before);
    made.take({ type: 'command-sent', command: { type: 'ping' } });
    made.take({ type: 'command-sent', command: { type: 'resume-conversation', conversationId } });
    expect(count(made)).toBe(before + 2);
    expect(made.state.rateLimit.pings).toHaveLength(1);
  });

  it('remembers no more than it needs', () => {
    const made = hub({ rateLimits: { ...rateLimits, pings: { count: 2, window: 1_000 } } });
    for (let ping = 0; ping < 5; ping += 1) {
      made.pass(1).take({ type: 'command-sent', command: { type: 'ping' } });
    }
    expect(made.state.rateLimit.pings).toEqual([made.now - 1, made.now]);
  });
});

describe('a draft that is typed while nobody is signed in', () => {
  const signedOut = () => {
    const made = new TestHub().inConversation();
    made.call({ type: 'sign-out' });
    return made.flush().clear();
  };
  const signsIn = (made: TestHub, subject: string) => {
    made.call({ type: 'reconnect' });
    return made.pass(2_000).token(900, subject).flush();
  };

  it('is neither stored nor shown to the next visitor, whose pages clear their textboxes', () => {
    const made = signedOut();
    expect(outcome(made, made.call({ type: 'draft', text: 'my name is Ada' }))).toBe('ok');
    made.flush();
    signsIn(made, 'visitor-2');
    expect(JSON.stringify(made.effects)).not.toContain('Ada');
    // A page clears its textbox when the epoch names another visitor.
    expect(made.snapshot?.hub.epoch).toBe('boot.2');
  });

  it('lets no message be accepted that the change of visitor would delete', () => {
    const made = signedOut();
    made.call({ type: 'draft', text: 'my name is Ada' });
    made.call({ type: 'reconnect' });
    made.pass(2_000);
    expect(outcome(made, made.call({ type: 'start', routing }))).toBe('signed-out');
    made.token(900, 'visitor-2').flush();
    made.call({ type: 'start', routing });
    expect(made.state.startCalls).toHaveLength(1);
  });

  it('is not there when the textbox is empty: who signs in starts nothing anew', () => {
    const made = signedOut();
    made.call({ type: 'draft', text: '' });
    expect(signsIn(made, 'visitor-2').snapshot?.hub.epoch).toBe('boot.1');
  });

  it('is kept for a visitor whose session alone is over', () => {
    const made = new TestHub().inConversation().cut('token');
    const { requestId } = made.last('fetch-token');
    const result = { ok: false, kind: 'signed-out', message: '', retryAfter: null } as const;
    made.take({ type: 'token', requestId, result }).flush();
    expect(made.state.connection.phase).toBe('signed-out');
    made.call({ type: 'draft', text: 'half' });
    made.clear();
    signsIn(made, 'visitor-1');
    expect(made.snapshot).toMatchObject({ draft: 'half', hub: { epoch: 'boot.0' } });
  });
});

describe('a draft', () => {
  it('is kept, shared with every tab, and answered', () => {
    const made = hub().attach('b').clearKeepingSocket();
    expect(outcome(made, made.call({ type: 'draft', text: 'half' }))).toBe('ok');
    made.flush();
    expect(patches(made, 'b')).toMatchObject([{ shared: { draft: 'half' } }]);
    expect(operationsOf(made, 'put-meta')).toMatchObject([{ meta: { draft: 'half' } }]);
  });
});

it('to reconnect tries at once, and is answered', () => {
  const made = hub();
  expect(outcome(made, made.call({ type: 'reconnect' }))).toBe('ok');
  expect(made.sent()).toEqual([{ type: 'ping' }]);
});

it('rows without a reader are not requested', () => {
  const made = found(new TestHub({ history: 'confirmed' }), [row(1)]);
  made.state = { ...made.state, isConfirmed: false };
  const call = made.call({ type: 'load-earlier', before: null, count: 5 });
  expect(made.answers.get(call)).toEqual({ ok: true, value: { messages: [], hasEarlier: false } });
  expect(made.all('read-earlier')).toEqual([]);
  expect(asked(made)).toEqual([]);
});
