import { describe, expect, it } from 'vitest';
import { agentSays, conversationId, TestHub } from './harness.ts';

/** What a browser has kept of the visitor who was there last. */
function kept() {
  const hub = new TestHub().inConversation();
  hub.gateway({ type: 'message', message: agentSays(1, 'your balance is 7') });
  hub.call({ type: 'draft', text: 'half a thought' });
  hub.type('waiting', 'm-waiting');
  const { meta, unread, window, conversation } = hub.state;
  if (!conversation) throw new Error('there is no conversation');
  const item = {
    messageId: 'm-waiting',
    ordinal: 1,
    conversationId,
    text: 'waiting',
    timestamp: hub.wall,
    failure: null,
  };
  return { meta, unread, messages: window, current: conversation, outbox: [item] };
}

const reported = (hub: TestHub) =>
  JSON.stringify([hub.all('post'), hub.all('answer'), hub.snapshot]);
const secrets = ['your balance is 7', 'half a thought', 'waiting', conversationId, 'visitor-1'];

describe('history: confirmed', () => {
  it('shows stored messages only after the broker has named the visitor', () => {
    const hub = new TestHub({ history: 'confirmed' }).restore(kept()).attach();
    const callId = hub.call({ type: 'load-earlier', before: null, count: 50 });
    hub.take({ type: 'tab-pull', tabId: 'a' }).flush().pass(60_000);
    for (const secret of secrets) expect(reported(hub)).not.toContain(`"${secret}`);
    expect(hub.answers.get(callId)).toEqual({
      ok: true,
      value: { messages: [], hasEarlier: false },
    });
    hub.token().flush();
    expect(hub.shown()).toEqual(['your balance is 7', 'waiting']);
    expect(hub.snapshot).toMatchObject({
      draft: 'half a thought',
      unread: 1,
      conversation: { conversationId },
    });
  });

  it('shows what is written meanwhile', () => {
    const hub = new TestHub({ history: 'confirmed' }).restore(kept()).attach();
    hub.type('new', 'm-new');
    expect(hub.shown()).toEqual(['new']);
    hub.token().flush();
    expect(hub.shown()).toEqual(['your balance is 7', 'waiting', 'new']);
  });

  it('shows nothing to another visitor, and wipes it', () => {
    const hub = new TestHub({ history: 'confirmed' }).restore(kept()).attach();
    hub.token(900, 'somebody-else').flush();
    for (const secret of secrets) expect(reported(hub)).not.toContain(`"${secret}`);
    expect(hub.all('write').flatMap(({ operations }) => operations)).toContainEqual({
      type: 'wipe',
    });
  });

  it('hides it again when the session is over, and keeps what waits', () => {
    const hub = new TestHub({ history: 'confirmed' }).restore(kept()).attach().token().flush();
    expect(hub.shown()).toHaveLength(2);
    hub.open().gateway({ type: 'authenticated', serverTime: hub.wall }).clear();
    hub.sleep(3_600_000);
    const { requestId } = hub.last('fetch-token');
    const result = { ok: false, kind: 'signed-out', message: 'over', retryAfter: null } as const;
    hub.take({ type: 'token', requestId, result }).flush();
    expect(hub.state.connection.phase).toBe('signed-out');
    expect(hub.shown()).toEqual([]);
    hub.clear().call({ type: 'reconnect' });
    hub.pass(2_000);
    hub.token().flush();
    expect(hub.shown()).toEqual(['your balance is 7', 'waiting']);
  });
});

it('a tab that pulls before the flush gets nothing of a session that is over', () => {
  const hub = new TestHub({ history: 'confirmed' }).inConversation();
  hub.call({ type: 'draft', text: 'half a thought' });
  hub.clearKeepingSocket().cut('token');
  const { requestId } = hub.last('fetch-token');
  const result = { ok: false, kind: 'signed-out', message: 'over', retryAfter: null } as const;
  hub.clear().take({ type: 'token', requestId, result }).take({ type: 'tab-pull', tabId: 'a' });
  for (const secret of secrets) expect(reported(hub)).not.toContain(`"${secret}`);
});

it('what was written before the session was over is hidden with it; what is written after, is not', () => {
  const hub = new TestHub({ history: 'confirmed' }).inConversation();
  hub.type('before', 'm-before').clearKeepingSocket().cut('token');
  const { requestId } = hub.last('fetch-token');
  const result = { ok: false, kind: 'signed-out', message: 'over', retryAfter: null } as const;
  hub.take({ type: 'token', requestId, result }).flush();
  expect(hub.state.connection.phase).toBe('signed-out');
  expect(hub.shown()).toEqual([]);
  hub.clear().call({ type: 'reconnect' });
  hub.pass(2_000);
  hub.type('after', 'm-after');
  expect(hub.shown()).toEqual(['after']);
  hub.token().flush();
  expect(hub.shown()).toEqual(['before', 'after']);
});

it('an answer that comes late, when the session is over, shows nothing', () => {
  const hub = new TestHub({ history: 'confirmed' }).inConversation();
  hub.gateway({ type: 'message', message: agentSays(2, 'behind a gap') });
  hub.pass(2_000);
  const { requestId } = hub.last('rest');
  hub.sleep(3_600_000);
  const result = { ok: false, kind: 'signed-out', message: 'over', retryAfter: null } as const;
  hub.take({ type: 'token', requestId: hub.last('fetch-token').requestId, result }).flush();
  hub.clear();
  const messages = [agentSays(1, 'your balance is 7'), agentSays(2, 'behind a gap')];
  const value = { type: 'history', messages, nextCursor: null, invalidCount: 0 } as const;
  hub.take({ type: 'rest', requestId, result: { ok: true, value } }).flush();
  expect(hub.state.window.length).toBeGreaterThan(0);
  expect(hub.shown()).toEqual([]);
  expect(reported(hub)).not.toContain('balance');
});

it('history: at-once shows it at once', () => {
  expect(new TestHub().restore(kept()).attach().shown()).toEqual(['your balance is 7', 'waiting']);
});
