import { describe, expect, it } from 'vitest';
import type { Input } from '../../../src/worker/core/input.ts';
import {
  defaultLimits,
  defaultTiming,
  type Limits,
  type Timing,
} from '../../../src/worker/core/settings.ts';
import type { TimerName } from '../../../src/worker/core/timers.ts';
import { agentSays, conversationId, echo, TestHub } from '../core/harness.ts';

// A setting that reaches nobody is the default under another name: each is set to an unusual number, which
// must be seen where it counts. The types see to it that none is without a case.

type Story = (hub: WatchedHub) => void;

/** Remembers how far ahead each timer was set. */
class WatchedHub extends TestHub {
  readonly waits: { readonly name: TimerName; readonly wait: number }[] = [];

  override take(input: Input): this {
    const known = this.effects.length;
    super.take(input);
    for (const effect of this.effects.slice(known)) {
      if (effect.type !== 'set-timer') continue;
      this.waits.push({ name: effect.name, wait: effect.at - this.now });
    }
    return this;
  }

  /** Distances at which the timer was set since the story began. */
  of(name: TimerName): number[] {
    return this.waits.filter((each) => each.name === name).map(({ wait }) => wait);
  }
}

const routing = { skillGroups: ['Tier1_Support'] };

const online: Story = (hub) => hub.authenticated();
const inConversation: Story = (hub) => hub.inConversation();

/** The line is refused, as often as it is tried. */
function refused(hub: WatchedHub, times: number): void {
  hub.authenticated();
  for (let time = 0; time < times; time += 1) {
    hub.cut();
    hub.pass(100_000);
  }
}

interface TimerCase {
  readonly timer: TimerName;
  readonly story: Story;
  /** What the timer may be set to, of the value. @default the value itself */
  readonly least?: number;
}

/** A value that no default has, and that no story meets by chance. */
const unusual = 7_777;

const jittered = { least: 0.9 } as const;

const timers: Readonly<
  Record<Exclude<keyof Timing, 'attempts' | 'skillGroups' | 'late' | BackoffName>, TimerCase>
> = {
  poll: { timer: 'poll', story: (hub) => refused(hub, 7), ...jittered },
  probe: { timer: 'probe', story: (hub) => refused(hub, 7), ...jittered },
  ping: { timer: 'ping', story: online, ...jittered },
  pong: { timer: 'pong', story: (hub) => hub.inConversation().pass(25_000) },
  auth: { timer: 'auth', story: (hub) => hub.restore().attach().token() },
  answer: {
    timer: 'answer',
    story: (hub) => {
      hub.authenticated();
      hub.call({ type: 'start', routing });
      hub.flush();
    },
  },
  reorder: {
    timer: 'reorder',
    story: (hub) => hub.inConversation().gateway({ type: 'message', message: agentSays(3) }),
  },
  unsequenced: {
    timer: 'unsequenced',
    story: (hub) => hub.inConversation().gateway({ type: 'message', message: agentSays(null) }),
  },
  echo: { timer: 'echo', story: (hub) => hub.inConversation().type('hello', 'm-1') },
  drain: {
    timer: 'drain',
    story: (hub) => hub.inConversation().type('hello', 'm-1').take({ type: 'step-down' }),
  },
  routingCheck: {
    timer: 'routing',
    story: (hub) => {
      hub.authenticated();
      hub.call({ type: 'start', routing });
      hub.flush();
    },
  },
  queued: {
    timer: 'queued',
    story: (hub) => {
      hub.authenticated();
      hub.call({ type: 'start', routing });
      hub.flush();
      for (const value of [
        { type: 'skill-groups', names: routing.skillGroups },
        { type: 'skill-coverage', coverage: [{ skillGroup: 'Tier1_Support', agentsOnShift: 1 }] },
      ] as const) {
        const { requestId } = hub.last('rest');
        hub.take({ type: 'rest', requestId, result: { ok: true, value } }).flush();
      }
      hub.gateway({ type: 'conversation', conversation: { conversationId, status: 'queued' } });
      hub.flush();
    },
  },
  reconcile: { timer: 'reconcile', story: inConversation, ...jittered },
  typingShown: {
    timer: 'typing-shown',
    story: (hub) =>
      hub.inConversation().gateway({
        type: 'typing',
        conversationId,
        from: { id: 'agent-1', name: 'Ada', role: 'agent' },
        isTyping: true,
      }),
  },
  typingSent: {
    timer: 'typing-sent',
    story: (hub) => {
      hub.inConversation();
      for (const isTyping of [true, false]) hub.call({ type: 'typing', isTyping });
    },
  },
  prune: { timer: 'prune', story: (hub) => hub.restore(), ...jittered },
  idle: {
    timer: 'idle',
    story: (hub) => hub.inConversation().take({ type: 'tab-left', tabId: 'a' }),
  },
};

type BackoffName = 'backoffFloor' | 'backoffBase' | 'backoffCap';

describe('a time that the site sets', () => {
  it.each(Object.entries(timers) as [keyof Timing, TimerCase][])(
    '%s',
    (name, { timer, story, least = 1 }) => {
      const hub = new WatchedHub({
        timing: { [name]: unusual },
        ...(name === 'routingCheck' || name === 'queued' ? { routing: {} } : {}),
      });
      story(hub);
      const ofValue = hub.of(timer).filter((wait) => wait >= least * unusual && wait <= unusual);
      expect(ofValue, `of ${hub.of(timer)}`).not.toEqual([]);
    },
  );

  const retries = (timing: Partial<Timing>, times: number) => {
    const hub = new WatchedHub({ timing: { attempts: 100, ...timing } });
    refused(hub, times);
    return hub.of('retry');
  };

  it('backoffFloor is the least of a retry, backoffCap the most', () => {
    const fixed = { backoffFloor: unusual, backoffCap: unusual };
    expect(new Set(retries(fixed, 5))).toEqual(new Set([unusual]));
  });

  it('backoffBase bounds the first retry, and half of the second', () => {
    const waits = (base: number) =>
      retries({ backoffFloor: 0, backoffBase: base, backoffCap: 1e9 }, 1)[0] ?? 0;
    expect(waits(unusual)).toBeGreaterThan(0);
    expect(waits(unusual)).toBeLessThanOrEqual(unusual);
    expect(waits(10 * unusual)).toBeCloseTo(10 * waits(unusual));
  });

  it('attempts: so many retries come before REST is polled', () => {
    const retriesBefore = (attempts: number) => {
      const hub = new WatchedHub({ timing: { attempts } });
      refused(hub, attempts + 2);
      const names = hub.waits.map(({ name }) => name);
      expect(names).toContain('probe');
      return names.slice(0, names.indexOf('probe')).filter((name) => name === 'retry').length;
    };
    expect(retriesBefore(5) - retriesBefore(2)).toBe(3);
  });

  it('late: a timer that fires later than that is the machine’s sleep', () => {
    const connects = (late: number) => {
      const hub = new TestHub({ timing: { late } }).inConversation();
      hub.pass(20_000);
      expect(hub.sent()).toContainEqual({ type: 'ping' });
      // The pong is overdue, but by how much may be our own fault.
      hub.clearKeepingSocket().sleep(10_000 + 5_000);
      return hub.all('close-socket').length;
    };
    expect(connects(unusual)).not.toBe(connects(4_000));
  });
});

describe('a count that the site sets', () => {
  const limited = (limits: Partial<Limits>) => new TestHub({ limits }).inConversation();
  const hear = (hub: TestHub, count: number) => {
    for (let sequence = 1; sequence <= count; sequence += 1) {
      hub.gateway({ type: 'message', message: agentSays(sequence) });
    }
    return hub.flush();
  };

  const cases: Readonly<Record<Exclude<keyof Limits, 'portMessages'>, () => void>> = {
    page: () => {
      const hub = hear(limited({ page: 7 }), 9)
        .clear()
        .attach('b');
      const messages = hub
        .all('post')
        .filter(({ tabId }) => tabId === 'b')
        .flatMap(({ message }) => (message.type === 'snapshot' ? [message.messages] : []));
      expect(messages.map(({ length }) => length)).toEqual([7]);
    },
    window: () => {
      expect(hear(limited({ window: 7, page: 5 }), 9).state.window).toHaveLength(7);
    },
    reorderBuffer: () => {
      const hub = limited({ reorderBuffer: 3 });
      for (const sequence of [3, 4, 5]) {
        hub.gateway({ type: 'message', message: agentSays(sequence) });
      }
      expect(hub.flush().shown()).toEqual([]);
      // One more than the limit: all are shown, with a gap marker.
      hub.gateway({ type: 'message', message: agentSays(6) }).flush();
      expect(hub.shown()).toHaveLength(4);
    },
    outbox: () => {
      const hub = limited({ outbox: 3 });
      for (const id of ['1', '2', '3']) hub.type(id, id);
      const callId = hub.call({ type: 'send', messageId: '4', text: '4' });
      expect(hub.flush().answers.get(callId)).toMatchObject({ ok: false });
    },
    sends: () => {
      const hub = limited({ sends: 3 });
      for (const id of ['1', '2', '3', '4', '5']) hub.type(id, id);
      const said = () => hub.sent().filter(({ type }) => type === 'send-message').length;
      for (const id of ['1', '2', '3']) {
        hub.gateway({ type: 'message', message: echo(Number(id), id, id) }).store();
      }
      expect(said()).toBe(3);
      hub.pass(1_100).store();
      expect(said()).toBe(4);
    },
    stored: () => expect(pruned({ stored: 1_777 })).toMatchObject({ keep: 1_777 }),
    storedDays: () => {
      const apart = pruned({ storedDays: 17 }).before - pruned({ storedDays: 18 }).before;
      expect(apart).toBe(86_400_000);
    },
  };

  function pruned(limits: Partial<Limits>) {
    const hub = new TestHub({ limits, timing: { prune: 1_000 } }).restore().pass(1_000);
    return hub.last('prune');
  }

  it.each(Object.entries(cases))('%s', (_, check) => check());

  it('has a case for each, as times have', () => {
    // Counted by the edge that it limits: startHub’s own test.
    const elsewhere = ['portMessages'];
    expect([...Object.keys(cases), ...elsewhere].toSorted()).toEqual(
      Object.keys(defaultLimits).toSorted(),
    );
    const times = ['attempts', 'skillGroups', 'late', 'backoffFloor', 'backoffBase', 'backoffCap'];
    expect([...Object.keys(timers), ...times].toSorted()).toEqual(
      Object.keys(defaultTiming).toSorted(),
    );
  });
});

it('skillGroups: names of groups are believed for so long', () => {
  const asks = (passed: number) => {
    const hub = new TestHub({ routing: {}, timing: { skillGroups: unusual } }).authenticated();
    hub.answersPings = true;
    const start = () => {
      hub.call({ type: 'start', routing });
      hub.flush();
    };
    start();
    const { requestId } = hub.last('rest');
    const value = { type: 'skill-groups', names: ['Billing'] } as const;
    // Refused: no such group. The names are known from now on.
    hub.take({ type: 'rest', requestId, result: { ok: true, value } }).flush();
    hub.pass(passed).clearKeepingSocket();
    hub.call({ type: 'start', routing: { skillGroups: ['Billing'] } });
    hub.flush();
    return hub.all('rest').map(({ call }) => call.type);
  };
  expect(asks(unusual - 1)).not.toContain('skill-groups');
  expect(asks(unusual + 1)).toContain('skill-groups');
});
