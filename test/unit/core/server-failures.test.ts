import { describe, expect, it } from 'vitest';
import type { TokenResult } from '../../../src/protocol/gateway/tokens.ts';
import { agentSays, conversationId, TestHub } from './harness.ts';

type Refusal = Extract<TokenResult, { ok: false }>;

function brokerSays(
  hub: TestHub,
  kind: Refusal['kind'],
  retryAfter: number | null = null,
): TestHub {
  const { requestId } = hub.last('fetch-token');
  const result: Refusal = { ok: false, kind, message: kind, retryAfter };
  return hub.take({ type: 'token', requestId, result }).flush();
}

describe('the broker', () => {
  it.each(['rate-limited', 'unavailable', 'network'] as const)(
    'is asked again with backoff when it is %s',
    (kind) => {
      const hub = brokerSays(new TestHub().restore().attach(), kind);
      expect(hub.snapshot?.connection).toMatchObject({ phase: 'waiting', attempt: 1 });
      hub.clear().pass(1_999);
      expect(hub.all('fetch-token')).toHaveLength(0);
      hub.pass(6_002);
      expect(hub.all('fetch-token')).toHaveLength(1);
    },
  );

  it('is left alone for as long as it says, and not by all at the same moment', () => {
    const waits = [1, 2, 3].map((seed) => {
      const hub = brokerSays(new TestHub({ seed }).restore().attach(), 'rate-limited', 20_000);
      const { connection } = hub.state;
      return connection.phase === 'waiting' ? connection.retryAt - hub.now : 0;
    });
    for (const wait of waits) expect(wait).toBeGreaterThanOrEqual(20_000);
    expect(new Set(waits).size).toBe(3);
  });

  it.each([
    [599_999, 599_999],
    [600_000, 600_000],
    [600_001, 600_000],
    [1e300, 600_000],
  ])('is asked again after ten minutes at most, though it says %d ms', (asked, pause) => {
    const hub = brokerSays(new TestHub().restore().attach(), 'rate-limited', asked);
    const { connection } = hub.state;
    const wait = connection.phase === 'waiting' ? connection.retryAt - hub.now : 0;
    expect(wait).toBeGreaterThanOrEqual(pause);
    expect(wait).toBeLessThanOrEqual(1.1 * pause);
  });

  it('is left alone even when it said so to a question from before a sign-out', () => {
    const hub = new TestHub().restore().attach();
    const { requestId } = hub.last('fetch-token');
    hub.call({ type: 'sign-out' });
    hub.attach('b');
    const result = { ok: false, kind: 'rate-limited', message: '', retryAfter: 28_000 } as const;
    hub.take({ type: 'token', requestId, result }).token().store();
    hub.call({ type: 'sign-out' });
    hub.clear().call({ type: 'reconnect' });
    hub.pass(27_000);
    expect(hub.all('fetch-token')).toHaveLength(0);
    hub.pass(30_000);
    expect(hub.all('fetch-token')).toHaveLength(1);
  });

  it('signs out with a 401, and lets the visitor come back', () => {
    const hub = brokerSays(new TestHub().restore().attach(), 'signed-out');
    expect(hub.snapshot?.connection.phase).toBe('signed-out');
    const callId = hub.call({ type: 'send', messageId: 'm', text: 'hello' });
    expect(hub.answers.get(callId)).toMatchObject({ ok: false, problem: { code: 'signed-out' } });
    hub.clear().call({ type: 'reconnect' });
    expect(hub.all('fetch-token')).toHaveLength(1);
  });

  it('leaves a living socket alone while it fails to renew', () => {
    const hub = new TestHub().inConversation();
    hub.answersPings = true;
    hub.pass(720_000);
    brokerSays(hub, 'unavailable', 5_000);
    expect(hub.snapshot?.connection.phase).toBe('ready');
    expect(hub.all('close-socket')).toHaveLength(0);
    hub.clear().pass(5_000);
    expect(hub.all('fetch-token')).toHaveLength(1);
  });

  it('is asked by a laptop that slept past the expiry', () => {
    const hub = new TestHub().inConversation();
    hub.clearKeepingSocket().sleep(3_600_000);
    expect(hub.all('fetch-token')).toHaveLength(1);
    hub.token();
    expect(hub.all('close-socket')).toHaveLength(1);
    hub.cut();
    expect(hub.all('open-socket')).toHaveLength(2);
    expect(hub.snapshot?.connection.phase).toBe('ready');
  });
});

describe('the gateway', () => {
  it('is left alone for half a minute when it has too many connections', () => {
    const hub = new TestHub().restore().attach().token().cut('too-many-connections');
    const { connection } = hub.state;
    expect(connection.phase === 'waiting' && connection.retryAt - hub.now).toBeGreaterThanOrEqual(
      30_000,
    );
  });

  it('that closes in a loop is tried five times, then once a minute', () => {
    const hub = new TestHub().restore().attach().token().clearKeepingSocket();
    const end = hub.now + 30 * 60_000;
    let tries = 1;
    while (hub.now < end) {
      const before = hub.all('open-socket').length;
      const { connection } = hub.state;
      if (connection.phase === 'connecting') hub.cut();
      hub.pass(1_000);
      if (hub.all('fetch-token').length > 0) hub.token();
      hub.effects = hub.all('open-socket');
      tries += hub.effects.length - before;
    }
    expect(tries).toBeLessThanOrEqual(6 + 34);
    expect(hub.snapshot?.connection.phase).toBe('polling');
    expect(hub.state.closingSockets.length).toBeLessThanOrEqual(1);
    expect(hub.state.requests.length).toBeLessThanOrEqual(2);
  });

  it('that never answers ends in a visible state with bounded tries', () => {
    const hub = new TestHub().restore().attach().token().clearKeepingSocket();
    hub.pass(10 * 60_000);
    expect(hub.snapshot?.connection.phase).toBe('polling');
    expect(hub.all('open-socket').length).toBeLessThanOrEqual(6 + 12);
  });
});

describe('REST', () => {
  it('is given a new token once, and then believed', () => {
    const hub = new TestHub().inConversation();
    hub.gateway({ type: 'message', message: agentSays(2) });
    hub.pass(2_000);
    const refuse = () => {
      const { requestId } = hub.last('rest');
      const failure = { kind: 'unauthorized', message: 'no', retryAfter: null } as const;
      hub.take({ type: 'rest', requestId, result: { ok: false, failure } });
    };
    refuse();
    expect(hub.all('fetch-token')).toHaveLength(1);
    hub.token();
    expect(hub.all('rest')).toHaveLength(2);
    refuse();
    expect(hub.all('fetch-token')).toHaveLength(1);
    expect(hub.state.timers['rest-retry']).toBeDefined();
  });

  it('is asked for all pages, and their messages are merged', () => {
    const hub = new TestHub().inConversation();
    hub.gateway({ type: 'message', message: agentSays(1) });
    hub.gateway({ type: 'message', message: agentSays(5) });
    hub.pass(2_000);
    const page = (nextCursor: string | null, ...sequences: number[]) => {
      const { requestId } = hub.last('rest');
      const messages = sequences.map((sequence) => agentSays(sequence));
      hub.take({
        type: 'rest',
        requestId,
        result: { ok: true, value: { type: 'history', messages, nextCursor, invalidCount: 0 } },
      });
    };
    page('p2', 1, 2);
    expect(hub.last('rest').call).toMatchObject({ type: 'history-since', cursor: 'p2' });
    page('p3', 2, 3);
    page(null, 4, 5);
    expect(hub.last('rest').call).toEqual({ type: 'conversation', conversationId });
    hub.rest();
    expect(hub.shown()).toEqual(['agent 1', 'agent 2', 'agent 3', 'agent 4', 'agent 5']);
  });

  it('keeps its Retry-After', () => {
    const hub = new TestHub().inConversation();
    hub.gateway({ type: 'message', message: agentSays(2) });
    hub.pass(2_000);
    const { requestId } = hub.last('rest');
    const failure = { kind: 'rate-limited', message: 'slow', retryAfter: 9_000 } as const;
    hub.take({ type: 'rest', requestId, result: { ok: false, failure } });
    hub.clearKeepingSocket().pass(8_999);
    // Whatever else wants REST meanwhile waits too.
    hub.call({ type: 'reconnect' });
    hub.take({ type: 'timer', name: 'reorder' });
    expect(hub.all('rest')).toHaveLength(0);
    hub.pass(901);
    expect(hub.all('rest')).toHaveLength(1);
  });
});
