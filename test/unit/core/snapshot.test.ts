import { describe, expect, it } from 'vitest';
import { genesysCloud } from '../../../src/worker/genesys-cloud/extension.ts';
import { agentSays, conversationId, echo, TestHub } from './harness.ts';
import { PlatformHub } from './platform.ts';
import { fails, hears, polling, problem, routing, settled, untilAsked } from './scenes.ts';

function connection(hub: TestHub) {
  return hub.flush().snapshot?.connection;
}

describe('the connection in a snapshot', () => {
  it('is a phase, how often it was tried, and by which way messages go', () => {
    const hub = new TestHub().attach();
    hub.restore();
    expect(connection(hub)).toEqual({
      phase: 'connecting',
      attempt: 0,
      retryAt: null,
      transport: 'none',
    });
    hub.token();
    expect(connection(hub)).toMatchObject({ phase: 'connecting', transport: 'none' });
    hub.open();
    expect(connection(hub)).toMatchObject({ phase: 'authenticating', transport: 'none' });
    hub.gateway({ type: 'authenticated', serverTime: hub.wall });
    expect(connection(hub)).toMatchObject({ phase: 'ready', transport: 'websocket' });
    hub.call({ type: 'start', routing });
    expect(connection(hub)).toMatchObject({ phase: 'routing', transport: 'websocket' });
    hub.gateway({ type: 'conversation', conversation: { conversationId, status: 'queued' } });
    expect(connection(hub)).toMatchObject({ phase: 'ready', transport: 'websocket' });
  });

  it('that waits is when it is tried again, in whole seconds of this machine’s clock', () => {
    const hub = new TestHub().inConversation();
    hub.wall += 300;
    hub.cut();
    const state = hub.state.connection;
    if (state.phase !== 'waiting') throw new Error(state.phase);
    const shown = connection(hub);
    expect(shown).toMatchObject({ phase: 'waiting', attempt: 1, transport: 'none' });
    expect(shown?.problem?.code).toBe('network');
    const exact = hub.wall + (state.retryAt - hub.now);
    expect((shown?.retryAt ?? 0) % 1_000).toBe(0);
    expect(Math.abs((shown?.retryAt ?? 0) - exact)).toBeLessThanOrEqual(500);
    // Time that passes does not change it.
    hub.clear().pass(1_400).flush();
    expect(hub.all('post')).toEqual([]);
  });

  it('that is given up is when it is probed, and that REST stands in for it', () => {
    const hub = polling(new TestHub().inConversation());
    const shown = connection(hub);
    expect(shown).toMatchObject({ phase: 'polling', transport: 'rest', attempt: 5 });
    const probe = hub.state.timers.probe ?? 0;
    const exact = hub.wall + (probe - hub.now);
    expect(Math.abs((shown?.retryAt ?? 0) - exact)).toBeLessThanOrEqual(500);
    hub.pass(probe - hub.now);
    expect(hub.state.connection.phase).toBe('connecting');
    expect(connection(hub)).toMatchObject({ phase: 'polling', transport: 'rest', retryAt: null });
    hub.open();
    expect(connection(hub)).toMatchObject({ phase: 'polling' });
    hub.gateway({ type: 'authenticated', serverTime: hub.wall });
    expect(connection(hub)).toMatchObject({ phase: 'ready', transport: 'websocket', attempt: 0 });
  });

  it('that is tried because the visitor wants it is not when it is probed', () => {
    const hub = polling(new TestHub().inConversation()).pass(3_000);
    hub.call({ type: 'reconnect' });
    expect(hub.state.connection.phase).toBe('connecting');
    expect(hub.state.timers.probe).toBeDefined();
    expect(connection(hub)?.retryAt).toBeNull();
  });

  it('without a tab is shown as connecting', () => {
    const hub = new TestHub().inConversation().take({ type: 'tab-left', tabId: 'a' });
    hub.answersPings = true;
    hub.pass(30_000);
    expect(hub.state.connection.phase).toBe('idle');
    expect(hub.state.published?.connection).toMatchObject({
      phase: 'connecting',
      transport: 'none',
    });
  });

  it('by REST is nothing where there is no token', () => {
    const hub = polling(new TestHub().inConversation());
    hub.state = { ...hub.state, token: { ...hub.state.token, expiresAt: null } };
    expect(connection(hub)).toMatchObject({ phase: 'polling', transport: 'none' });
  });

  it('is nothing of a renewal', () => {
    const hub = new TestHub().inConversation();
    hub.gateway({ type: 'token-expired' });
    expect(connection(hub)).toMatchObject({ phase: 'ready', transport: 'websocket' });
    hub.cut().token();
    expect(connection(hub)?.phase).toBe('ready');
    hub.open();
    expect(connection(hub)?.phase).toBe('ready');
    hub.gateway({ type: 'authenticated', serverTime: hub.wall });
    expect(connection(hub)).toMatchObject({ phase: 'ready', attempt: 0 });
  });

  it('is that there is no network, or that the session is over', () => {
    const hub = new TestHub().inConversation();
    hub.cut().take({ type: 'online', isOnline: false });
    expect(connection(hub)).toMatchObject({ phase: 'offline', transport: 'none' });
    hub.call({ type: 'sign-out' });
    expect(connection(hub)).toMatchObject({
      phase: 'signed-out',
      transport: 'none',
      problem: { code: 'signed-out' },
    });
  });

  it('of a session is ready before its first message, and waits where nothing stands in for it', () => {
    const gateway = genesysCloud({ deploymentId: 'd', region: 'us-east-1' });
    const hub = new TestHub({ gateway }).restore().attach();
    expect(hub.state.connection.phase).toBe('idle');
    expect(connection(hub)).toMatchObject({ phase: 'ready', transport: 'none' });
    hub.call({ type: 'start', routing });
    expect(connection(hub)).toMatchObject({ phase: 'connecting', transport: 'none' });
    hub.token(null);
    for (let retry = 0; retry < 6; retry += 1) hub.cut().pass(31_000);
    expect(hub.state.breaker.isOpen).toBe(true);
    while (hub.state.connection.phase !== 'resting') hub.cut().pass(1);
    expect(connection(hub)).toMatchObject({ phase: 'waiting', transport: 'none' });
    hub.pass((hub.state.timers.probe ?? 0) - hub.now);
    expect(hub.state.connection.phase).toBe('connecting');
    expect(connection(hub)).toMatchObject({ phase: 'connecting' });
  });
});

it('a session that is open goes by its socket', () => {
  expect(connection(new PlatformHub().talking())).toMatchObject({
    phase: 'ready',
    transport: 'websocket',
  });
});

describe('that messages wait', () => {
  it('is seen when REST wants to be left alone and one must be looked for first', () => {
    const hub = new TestHub().inConversation();
    hub.answersPings = true;
    hub.type('one', 'm1').pass(10_000);
    expect(connection(hub)?.problem).toBeUndefined();
    const { requestId } = hub.last('rest');
    const failure = { kind: 'unavailable', message: 'busy', retryAfter: 20_000 } as const;
    hub.take({ type: 'rest', requestId, result: { ok: false, failure } });
    expect(connection(hub)?.problem?.code).toBe('rate-limited');
    hub.clearKeepingSocket().pass(23_000);
    settled(hub);
    expect(connection(hub)?.problem).toBeUndefined();
  });

  it('is not seen where nothing waits', () => {
    const hub = new TestHub().inConversation();
    problem(hub, 'rate-limited', null, { retryAfter: 5_000 });
    expect(connection(hub)?.problem).toBeUndefined();
    hub.type('one', 'm1');
    expect(connection(hub)?.problem?.code).toBe('rate-limited');
    problem(hub, 'rejected', 'm1');
    expect(connection(hub)?.problem).toBeUndefined();
  });

  it('is not seen of one that has arrived, or is on its way', () => {
    const held = new TestHub().inConversation().type('one', 'm1');
    hears(held, echo(2, 'm1', 'one'));
    problem(held, 'rate-limited', null, { retryAfter: 5_000 });
    expect(connection(held)?.problem).toBeUndefined();
    const sent = new TestHub().inConversation();
    sent.answersPings = true;
    fails(untilAsked(sent.clearKeepingSocket()), 'unavailable', 20_000);
    sent.type('one', 'm1');
    expect(connection(sent)?.problem).toBeUndefined();
  });

  it('is seen behind what is worse', () => {
    const hub = new TestHub().inConversation();
    problem(hub, 'rate-limited', null, { retryAfter: 5_000 });
    hub.type('one', 'm1');
    problem(hub, 'other', null);
    expect(connection(hub)?.problem?.code).toBe('rejected');
  });
});

it('what all tabs share is the hub they share', () => {
  const hub = new TestHub({ epoch: 'this-boot' }).inConversation().attach('b');
  hears(hub, agentSays(1));
  expect(hub.snapshot).toMatchObject({
    unread: 1,
    typing: null,
    draft: '',
    routing: null,
    conversation: { conversationId, status: 'connected' },
    hub: {
      kind: 'shared-worker',
      epoch: 'this-boot.0',
      build: '1',
      tabs: 2,
      persistent: true,
    },
  });
});
