import { describe, expect, it } from 'vitest';
import type { RestResult } from '../../../src/protocol/gateway/rest.ts';
import {
  failing,
  type PlatformFrame,
  PlatformHub,
  type PlatformRequest,
  routing,
} from './platform.ts';

const minute = 60_000;
const hour = 60 * minute;

const isOpening = ({ action }: PlatformRequest) => action.startsWith('configure');
const isMessage = ({ message }: PlatformRequest) =>
  message?.type === 'Text' && message.text !== 'ping';
const isEcho = ({ action }: PlatformRequest) => action === 'echo';

const refusing =
  (isMeant: (request: PlatformRequest) => boolean, code: number, body?: unknown) =>
  (request: PlatformRequest) =>
    isMeant(request) ? failing(code, body) : null;

/** What comes after the first of them is answered as it would be. */
const once = (isMeant: (request: PlatformRequest) => boolean, answer: PlatformFrame) => {
  let isOver = false;
  return (request: PlatformRequest) => {
    if (isOver || !isMeant(request)) return null;
    isOver = true;
    return answer;
  };
};

const outOfReach = (
  kind: 'network' | 'unavailable' | 'rejected' = 'network',
): (() => RestResult) => {
  return () => ({ ok: false, failure: { kind, message: kind, retryAfter: null } });
};

describe('an error while a session is opened', () => {
  it.each([
    [400, 'failed', 'forbidden'],
    [403, 'failed', 'forbidden'],
    [404, 'failed', 'forbidden'],
    [4000, 'failed', 'forbidden'],
    [4013, 'failed', 'forbidden'],
    [4020, 'failed', 'forbidden'],
    [408, 'waiting', 'unavailable'],
    [409, 'waiting', 'conversation-ended'],
    [500, 'waiting', 'unavailable'],
    [503, 'waiting', 'unavailable'],
    [4006, 'waiting', 'unavailable'],
    [4007, 'waiting', 'unavailable'],
    [4017, 'waiting', 'conversation-ended'],
    [4029, 'waiting', 'rate-limited'],
    [429, 'waiting', 'rate-limited'],
    [4999, 'waiting', 'unavailable'],
  ])('%d leads to “%s”, and to no storm', (code, phase, problem) => {
    const hub = new PlatformHub();
    hub.refuse = refusing(isOpening, code);
    hub.begun();
    expect([hub.phase, hub.problem]).toEqual([
      phase,
      problem === 'conversation-ended' ? hub.problem : problem,
    ]);
    expect(hub.snapshot?.connection.problem?.message).not.toBe('');
    expect(hub.sockets).toBe(1);
    hub.pass(10 * minute);
    expect(hub.sockets).toBeLessThan(phase === 'failed' ? 2 : 25);
  });

  it('that names a time is believed for ten minutes at most', () => {
    const hub = new PlatformHub();
    const body = { errorCode: 4029, retryAfter: 86_400 };
    hub.refuse = (request) =>
      isOpening(request) ? { class: 'TooManyRequestsErrorMessage', code: 429, body } : null;
    hub.begun();
    const { retryAt } = hub.snapshot?.connection ?? {};
    expect((retryAt ?? 0) - hub.wall).toBeLessThanOrEqual(11 * minute);
  });

  it.each([409, 404, 4006, 4007])(
    '%d ends the conversation that was to be gone on with',
    (code) => {
      const hub = new PlatformHub().talking();
      hub.refuse = refusing(isOpening, code);
      hub.cut().pass(minute);
      expect(hub.snapshot?.conversation?.status).toBe('ended');
      expect([hub.phase, hub.problem]).toEqual(['ready', undefined]);
      hub.refuse = () => null;
      hub.session = { connected: true, newSession: true };
      hub.call({ type: 'start', routing });
      hub.type('hello again', 'm-2');
      expect(hub.fresh).toContain(true);
      expect(hub.outcomes).toEqual(['hello again: delivered']);
    },
  );
});

describe('a secret that is refused', () => {
  it('twice is worth nothing: a guest’s next conversation has another one', () => {
    const hub = new PlatformHub().talking();
    hub.refuse = refusing(isOpening, 401);
    hub.cut().pass(minute);
    expect(hub.snapshot?.conversation?.status).toBe('ended');
    expect(hub.phase).toBe('ready');
    hub.refuse = () => null;
    hub.session = { connected: true, newSession: true };
    hub.call({ type: 'start', routing });
    hub.type('hello', 'm-1');
    expect(hub.fresh.at(-1)).toBe(true);
    expect(hub.outcomes).toEqual(['hello: delivered']);
  });

  it('twice signs out who has an identity', () => {
    const hub = new PlatformHub({ codeUrl: '/code' });
    hub.refuse = refusing(isOpening, 401);
    hub.begun().pass(minute);
    expect(hub.phase).toBe('signed-out');
    expect(hub.configured).toHaveLength(2);
  });

  it('for every new one is tried with patience', () => {
    const hub = new PlatformHub();
    hub.refuse = refusing(isOpening, 401);
    hub.begun().pass(10 * minute);
    expect(hub.phase).not.toBe('signed-out');
    expect(hub.configured.length).toBeLessThan(50);
  });

  it.each([
    [{}, 'ready', 'ended'],
    [{ codeUrl: '/code' }, 'signed-out', 'connected'],
  ])('by living lines again and again is given up (%j)', (options, phase, status) => {
    const hub = new PlatformHub(options).talking();
    hub.refuse = refusing(isMessage, 401);
    hub.type('hello', 'm-1');
    hub.pass(10 * minute);
    expect(hub.sockets).toBeLessThan(10);
    expect(hub.phase).toBe(phase);
    expect(hub.snapshot?.conversation?.status).toBe(status);
  });

  it('once on an open connection is replaced at once, without a visible change', () => {
    const hub = new PlatformHub().talking();
    hub.refuse = once(isMessage, failing(401));
    hub.type('hello', 'm-1');
    expect(hub.outcomes).toEqual(['hello: delivered']);
    expect(hub.phase).toBe('ready');
    expect(hub.sockets).toBe(1);
  });
});

describe('a session that is found read-only', () => {
  it.each([{}, { codeUrl: '/code' }])(
    'gives way to a new one, which is asked for as such (%j)',
    (options) => {
      const hub = new PlatformHub(options);
      hub.session = { connected: true, newSession: false, readOnly: true };
      let opened = 0;
      hub.refuse = (request) => {
        if (!isOpening(request)) return null;
        opened += 1;
        const isNew = request.startNew === true || (options.codeUrl === undefined && opened > 1);
        const body = isNew ? { connected: true, newSession: true } : hub.session;
        return { class: 'SessionResponse', body };
      };
      hub.begun().type('hello', 'm-1');
      expect(hub.outcomes).toEqual(['hello: delivered']);
      expect(hub.sockets).toBe(2);
      expect(hub.fresh).toEqual([false, false]);
      expect(hub.configured.map(({ startNew }) => startNew)).toEqual([false, true]);
    },
  );

  it('however often, makes no loop', () => {
    for (const options of [{}, { codeUrl: '/code' }]) {
      const hub = new PlatformHub(options);
      hub.session = { connected: true, readOnly: true };
      hub.begun();
      expect(hub.sockets).toBe(2);
      expect([hub.phase, hub.problem]).toEqual(['waiting', 'unavailable']);
      hub.pass(hour);
      expect(hub.sockets).toBeLessThan(150);
    }
  });

  it('and an unknown one are not requested again by a visitor with an identity', () => {
    const hub = new PlatformHub({ codeUrl: '/code' });
    hub.refuse = (request) => (isOpening(request) && !request.startNew ? failing(4007) : null);
    hub.begun().pass(minute);
    expect(hub.phase).toBe('ready');
    expect(hub.configured.map(({ startNew }) => startNew)).toEqual([false, true]);
  });
});

describe('an error while a message is on its way', () => {
  it.each([
    [400, 'client-bug'],
    [403, 'rejected'],
    [404, 'rejected'],
    [409, 'conversation-ended'],
    [4000, 'rejected'],
    [4008, 'rejected'],
    [4010, 'rejected'],
    [4011, 'message-too-long'],
    [4013, 'rejected'],
    [4020, 'client-bug'],
    [4999, 'rejected'],
  ])('%d fails it, and what stands behind it goes on', (code, failure) => {
    const hub = new PlatformHub().talking();
    hub.refuse = once(isMessage, failing(code));
    hub.type('one', 'm-1');
    hub.type('two', 'm-2');
    // There is nothing behind it once the conversation has ended.
    const behind = code === 409 ? [] : ['two: delivered'];
    expect(hub.outcomes.toSorted()).toEqual([`one: ${failure}`, ...behind].toSorted());
    expect(hub.snapshot?.messages.find(({ failure }) => failure)?.failure?.message).not.toBe('');
  });

  it.each([408, 500, 503])('%d is tried again, in words, and not for ever', (code) => {
    const hub = new PlatformHub().talking();
    hub.refuse = (request) => (request.message?.text === 'one' ? failing(code) : null);
    hub.type('one', 'm-1');
    hub.type('two', 'm-2');
    expect(hub.problem).toBe('unavailable');
    expect(hub.outcomes).toEqual(['one: sent', 'two: pending']);
    hub.pass(2 * minute);
    expect(hub.outcomes.toSorted()).toEqual(['one: unavailable', 'two: delivered']);
    expect(hub.texts).toEqual(['one', 'one', 'one', 'two']);
    expect(hub.problem).toBeUndefined();
  });

  it('a 403 about what is switched off costs no message', () => {
    const hub = new PlatformHub().talking();
    const words = 'Turn on the Feature Toggle or fix the configuration.';
    hub.refuse = refusing(isMessage, 403, words);
    hub.type('one', 'm-1');
    expect(hub.outcomes).toEqual(['one: sent']);
  });

  it.each([429, 4029])(
    '%d makes it wait for as long as is told, in words, and no typing is told',
    (code) => {
      const hub = new PlatformHub().talking();
      hub.refuse = once(isMessage, failing(code));
      hub.type('one', 'm-1');
      hub.type('two', 'm-2');
      expect([hub.phase, hub.problem]).toEqual(['ready', 'rate-limited']);
      hub.call({ type: 'typing', isTyping: true });
      hub.pass(29_000);
      expect(hub.texts).toEqual(['one']);
      expect(hub.requests.filter(({ message }) => message?.type === 'Event')).toEqual([]);
      hub.pass(2_000);
      expect(hub.outcomes).toEqual(['one: delivered', 'two: delivered']);
      expect(hub.problem).toBeUndefined();
    },
  );
});

describe('an error while nothing is on its way', () => {
  it.each([400, 404, 408, 429, 500, 4000, 4999])('%d to an echo is a sign of life', (code) => {
    const hub = new PlatformHub().talking();
    hub.refuse = refusing(isEcho, code);
    hub.pass(10 * minute);
    expect(hub.sockets).toBe(0);
    expect(hub.phase).toBe('ready');
  });
});

describe('a history that is out of reach', () => {
  it.each(['network', 'unavailable', 'rejected'] as const)(
    'does not block the outbox for ever: the visitor decides on unconfirmed messages (%s)',
    (kind) => {
      const hub = new PlatformHub().talking();
      hub.history = outOfReach(kind);
      // Its echo is lost.
      hub.refuse = once(isMessage, { class: 'NobodyKnows' });
      hub.type('one', 'm-1');
      hub.type('two', 'm-2');
      hub.pass(3 * minute);
      expect(hub.outcomes.toSorted()).toEqual(['one: unknown-outcome', 'two: delivered']);
      // Who wants it all the same has it sent, though nobody can look whether it is there.
      hub.call({ type: 'retry', messageId: 'm-1' });
      hub.flush();
      expect(hub.outcomes).toContain('one: delivered');
    },
  );

  it('for its rate alone is waited for, in words', () => {
    const hub = new PlatformHub().talking();
    hub.history = () => ({
      ok: false,
      failure: { kind: 'rate-limited', message: 'slow', retryAfter: 30_000 },
    });
    hub.refuse = (request) => (isMessage(request) ? { class: 'NobodyKnows' } : null);
    hub.type('one', 'm-1');
    hub.pass(5 * minute);
    expect(hub.outcomes).toEqual(['one: sent']);
    expect([hub.phase, hub.problem]).toEqual(['ready', 'rate-limited']);
    hub.history = () => ({
      ok: true,
      value: { type: 'history', messages: [], nextCursor: null, invalidCount: 0 },
    });
    hub.refuse = () => null;
    hub.pass(minute);
    expect(hub.outcomes).toEqual(['one: delivered']);
    expect(hub.problem).toBeUndefined();
  });
});

describe('what belongs to one session', () => {
  it('its life, is not the next one’s', () => {
    const hub = new PlatformHub();
    hub.session = { connected: true, newSession: true, durationSeconds: 600 };
    hub.begun().call({ type: 'end' });
    hub.flush();
    hub.session = { connected: true, newSession: true };
    hub.call({ type: 'start', routing });
    hub.pass(9 * minute);
    expect(hub.snapshot?.conversation).toMatchObject({ status: 'connected' });
    expect(hub.snapshot?.conversation?.expiresAt).toBeUndefined();
  });

  it('its end, is shown until it has come, and no longer', () => {
    const hub = new PlatformHub();
    hub.session = { connected: true, newSession: true, durationSeconds: 600 };
    hub.begun().pass(6 * minute);
    expect(hub.snapshot?.conversation?.expiresAt).toBeDefined();
    hub.pass(5 * minute);
    expect(hub.flush().snapshot?.conversation?.expiresAt).toBeUndefined();
  });

  it('its being open in too many places, does not keep the next one from being opened', () => {
    const hub = new PlatformHub().talking().says({ class: 'ConnectionClosedEvent', body: {} });
    expect([hub.phase, hub.problem]).toEqual(['failed', 'evicted']);
    hub.call({ type: 'end' });
    hub.session = { connected: true, newSession: true };
    hub.call({ type: 'start', routing });
    expect(hub.phase).toBe('ready');
    expect(hub.configured.at(-1)?.startNew).toBe(true);
  });
});
