import { describe, expect, it } from 'vitest';
import { conversationId, echo, TestHub } from './harness.ts';

const network = { type: 'online', isOnline: false } as const;

describe('connection', () => {
  it('sends nothing but auth before the gateway has accepted it', () => {
    const hub = new TestHub().restore().attach().token().open();
    hub.call({ type: 'start', routing: { skillGroups: ['Billing'] } });
    hub.call({ type: 'send', messageId: 'm1', text: 'hello' });
    hub.call({ type: 'typing', isTyping: true });
    hub.store();
    expect(hub.sent()).toEqual([{ type: 'authenticate' }]);
    hub.gateway({ type: 'authenticated', serverTime: hub.wall });
    expect(hub.sent().map((command) => command.type)).toEqual([
      'authenticate',
      'open-conversation',
    ]);
  });

  it('passes through the phases in order', () => {
    const hub = new TestHub().restore().attach();
    const phases: (string | undefined)[] = [hub.snapshot?.connection.phase];
    const note = () => phases.push(hub.flush().snapshot?.connection.phase);
    hub.token();
    note();
    hub.open();
    note();
    hub.gateway({ type: 'authenticated', serverTime: hub.wall });
    note();
    hub.call({ type: 'start', routing: { skillGroups: ['Billing'] } });
    note();
    hub.gateway({
      type: 'conversation',
      conversation: { conversationId: 'c', status: 'queued', position: 2 },
    });
    note();
    expect(phases).toEqual([
      'connecting',
      'connecting',
      'authenticating',
      'ready',
      'routing',
      'ready',
    ]);
    expect(hub.snapshot?.conversation).toEqual({
      conversationId: 'c',
      status: 'queued',
      position: 2,
    });
  });

  it('gives up on an auth answer after ten seconds and tries again with backoff', () => {
    const hub = new TestHub().restore().attach().token().open().clearKeepingSocket();
    hub.pass(9_999);
    expect(hub.all('close-socket')).toHaveLength(0);
    hub.pass(1);
    expect(hub.all('close-socket')).toHaveLength(1);
    expect(hub.snapshot?.connection).toMatchObject({ phase: 'waiting', attempt: 1 });
    expect(hub.snapshot?.connection.retryAt).toBeGreaterThanOrEqual(hub.wall + 1_500);
    hub.cut().clearKeepingSocket().pass(8_001);
    expect(hub.all('open-socket')).toHaveLength(2);
  });

  it('keeps every delay between 2 s and 30 s, opens the circuit after the fifth retry', () => {
    const hub = new TestHub().restore().attach().token();
    const delays: number[] = [];
    for (let attempt = 0; attempt < 6; attempt += 1) {
      hub.cut();
      const { connection } = hub.state;
      if (connection.phase === 'waiting') {
        delays.push(connection.retryAt - hub.now);
        hub.pass(connection.retryAt - hub.now);
      }
    }
    expect(delays).toHaveLength(5);
    delays.forEach((delay, attempt) => {
      expect(delay).toBeGreaterThanOrEqual(2_000);
      expect(delay).toBeLessThan(Math.min(8_000 * 2 ** attempt, 30_000));
    });
    expect(hub.snapshot?.connection).toMatchObject({ phase: 'polling', transport: 'rest' });
  });

  it('stops and says signed out after the second refusal in a row', () => {
    const hub = new TestHub().restore().attach().token().open();
    hub.gateway({ type: 'refused', message: 'no' });
    hub.cut('token').token().open();
    expect(hub.snapshot?.connection.phase).toBe('connecting');
    hub.gateway({ type: 'refused', message: 'no' }).flush();
    expect(hub.snapshot?.connection.phase).toBe('signed-out');
    hub.clear().pass(600_000);
    expect(hub.all('fetch-token')).toHaveLength(0);
  });

  it('waits for the old socket’s end before it opens the next one', () => {
    const hub = new TestHub().inConversation();
    hub.gateway({ type: 'token-expired' });
    hub.token();
    expect(hub.all('open-socket')).toHaveLength(1);
    hub.cut('token');
    expect(hub.all('open-socket')).toHaveLength(2);
    expect(hub.snapshot?.connection.phase).toBe('ready');
  });

  it('does not wait for ever for a peer that does not answer the close', () => {
    const hub = new TestHub().inConversation();
    hub.gateway({ type: 'token-expired' });
    hub.token().pass(2_000);
    expect(hub.all('open-socket')).toHaveLength(2);
  });

  it('renews the token in time, holds the outbox, and shows no flicker', () => {
    const hub = new TestHub().inConversation();
    hub.answersPings = true;
    const phases = new Set<string | undefined>();
    const note = () => phases.add(hub.flush().snapshot?.connection.phase);
    hub.clearKeepingSocket().pass(720_000 * 0.9 - 1);
    expect(hub.all('fetch-token')).toHaveLength(0);
    hub.pass(720_000 * 0.1 + 1);
    expect(hub.all('fetch-token')).toHaveLength(1);
    hub.type('on its way', 'm1').clear();
    const { connection } = hub.state;
    const socketId = 'socketId' in connection ? connection.socketId : -1;
    hub.take({
      type: 'token',
      requestId: hub.state.token.requestId ?? -1,
      result: { ok: true, expiresIn: 900, subject: 'visitor-1' },
    });
    note();
    hub.type('meanwhile', 'm2');
    expect(hub.all('close-socket')).toHaveLength(0);
    hub.take({
      type: 'gateway',
      socketId,
      event: { type: 'message', message: echo(1, 'm1', 'on its way') },
    });
    expect(hub.all('close-socket')).toHaveLength(1);
    expect(hub.all('open-socket')).toHaveLength(0);
    hub.take({ type: 'socket-closed', socketId, meaning: 'network' });
    note();
    hub.open();
    note();
    hub.gateway({ type: 'authenticated', serverTime: hub.wall });
    note();
    hub.gateway({ type: 'conversation', conversation: { conversationId, status: 'connected' } });
    hub.rest(echo(1, 'm1', 'on its way'));
    note();
    expect(phases).toEqual(new Set(['ready']));
    expect(hub.sent().at(-1)).toMatchObject({ type: 'send-message', messageId: 'm2' });
  });

  it('does not use up attempts while the browser says that it is offline', () => {
    const hub = new TestHub().restore().attach().token().take(network);
    hub.cut();
    expect(hub.snapshot?.connection).toMatchObject({ phase: 'offline', attempt: 0 });
    hub.pass(5_000).clearKeepingSocket().take({ type: 'online', isOnline: true });
    expect(hub.all('open-socket')).toHaveLength(2);
  });

  it('closes its socket after half a minute without a tab, and opens one for the next', () => {
    const hub = new TestHub().inConversation();
    hub.answersPings = true;
    hub.take({ type: 'tab-left', tabId: 'a' });
    hub.pass(29_999);
    expect(hub.all('close-socket')).toHaveLength(0);
    hub.pass(1);
    expect(hub.all('close-socket')).toHaveLength(1);
    hub.cut().attach();
    expect(hub.all('open-socket')).toHaveLength(2);
  });
});

describe('keep-alive', () => {
  it('answers a gateway ping with the same payload', () => {
    const hub = new TestHub().inConversation();
    hub.gateway({ type: 'ping', payload: { n: [1, 'x'] } });
    expect(hub.sent()).toEqual([{ type: 'answer-ping', payload: { n: [1, 'x'] } }]);
  });

  it('reconnects when no pong comes within ten seconds of the ping', () => {
    const hub = new TestHub().inConversation().pass(20_000);
    expect(hub.sent()).toContainEqual({ type: 'ping' });
    hub.pass(8_000);
    expect(hub.snapshot?.connection.phase).toBe('ready');
    hub.pass(2_000);
    expect(hub.snapshot?.connection.phase).toBe('waiting');
  });

  it('takes no timer that fired late for a dead peer', () => {
    const hub = new TestHub().inConversation().pass(20_000).clearKeepingSocket().sleep(60_000);
    expect(hub.all('close-socket')).toHaveLength(0);
    expect(hub.sent()).toContainEqual({ type: 'ping' });
    hub.gateway({ type: 'pong' }).pass(10_000);
    expect(hub.snapshot?.connection.phase).toBe('ready');
  });
});

describe('a token that is dropped', () => {
  const refused = (hub: TestHub) => hub.all('discard-token').map(({ isRefused }) => isRefused);

  it('was refused where the gateway says so', () => {
    const hub = new TestHub().inConversation().gateway({ type: 'token-expired' });
    expect(refused(hub)).toEqual([true]);
  });

  it('was not refused where the visitor signs out, or the broker says that nobody is there', () => {
    const hub = new TestHub().inConversation();
    hub.call({ type: 'sign-out' });
    expect(refused(hub)).toEqual([false]);
    const other = new TestHub().restore().attach();
    const { requestId } = other.last('fetch-token');
    const result = { ok: false, kind: 'signed-out', message: '', retryAfter: null } as const;
    other.take({ type: 'token', requestId, result });
    expect(refused(other)).toEqual([false]);
  });
});
