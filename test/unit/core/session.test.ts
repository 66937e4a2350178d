import { describe, expect, it } from 'vitest';
import type { PartialMessage } from '../../../src/protocol/gateway/messages.ts';
import type { Limits } from '../../../src/worker/core/settings.ts';
import { rowOf } from '../../../src/worker/core/transcript/rows.ts';
import { genesysCloud } from '../../../src/worker/genesys-cloud/extension.ts';
import { agentSays, emptyStore, TestHub } from './harness.ts';
import { PlatformHub } from './platform.ts';

const gateway = genesysCloud({ deploymentId: 'd', region: 'us-east-1' });
/** For visitors who have said other things elsewhere. */
const identified = genesysCloud({ deploymentId: 'd', region: 'us-east-1', codeUrl: '/code' });
const routing = { skillGroups: ['Billing'] };
const wall = 1_700_000_000_000;

/** A hub on the platform's dialect: the test speaks for the platform, in its frames. */
class GuestHub extends TestHub {
  constructor(dialect = gateway, limits: Partial<Limits> = {}) {
    super({ gateway: dialect, limits });
  }

  hears(name: string, body: unknown, code = 200, tracingId?: string): this {
    const frame = { type: 'message', class: name, code, body, tracingId };
    for (const event of gateway.decode(JSON.stringify(frame))) this.gateway(event);
    return this.flush();
  }

  says(text: string, rest: Record<string, unknown> = {}, tracingId?: string): this {
    const body = { id: `id-${text}`, type: 'Text', direction: 'Outbound', text, channel, ...rest };
    return this.hears('StructuredMessage', body, 200, tracingId);
  }

  /** The first message is written, and its session opened. */
  started(session: Record<string, unknown> = { newSession: true }): this {
    this.restore().attach();
    this.call({ type: 'start', routing });
    this.token(null).open();
    this.hears('SessionResponse', { connected: true, ...session });
    return this.history().clearKeepingSocket();
  }

  /** Answers the catch-up under way. */
  history(...messages: PartialMessage[]): this {
    const { requestId } = this.last('rest');
    const value = { type: 'history', messages, nextCursor: null, invalidCount: 0 } as const;
    this.take({ type: 'rest', requestId, result: { ok: true, value } });
    return this.store();
  }

  /** So does this, if there is one: it is out of reach. */
  noHistory(): this {
    const asked = this.all('rest').at(-1);
    if (!asked) return this;
    const failure = { kind: 'network', message: 'network', retryAfter: null } as const;
    const { requestId } = asked;
    return this.take({ type: 'rest', requestId, result: { ok: false, failure } }).flush();
  }

  commands(): string[] {
    return this.sent().map(({ type }) => type);
  }

  problem(): string | undefined {
    return this.flush().snapshot?.connection.problem?.code;
  }
}

const channel = { time: new Date(wall).toISOString() };

const reported = (messageId: string, rest: Partial<PartialMessage> = {}): PartialMessage => ({
  conversationId: null,
  messageId,
  sequence: null,
  from: { id: 'visitor', name: '', role: 'visitor' },
  text: 'hello',
  timestamp: wall + 1_000,
  ...rest,
});

describe('a session', () => {
  it('is opened by the first message, not by a page', () => {
    const hub = new GuestHub().restore().attach();
    expect(hub.all('fetch-token')).toHaveLength(0);
    expect(hub.snapshot?.connection).toMatchObject({ phase: 'ready', transport: 'none' });
    hub.call({ type: 'start', routing });
    expect(hub.last('fetch-token')).toMatchObject({ isFresh: false });
    hub.token(null).open();
    expect(hub.sent()).toEqual([{ type: 'authenticate' }]);
  });

  it('is a conversation under an id of ours, caught up by its history alone', () => {
    const hub = new GuestHub().started();
    expect(hub.snapshot?.conversation).toMatchObject({ status: 'connected' });
    expect(hub.snapshot?.conversation?.conversationId).toMatch(/^session-boot-/);
    expect(hub.all('rest')).toHaveLength(0);
    hub.type('hello', 'own-1');
    expect(hub.sent()).toMatchObject([{ type: 'send-message', messageId: 'own-1', routing }]);
  });

  it('joins when it is new, for a deployment that starts by itself', () => {
    const hub = new GuestHub().restore().attach();
    hub.call({ type: 'start', routing });
    hub.token(null).open().hears('SessionResponse', { connected: true, newSession: true });
    expect(hub.commands()).toEqual(['authenticate', 'join']);
  });

  it('is resumed with the same id after a disconnect', () => {
    const hub = new GuestHub().started();
    const before = hub.snapshot?.conversation?.conversationId;
    hub.cut().pass(8_001).open().hears('SessionResponse', { connected: true });
    expect(hub.snapshot?.conversation?.conversationId).toBe(before);
    expect(hub.commands()).toEqual(['authenticate']);
  });

  it('that is new on resuming has lost the conversation, and the next one has another', () => {
    const hub = new GuestHub().started().says('hi').pass(200);
    hub.cut().pass(8_001).open().hears('SessionResponse', { connected: true, newSession: true });
    expect(hub.snapshot?.conversation?.status).toBe('ended');
    expect(hub.snapshot?.connection.phase).toBe('ready');
    hub.cut().clearKeepingSocket().call({ type: 'start', routing });
    expect(hub.last('fetch-token')).toMatchObject({ isFresh: true });
  });

  it.each([
    ['SessionExpiredEvent', {}, 200],
    ['string', 'session expired', 4006],
    ['string', 'session not found', 4007],
  ])('ends the conversation when it is over (%s %j)', (name, body, code) => {
    const hub = new GuestHub().started().hears(name, body, code);
    expect(hub.snapshot?.conversation?.status).toBe('ended');
    expect(hub.all('close-socket')).toHaveLength(1);
    hub.clear().pass(3_600_000);
    expect(hub.all('open-socket')).toHaveLength(0);
  });

  it('that is cleared deletes its rows, and keeps undelivered messages', () => {
    const hub = new GuestHub().started().says('hi').pass(200).type('hello', 'own-1');
    hub.hears('SessionClearedEvent', {}).hears('ConnectionClosedEvent', {}).store();
    expect(hub.snapshot).toMatchObject({ conversation: null, unread: 0, hasEarlier: false });
    expect(hub.snapshot?.messages).toMatchObject([{ text: 'hello', status: 'failed' }]);
    const written = hub.all('write').flatMap(({ operations }) => operations);
    const wipe = written.findLastIndex(({ type }) => type === 'wipe');
    expect(wipe).toBeGreaterThanOrEqual(0);
    expect(written.slice(wipe).map(({ type }) => type)).not.toContain('put-message');
    expect(hub.snapshot?.connection.phase).not.toBe('failed');
  });

  it('that is cleared takes a row along that came below memory in the same tick', () => {
    const hub = new GuestHub(gateway, { window: 2 }).started();
    for (const text of ['b', 'c', 'd']) hub.says(text).pass(200);
    const time = new Date(wall - 1_000).toISOString();
    hub.says('a', { channel: { time } }).clearKeepingSocket();
    hub.hears('SessionClearedEvent', {}).hears('ConnectionClosedEvent', {});
    const { writeId, operations } = hub.last('write');
    const late = rowOf({ ...agentSays(1), sequence: null }, [1, 0, 1, wall - 1_000]);
    hub.clear().take({
      type: 'stored',
      writeId: writeId ?? -1,
      added: [late],
      corrected: [],
      inTranscript: [],
    });
    hub.flush();
    expect(hub.state.unread.count).toBe(0);
    expect(hub.all('post')).toEqual([]);
    expect(operations.map(({ type }) => type)).not.toContain('add-message');
  });

  it('that ends while it opens rejects waiting calls, and loses nothing', () => {
    const hub = new GuestHub().started().type('hello', 'own-1').says('hi').pass(200);
    hub.cut().pass(8_001).open().hears('string', 'session expired', 4006);
    expect(hub.snapshot?.messages).toMatchObject([
      { text: 'hi' },
      { text: 'hello', status: 'failed' },
    ]);
    hub.cut().clearKeepingSocket().call({ type: 'retry', messageId: 'own-1' });
    hub.store();
    expect(hub.last('fetch-token')).toMatchObject({ isFresh: true });
  });

  it('that is over again and again is opened with patience', () => {
    const hub = new GuestHub().restore().attach();
    hub.call({ type: 'start', routing });
    hub.token(null).open().hears('string', 'session not found', 4007);
    hub.cut();
    expect(hub.snapshot?.connection).toMatchObject({ phase: 'waiting', attempt: 1 });
    hub.clear().pass(1_999);
    expect(hub.all('fetch-token')).toHaveLength(0);
  });

  it('ends with a read-only disconnect, after the final catch-up, and closes the connection', () => {
    const hub = new GuestHub().started();
    const events = [{ eventType: 'Presence', presence: { type: 'Disconnect' } }];
    hub.says('', { type: 'Event', events, metadata: { readOnly: 'true' } });
    expect(hub.snapshot?.conversation?.status).toBe('ended');
    expect(hub.all('close-socket')).toHaveLength(0);
    hub.history(reported('late', { text: 'bye', from: { id: 'a', name: 'A', role: 'agent' } }));
    expect(hub.shown()).toEqual(['bye']);
    expect(hub.all('close-socket')).toHaveLength(1);
    hub.cut().call({ type: 'start', routing });
    hub.token(null).open();
    expect(hub.last('fetch-token')).toMatchObject({ isFresh: false });
    expect(hub.last('send').command).toMatchObject({ type: 'authenticate', startsNew: true });
  });

  it('is another visitor’s in each conversation where the site says so, with a token of its own', () => {
    const options = { deploymentId: 'd', region: 'us-east-1', returningVisitors: false };
    const hub = new GuestHub(genesysCloud(options)).started();
    hub.hears('StructuredMessage', {
      type: 'Event',
      events: [{ eventType: 'Presence', presence: { type: 'Disconnect' } }],
      metadata: { readOnly: 'true' },
    });
    hub.history().cut().call({ type: 'start', routing });
    expect(hub.last('fetch-token')).toMatchObject({ isFresh: true });
  });

  it('that is found read-only at the start gives way to a fresh one', () => {
    const hub = new GuestHub().restore().attach();
    hub.call({ type: 'start', routing });
    hub.token(null).open().hears('SessionResponse', { connected: true, readOnly: true });
    hub.cut();
    hub.token(null).open();
    expect(hub.last('fetch-token')).toMatchObject({ isFresh: false });
    expect(hub.last('send').command).toMatchObject({ type: 'authenticate', startsNew: true });
    expect(hub.flush().snapshot?.conversation).toBeNull();
  });

  describe('that is left by the other side alone', () => {
    const events = [{ eventType: 'Presence', presence: { type: 'Disconnect' } }];
    const left = { type: 'Event', events };
    const at = (ms: number) => ({ channel: { time: new Date(wall + ms).toISOString() } });
    const leftAt = (hub: GuestHub) => hub.snapshot?.conversation?.leftAt;

    it('goes on, and the visitor sees so until an agent writes', () => {
      const hub = new GuestHub().started().says('bye', at(1_000));
      hub.says('', { ...left, ...at(2_000) });
      expect(hub.snapshot?.conversation).toMatchObject({ status: 'connected' });
      expect(leftAt(hub)).toBe(wall + 2_000);
      hub.says('come later', at(1_500));
      expect(leftAt(hub)).toBe(wall + 2_000);
      hub.says('hello again', { direction: 'Inbound', ...at(3_000) });
      expect(leftAt(hub)).toBeUndefined();
    });

    it('stays so over a disconnect, until the history differs', () => {
      const hub = new GuestHub().started().says('bye', at(1_000));
      hub.says('', { ...left, ...at(2_000) });
      hub.cut().pass(8_001).open().hears('SessionResponse', { connected: true });
      expect(leftAt(hub)).toBe(wall + 2_000);
      const from = { id: 'agent', name: '', role: 'agent' } as const;
      hub.history(reported('more', { from, timestamp: wall + 5_000 })).flush();
      expect(leftAt(hub)).toBeUndefined();
    });

    it('is not, when that comes late, or was the visitor', () => {
      const hub = new GuestHub().started().says('still here', at(3_000));
      hub.says('', { ...left, ...at(2_000) });
      hub.says('', { ...left, direction: 'Inbound', ...at(4_000) });
      expect(leftAt(hub)).toBeUndefined();
    });

    it('dates from the last message when no time is given', () => {
      const hub = new GuestHub().started().says('bye', at(1_000));
      hub.says('', { ...left, channel: {} });
      expect(leftAt(hub)).toBe(wall + 1_000);
    });

    it('gets no more typing', () => {
      const hub = new GuestHub().started();
      const typing = [{ eventType: 'Typing', typing: { type: 'On', duration: 5_000 } }];
      hub.says('', { type: 'Event', events: typing });
      expect(hub.snapshot?.typing).not.toBeNull();
      hub.says('', { ...left, ...at(1_000) });
      expect(hub.snapshot?.typing).toBeNull();
    });
  });

  it('whose last words can’t be had is left all the same: the next one is not opened in it', () => {
    const hub = new GuestHub().started().says('hi').pass(200).clearKeepingSocket();
    hub.answersPings = true;
    hub
      .gateway({ type: 'conversation', conversation: { conversationId: null, status: 'ended' } })
      .flush();
    for (let tries = 1; tries < 3; tries += 1) hub.noHistory().clearKeepingSocket().pass(30_000);
    hub.cut().noHistory();
    expect(hub.state.conversation?.finalCatchUp).toBeNull();
    hub.clear().call({ type: 'start', routing });
    hub.pass(60_000);
    expect(hub.all('fetch-token')).toMatchObject([{ isFresh: false }]);
    expect(hub.all('open-socket')).toEqual([]);
  });

  it('is read from where the previous one, with the same history, was', () => {
    const hub = new GuestHub(identified).started();
    const from = { id: 'a', name: 'A', role: 'agent' } as const;
    hub.cut().pass(8_001).open().hears('SessionResponse', { connected: true });
    hub.history(reported('hi', { from })).clearKeepingSocket();
    hub
      .gateway({ type: 'conversation', conversation: { conversationId: null, status: 'ended' } })
      .flush();
    hub.history(reported('hi', { from })).cut();
    hub.call({ type: 'start', routing });
    hub.token(null).open().hears('SessionResponse', { connected: true, newSession: true });
    expect(hub.last('rest').call).toMatchObject({ since: wall + 1_000 });
  });

  it('leaves nothing unconfirmed when its history is permanently unreachable', () => {
    const hub = new GuestHub().started().says('hi').pass(200).type('hello', 'own-1');
    hub.cut().call({ type: 'end' });
    hub.pass(8_001).open().hears('string', 'session expired', 4006);
    expect(hub.flush().snapshot?.messages.at(-1)).toMatchObject({
      status: 'failed',
      failure: { code: 'unknown-outcome' },
    });
  });

  it('that only a page remembers is given up when the platform knows nothing of it', () => {
    const hub = new GuestHub().restore();
    hub.attach('a', 'mirrored');
    hub.token(null).open().hears('SessionResponse', { connected: true, newSession: true });
    expect(hub.flush().snapshot?.conversation).toBeNull();
    expect(hub.all('close-socket')).toHaveLength(1);
  });

  it('warns five minutes before its end, until a message is sent', () => {
    const hub = new GuestHub().started({ newSession: true, durationSeconds: 600 });
    hub.answersPings = true;
    hub.pass(299_999);
    expect(hub.flush().snapshot?.conversation?.expiresAt).toBeUndefined();
    hub.pass(1);
    expect(hub.snapshot?.conversation?.expiresAt).toBe(hub.wall + 300_000);
    hub.says('still there?');
    expect(hub.flush().snapshot?.conversation?.expiresAt).toBeUndefined();
  });
});

describe('a machine whose clock is wrong', () => {
  const from = { nickname: 'Ada' };
  const at = (ms: number) => ({ channel: { time: new Date(wall + ms).toISOString(), from } });
  const fast = 3_600_000;

  /** A visitor has written, an hour ago by the platform's clock. */
  function hubAhead(): GuestHub {
    const hub = new GuestHub();
    hub.wall += fast;
    hub.started().type('hello', 'own-1');
    return hub
      .says('hello', { direction: 'Inbound', ...at(1_000) }, 'own-1')
      .pass(200)
      .clearKeepingSocket();
  }

  const rings = (hub: GuestHub) =>
    hub.all('post').filter(({ message }) => message.type === 'alert' && message.message !== null);

  it('rings for what has just been said', () => {
    const hub = hubAhead().says('hi', at(2_000)).pass(200);
    expect(rings(hub)).toHaveLength(1);
  });

  it('puts what bears no time where it came', () => {
    const hub = hubAhead().says('first', at(2_000)).says('second', { channel: { from } });
    hub.says('third', at(3_000)).pass(200);
    expect(hub.shown()).toEqual(['hello', 'first', 'second', 'third']);
  });

  it('that is slow, and has heard no echo, puts it there, too', () => {
    const hub = new GuestHub();
    hub.wall -= fast;
    hub.started().says('first', at(2_000)).pass(200).says('second', { channel: { from } });
    expect(hub.pass(200).shown()).toEqual(['first', 'second']);
  });

  it.each([fast, -fast])('warns of no end that is far away (%d ms)', (wrong) => {
    const hub = new GuestHub();
    hub.answersPings = true;
    hub.wall += wrong;
    const expirationDate = (wall + 900_000) / 1_000;
    hub.started({ newSession: true, durationSeconds: 900, expirationDate });
    hub.pass(599_999);
    expect(hub.flush().snapshot?.conversation?.expiresAt).toBeUndefined();
    hub.pass(1);
    expect(hub.snapshot?.conversation?.expiresAt).toBe(hub.wall + 300_000);
  });
});

describe('eviction', () => {
  it('makes no loop: only the visitor reconnects', () => {
    const hub = new GuestHub().started().hears('ConnectionClosedEvent', {});
    expect(hub.snapshot?.connection).toMatchObject({
      phase: 'failed',
      problem: { code: 'evicted' },
    });
    hub.cut().clear().pass(3_600_000);
    hub
      .attach('b')
      .take({ type: 'online', isOnline: false })
      .take({ type: 'online', isOnline: true });
    expect(hub.all('open-socket')).toHaveLength(0);
    hub.call({ type: 'reconnect' });
    expect(hub.all('open-socket')).toHaveLength(1);
  });

  it('after a clear is its other half', () => {
    const hub = new GuestHub().started().hears('SessionClearedEvent', {});
    hub.hears('ConnectionClosedEvent', {});
    expect(hub.problem()).toBeUndefined();
    expect(hub.snapshot?.connection.phase).toBe('ready');
  });

  it('by a sign-in elsewhere ends this conversation', () => {
    const hub = new GuestHub().started().hears('ConnectionClosedEvent', { reason: 'signedIn' });
    expect(hub.snapshot?.conversation?.status).toBe('ended');
  });

  it('a logout signs out, and keeps nothing', () => {
    const hub = new GuestHub().started().hears('LogoutEvent', {});
    expect(hub.snapshot?.connection.phase).toBe('signed-out');
    expect(hub.all('end-session')).toHaveLength(1);
  });
});

describe('a message', () => {
  it('is acknowledged by its tracing id', () => {
    const hub = new GuestHub().started().type('hello', 'own-1');
    hub.says('hello', { direction: 'Inbound', channel: { ...channel, messageId: 'k' } }, 'own-1');
    expect(hub.pass(200).snapshot?.messages).toMatchObject([
      { messageId: 'own-1', status: 'delivered', aliases: ['k', 'id-hello'] },
    ]);
  });

  it('comes once though live and history differ in shape and id', () => {
    const hub = new GuestHub().started().type('hello', 'own-1');
    const agent = { id: 'agent', name: '', role: 'agent' } as const;
    hub.says('hello', { direction: 'Inbound', channel: { ...channel, messageId: 'k' } }, 'own-1');
    hub.answersPings = true;
    hub.says('hi').pass(61_000);
    hub.history(
      // Its own message under the platform's id, without anything of ours.
      reported('k', { timestamp: wall }),
      // An agent's message under another id, at the same instant.
      reported('other', { text: 'hi', from: agent, timestamp: wall }),
      reported('new', { text: 'new', from: agent, timestamp: wall + 5 }),
      reported('new-live', { text: 'new', from: agent, timestamp: wall + 5 }),
    );
    expect(hub.shown()).toEqual(['hello', 'hi', 'new']);
  });

  it('is matched by any of its ids, whatever else differs', () => {
    const hub = new GuestHub().started();
    hub.says('hi', { id: 'live', channel: { ...channel, messageId: 'key' } }).pass(200);
    const agent = { id: 'agent', name: '', role: 'agent' } as const;
    hub.answersPings = true;
    hub.pass(61_000).history(reported('live', { text: 'hi!', from: agent }));
    hub.says('hi?', { id: 'another', channel: { messageId: 'live' } }).pass(200);
    hub.says('hi??', { id: 'another', channel: null }).pass(200);
    expect(hub.shown()).toEqual(['hi']);
  });

  it('that comes twice at once, under two ids, is one', () => {
    const hub = new GuestHub().started().says('hi').says('hi', { id: 'again' });
    expect(hub.pass(200).shown()).toEqual(['hi']);
  });

  it('that may have arrived waits for the history, and is not sent again when it is there', () => {
    const hub = new GuestHub().started().type('hello', 'own-1').clearKeepingSocket();
    hub.cut().pass(8_001).open().hears('SessionResponse', { connected: true });
    expect(hub.commands()).toEqual(['authenticate']);
    hub.history(reported('platform-id'));
    expect(hub.commands()).toEqual(['authenticate']);
    expect(hub.snapshot?.messages).toMatchObject([{ messageId: 'own-1', status: 'delivered' }]);
  });

  it('that had not arrived is sent again after the history was read', () => {
    const hub = new GuestHub().started().type('hello', 'own-1').clearKeepingSocket();
    hub.cut().pass(8_001).open().hears('SessionResponse', { connected: true });
    hub.history(reported('other', { text: 'something else' }));
    expect(hub.commands()).toEqual(['authenticate', 'send-message']);
  });

  it('that may have arrived in a session that is gone is the visitor’s to send again', () => {
    const hub = new GuestHub().started().type('hello', 'own-1').clearKeepingSocket();
    hub.cut().pass(8_001).open().hears('SessionResponse', { connected: true, newSession: true });
    hub.type('and more', 'own-2').history();
    expect(hub.snapshot?.messages).toMatchObject([
      { messageId: 'own-1', status: 'failed', failure: { code: 'unknown-outcome' } },
      { messageId: 'own-2', status: 'sent' },
    ]);
    expect(hub.sent().at(-1)).toMatchObject({ type: 'send-message', messageId: 'own-2' });
    expect(hub.commands()).toEqual(['authenticate', 'send-message']);
  });

  it.each([-3_600_000, 3_600_000])(
    'is known by its words whatever the clock here says (%d ms)',
    (by) => {
      const hub = new GuestHub();
      hub.wall += by;
      hub.started().type('hello', 'own-1').clearKeepingSocket();
      hub.cut().pass(8_001).open().hears('SessionResponse', { connected: true });
      hub.history(reported('platform-id'));
      expect(hub.commands()).toEqual(['authenticate']);
    },
  );

  it('that is asked for again while its session is read to its end is the visitor’s to decide on', () => {
    const hub = new GuestHub().started();
    hub.call({ type: 'send', messageId: 'm1', text: 'again', isRepeat: true });
    hub.flush();
    const { writeId } = hub.last('write');
    hub
      .gateway({ type: 'conversation', conversation: { conversationId: null, status: 'ended' } })
      .flush();
    hub.history();
    expect(hub.state.connection.phase).toBe('idle');
    hub
      .take({ type: 'stored', writeId: writeId ?? 0, added: [], corrected: [], inTranscript: [] })
      .flush();
    expect(hub.snapshot?.messages.map(({ status }) => status)).toEqual(['failed']);
  });

  it('is not taken for what the same person said elsewhere, long ago', () => {
    const meta = { ...emptyStore.meta, subject: 'visitor-1', lastRouting: routing };
    const conversationId = 'session-1';
    const record = {
      messageId: 'own-1',
      ordinal: 1,
      text: 'hello',
      timestamp: wall,
      failure: null,
    };
    const hub = new GuestHub(identified).restore({ meta, outbox: [{ ...record, conversationId }] });
    hub.attach().token(null).open().hears('SessionResponse', { connected: true });
    hub.history(reported('long ago', { timestamp: wall - 600_000 }));
    expect(hub.commands()).toContain('send-message');
  });

  it('waits for the history of a session that has been used before', () => {
    const hub = new GuestHub().restore().attach();
    hub.call({ type: 'start', routing });
    hub.type('hello', 'own-1').token(null).open();
    hub.hears('SessionResponse', { connected: true, newSession: false }).store();
    expect(hub.commands()).toEqual(['authenticate']);
    hub.history();
    expect(hub.commands()).toEqual(['authenticate', 'send-message']);
  });

  it('is never doubted as two: each of two alike is known by one of the history', () => {
    const hub = new GuestHub().started();
    hub.type('hello', 'own-1').type('hello', 'own-2').clearKeepingSocket();
    hub.cut().pass(8_001).open().hears('SessionResponse', { connected: true });
    hub.history(reported('p1'));
    expect(hub.snapshot?.messages).toMatchObject([
      { messageId: 'own-1', status: 'delivered' },
      { messageId: 'own-2', status: 'sent' },
    ]);
  });

  it('stands by its time, then by its id; one that is late is put in between', () => {
    const hub = new GuestHub().started();
    const at = (ms: number) => ({ channel: { time: new Date(wall + ms).toISOString() } });
    hub.says('c', at(30)).says('b', at(20)).pass(200).says('a', at(10)).pass(200);
    hub.says('b2', { ...at(20), id: 'id-b2' }).pass(200);
    expect(hub.shown()).toEqual(['a', 'b', 'b2', 'c']);
  });

  it('without a time stands where it came', () => {
    const hub = new GuestHub().started().says('early', { channel: null });
    expect(hub.pass(200).snapshot?.messages[0]?.timestamp).toBe(hub.wall - 200);
  });

  it('fails with an error that names nothing, since it is the only one on its way', () => {
    const hub = new GuestHub().started().type('hello', 'own-1').hears('string', 'too long', 4011);
    expect(hub.snapshot?.messages).toMatchObject([
      { status: 'failed', failure: { code: 'message-too-long' } },
    ]);
    hub.says('hello', { direction: 'Inbound' }, 'own-1').pass(200);
    expect(hub.snapshot?.messages).toMatchObject([{ status: 'delivered' }]);
  });

  it('longer than the platform takes, in bytes, is refused at once', () => {
    const hub = new GuestHub().started();
    const callId = hub.call({ type: 'send', messageId: 'm', text: '€'.repeat(1_366) });
    expect(hub.answers.get(callId)).toMatchObject({ problem: { code: 'message-too-long' } });
  });
});

describe('a file', () => {
  const file = (attachmentId: string) =>
    ({
      type: 'attachment',
      attachmentId,
      url: 'https://x.example/1',
      name: `${attachmentId}.png`,
      kind: 'image',
      mime: 'image/png',
      size: 3,
      text: null,
    }) as const;
  const sending = (messageId: string) =>
    ({ type: 'send', messageId, text: '', content: [file(messageId)] }) as const;
  const part = (id: string, rest = {}) => [
    { contentType: 'Attachment', attachment: { id, ...rest } },
  ];

  it('goes with a message without words, and is seen at once', () => {
    const hub = new GuestHub().started();
    hub.call(sending('a'));
    hub.store();
    expect(hub.snapshot?.messages).toMatchObject([
      { status: 'sent', content: [{ name: 'a.png' }] },
    ]);
    expect(hub.sent().at(-1)).toMatchObject({ type: 'send-message', content: [file('a')] });
  });

  it('keeps its name when it comes back under its id alone', () => {
    const hub = new GuestHub().started();
    hub.call(sending('a'));
    hub.store();
    hub.says('', { direction: 'Inbound', content: part('a') }, 'a').pass(200);
    expect(hub.snapshot?.messages).toMatchObject([
      { messageId: 'a', status: 'delivered', content: [{ name: 'a.png', size: 3 }] },
    ]);
  });

  it('that may have arrived is known in the history by its own id, not by having no words', () => {
    const hub = new GuestHub().started();
    hub.call(sending('a'));
    hub.store();
    hub.clearKeepingSocket().cut().pass(8_001).open().hears('SessionResponse', { connected: true });
    hub.history(reported('x', { text: '', content: [file('b')] }));
    expect(hub.snapshot?.messages.map(({ messageId }) => messageId)).toEqual(['x', 'a']);
    expect(hub.sent().at(-1)).toMatchObject({ type: 'send-message', messageId: 'a' });
  });

  it('is the same file under another address', () => {
    const hub = new GuestHub().started();
    const direction = 'Outbound';
    for (const n of [1, 2]) {
      const content = part('a', { url: `https://x.example/${n}`, filename: 'a.png' });
      hub.hears('StructuredMessage', { id: `id-${n}`, type: 'Text', direction, channel, content });
      hub.pass(200);
    }
    expect(hub.snapshot?.messages).toHaveLength(1);
  });
});

describe('the pace', () => {
  it('is five messages a second, and the sixth is seen to wait', () => {
    const hub = new GuestHub().started();
    for (let index = 0; index < 6; index += 1) {
      hub.type(`m${index}`, `own-${index}`);
      const body = {
        direction: 'Inbound',
        channel: { time: new Date(wall + index).toISOString() },
      };
      if (index < 5) hub.says(`m${index}`, body, `own-${index}`);
    }
    expect(hub.commands().filter((type) => type === 'send-message')).toHaveLength(5);
    expect(hub.problem()).toBe('rate-limited');
    hub.pass(1_000);
    expect(hub.commands().filter((type) => type === 'send-message')).toHaveLength(6);
    expect(hub.problem()).toBeUndefined();
  });

  it('is sixty requests a minute: a session is opened only when there is room for it', () => {
    const hub = new PlatformHub().begun();
    for (let round = 0; round < 60; round += 1) {
      hub.says({ class: 'SessionExpiredEvent', body: {} });
      hub.call({ type: 'start', routing });
    }
    expect(hub.requests.length).toBeGreaterThan(48);
    expect(hub.requests.length).toBeLessThanOrEqual(60);
    expect([hub.phase, hub.problem]).toEqual(['waiting', 'rate-limited']);
    hub.pass(60_000);
    expect([hub.phase, hub.problem]).toEqual(['ready', undefined]);
    expect(hub.snapshot?.conversation?.status).toBe('connected');
  });

  it('is two echoes a minute, however often one is requested', () => {
    const hub = new GuestHub().started();
    hub.answersPings = true;
    for (let second = 0; second < 119; second += 1) {
      hub.call({ type: 'reconnect' });
      hub.pass(1_000);
    }
    expect(hub.commands().filter((type) => type === 'ping').length).toBeLessThanOrEqual(4);
    expect(hub.snapshot?.connection.phase).toBe('ready');
  });

  it('is ten looks into the history a minute; the next one waits', () => {
    const hub = new GuestHub().started();
    const conversationId = hub.snapshot?.conversation?.conversationId ?? '';
    for (let index = 0; index < 12; index += 1) {
      hub.call({ type: 'load-earlier', before: null, count: 5 });
      const callId = [...hub.state.paginations].at(-1)?.callId ?? 0;
      const before = { position: [1, 0, 1, wall], messageId: 'm' } as const;
      hub.take({
        type: 'call',
        tabId: 'a',
        callId: callId + 100,
        call: { type: 'load-earlier', before: { ...before }, conversationId, count: 5 },
      });
      hub.take({ type: 'earlier-read', callId: callId + 100, messages: [], hasEarlier: false });
      const { requestId } = hub.all('rest').at(-1) ?? { requestId: 0 };
      const value = { type: 'history', messages: [], nextCursor: null, invalidCount: 0 } as const;
      hub.take({ type: 'rest', requestId, result: { ok: true, value } });
    }
    // One was the catch-up at the start.
    expect(hub.all('rest')).toHaveLength(9);
    hub.answersPings = true;
    hub.pass(60_000);
    expect(hub.all('rest').length).toBeGreaterThan(9);
  });

  it('of typing is a frame in five seconds', () => {
    const hub = new GuestHub().started();
    for (let second = 0; second < 9; second += 1) {
      hub.call({ type: 'typing', isTyping: true });
      hub.pass(1_000);
    }
    expect(hub.commands().filter((type) => type === 'typing').length).toBeLessThanOrEqual(2);
  });
});

describe('without a connection', () => {
  it('asks REST for nothing, and says that it waits', () => {
    const hub = new GuestHub().started();
    for (let attempt = 0; attempt < 6; attempt += 1) hub.cut().pass(30_000);
    hub.clear().pass(20_000);
    expect(hub.all('rest')).toHaveLength(0);
    expect(hub.snapshot?.connection).toMatchObject({ transport: 'none' });
    expect(['waiting', 'connecting']).toContain(hub.snapshot?.connection.phase);
  });

  it('that the deployment forbids is not tried again by itself', () => {
    const hub = new GuestHub().restore().attach();
    hub.call({ type: 'start', routing });
    hub.token(null).open().hears('string', 'HTTP authorization error', 403);
    expect(hub.snapshot?.connection).toMatchObject({
      phase: 'failed',
      problem: { code: 'forbidden' },
    });
    hub.cut().clear().pass(3_600_000);
    expect(hub.all('fetch-token')).toHaveLength(0);
  });
});
