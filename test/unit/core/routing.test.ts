import { describe, expect, it } from 'vitest';
import { closestName } from '../../../src/worker/core/conversation/closest-name.ts';
import type { Timing } from '../../../src/worker/core/settings.ts';
import { conversationId, TestHub } from './harness.ts';
import { billing, names, RoutingHub } from './routing-hub.ts';

describe('a routing', () => {
  it('is sent once its skill groups are known and an agent is on shift', () => {
    const hub = new RoutingHub();
    hub.start(billing);
    expect(hub.routed()).toEqual([]);
    hub.groups(...names);
    expect(hub.last('rest').call).toEqual({ type: 'skill-coverage', skillGroups: ['Billing'] });
    expect(hub.routed()).toEqual([]);
    hub.coverage(2, 'Billing');
    expect(hub.routed()).toEqual([billing]);
    expect(hub.verdicts()).toEqual(['matched']);
    expect(hub.last('log-routing').line).toMatchObject({
      routing: billing,
      coverage: [{ skillGroup: 'Billing', agentsOnShift: 2 }],
    });
  });

  it.each([
    ['billing', 'Billing'],
    ['tier1 support', 'Tier1_Support'],
    ['Biling', 'Billing'],
    ['Returns', null],
  ])('to “%s” is refused, nothing is sent, and what was meant is said: %s', (wrong, meant) => {
    const hub = new RoutingHub();
    const callId = hub.start({ skillGroups: [wrong], priority: 2 });
    hub.type('hello', 'm1');
    hub.groups(...names);
    hub.pass(600_000);
    expect(hub.routed()).toEqual([]);
    const problem = `There is no skill group “${wrong}”.${meant ? ` Did you mean “${meant}”?` : ''}`;
    expect(hub.answers.get(callId)).toEqual({
      ok: false,
      problem: { code: 'routing-refused', message: problem },
    });
    expect(hub.snapshot?.routing).toEqual({
      kind: 'refused',
      problems: [problem],
      suggested: meant ? { skillGroups: [meant], priority: 2 } : null,
    });
    // What was written is not lost, and not said to be on its way.
    expect(hub.snapshot?.messages).toMatchObject([
      { text: 'hello', status: 'failed', failure: { code: 'routing-refused' } },
    ]);
    expect(hub.verdicts()).toEqual(['refused']);
  });

  it('that was refused can go on with what was meant', () => {
    const hub = new RoutingHub();
    hub.start({ skillGroups: ['billing', 'Nowhere', 'Sales'] });
    hub.type('hello', 'm1');
    hub.groups(...names);
    const { routing } = hub.snapshot ?? {};
    const suggested = routing?.kind === 'refused' ? routing.suggested : null;
    expect(suggested).toEqual({ skillGroups: ['Billing', 'Sales'] });
    hub.start(suggested ?? billing);
    hub.call({ type: 'retry', messageId: 'm1' });
    hub.store().coverage(1, 'Billing', 'Sales');
    expect(hub.routed()).toEqual([suggested]);
    expect(hub.snapshot?.routing).toBeNull();
    hub.queued().store().caughtUp();
    expect(hub.sent()).toContainEqual(expect.objectContaining({ messageId: 'm1' }));
  });

  it('is checked against names that are kept for ten minutes, and read once more before a refusal', () => {
    const hub = new RoutingHub();
    const leave = () => {
      hub.call({ type: 'end' });
      return hub.store().caughtUp().clearKeepingSocket();
    };
    hub.start(billing);
    hub
      .groups(...names)
      .coverage(1, 'Billing')
      .queued();
    leave().start(billing);
    expect(hub.asked()).toEqual(['skill-coverage']);
    hub.coverage(1, 'Billing').queued();
    // A group that was made meanwhile.
    leave().start({ skillGroups: ['Returns'] });
    hub.groups(...names, 'Returns').coverage(1, 'Returns');
    expect(hub.routed()).toEqual([{ skillGroups: ['Returns'] }]);
    hub.queued();
    leave().pass(600_001).clearKeepingSocket().start(billing);
    expect(hub.asked()).toContain('skill-groups');
  });

  it('is checked again for the next conversation, and when it is the same', () => {
    const hub = new RoutingHub();
    hub.start(billing);
    hub
      .groups(...names)
      .coverage(1, 'Billing')
      .queued();
    hub.gateway({ type: 'conversation', conversation: { conversationId, status: 'ended' } });
    hub.caughtUp().clearKeepingSocket();
    hub.start(billing);
    hub.coverage(0, 'Billing');
    expect(hub.routed()).toEqual([]);
    expect(hub.snapshot?.routing).toMatchObject({ kind: 'uncovered', isAsking: true });
  });

  it('is checked once, however many tabs want it and however often its frame is repeated', () => {
    const hub = new RoutingHub();
    const calls = [hub.start(billing), hub.start({ ...billing })];
    hub.groups(...names).coverage(1, 'Billing');
    hub.pass(10_000);
    expect(hub.routed()).toEqual([billing, billing]);
    expect(hub.asked()).toEqual(['skill-groups', 'skill-coverage']);
    hub.queued();
    for (const callId of calls) expect(hub.answers.get(callId)).toMatchObject({ ok: true });
  });

  it('that does not fit the site’s schema is refused at once, and another tab’s goes its way', () => {
    const hub = new RoutingHub();
    hub.start(billing);
    const problem = 'Unknown attribute “usertier”. Did you mean “userTier”?';
    hub.take({
      type: 'call',
      tabId: 'a',
      callId: 99,
      call: { type: 'start', routing: { ...billing, attributes: { usertier: 'gold' } } },
      routingProblems: [problem],
    });
    expect(hub.answers.get(99)).toMatchObject({
      ok: false,
      problem: { code: 'routing-refused', message: problem },
    });
    hub.groups(...names).coverage(1, 'Billing');
    expect(hub.routed()).toEqual([billing]);
    expect(hub.verdicts()).toEqual(['refused', 'matched']);
  });
});

describe('with no agent on shift', () => {
  it('the visitor is asked, and nothing is sent before the answer', () => {
    const hub = new RoutingHub();
    const callId = hub.start(billing);
    hub.type('hello', 'm1');
    hub.groups(...names).coverage(0, 'Billing');
    hub.pass(60_000);
    expect(hub.routed()).toEqual([]);
    expect(hub.snapshot?.routing).toEqual({
      kind: 'uncovered',
      skillGroups: ['Billing'],
      isAsking: true,
    });
    hub.call({ type: 'wait-anyway' });
    hub.flush();
    expect(hub.routed()).toEqual([billing]);
    // It stays true, and is shown until somebody comes.
    expect(hub.snapshot?.routing).toMatchObject({ kind: 'uncovered', isAsking: false });
    hub.queued();
    expect(hub.answers.get(callId)).toMatchObject({ ok: true });
    expect(hub.snapshot?.routing).toMatchObject({ kind: 'uncovered', isAsking: false });
    hub.gateway({ type: 'conversation', conversation: { conversationId, status: 'connected' } });
    expect(hub.flush().snapshot?.routing).toBeNull();
    expect(hub.verdicts()).toEqual(['uncovered', 'uncovered', 'connected']);
  });

  it('the visitor can leave it, and what was written is theirs to discard', () => {
    const hub = new RoutingHub();
    const callId = hub.start(billing);
    hub.type('hello', 'm1');
    hub.groups(...names).coverage(0, 'Billing');
    hub.call({ type: 'end' });
    hub.store();
    expect(hub.routed()).toEqual([]);
    expect(hub.snapshot?.routing).toBeNull();
    expect(hub.answers.get(callId)).toMatchObject({ ok: false });
    expect(hub.snapshot?.messages).toMatchObject([{ status: 'failed' }]);
    expect(hub.state.timers.routing).toBeUndefined();
  });

  it('one group with an agent on shift is enough', () => {
    const hub = new RoutingHub();
    hub.start({ skillGroups: ['Billing', 'Sales'] });
    hub.groups(...names);
    hub.answer({
      type: 'skill-coverage',
      coverage: [
        { skillGroup: 'Billing', agentsOnShift: 0 },
        { skillGroup: 'Sales', agentsOnShift: 1 },
      ],
    });
    expect(hub.routed()).toHaveLength(1);
  });

  it('the site can have it sent with a warning', () => {
    const hub = new RoutingHub({ whenUncovered: 'warn' });
    hub.start(billing);
    hub.groups(...names).coverage(0, 'Billing');
    expect(hub.routed()).toEqual([billing]);
    expect(hub.snapshot?.routing).toMatchObject({ kind: 'uncovered', isAsking: false });
  });

  it('the site can have it refused', () => {
    const hub = new RoutingHub({ whenUncovered: 'refuse' });
    hub.start(billing);
    hub.groups(...names).coverage(0, 'Billing');
    expect(hub.routed()).toEqual([]);
    expect(hub.snapshot?.routing).toMatchObject({ kind: 'refused', suggested: null });
  });
});

describe('with the routing API out of reach', () => {
  it.each(['network', 'unavailable', 'forbidden', 'not-found', 'invalid'] as const)(
    '(%s) it is sent unchecked, and that is logged',
    (kind) => {
      const hub = new RoutingHub();
      hub.start(billing);
      hub.fails(kind);
      expect(hub.routed()).toEqual([billing]);
      expect(hub.last('log-routing').line).toMatchObject({
        verdict: 'unchecked',
        problems: [`the skill groups could not be checked: ${kind}`],
      });
    },
  );

  it.each([
    ['never answers', (hub: RoutingHub) => hub],
    ['wants a pause of ten minutes', (hub: RoutingHub) => hub.fails('rate-limited', 600_000)],
  ])('(it %s) it is sent after five seconds at the latest', (_, fail) => {
    const hub = new RoutingHub();
    hub.start(billing);
    fail(hub).pass(5_000);
    expect(hub.routed()).toEqual([billing]);
    expect(hub.state.requests).toEqual([]);
  });

  it('(coverage alone) it is sent, as what is known of it fits', () => {
    const hub = new RoutingHub();
    hub.start(billing);
    hub.groups(...names).pass(5_000);
    expect(hub.routed()).toEqual([billing]);
    expect(hub.last('log-routing').line.problems).toEqual(['the skill coverage is unknown']);
  });

  it('the site can have it wait, which is said, and asked again with backoff', () => {
    const hub = new RoutingHub({ whenUnchecked: 'wait' });
    hub.start(billing);
    hub.fails('unavailable');
    expect(hub.routed()).toEqual([]);
    expect(hub.snapshot?.routing).toEqual({ kind: 'unchecked' });
    for (let round = 0; round < 4; round += 1) {
      hub.askedAgain();
      expect(hub.asked()).toEqual(['skill-groups']);
      expect(hub.routed()).toEqual([]);
      hub.fails('network');
    }
    expect(hub.snapshot?.routing).toEqual({ kind: 'unchecked' });
    hub.askedAgain();
    hub.groups(...names).coverage(1, 'Billing');
    expect(hub.routed()).toEqual([billing]);
    expect(hub.snapshot?.routing).toBeNull();
  });

  it('a visitor who is signed out meanwhile is checked again later', () => {
    const hub = new RoutingHub();
    hub.start(billing);
    hub.fails('unauthorized').fails('unauthorized');
    expect(hub.routed()).toEqual([]);
  });
});

describe('a routing API that takes no token at all', () => {
  it.each(['groups', 'coverage'])('does not hold the visitor up: %s', (stage) => {
    const hub = new RoutingHub();
    hub.start(billing);
    if (stage === 'coverage') hub.groups(...names);
    hub.fails('unauthorized').token().fails('unauthorized');
    expect(hub.routed()).toEqual([billing]);
  });
});

describe('in the queue', () => {
  function waiting(timing: Partial<Timing> = {}): RoutingHub {
    const hub = new RoutingHub({}, { reconcile: 86_400_000, ...timing });
    hub.start(billing);
    hub
      .groups(...names)
      .coverage(1, 'Billing')
      .queued()
      .clearKeepingSocket();
    return hub;
  }

  it.each([
    ['busy', 3],
    ['nobody-on-shift', 0],
  ] as const)('for two minutes, the visitor is told, and why: %s', (reason, agents) => {
    const hub = waiting();
    hub.pass(119_000);
    expect(hub.snapshot?.routing).toBeNull();
    hub.pass(1_000).coverage(agents, 'Billing');
    const since = Math.round(hub.wall - 120_000);
    expect(hub.snapshot?.routing).toEqual({ kind: 'stalled', since, reason });
    expect(hub.last('log-routing').line).toMatchObject({
      verdict: 'stalled',
      problems: [reason],
      conversationId,
      queuedSince: new Date(since).toISOString(),
      coverage: [{ skillGroup: 'Billing', agentsOnShift: agents }],
    });
    hub.gateway({ type: 'conversation', conversation: { conversationId, status: 'connected' } });
    expect(hub.flush().snapshot?.routing).toBeNull();
    expect(hub.state.timers.queued).toBeUndefined();
  });

  it('of an unknown skill group warns the visitor', () => {
    const hub = new RoutingHub({}, { reconcile: 86_400_000 });
    hub.start({ skillGroups: ['billing'] });
    hub.fails('unavailable').queued().clearKeepingSocket().pass(120_000);
    hub.groups(...names).coverage(0, 'billing');
    expect(hub.snapshot?.routing).toMatchObject({ kind: 'stalled', reason: 'unmatched' });
  });

  it('without a known reason, it is shown anyway, and requested again later', () => {
    const hub = waiting();
    hub.pass(120_000).fails('network');
    expect(hub.snapshot?.routing).toMatchObject({ kind: 'stalled', reason: 'unknown' });
    hub.clearKeepingSocket().pass(120_000).coverage(0, 'Billing');
    expect(hub.snapshot?.routing).toMatchObject({ reason: 'nobody-on-shift' });
  });

  it('it is asked for no more than one thing at a time, for hours', () => {
    const hub = waiting();
    for (let minute = 0; minute < 180; minute += 1) {
      hub.pass(60_000);
      expect(hub.state.requests.length).toBeLessThanOrEqual(1);
    }
  });

  it('a hub that is born anew counts from the first message, not from its birth', () => {
    const hub = waiting();
    hub.type('hello', 'm1');
    const before = hub.wall;
    hub.gateway({
      type: 'message',
      message: {
        conversationId,
        messageId: 'm1',
        sequence: 1,
        from: { id: 'visitor-1', name: '', role: 'visitor' },
        text: 'hello',
        timestamp: before,
      },
    });
    const { meta, window, conversation } = hub.state;
    if (!conversation) throw new Error('no conversation');
    const born = new TestHub({ routing: {}, timing: { reconcile: 86_400_000 } });
    born.answersPings = true;
    born.wall = before + 100_000;
    born.authenticated({ meta, messages: window, current: conversation });
    born.gateway({ type: 'conversation', conversation: { conversationId, status: 'queued' } });
    born.pass(20_000);
    expect(born.all('rest').at(-1)?.call.type).toBe('skill-groups');
  });

  it('another visitor finds nothing of it', () => {
    const hub = waiting();
    hub.pass(120_000).coverage(0, 'Billing');
    hub.call({ type: 'sign-out' });
    hub.flush();
    expect(hub.snapshot?.routing).toBeNull();
    expect(hub.state.routing).toMatchObject({ check: null, queue: null, notice: null });
  });
});

it('a guess is made where it is near, and none where it is not', () => {
  expect(closestName('TIER1-SUPPORT', names)).toBe('Tier1_Support');
  expect(closestName('Sale', names)).toBe('Sales');
  expect(closestName('IT', names)).toBeNull();
  expect(closestName('Shipping', names)).toBeNull();
  expect(closestName('x'.repeat(256), names)).toBeNull();
});
