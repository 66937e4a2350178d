import { describe, expect, it } from 'vitest';
import type { SkillCoverage } from '../../../src/protocol/routing.ts';
import type { Timing } from '../../../src/worker/core/settings.ts';
import { conversationId, TestHub } from './harness.ts';
import { billing, names, RoutingHub } from './routing-hub.ts';

const both = { skillGroups: ['Billing', 'Sales'] };

/** The lines of the site's log. */
function logged(hub: TestHub): string[] {
  return hub.all('log-routing').map(({ line }) => [line.verdict, ...line.problems].join(': '));
}

/** The coverage of several groups, each with its own number. */
function covers(hub: RoutingHub, ...coverage: SkillCoverage[]): RoutingHub {
  return hub.answer({ type: 'skill-coverage', coverage });
}

describe('the site’s log of a routing', () => {
  it('tells of one that no API could check', () => {
    const hub = new TestHub().authenticated();
    hub.call({ type: 'start', routing: billing });
    expect(logged(hub)).toEqual(['unchecked: this gateway has no routing API']);
  });

  it('tells of one that fits, and of one whose coverage is not known', () => {
    const hub = new RoutingHub();
    hub.start(billing);
    hub.groups(...names).coverage(1, 'Billing');
    expect(logged(hub)).toEqual(['matched']);
    const other = new RoutingHub();
    other.start(billing);
    other.groups(...names).fails('network');
    expect(logged(other)).toEqual(['matched: the skill coverage is unknown']);
  });

  it.each([
    ['ask', 'uncovered: the visitor was asked whether to wait'],
    ['warn', 'uncovered'],
    ['refuse', 'refused: No agents are available for this right now.'],
  ] as const)('tells of one with nobody on shift where the site says “%s”', (policy, line) => {
    const hub = new RoutingHub({ whenUncovered: policy });
    hub.start(billing);
    hub.groups(...names).coverage(0, 'Billing');
    expect(logged(hub)).toEqual([line]);
  });

  it('tells that the visitor waits all the same, once', () => {
    const hub = new RoutingHub();
    hub.start(billing);
    hub
      .groups(...names)
      .coverage(0, 'Billing')
      .clearKeepingSocket();
    hub.call({ type: 'wait-anyway' });
    hub.call({ type: 'wait-anyway' });
    expect(logged(hub)).toEqual(['uncovered: the visitor chose to wait']);
    expect(hub.routed()).toEqual([billing]);
  });

  it('tells of a broker that gives no token what it is: out of reach', () => {
    const hub = new RoutingHub();
    hub.start(billing);
    const { requestId } = hub.last('rest');
    const failure = { kind: 'unauthorized', message: '', retryAfter: null } as const;
    hub.take({ type: 'rest', requestId, result: { ok: false, failure } });
    const token = hub.last('fetch-token');
    hub.take({
      type: 'token',
      requestId: token.requestId,
      result: { ok: false, kind: 'network', message: '', retryAfter: null },
    });
    expect(logged(hub)).toEqual(['unchecked: the skill groups could not be checked: unavailable']);
    expect(hub.routed()).toEqual([billing]);
  });

  it('tells once of a routing that is postponed, however often it is asked again', () => {
    const hub = new RoutingHub({ whenUnchecked: 'wait' });
    hub.start(billing);
    hub.fails('network');
    for (let again = 0; again < 3; again += 1) {
      hub.pass((hub.state.timers.routing ?? 0) - hub.now).fails('network');
    }
    expect(logged(hub)).toEqual(['postponed: the skill groups could not be checked: network']);
    expect(hub.state.routing.tries).toBe(4);
  });
});

describe('a check of a routing', () => {
  it('that is active delays the frame, also for repeated calls', () => {
    const hub = new RoutingHub();
    hub.start(billing);
    hub.start({ ...billing });
    expect(hub.routed()).toEqual([]);
    expect(hub.asked()).toEqual(['skill-groups']);
    hub.groups(...names);
    hub.start({ ...billing });
    expect(hub.routed()).toEqual([]);
    expect(hub.asked()).toEqual(['skill-groups', 'skill-coverage']);
  });

  it('believes names for ten minutes, to the millisecond', () => {
    for (const [age, asked] of [
      [599_999, 'skill-coverage'],
      [600_000, 'skill-groups'],
    ] as const) {
      const hub = new RoutingHub({}, { skillGroups: 600_000 }).pass(100_000);
      hub.start(billing);
      hub.groups(...names);
      hub.call({ type: 'end' });
      hub.pass(age).clearKeepingSocket();
      hub.start(billing);
      expect(hub.asked()).toEqual([asked]);
    }
  });

  it('that takes more than 5 s has failed: what the site wants then is done', () => {
    const hub = new RoutingHub({ whenUnchecked: 'wait' });
    hub.start(billing);
    hub.pass(4_999);
    expect(hub.snapshot?.routing).toBeNull();
    hub.pass(1);
    expect(hub.snapshot?.routing).toEqual({ kind: 'unchecked' });
    expect(logged(hub)).toEqual([
      'postponed: the skill groups could not be checked: no answer in time',
    ]);
    expect(hub.state.requests).toEqual([]);
  });

  it('of an earlier request is ignored', () => {
    const hub = new RoutingHub();
    hub.start(billing);
    hub.groups(...names);
    const previous = hub.last('rest');
    hub.start({ skillGroups: ['Sales'] });
    const coverage = [{ skillGroup: 'Billing', agentsOnShift: 3 }];
    hub.take({
      type: 'rest',
      requestId: previous.requestId,
      result: { ok: true, value: { type: 'skill-coverage', coverage } },
    });
    expect(hub.routed()).toEqual([]);
    hub.coverage(2, 'Sales');
    expect(hub.routed()).toEqual([{ skillGroups: ['Sales'] }]);
  });

  it('that a sign-out ends says nothing, and the next visitor’s is one of its own', () => {
    const hub = new RoutingHub({ whenUnchecked: 'send' });
    hub.start(billing);
    const { requestId } = hub.last('rest');
    const failure = { kind: 'unauthorized', message: '', retryAfter: null } as const;
    hub.take({ type: 'rest', requestId, result: { ok: false, failure } });
    hub.take({
      type: 'token',
      requestId: hub.last('fetch-token').requestId,
      result: { ok: false, kind: 'signed-out', message: 'out', retryAfter: null },
    });
    expect(logged(hub)).toEqual([]);
    expect(hub.state.routing.check).toBeNull();
    expect(hub.state.timers.routing).toBeUndefined();
  });

  it('that refuses is stored as refused: a restart does not ask for it again', () => {
    const hub = new RoutingHub();
    hub.start({ skillGroups: ['Returns'] });
    hub.clearKeepingSocketAndRest().groups(...names);
    const operations = hub.all('write').flatMap((write) => write.operations);
    expect(operations).toContainEqual({
      type: 'put-meta',
      meta: expect.objectContaining({ routing: null }),
    });
  });

  it('names what waits while another tab’s routing goes its way, and fails it else', () => {
    const refused = { callId: 77, problems: ['“tier” is missing'] };
    for (const isOther of [true, false]) {
      const hub = new RoutingHub();
      if (isOther) hub.start(billing);
      hub
        .take({
          type: 'call',
          tabId: 'a',
          callId: refused.callId,
          call: { type: 'start', routing: { skillGroups: ['Sales'] } },
          routingProblems: refused.problems,
        })
        .flush();
      expect(hub.answers.get(refused.callId)).toMatchObject({
        ok: false,
        problem: { code: 'routing-refused', message: '“tier” is missing' },
      });
      expect(hub.snapshot?.routing?.kind).toBe(isOther ? undefined : 'refused');
    }
  });

  it('that finishes while disconnected opens the conversation on the next connection', () => {
    const hub = new RoutingHub();
    hub.start(billing);
    hub.groups(...names);
    const { requestId } = hub.last('rest');
    hub.cut();
    const coverage = [{ skillGroup: 'Billing', agentsOnShift: 3 }];
    hub.take({
      type: 'rest',
      requestId,
      result: { ok: true, value: { type: 'skill-coverage', coverage } },
    });
    expect(hub.routed()).toEqual([]);
    hub.pass(8_000).open().gateway({ type: 'authenticated', serverTime: null });
    expect(hub.routed()).toEqual([billing]);
  });
});

describe('the queue', () => {
  function waiting(routing = billing, timing: Partial<Timing> = {}): RoutingHub {
    const hub = new RoutingHub({}, { reconcile: 86_400_000, ...timing });
    hub.start(routing);
    const groups = routing.skillGroups;
    hub
      .groups(...names)
      .coverage(1, ...groups)
      .queued()
      .clearKeepingSocket();
    return hub;
  }

  it('is counted from its beginning, however often its position changes', () => {
    const hub = waiting();
    hub.pass(60_000);
    hub.gateway({
      type: 'conversation',
      conversation: { conversationId, status: 'queued', position: 3 },
    });
    hub.flush();
    expect(hub.snapshot?.conversation?.position).toBe(3);
    const operations = hub.all('write').flatMap((write) => write.operations);
    expect(operations.at(-1)).toMatchObject({
      type: 'put-conversation',
      record: { details: { position: 3 } },
    });
    hub.pass(59_999);
    expect(hub.all('rest')).toHaveLength(0);
    hub.pass(1);
    expect(hub.all('rest')).toHaveLength(1);
  });

  it('logs a connection without problems', () => {
    const hub = waiting();
    hub.gateway({ type: 'conversation', conversation: { conversationId, status: 'connected' } });
    expect(logged(hub)).toEqual(['connected']);
  });

  it.each([
    [[0, 0], 'nobody-on-shift'],
    [[0, 2], 'busy'],
    [[2, 0], 'busy'],
    [[1, 1], 'busy'],
  ] as const)('with %j on shift for two groups is “%s”', ([one, two], reason) => {
    const hub = waiting(both).pass(120_000);
    covers(
      hub,
      { skillGroup: 'Billing', agentsOnShift: one },
      { skillGroup: 'Sales', agentsOnShift: two },
    );
    expect(hub.snapshot?.routing).toMatchObject({ kind: 'stalled', reason });
  });

  it.each([
    [[...names], 'busy'],
    [['Billing'], 'unmatched'],
    [[], 'unmatched'],
  ])('where the gateway knows %j is “%s” for two groups', (known, reason) => {
    const hub = waiting(both, { skillGroups: 60_000 }).pass(120_000);
    hub.groups(...known).coverage(1, 'Billing', 'Sales');
    expect(hub.snapshot?.routing).toMatchObject({ reason });
  });

  it.each([
    [120_000, 'skill-groups'],
    [120_001, 'skill-coverage'],
  ])('asks for the names when those that it has are not of the last %d ms', (life, call) => {
    const hub = new RoutingHub({}, { reconcile: 86_400_000, skillGroups: life }).pass(300_000);
    hub.start(billing);
    hub
      .groups(...names)
      .coverage(1, 'Billing')
      .queued()
      .clearKeepingSocket()
      .pass(120_000);
    expect(hub.last('rest').call.type).toBe(call);
  });

  it('is logged only when the reason changes', () => {
    const hub = waiting().pass(120_000).coverage(1, 'Billing');
    const next = () =>
      hub.clearKeepingSocketAndRest().pass((hub.state.timers.queued ?? 0) - hub.now);
    next().coverage(1, 'Billing');
    expect(logged(hub)).toEqual([]);
    next().coverage(0, 'Billing');
    expect(logged(hub)).toEqual(['stalled: nobody-on-shift']);
    next().coverage(0, 'Billing');
    expect(logged(hub)).toEqual([]);
  });

  it('of a gateway without the API is unexplained, and asks for nothing', () => {
    const hub = new TestHub().authenticated();
    hub.answersPings = true;
    hub.call({ type: 'start', routing: billing });
    hub.gateway({ type: 'conversation', conversation: { conversationId, status: 'queued' } });
    hub.clearKeepingSocket().pass(120_000);
    expect(hub.snapshot?.routing).toMatchObject({ kind: 'stalled', reason: 'unknown' });
    expect(hub.all('rest').filter(({ call }) => call.type.startsWith('skill'))).toEqual([]);
  });

  it('that ends clears the warning that no agent is there', () => {
    const hub = new RoutingHub({ whenUncovered: 'warn' });
    hub.start(billing);
    hub
      .groups(...names)
      .coverage(0, 'Billing')
      .queued();
    expect(hub.snapshot?.routing).toMatchObject({ kind: 'uncovered', isAsking: false });
    hub.gateway({ type: 'conversation', conversation: { conversationId, status: 'ended' } });
    expect(hub.flush().snapshot?.routing).toBeNull();
  });
});
