import { describe, expect, it } from 'vitest';
import type { TokenResult } from '../../../src/protocol/gateway/tokens.ts';
import { backoff } from '../../../src/worker/core/backoff.ts';
import type { Input } from '../../../src/worker/core/input.ts';
import { nextRandom } from '../../../src/worker/core/random.ts';
import type { SessionPolicy } from '../../../src/worker/core/session-policy.ts';
import { defaultTiming, type Timing } from '../../../src/worker/core/settings.ts';
import type { HubState } from '../../../src/worker/core/state.ts';
import { step } from '../../../src/worker/core/step.ts';
import type { TimerName } from '../../../src/worker/core/timers.ts';
import { genesysCloud } from '../../../src/worker/genesys-cloud/extension.ts';
import { agentSays, conversationId, echo, TestHub } from './harness.ts';
import { billing, RoutingHub } from './routing-hub.ts';

const luck = 400;

/** What the same step gives hubs of different luck: the least and the most. */
function spread(
  hub: TestHub,
  input: Input,
  read: (state: HubState) => number,
  rules: SessionPolicy | null = null,
): readonly [number, number] {
  const due = input.type === 'timer' ? hub.state.timers[input.name] : undefined;
  const now = Math.max(hub.now, due ?? 0);
  const values = Array.from({ length: luck }, (_, seed) => {
    const clock = { now, wall: hub.wall };
    return read(step({ ...hub.state, seed: seed * 7_919 }, input, clock, rules).state) - now;
  });
  return [Math.min(...values), Math.max(...values)];
}

const at =
  (name: TimerName) =>
  ({ timers }: HubState): number =>
    timers[name] ?? Number.NaN;

/** Every hub is inside, and the luckiest and the unluckiest are at the two ends. */
function expectBetween([least, most]: readonly [number, number], from: number, to: number): void {
  const play = (to - from) * 0.03;
  expect(least).toBeGreaterThanOrEqual(from);
  expect(least).toBeLessThanOrEqual(from + play);
  expect(most).toBeLessThanOrEqual(to);
  expect(most).toBeGreaterThanOrEqual(to - play);
}

function socketOf({ state: { connection } }: TestHub): number {
  return 'socketId' in connection ? connection.socketId : -1;
}

const cut = (hub: TestHub, meaning: 'network' | 'too-many-connections' = 'network'): Input => ({
  type: 'socket-closed',
  socketId: socketOf(hub),
  meaning,
});

const connecting = (timing: Partial<Timing> = {}) =>
  new TestHub({ timing }).restore().attach().token();

/** With so many retries behind it. */
function afterRetries(attempt: number, timing: Partial<Timing> = {}): TestHub {
  const hub = connecting(timing);
  hub.state = { ...hub.state, breaker: { ...hub.state.breaker, attempt } };
  return hub;
}

const noToken = (hub: TestHub, retryAfter: number | null): Input => {
  const result: TokenResult = { ok: false, kind: 'unavailable', message: '', retryAfter };
  return { type: 'token', requestId: hub.state.token.requestId ?? -1, result };
};

/** The token of a living socket is being renewed, for the given time again. */
function renewing(failures = 0): TestHub {
  const hub = new TestHub().inConversation();
  hub.answersPings = true;
  hub.pass(720_000);
  hub.state = { ...hub.state, token: { ...hub.state.token, failures } };
  return hub;
}

function resting(timing: Partial<Timing> = {}): TestHub {
  const hub = afterRetries(5, timing).cut();
  expect(hub.state.connection.phase).toBe('resting');
  return hub;
}

describe('random numbers', () => {
  it('are mulberry32’s, so that a seed gives the same numbers everywhere', () => {
    const first = nextRandom(1);
    expect(first.value).toBeCloseTo(0.6270739405881613, 15);
    expect(nextRandom(first.seed).value).toBeCloseTo(0.002735721180215478, 15);
  });
});

describe('the delay before a retry', () => {
  it.each([
    [0, 8_000],
    [1, 16_000],
    [2, 30_000],
    [3, 30_000],
    [4, 30_000],
  ])('after %d retries is anything between 2 s and %d ms', (attempt, most) => {
    const hub = afterRetries(attempt);
    expectBetween(spread(hub, cut(hub), at('retry')), 2_000, most);
  });

  it('is what the site says', () => {
    const timing = { backoffFloor: 100, backoffBase: 400, backoffCap: 1_000 };
    for (const [attempt, most] of [
      [0, 400],
      [1, 800],
      [2, 1_000],
    ] as const) {
      const hub = afterRetries(attempt, timing);
      expectBetween(spread(hub, cut(hub), at('retry')), 100, most);
    }
  });

  it('is the floor where the site’s bound lies below it, and counts from no fewer than none', () => {
    const timing = { backoffFloor: 5_000, backoffBase: 1_000, backoffCap: 2_000 };
    expect(backoff(timing, 0, 0.999)).toBe(5_000);
    expect(backoff(defaultTiming, -1, 0.5)).toBe(backoff(defaultTiming, 0, 0.5));
  });

  it.each([
    [undefined, 4, 'waiting'],
    [undefined, 5, 'resting'],
    [undefined, 6, 'resting'],
    [2, 1, 'waiting'],
    [2, 2, 'resting'],
  ] as const)('with %s attempts, after %d retries: %s', (attempts, attempt, phase) => {
    const hub = afterRetries(attempt, attempts === undefined ? {} : { attempts }).cut();
    expect(hub.state.connection.phase).toBe(phase);
    expect(hub.state.breaker.attempt).toBe(phase === 'waiting' ? attempt + 1 : attempt);
  });

  it('of a browser that says it is offline is of the widest spread', () => {
    const hub = connecting().take({ type: 'online', isOnline: false });
    expectBetween(spread(hub, cut(hub), at('retry')), 2_000, 30_000);
  });

  it('after “too many connections” is the cap and up to a tenth more, never less', () => {
    const hub = connecting();
    expectBetween(spread(hub, cut(hub, 'too-many-connections'), at('retry')), 30_000, 33_000);
  });

  it.each([
    [20_000, 20_000, 22_000],
    [600_000, 600_000, 660_000],
    [600_001, 600_000, 660_000],
    [86_400_000, 600_000, 660_000],
  ])('after a broker has named %d ms is %d to %d', (reported, from, to) => {
    const hub = new TestHub().restore().attach();
    expectBetween(spread(hub, noToken(hub, reported), at('retry')), from, to);
  });

  it('of a renewal is what the broker says, else grows with each failure', () => {
    for (const [failures, most] of [
      [0, 8_000],
      [1, 16_000],
      [2, 30_000],
    ] as const) {
      const hub = renewing(failures);
      expectBetween(spread(hub, noToken(hub, null), at('renew')), 2_000, most);
      expect(hub.take(noToken(hub, null)).state.token.failures).toBe(failures + 1);
    }
    const hub = renewing();
    expect(spread(hub, noToken(hub, 50_000), at('renew'))).toEqual([50_000, 50_000]);
    expect(spread(hub, noToken(hub, 700_000), at('renew'))).toEqual([600_000, 600_000]);
  });
});

describe('what is done again and again', () => {
  it('is a poll each 5 s and a probe each minute, up to a tenth sooner, while the circuit is open', () => {
    const hub = afterRetries(5);
    expectBetween(spread(hub, cut(hub), at('poll')), 4_500, 5_000);
    expectBetween(spread(hub, cut(hub), at('probe')), 54_000, 60_000);
    const open = resting();
    expectBetween(spread(open, { type: 'timer', name: 'poll' }, at('poll')), 4_500, 5_000);
  });

  it('is a probe no sooner than the broker allows', () => {
    const hub = new TestHub().restore().attach();
    hub.state = { ...hub.state, breaker: { ...hub.state.breaker, attempt: 5 } };
    expectBetween(spread(hub, noToken(hub, 120_000), at('probe')), 120_000, 132_000);
    expectBetween(spread(hub, noToken(hub, 20_000), at('probe')), 54_000, 60_000);
  });

  it('is a ping each 20 s, up to a tenth sooner', () => {
    const hub = connecting().open();
    const input = {
      type: 'gateway',
      socketId: socketOf(hub),
      event: { type: 'authenticated', serverTime: null },
    } as const;
    expectBetween(spread(hub, input, at('ping')), 18_000, 20_000);
    hub.take(input);
    expectBetween(spread(hub, { type: 'timer', name: 'ping' }, at('ping')), 18_000, 20_000);
  });

  it('is an echo no more often than each half minute where the platform wants it so', () => {
    const gateway = genesysCloud({ deploymentId: 'd', region: 'us-east-1' });
    for (const [ping, from, to] of [
      [20_000, 30_000, 30_000],
      [33_000, 30_000, 33_000],
      [40_000, 36_000, 40_000],
    ] as const) {
      const hub = new TestHub({ gateway, timing: { ping } }).restore().attach();
      hub.call({ type: 'start', routing: billing });
      hub.token(null).open();
      const input = {
        type: 'gateway',
        socketId: socketOf(hub),
        event: { type: 'authenticated', serverTime: null },
      } as const;
      expectBetween(spread(hub, input, at('ping'), gateway.sessionPolicy ?? null), from, to);
    }
  });
});

describe('a token', () => {
  const answer = (expiresIn: number): TokenResult => ({
    ok: true,
    expiresIn,
    subject: 'visitor-1',
  });

  it.each([
    [30, 15],
    [100, 50],
    [119, 59.5],
    [120, 60],
    [121, 61],
    [299, 239],
    [300, 240],
    [301, 240.8],
    [900, 720],
    [3_600, 2_880],
  ])('that lives for %d s is renewed after %d s, up to a tenth sooner', (life, after) => {
    const hub = new TestHub().restore().attach();
    const { requestId } = hub.last('fetch-token');
    const input = { type: 'token', requestId, result: answer(life) } as const;
    expectBetween(spread(hub, input, at('renew')), after * 900, after * 1_000);
    // Its life began when it was asked for.
    hub.pass(5_000);
    expectBetween(spread(hub, input, at('renew')), after * 900 - 5_000, after * 1_000 - 5_000);
    expect(hub.take(input).state.token.expiresAt).toBe(hub.now - 5_000 + life * 1_000);
  });

  it('that was due before it came is renewed at once', () => {
    const hub = new TestHub().restore().attach().pass(20_000);
    hub.token(20);
    expect(hub.state.timers.renew).toBe(hub.now);
  });

  it.each([
    [1_001, 'connecting'],
    [1_000, 'token'],
    [999, 'token'],
    [0, 'token'],
  ])('that has %d ms to live leads a retry to “%s”', (left, phase) => {
    const hub = connecting().cut();
    const { retry = 0 } = hub.state.timers;
    hub.state = { ...hub.state, token: { ...hub.state.token, expiresAt: retry + left } };
    hub.pass(retry - hub.now);
    expect(hub.state.connection.phase).toBe(phase);
  });
});

/** How a hub waits for something, and what is seen when it has waited in vain. */
interface Deadline {
  readonly timing: keyof Timing;
  readonly timer: TimerName;
  readonly scene: (timing: Partial<Timing>) => TestHub;
  readonly seen: (hub: TestHub) => unknown;
  readonly expected: unknown;
}

function asking(timing: Partial<Timing>): TestHub {
  const hub = new TestHub({ timing }).authenticated();
  hub.answersPings = true;
  hub.call({ type: 'start', routing: billing });
  return hub.clearKeepingSocket();
}

function quiet(timing: Partial<Timing>): TestHub {
  const hub = new TestHub({ timing }).inConversation();
  hub.answersPings = true;
  return hub;
}

function draining(timing: Partial<Timing>): TestHub {
  const hub = quiet(timing);
  const socket = hub.last('open-socket');
  hub.pass(720_000).type('on its way', 'm1');
  hub.token();
  hub.effects = [socket];
  return hub;
}

const deadlines: Record<string, Deadline> = {
  'a socket that does not open': {
    timing: 'auth',
    timer: 'auth',
    scene: (timing) => connecting(timing),
    seen: ({ state }) => state.connection.phase,
    expected: 'waiting',
  },
  'a previous socket that does not end': {
    timing: 'drain',
    timer: 'close',
    scene: (timing) => new TestHub({ timing }).authenticated().gateway({ type: 'token-expired' }),
    seen: ({ state }) => [state.connection.phase, state.closingSockets.length],
    expected: ['token', 0],
  },
  'echoes before a change of sockets': {
    timing: 'drain',
    timer: 'drain',
    scene: draining,
    seen: (hub) => [hub.state.connection.phase, hub.all('close-socket').length],
    expected: ['closing', 1],
  },
  'an answer to a routing': {
    timing: 'answer',
    timer: 'answer',
    scene: asking,
    seen: (hub) => hub.sent().filter(({ type }) => type !== 'ping'),
    expected: [{ type: 'open-conversation', routing: billing }],
  },
  'a pong': {
    timing: 'pong',
    timer: 'pong',
    scene: (timing) => {
      const hub = new TestHub({ timing }).inConversation();
      hub.call({ type: 'reconnect' });
      return hub;
    },
    seen: ({ state }) => state.connection.phase,
    expected: 'waiting',
  },
  'a pong, since the browser says it is offline': {
    timing: 'drain',
    timer: 'pong',
    scene: (timing) =>
      new TestHub({ timing }).inConversation().take({ type: 'online', isOnline: false }),
    seen: ({ state }) => state.connection.phase,
    expected: 'offline',
  },
  'a tab': {
    timing: 'idle',
    timer: 'idle',
    scene: (timing) => quiet(timing).take({ type: 'tab-left', tabId: 'a' }),
    seen: ({ state }) => state.connection.phase,
    expected: 'idle',
  },
  'the check of a routing': {
    timing: 'routingCheck',
    timer: 'routing',
    scene: (timing) => {
      const hub = new RoutingHub({}, timing);
      hub.start(billing);
      return hub;
    },
    seen: (hub) => (hub instanceof RoutingHub ? hub.routed() : []),
    expected: [billing],
  },
  'an agent': {
    timing: 'queued',
    timer: 'queued',
    scene: (timing) => {
      const hub = new TestHub({ timing }).authenticated();
      hub.answersPings = true;
      hub.call({ type: 'start', routing: billing });
      hub.gateway({ type: 'conversation', conversation: { conversationId, status: 'queued' } });
      return hub.flush();
    },
    seen: (hub) => hub.snapshot?.routing?.kind,
    expected: 'stalled',
  },
};

describe('nobody waits longer than', () => {
  const cases = Object.keys(deadlines).flatMap((name) => [
    [name, 1],
    [name, 3],
  ]) as [string, number][];

  it.each(cases)('the time for %s, %d times the default', (name, factor) => {
    const deadline = deadlines[name] ?? expect.fail(`no deadline ${name}`);
    const time = defaultTiming[deadline.timing] * factor;
    const hub = deadline.scene(factor === 1 ? {} : { [deadline.timing]: time });
    expect((hub.state.timers[deadline.timer] ?? 0) - hub.now).toBe(time);
    hub.pass(time - 1);
    expect(deadline.seen(hub)).not.toEqual(deadline.expected);
    hub.pass(1);
    expect(deadline.seen(hub)).toEqual(deadline.expected);
  });

  it('10 s from the opening of a socket to its acceptance, in all', () => {
    const hub = connecting().pass(9_000).open();
    hub.pass(999);
    expect(hub.state.connection.phase).toBe('authenticating');
    hub.pass(1);
    expect(hub.state.connection.phase).toBe('waiting');
  });

  it('three times 10 s for an answer, then the connection counts as dead', () => {
    const hub = new TestHub().authenticated();
    hub.answersPings = true;
    hub.call({ type: 'start', routing: billing });
    hub.pass(29_999);
    const frames = hub.sent().filter(({ type }) => type === 'open-conversation');
    expect(frames).toHaveLength(3);
    expect(hub.state.connection.phase).toBe('online');
    hub.pass(1);
    expect(hub.state.connection.phase).toBe('waiting');
    expect(hub.sent().filter(({ type }) => type === 'open-conversation')).toHaveLength(3);
  });
});

describe('a pong’s deadline that is noticed late', () => {
  it.each([
    [2_000, 'waiting'],
    [2_001, 'online'],
  ])('by %d ms finds the hub %s', (late, phase) => {
    const hub = new TestHub().inConversation();
    hub.call({ type: 'reconnect' });
    hub.sleep(10_000 + late);
    expect(hub.state.connection.phase).toBe(phase);
    // It asks once more, and waits for that answer.
    const { pong } = hub.state.timers;
    expect(pong).toBe(phase === 'online' ? hub.now + 10_000 : undefined);
  });
});

describe('a try that the visitor wants at once', () => {
  const scenes: Record<string, () => TestHub> = {
    waiting: () => connecting(),
    offline: () => connecting().take({ type: 'online', isOnline: false }),
    resting: () => afterRetries(5),
  };
  const cases = Object.keys(scenes).flatMap((phase) =>
    [0, 500, 1_999, 2_000, 2_001].map((since): [string, number] => [phase, since]),
  );

  it.each(cases)(
    '%s, %d ms after the last one, comes 2 s after it at the soonest',
    (phase, since) => {
      const hub = scenes[phase]?.() ?? expect.fail(`no scene ${phase}`);
      hub.pass(since).cut();
      expect(hub.state.connection.phase).toBe(phase);
      hub.clear().call({ type: 'reconnect' });
      hub.flush();
      if (since < 2_000) {
        expect(hub.all('open-socket')).toHaveLength(0);
        const wait = Math.round((hub.wall + 2_000 - since) / 1_000) * 1_000;
        expect(hub.snapshot?.connection.retryAt).toBe(wait);
        hub.pass(2_000 - since - 1);
        expect(hub.all('open-socket')).toHaveLength(0);
        hub.pass(1);
      }
      expect(hub.all('open-socket')).toHaveLength(1);
    },
  );
});

describe('REST that has named a time', () => {
  it.each([
    [20_000, 20_000, 22_000],
    [599_999, 599_999, 600_000],
    [600_000, 600_000, 600_000],
    [700_000, 600_000, 600_000],
  ])('of %d ms is left alone for %d to %d', (retryAfter, from, to) => {
    const hub = new TestHub().inConversation();
    hub.gateway({ type: 'message', message: agentSays(2) });
    hub.pass(2_000);
    const { requestId } = hub.last('rest');
    const failure = { kind: 'unavailable', message: '', retryAfter } as const;
    const input = { type: 'rest', requestId, result: { ok: false, failure } } as const;
    const [least, most] = spread(hub, input, (state) => state.restPausedUntil ?? 0);
    expect(least).toBeGreaterThanOrEqual(from);
    expect(least).toBeLessThan(from + 100);
    expect(most).toBeLessThanOrEqual(to);
    expect(most).toBeGreaterThan(to - 100);
  });

  it('keeps the longer of two times', () => {
    const hub = new TestHub().inConversation();
    hub.gateway({ type: 'message', message: agentSays(2) });
    hub.pass(2_000);
    const fails = (retryAfter: number) => {
      const failure = { kind: 'unavailable', message: '', retryAfter } as const;
      hub.take({ type: 'rest', requestId: 9_999, result: { ok: false, failure } });
      return (hub.state.restPausedUntil ?? 0) - hub.now;
    };
    expect(fails(30_000)).toBeGreaterThanOrEqual(30_000);
    expect(fails(5_000)).toBeGreaterThanOrEqual(30_000);
    expect(fails(60_000)).toBeGreaterThanOrEqual(60_000);
  });
});

describe('the circuit', () => {
  it('is closed by the probe that succeeds: nothing is polled, and the next loss is a first one', () => {
    const hub = resting();
    hub.answersPings = true;
    hub.pass((hub.state.timers.probe ?? 0) - hub.now);
    expect(hub.state.connection.phase).toBe('connecting');
    hub.open().gateway({ type: 'authenticated', serverTime: null });
    expect(hub.state.timers).not.toHaveProperty('poll');
    expect(hub.state.timers).not.toHaveProperty('probe');
    hub.cut();
    expect(hub.snapshot?.connection).toMatchObject({ phase: 'waiting', attempt: 1 });
  });

  it('stays open when the probe fails, which is tried again a minute later', () => {
    const hub = resting();
    for (let probe = 0; probe < 3; probe += 1) {
      hub.clearKeepingSocket().pass((hub.state.timers.probe ?? 0) - hub.now);
      expect(hub.all('open-socket')).toHaveLength(2);
      hub.cut();
      expect(hub.snapshot?.connection.phase).toBe('polling');
    }
  });

  it('of a session does not poll, since the history needs its connection', () => {
    const gateway = genesysCloud({ deploymentId: 'd', region: 'us-east-1' });
    const hub = new TestHub({ gateway }).restore().attach();
    hub.call({ type: 'start', routing: billing });
    hub.token(null);
    hub.state = { ...hub.state, breaker: { ...hub.state.breaker, attempt: 5 } };
    hub.cut();
    expect(hub.state.connection.phase).toBe('resting');
    expect(hub.state.timers.poll).toBeUndefined();
  });
});

describe('a socket that is about to be replaced', () => {
  it('goes as soon as nothing is on its way', () => {
    const hub = draining({});
    hub.gateway({ type: 'message', message: echo(1, 'm1', 'on its way') });
    expect(hub.all('close-socket')).toHaveLength(1);
  });
});
