import { describe, expect, it } from 'vitest';
import type { SessionLife } from '../../../src/protocol/gateway/events.ts';
import type { ConversationRecord } from '../../../src/worker/core/records.ts';
import { genesysCloud } from '../../../src/worker/genesys-cloud/extension.ts';
import { sessionEvent } from '../session-event.ts';
import { agentSays, TestHub } from './harness.ts';
import { routing } from './platform.ts';

type Told = Parameters<SessionHub['session']>[0];

/** A hub whose session is the conversation: the test tells it what the gateway would. */
class SessionHub extends TestHub {
  constructor(codeUrl?: string) {
    const more = codeUrl === undefined ? {} : { codeUrl };
    super({ gateway: genesysCloud({ deploymentId: 'd', region: 'us-east-1', ...more }) });
    this.answersPings = true;
  }

  session(reported: { isNew?: boolean; isReadOnly?: boolean; life?: SessionLife } = {}): this {
    return this.gateway(sessionEvent(reported));
  }

  configured(reported: Told = {}): this {
    this.gateway({ type: 'authenticated', serverTime: null }).session(reported);
    const conversation = { conversationId: null, status: 'connected' } as const;
    return this.gateway({ type: 'conversation', conversation }).flush();
  }

  wants(): this {
    this.restore().attach();
    this.call({ type: 'start', routing });
    return this;
  }

  talking(reported: Told = { isNew: true }): this {
    return this.wants().token(null).open().configured(reported).history().clearKeepingSocket();
  }

  history(): this {
    const { requestId } = this.last('rest');
    const value = { type: 'history', messages: [], nextCursor: null, invalidCount: 0 } as const;
    return this.take({ type: 'rest', requestId, result: { ok: true, value } }).store();
  }

  historyFails(): this {
    const { requestId } = this.last('rest');
    const failure = { kind: 'network', message: '', retryAfter: null } as const;
    return this.take({ type: 'rest', requestId, result: { ok: false, failure } }).flush();
  }

  says(text: string, timestamp: number | null, role: 'agent' | 'visitor' = 'agent'): this {
    const message = {
      ...agentSays(null, text),
      conversationId: null,
      timestamp,
      from: { id: role, name: '', role },
    };
    return this.gateway({ type: 'message', message }).pass(200);
  }

  fires(name: 'retry' | 'rest-retry'): this {
    return this.pass((this.state.timers[name] ?? this.now) - this.now);
  }
}

describe('a session that is no longer needed', () => {
  it('is let go when the visitor has left before it was opened', () => {
    const hub = new SessionHub().wants().token(null).open();
    hub.call({ type: 'end' });
    hub.gateway({ type: 'authenticated', serverTime: null }).flush();
    expect(hub.all('close-socket')).toHaveLength(1);
    expect(hub.snapshot?.connection).toMatchObject({ phase: 'ready', transport: 'none' });
  });

  it.each(['token', 'connecting', 'authenticating', 'waiting'] as const)(
    'is not the next one’s when the visitor leaves while the connection is %s',
    (phase) => {
      // A previous hub has opened it with the kept secret, and died before it stored that.
      const hub = new SessionHub().wants();
      if (phase !== 'token') hub.token(null);
      if (phase === 'authenticating') hub.open();
      if (phase === 'waiting') hub.cut();
      expect(hub.state.connection.phase).toBe(phase);
      hub.call({ type: 'end' });
      hub.call({ type: 'start', routing });
      if (phase === 'connecting' || phase === 'authenticating') hub.cut();
      hub.fires('retry');
      expect(hub.last('fetch-token')).toMatchObject({ isFresh: false });
      hub.token(null).open();
      expect(hub.sent().at(-1)).toEqual({ type: 'authenticate', startsNew: true });
    },
  );

  /** The end is being read for the third time, and the line is lost meanwhile. */
  function unreadable(): SessionHub {
    const hub = new SessionHub().talking().says('hi', null);
    hub
      .gateway({ type: 'conversation', conversation: { conversationId: null, status: 'ended' } })
      .flush();
    hub.historyFails().fires('rest-retry').historyFails().fires('rest-retry');
    return hub.cut();
  }

  it.each(['connecting', 'authenticating', 'waiting'] as const)(
    'is left when its end can’t be read, while the line is %s',
    (phase) => {
      const hub = unreadable();
      if (phase !== 'waiting') hub.fires('retry');
      if (phase === 'authenticating') hub.open();
      expect(hub.state.connection.phase).toBe(phase);
      hub.historyFails();
      expect(hub.state.token).toMatchObject({ needsFresh: false, expiresAt: null });
      expect(hub.state.sessionMemory).toMatchObject({ isSessionOver: true });
      expect(hub.state.connection.phase).toBe(phase === 'waiting' ? 'waiting' : 'idle');
      hub.cut();
      hub.pass(60_000);
      expect(hub.state.connection.phase).toBe('idle');
    },
  );

  it('is asked for no older messages when its conversation is over', () => {
    const hub = new SessionHub().talking().says('hi', null);
    const row = hub.state.window[0];
    hub
      .gateway({ type: 'conversation', conversation: { conversationId: null, status: 'ended' } })
      .flush();
    hub.history().clear();
    const before = row ? { position: row.position, messageId: row.messageId } : null;
    const conversationId = row?.conversationId ?? '';
    const callId = hub.call({ type: 'load-earlier', before, conversationId, count: 20 });
    hub.take({ type: 'earlier-read', callId, messages: [], hasEarlier: false });
    expect(hub.all('rest')).toHaveLength(0);
    expect(hub.answers.get(callId)).toEqual({
      ok: true,
      value: { messages: [], hasEarlier: false },
    });
  });

  it('gives the visitor back what waited to be sent into it', () => {
    const current: ConversationRecord = {
      details: { conversationId: 'session-1', status: 'ended' },
      ordinal: 1,
      next: 1,
      gaps: [],
      completeUntil: 0,
      readMark: null,
      isReadToEnd: false,
    };
    const item = {
      messageId: 'm1',
      ordinal: 1,
      conversationId: null,
      text: 'hello',
      timestamp: 1,
      failure: null,
    };
    const hub = new SessionHub();
    hub.restore({
      meta: { ...hub.state.meta, subject: 'visitor-1' },
      current,
      outbox: [item],
    });
    hub.attach();
    expect(hub.snapshot?.messages).toMatchObject([
      { messageId: 'm1', status: 'failed', failure: { code: 'conversation-ended' } },
    ]);
    expect(hub.snapshot?.connection.phase).toBe('ready');
  });
});

describe('a session that a page remembers', () => {
  it('goes on when the platform knows it', () => {
    const hub = new SessionHub().restore().attach('a', 'session-1').token(null).open();
    hub.configured();
    expect(hub.snapshot?.conversation).toMatchObject({
      conversationId: 'session-1',
      status: 'connected',
    });
    expect(hub.all('close-socket')).toHaveLength(0);
  });
});

describe('what is final for one session', () => {
  it('is so for the next one: a deployment that forbids chats is asked again only by the visitor', () => {
    const hub = new SessionHub().talking().says('hi', null);
    hub
      .gateway({ type: 'conversation', conversation: { conversationId: null, status: 'ended' } })
      .flush();
    hub.history().cut().call({ type: 'start', routing });
    hub.token(null).open();
    const problem = {
      kind: 'forbidden',
      code: '403',
      message: 'x'.repeat(201),
      conversationId: null,
      messageId: null,
      retryAfter: null,
    } as const;
    hub.gateway({ type: 'problem', problem }).flush();
    expect(hub.snapshot?.connection).toMatchObject({
      phase: 'failed',
      problem: { code: 'forbidden', message: 'x'.repeat(200) },
    });
    hub.clear().call({ type: 'start', routing });
    expect(hub.all('fetch-token').length + hub.all('open-socket').length).toBe(0);
    expect(hub.state.connection.phase).toBe('failed');
  });
});

describe('an open connection whose session is refused repeatedly', () => {
  /** The hub reconnects, and gets the same answer again. */
  function told(hub: SessionHub): SessionHub {
    if (hub.state.connection.phase !== 'online') {
      hub.cut().fires('retry');
      if (hub.state.connection.phase === 'token') hub.token(null);
      hub.open().configured();
    }
    return hub.gateway({ type: 'token-expired' });
  }

  it('renews at once the first time, waits the next ones, and has another session at the fifth', () => {
    const hub = told(new SessionHub().talking().says('hi', null));
    expect(hub.state).toMatchObject({ connection: { isPlanned: true }, problem: null });
    for (let time = 2; time <= 4; time += 1) {
      told(hub);
      expect(hub.state.connection.phase).toBe('waiting');
      expect(hub.state.problem?.code).toBe('unavailable');
      expect(hub.state.token.requestId).toBeNull();
    }
    told(hub).flush();
    expect(hub.state.token.needsFresh).toBe(true);
    expect(hub.snapshot?.conversation?.status).toBe('ended');
  });

  it('is signed out at the fifth when it has an identity', () => {
    const hub = new SessionHub('/code').talking().says('hi', null);
    for (let time = 1; time <= 4; time += 1) told(hub);
    expect(hub.state.connection.phase).not.toBe('signed-out');
    expect(told(hub).state.connection.phase).toBe('signed-out');
  });

  it.each([
    [599_999, 'waiting'],
    [600_000, 'closing'],
  ])('counts those of the last ten minutes: after %d ms it is %s', (since, phase) => {
    const hub = told(new SessionHub().talking().says('hi', null));
    const [first = 0] = hub.state.sessionMemory?.expiries ?? [];
    hub.cut().token(null).open().configured().history();
    hub.pass(first + since - hub.now);
    expect(told(hub).state.connection.phase).toBe(phase);
  });
});

describe('that an agent has left', () => {
  const leaves = (hub: SessionHub, at: number | null) =>
    hub
      .gateway({
        type: 'presence',
        presence: 'disconnect',
        from: 'other',
        at,
        isReadOnly: false,
        name: '',
      })
      .flush();

  it.each([
    [-1, undefined],
    [0, 0],
    [1, 1],
  ])('%d ms after the last word is told as %s', (after, reported) => {
    const hub = new SessionHub().talking().says('hi', 1_700_000_000_500);
    leaves(hub, 1_700_000_000_500 + after);
    const expected = reported === undefined ? undefined : 1_700_000_000_500 + reported;
    expect(hub.snapshot?.conversation?.leftAt).toBe(expected);
  });

  it.each([
    [0, true],
    [1, false],
  ])('holds against a word of %d ms later: %s', (after, isLeft) => {
    const hub = new SessionHub().talking().says('hi', 1_700_000_000_500);
    leaves(hub, 1_700_000_000_900);
    hub.says('again', 1_700_000_000_900 + after).flush();
    expect(hub.snapshot?.conversation?.leftAt !== undefined).toBe(isLeft);
  });

  it('is stored once, however often it is announced', () => {
    const hub = new SessionHub().talking().says('hi', 1_700_000_000_500);
    leaves(hub, 1_700_000_000_900).clearKeepingSocket();
    leaves(hub, 1_700_000_000_900);
    expect(hub.all('write')).toEqual([]);
  });
});

describe('the platform’s clock', () => {
  const offset = (hub: SessionHub) => hub.state.meta.clockOffset;
  const echoOf = (hub: SessionHub, messageId: string, timestamp: number, text = 'hello') =>
    hub.gateway({
      type: 'message',
      message: {
        ...agentSays(null, text),
        messageId,
        conversationId: null,
        timestamp,
        from: { id: 'visitor', name: '', role: 'visitor' },
      },
    });

  it('is learnt from the echo of what is on its way, and from nothing else', () => {
    const hub = new SessionHub().talking().type('hello', 'm1');
    hub.says('hi', hub.wall + 7_000);
    expect(offset(hub)).toBe(0);
    echoOf(hub, 'm-elsewhere', hub.wall + 8_000, 'said elsewhere');
    expect(offset(hub)).toBe(0);
    hub.type('next', 'm2');
    echoOf(hub, 'm2', hub.wall + 8_500, 'next');
    expect(offset(hub)).toBe(0);
    echoOf(hub, 'm1', hub.wall + 9_000);
    expect(offset(hub)).toBe(9_000);
  });
});

describe('the life of a session', () => {
  const day = 86_400_000;
  const warnsIn = ({ state, now }: SessionHub): number | undefined =>
    state.timers.expiry === undefined ? undefined : state.timers.expiry - now;

  it.each([
    // Reported: the duration, and the end from now on.
    [null, null, undefined],
    [600_000, null, 300_000],
    [300_001, null, 1],
    [300_000, null, 0],
    [299_999, null, 0],
    [null, 600_000, 300_000],
    [600_000, 599_999, 299_999],
    [600_000, 600_000, 300_000],
    [600_000, 600_001, 300_000],
    [600_000, 400_000, 100_000],
    [600_000, 1, 0],
    [600_000, 0, 300_000],
    [600_000, -1, 300_000],
    [600_000, day, 300_000],
    [null, day, day - 300_000],
  ])('of %s ms that ends in %s ms warns in %s ms', (duration, left, expected) => {
    const hub = new SessionHub().wants().token(null).open();
    const expiresAt = left === null ? null : hub.wall + left;
    hub.configured({ isNew: true, life: { duration, expiresAt } });
    expect(warnsIn(hub)).toBe(expected);
  });

  it('is not forgotten when the next pong tells nothing of it', () => {
    const hub = new SessionHub().talking({
      isNew: true,
      life: { duration: 600_000, expiresAt: null },
    });
    const before = hub.state.timers.expiry;
    hub.pass(1_000).gateway({ type: 'session-life', life: { duration: null, expiresAt: null } });
    expect(hub.state.timers.expiry).toBe(before);
  });

  it('causes no warning while disconnected, since the reconnect may bring another one', () => {
    const hub = new SessionHub().talking({
      isNew: true,
      life: { duration: 600_000, expiresAt: null },
    });
    const { expiry = 0 } = hub.state.timers;
    hub.pass(expiry - hub.now - 100).cut();
    hub.pass(200);
    expect(hub.state.connection.phase).toBe('waiting');
    expect(hub.flush().snapshot?.conversation?.expiresAt).toBeUndefined();
  });
});
