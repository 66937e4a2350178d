import { describe, expect, it } from 'vitest';
import type { RestValue } from '../../../src/protocol/gateway/rest.ts';
import { agentSays, conversationId, echo, TestHub } from './harness.ts';

function hears(hub: TestHub, ...messages: ReturnType<typeof agentSays>[]): TestHub {
  for (const message of messages) hub.gateway({ type: 'message', message });
  return hub.flush();
}

describe('transcript', () => {
  it('shows a message that arrives twice once', () => {
    const hub = new TestHub().inConversation();
    hears(hub, agentSays(1), agentSays(1));
    hears(hub, agentSays(1), agentSays(2));
    expect(hub.shown()).toEqual(['agent 1', 'agent 2']);
    expect(hub.snapshot?.unread).toBe(2);
  });

  it('holds a message until the missing one before it comes', () => {
    const hub = new TestHub().inConversation();
    hears(hub, agentSays(1), agentSays(3), agentSays(4));
    expect(hub.shown()).toEqual(['agent 1']);
    hears(hub, agentSays(2));
    expect(hub.shown()).toEqual(['agent 1', 'agent 2', 'agent 3', 'agent 4']);
    hub.clearKeepingSocket().pass(5_000);
    expect(hub.all('rest')).toHaveLength(0);
  });

  it('asks REST for a gap after two seconds, from the last message before it', () => {
    const hub = new TestHub().inConversation();
    hears(hub, agentSays(1), agentSays(3));
    hub.clearKeepingSocket().pass(2_000);
    expect(hub.last('rest').call).toMatchObject({
      type: 'history-since',
      since: agentSays(1).timestamp,
    });
    hub.rest(agentSays(1), agentSays(2), agentSays(3));
    expect(hub.shown()).toEqual(['agent 1', 'agent 2', 'agent 3']);
  });

  it('marks a gap that REST can’t fill, and fills it in place when the message comes late', () => {
    const hub = new TestHub().inConversation();
    hears(hub, agentSays(1), agentSays(4));
    hub.pass(2_000).rest(agentSays(1), agentSays(4));
    expect(hub.shown()).toEqual(['agent 1', 'agent 4']);
    expect(hub.snapshot?.messages[1]?.missingBefore).toBe(2);
    hears(hub, agentSays(2));
    expect(hub.shown()).toEqual(['agent 1', 'agent 2', 'agent 4']);
    expect(hub.snapshot?.messages[2]?.missingBefore).toBe(1);
    hears(hub, agentSays(3));
    expect(hub.shown()).toEqual(['agent 1', 'agent 2', 'agent 3', 'agent 4']);
    expect(hub.snapshot?.messages.every((message) => message.missingBefore === 0)).toBe(true);
  });

  it('keeps asking from below a gap, not from the newest message', () => {
    const hub = new TestHub().inConversation();
    hears(hub, agentSays(1), agentSays(4));
    hub.pass(2_000).rest(agentSays(1), agentSays(4));
    expect(hub.shown()).toEqual(['agent 1', 'agent 4']);
    hub.clearKeepingSocket().pass(2_000);
    expect(hub.last('rest').call).toMatchObject({ since: agentSays(1).timestamp });
  });

  it('orders messages without sequences by time, then by arrival', () => {
    const hub = new TestHub().inConversation();
    const at = (text: string, timestamp: number) => ({ ...agentSays(null, text), timestamp });
    hears(hub, at('c', 3), at('b2', 2));
    hub.pass(150);
    hears(hub, at('a', 1), at('b1', 2), at('c', 3));
    expect(hub.shown()).toEqual([]);
    hub.pass(50);
    // Whoever stands above one that has waited long enough is shown with it.
    expect(hub.shown()).toEqual(['a', 'b2', 'b1', 'c']);
  });

  it('ignores messages of other conversations', () => {
    const hub = new TestHub().inConversation();
    hears(hub, { ...agentSays(1), conversationId: 'other' });
    expect(hub.shown()).toEqual([]);
    expect(hub.all('note')).toHaveLength(1);
  });

  it('lets the reading of one tab clear the unread of all, and tells the gateway once', () => {
    const hub = new TestHub().inConversation();
    hears(hub, agentSays(1), agentSays(2));
    hub.call({ type: 'mark-read' });
    hub.call({ type: 'mark-read' });
    hub.flush();
    expect(hub.snapshot?.unread).toBe(0);
    expect(hub.sent()).toEqual([{ type: 'mark-read', conversationId, messageId: 'm-agent 2' }]);
  });
});

describe('outbox', () => {
  it('answers send and sends the frame only when the row is durable', () => {
    const hub = new TestHub().inConversation();
    const callId = hub.call({ type: 'send', messageId: 'm1', text: 'hello' });
    hub.flush();
    expect(hub.sent()).toEqual([]);
    expect(hub.answers.has(callId)).toBe(false);
    const { writeId, operations } = hub.last('write');
    expect(operations).toContainEqual(expect.objectContaining({ type: 'put-outbox' }));
    hub.take({
      type: 'stored',
      writeId: writeId ?? -1,
      added: [],
      corrected: [],
      inTranscript: [],
    });
    expect(hub.answers.get(callId)).toEqual({ ok: true, value: 'm1' });
    expect(hub.sent()).toEqual([
      { type: 'send-message', conversationId, messageId: 'm1', text: 'hello' },
    ]);
  });

  it('is not hurried past the store by something else that happens', () => {
    const hub = new TestHub().inConversation();
    hub.call({ type: 'send', messageId: 'm1', text: 'hello' });
    hears(hub, agentSays(1));
    expect(hub.sent()).toEqual([]);
    hub.store();
    expect(hub.sent()).toMatchObject([{ type: 'send-message', messageId: 'm1' }]);
  });

  it('sends one unacknowledged message at a time, in the order of typing', () => {
    const hub = new TestHub().inConversation();
    hub.type('one', 'm1').type('two', 'm2');
    expect(hub.sent()).toHaveLength(1);
    hears(hub, echo(1, 'm1', 'one'));
    expect(hub.sent()).toHaveLength(2);
    expect(hub.snapshot?.messages.map(({ text, status }) => [text, status])).toEqual([
      ['one', 'delivered'],
      ['two', 'sent'],
    ]);
  });

  it('keeps the key of a message from typing to reading', () => {
    const hub = new TestHub().inConversation();
    hub.type('one', 'm1');
    const statuses = [hub.snapshot?.messages[0]?.status];
    hears(hub, echo(1, 'm1', 'one'));
    statuses.push(hub.snapshot?.messages[0]?.status);
    hub.gateway({
      type: 'receipt',
      conversationId,
      messageId: 'm1',
      from: { id: 'agent-1', name: 'Ada', role: 'agent' },
      status: 'read',
    });
    hub.flush();
    statuses.push(hub.snapshot?.messages[0]?.status);
    expect(statuses).toEqual(['sent', 'delivered', 'read']);
    expect(hub.snapshot?.messages.map((message) => message.messageId)).toEqual(['m1']);
  });

  it('asks REST before it sends an unacknowledged message again', () => {
    const hub = new TestHub().inConversation();
    hub.type('one', 'm1').clearKeepingSocket().pass(10_000);
    expect(hub.last('rest').call.type).toBe('history-since');
    expect(hub.sent().filter((command) => command.type === 'send-message')).toHaveLength(0);
    hub.rest();
    expect(hub.sent().filter((command) => command.type === 'send-message')).toHaveLength(1);
  });

  it('does not send again what REST has', () => {
    const hub = new TestHub().inConversation();
    hub.type('one', 'm1').cut().clearKeepingSocket().pass(8_001).open();
    hub.gateway({ type: 'authenticated', serverTime: hub.wall });
    expect(hub.sent().map(({ type }) => type)).toEqual(['authenticate', 'resume-conversation']);
    hub.gateway({ type: 'conversation', conversation: { conversationId, status: 'connected' } });
    hub.rest(echo(1, 'm1', 'one'));
    expect(hub.sent().filter((command) => command.type === 'send-message')).toHaveLength(0);
    expect(hub.snapshot?.messages.map(({ status }) => status)).toEqual(['delivered']);
  });

  it('treats everything that an earlier hub left as unconfirmed, and sends it after the catch-up', () => {
    const previous = new TestHub().inConversation();
    previous.type('one', 'm1');
    const { at: _, ...record } = previous.state.outbox[0] ?? expect.fail('nothing in the outbox');
    const {
      reorderBuffer: _b,
      newest: _n,
      earlyReceipt: _r,
      ...current
    } = previous.state.conversation ?? expect.fail('no conversation');
    const hub = new TestHub().authenticated({
      current,
      outbox: [record],
      meta: previous.state.meta,
    });
    expect(hub.sent().map(({ type }) => type)).toEqual(['authenticate', 'resume-conversation']);
    hub.gateway({ type: 'conversation', conversation: { conversationId, status: 'connected' } });
    expect(hub.sent().filter((command) => command.type === 'send-message')).toHaveLength(0);
    hub.rest();
    expect(hub.sent().at(-1)).toMatchObject({ type: 'send-message', messageId: 'm1' });
  });

  it('goes by REST with the same id while the circuit is open', () => {
    const hub = new TestHub().inConversation();
    hub.cut();
    for (let retry = 0; retry < 5; retry += 1) hub.pass(31_000).cut();
    expect(hub.snapshot?.connection.phase).toBe('polling');
    hub.rest();
    hub.type('by REST', 'm1');
    const { requestId, call } = hub.last('rest');
    expect(call).toEqual({
      type: 'send-message',
      conversationId,
      messageId: 'm1',
      text: 'by REST',
    });
    hub.take({
      type: 'rest',
      requestId,
      result: { ok: true, value: { type: 'message', message: echo(1, 'm1', 'by REST') } },
    });
    expect(hub.flush().snapshot?.messages.map(({ status }) => status)).toEqual(['delivered']);
  });

  it('lets a message be retried and discarded at any moment', () => {
    const hub = new TestHub().inConversation();
    hub.type('long', 'm1');
    hub.gateway({
      type: 'problem',
      problem: {
        kind: 'message-too-long',
        message: 'too long',
        conversationId,
        messageId: 'm1',
        retryAfter: null,
      },
    });
    expect(hub.flush().snapshot?.messages[0]).toMatchObject({
      status: 'failed',
      failure: { code: 'message-too-long' },
    });
    const retry = hub.call({ type: 'retry', messageId: 'm1' });
    hub.store();
    expect(hub.answers.get(retry)).toMatchObject({ ok: true });
    hub.clearKeepingSocketAndRest().rest();
    expect(hub.sent()).toMatchObject([{ type: 'send-message', messageId: 'm1' }]);
    expect(hub.snapshot?.messages[0]?.status).toBe('sent');
    const discard = hub.call({ type: 'discard', messageId: 'm1' });
    hub.store();
    expect(hub.answers.get(discard)).toMatchObject({ ok: true });
    expect(hub.shown()).toEqual([]);
    // It was on its way all the same: then it is there, and that is shown.
    hears(hub, echo(1, 'm1', 'long'));
    expect(hub.shown()).toEqual(['long']);
  });

  it('waits as long as the gateway says and loses nothing', () => {
    const hub = new TestHub().inConversation();
    hub.type('one', 'm1').clearKeepingSocket();
    hub.gateway({
      type: 'problem',
      problem: {
        kind: 'rate-limited',
        message: 'slow down',
        conversationId,
        messageId: 'm1',
        retryAfter: 5_000,
      },
    });
    hub.pass(4_999);
    expect(hub.sent()).toEqual([]);
    hub.pass(1).rest();
    expect(hub.sent()).toMatchObject([{ type: 'send-message', messageId: 'm1' }]);
  });

  it('opens a conversation again when the gateway has forgotten it', () => {
    const hub = new TestHub().inConversation();
    hub.type('one', 'm1').cut().pass(8_001).open();
    hub.gateway({ type: 'authenticated', serverTime: hub.wall }).clearKeepingSocket();
    hub.gateway({
      type: 'problem',
      problem: {
        kind: 'conversation-not-found',
        message: 'gone',
        conversationId,
        messageId: null,
        retryAfter: null,
      },
    });
    expect(hub.sent()).toEqual([
      { type: 'open-conversation', routing: { skillGroups: ['Tier1_Support'] } },
    ]);
  });

  it('clears the draft that was sent, and no other', () => {
    const hub = new TestHub().inConversation();
    hub.call({ type: 'draft', text: 'hello ' });
    hub.type('hello', 'm1');
    expect(hub.snapshot?.draft).toBe('');
    hub.call({ type: 'draft', text: 'another tab’s thought' });
    hub.type('something else', 'm2');
    expect(hub.snapshot?.draft).toBe('another tab’s thought');
  });

  it('keeps a newer draft when the draft and message of another tab arrive late', () => {
    const hub = new TestHub().inConversation();
    hub.call({ type: 'draft', text: 'newer' }, 'b');
    hub.call({ type: 'draft', text: 'hello', age: 200 });
    hub.type('hello', 'm1');
    expect(hub.snapshot?.draft).toBe('newer');
  });

  it('takes a tab’s drafts in their order, whatever its clock says of their age', () => {
    const hub = new TestHub().inConversation();
    hub.call({ type: 'draft', text: 'hell' });
    hub.call({ type: 'draft', text: 'hello', age: 1 });
    hub.type('hello', 'm1');
    expect(hub.snapshot?.draft).toBe('');
  });

  it('takes the first draft, however old, when an earlier hub stored the last one', () => {
    const hub = new TestHub().inConversation();
    hub.call({ type: 'draft', text: 'waited', age: 1_000_000 });
    hub.flush();
    expect(hub.snapshot?.draft).toBe('waited');
    hub.call({ type: 'draft', text: 'newer', age: 999_999 }, 'b');
    hub.flush();
    expect(hub.snapshot?.draft).toBe('newer');
  });

  it('refuses what can’t be sent with a code', () => {
    const hub = new TestHub().authenticated();
    const code = (callId: number) => {
      const answer = hub.answers.get(callId);
      return answer?.ok === false ? answer.problem.code : 'ok';
    };
    expect(code(hub.call({ type: 'send', messageId: 'a', text: 'x' }))).toBe('no-conversation');
    expect(code(hub.call({ type: 'send', messageId: 'a', text: ' \n' }))).toBe('empty-message');
    const long = 'x'.repeat(4_097);
    expect(code(hub.call({ type: 'send', messageId: 'a', text: long }))).toBe('message-too-long');
    expect(code(hub.call({ type: 'retry', messageId: 'a' }))).toBe('unknown-message');
  });
});

describe('an ended conversation', () => {
  const ended = {
    type: 'conversation',
    conversation: { conversationId, status: 'ended' },
  } as const;

  function endedStatus(hub: TestHub, ...messages: ReturnType<typeof agentSays>[]): TestHub {
    const answer = (value: RestValue) => {
      const { requestId } = hub.last('rest');
      hub.take({ type: 'rest', requestId, result: { ok: true, value } });
    };
    answer({ type: 'history', messages, nextCursor: null, invalidCount: 0 });
    answer({ type: 'conversation', conversation: ended.conversation });
    return hub.flush();
  }

  it('is caught up once, and not again and again', () => {
    const hub = new TestHub().inConversation();
    hub.gateway(ended);
    endedStatus(hub).clearKeepingSocket().pass(10_000);
    expect(hub.all('rest')).toHaveLength(0);
  });

  it('is read to its end before the next one is opened, and its messages go into no other', () => {
    const hub = new TestHub().inConversation();
    hub.type('one', 'm1').cut().pass(8_001).open();
    hub.gateway({ type: 'authenticated', serverTime: hub.wall });
    hub.gateway(ended);
    hub.call({ type: 'start', routing: { skillGroups: ['Billing'] } });
    hub.flush();
    expect(hub.sent().some(({ type }) => type === 'open-conversation')).toBe(false);
    endedStatus(hub, echo(1, 'm1', 'one'), agentSays(2, 'goodbye'));
    expect(hub.shown()).toEqual(['one', 'goodbye']);
    expect(hub.sent().at(-1)).toMatchObject({ type: 'open-conversation' });
    const conversation = { conversationId: 'conv-2', status: 'queued' } as const;
    hub.gateway({ type: 'conversation', conversation });
    expect(hub.sent().filter(({ type }) => type === 'send-message')).toHaveLength(1);
    expect(hub.snapshot?.messages.map(({ status }) => status)).toEqual(['delivered', 'received']);
  });

  it('that was ended before it opened leaves no call waiting', () => {
    const hub = new TestHub().restore().attach();
    const start = hub.call({ type: 'start', routing: { skillGroups: ['Billing'] } });
    hub.type('one', 'm1').call({ type: 'end' });
    hub.store();
    expect(hub.answers.get(start)).toMatchObject({ ok: false });
    expect(hub.snapshot?.messages[0]).toMatchObject({ status: 'failed' });
  });

  it('that is forgotten takes nothing of what was read in it', () => {
    const hub = new TestHub().inConversation();
    hub.type('one', 'm1');
    hears(hub, echo(1, 'm1', 'one'));
    const from = { id: 'agent-1', name: 'Ada', role: 'agent' } as const;
    hub.gateway({ type: 'receipt', conversationId, messageId: 'm1', from, status: 'read' });
    const problem = { kind: 'conversation-not-found', message: 'gone', conversationId } as const;
    hub.gateway({ type: 'problem', problem: { ...problem, messageId: null, retryAfter: null } });
    hub.flush();
    expect(hub.snapshot?.conversation).toBeNull();
    expect(hub.snapshot?.messages[0]?.status).toBe('read');
  });

  it('is not named in a receipt of the next one', () => {
    const hub = new TestHub().inConversation();
    hears(hub, agentSays(1));
    hub.gateway(ended);
    endedStatus(hub);
    hub.call({ type: 'start', routing: { skillGroups: ['Billing'] } });
    const conversation = { conversationId: 'conv-2', status: 'queued' } as const;
    hub.gateway({ type: 'conversation', conversation });
    hub.call({ type: 'mark-read' });
    hub.flush();
    expect(hub.snapshot?.unread).toBe(0);
    expect(hub.sent().filter(({ type }) => type === 'mark-read')).toEqual([]);
  });
});

describe('tabs', () => {
  it('stops posting to a tab that acknowledges nothing, and gives it one snapshot when it wakes', () => {
    const hub = new TestHub().inConversation().attach('frozen').clearKeepingSocket();
    for (let sequence = 1; sequence <= 100; sequence += 1) hears(hub, agentSays(sequence));
    const posts = hub.all('post').filter((post) => post.tabId === 'frozen');
    expect(posts.length).toBeLessThanOrEqual(17);
    expect(posts.at(-1)?.message.type).toBe('head');
    hub.clearKeepingSocket().take({ type: 'tab-pull', tabId: 'frozen' });
    const snapshots = hub.all('post').filter((post) => post.tabId === 'frozen');
    expect(snapshots).toHaveLength(1);
    expect(snapshots[0]?.message).toMatchObject({ type: 'snapshot', hasEarlier: true });
  });

  it('shows another visitor nothing of the previous one', () => {
    const hub = new TestHub().inConversation();
    hears(hub, agentSays(1));
    hub.call({ type: 'draft', text: 'secret' });
    hub.gateway({ type: 'token-expired' });
    hub.token(900, 'visitor-2').flush();
    expect(hub.shown()).toEqual([]);
    expect(hub.snapshot).toMatchObject({ draft: '', unread: 0, conversation: null });
    expect(hub.last('write').operations[0]).toEqual({ type: 'wipe' });
    expect(hub.snapshot?.hub.epoch).toBe('boot.1');
  });

  it.each(['another visitor', 'a sign-out'])(
    'posts nothing of the previous one to a tab that pulls before the flush: %s',
    (ending) => {
      const hub = new TestHub().inConversation();
      hub.call({ type: 'draft', text: 'secret' });
      hub.flush();
      if (ending === 'a sign-out') hub.call({ type: 'sign-out' });
      else hub.gateway({ type: 'token-expired' }).token(900, 'visitor-2');
      hub.clearKeepingSocket().take({ type: 'tab-pull', tabId: 'a' });
      const { message } = hub.last('post');
      expect(message).toMatchObject({ type: 'snapshot', epoch: 'boot.1' });
      expect(message).toMatchObject({ shared: { draft: '', conversation: null } });
      expect(message).toMatchObject({ shared: { hub: { epoch: 'boot.1' } } });
    },
  );

  it('adopts the conversation of a page’s session hint when the store was lost', () => {
    const hub = new TestHub().restore().attach('a', 'conv-from-page').token().open();
    hub.gateway({ type: 'authenticated', serverTime: hub.wall });
    expect(hub.sent().at(-1)).toEqual({
      type: 'resume-conversation',
      conversationId: 'conv-from-page',
    });
  });
});

describe('alerts', () => {
  function ringing(hub: TestHub): string[] {
    return hub
      .all('post')
      .filter(({ message }) => message.type === 'alert' && message.message !== null)
      .map(({ tabId }) => tabId);
  }

  it('ring in one tab: a visible one, and of these the one last used', () => {
    const hub = new TestHub().inConversation().attach('b').attach('c');
    hub.take({ type: 'tab-visibility', tabId: 'c', isVisible: false });
    hub.pass(1_000).take({ type: 'tab-used', tabId: 'a' });
    hub.pass(1_000).take({ type: 'tab-used', tabId: 'c' }).clearKeepingSocket();
    hears(hub, { ...agentSays(1), timestamp: hub.wall });
    expect(ringing(hub)).toEqual(['a']);
    hub.answersPings = true;
    hub.pass(5_000).take({ type: 'tab-used', tabId: 'b' }).clearKeepingSocket();
    hears(hub, { ...agentSays(2), timestamp: hub.wall });
    expect(ringing(hub)).toEqual(['b']);
    // The one that rang before takes its badge away.
    const reported = hub.all('post').filter(({ message }) => message.type === 'alert');
    expect(reported.map(({ tabId }) => tabId)).toEqual(['a', 'b']);
  });

  it('ring once in a flood, and not for history', () => {
    const hub = new TestHub().inConversation().clearKeepingSocket();
    for (let sequence = 1; sequence <= 5; sequence += 1) {
      hears(hub, { ...agentSays(sequence), timestamp: hub.wall });
    }
    expect(ringing(hub)).toEqual(['a']);
    hub.answersPings = true;
    hub.pass(5_000).clearKeepingSocket();
    hears(hub, { ...agentSays(6), timestamp: hub.wall - 3_600_000 });
    expect(ringing(hub)).toEqual([]);
  });
});
