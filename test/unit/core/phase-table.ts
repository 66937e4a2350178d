import type { GatewayEvent } from '../../../src/protocol/gateway/events.ts';
import type { Call } from '../../../src/protocol/port.ts';
import { isPlannedReconnect } from '../../../src/worker/core/connection/state.ts';
import type { Effect } from '../../../src/worker/core/effect.ts';
import type { Input } from '../../../src/worker/core/input.ts';
import type { HubState } from '../../../src/worker/core/state.ts';
import { timerNames } from '../../../src/worker/core/timers.ts';
import { socketOf } from './connection-scenes.ts';
import type { TestHub } from './harness.ts';

/** Something that may happen, by the name that it has in a table. */
export type PhaseInputs = Readonly<Record<string, (hub: TestHub) => Input | null>>;

export const gatewayInputs =
  (event: GatewayEvent) =>
  (hub: TestHub): Input => ({ type: 'gateway', socketId: socketOf(hub), event });

export const requestedInputs = (call: Call) => (): Input => ({
  type: 'call',
  tabId: 'a',
  callId: 1_000,
  call,
});

/** Every timer that is set fires at its moment. */
export const timersFire: PhaseInputs = Object.fromEntries(
  timerNames.map((name) => [
    `timer ${name}`,
    (hub: TestHub): Input | null =>
      hub.state.timers[name] === undefined ? null : { type: 'timer', name },
  ]),
);

/**
 * What each happening leads to in a scene, a line each: the phase, what has changed besides, and what is
 * asked of the edges. What leads to nothing stands together in the last line.
 */
export function phaseTable(scene: () => TestHub, happenings: PhaseInputs): string {
  const lines = [`${stateOf(scene().flush().state).phase}:`];
  const idle: string[] = [];
  for (const [name, happening] of Object.entries(happenings)) {
    const hub = scene().flush();
    const input = happening(hub);
    if (input === null) continue;
    const due = input.type === 'timer' ? hub.state.timers[input.name] : undefined;
    if (due !== undefined) {
      hub.wall += due - hub.now;
      hub.now = due;
    }
    const before = stateOf(hub.state);
    const { timers } = hub.state;
    hub.clear().take(input).flush();
    const after = stateOf(hub.state);
    const changes = Object.entries(after).flatMap(([key, value]) =>
      before[key] === value ? [] : [key === 'phase' ? value : `${key} ${value}`],
    );
    const done = [...hub.effects.flatMap(effectWords), ...timerWords(timers, hub.state.timers)];
    if (changes.length === 0 && done.length === 0) idle.push(name);
    else lines.push(`  ${name} → ${[changes.join(', ') || '=', ...done].join(' · ')}`);
  }
  return `${[...lines, `  nothing: ${idle.join(', ')}`].join('\n')}\n`;
}

/** What of the state a line tells, where it changes. */
function stateOf(state: HubState): Record<string, string> {
  const { connection, breaker, token, outbox, conversation, sessionMemory } = state;
  return {
    phase:
      connection.phase === 'online' ? `online:${sessionOf(connection.session)}` : connection.phase,
    attempt: String(breaker.attempt),
    circuit: breaker.isOpen ? 'open' : 'closed',
    refusals: String(token.refusals),
    token: token.expiresAt === null ? 'none' : 'there',
    asks: String(token.requestId !== null),
    renewsToken: String(token.isRenewing),
    isPlanned: String(isPlannedReconnect(connection)),
    leaving: String(state.isSteppingDown),
    closingSockets: String(state.closingSockets.length),
    problem: String(state.problem?.code ?? 'none'),
    conversation: conversation?.details.status ?? 'none',
    left: String(conversation?.details.leftAt !== undefined),
    finalCatchUp: String((conversation?.finalCatchUp ?? null) !== null),
    routing: state.meta.routing ? 'wanted' : 'none',
    subject: String(state.meta.subject),
    resetCount: String(state.meta.resetCount),
    generation: String(state.generation),
    outbox: outbox.map(({ at, failure }) => failure?.code ?? at.stage).join('+') || 'empty',
    quiet: String(state.pausedUntil !== null),
    'REST quiet': String(state.restPausedUntil !== null),
    requests:
      state.requests
        .map(({ isParked, call }) => (isParked ? 'parked ' : '') + call.type)
        .join('+') || 'none',
    'fresh token': String(token.needsFresh),
    'starts new': String(sessionMemory?.isSessionOver === true),
    expiries: String(sessionMemory?.expiries.length ?? 0),
  };
}

function sessionOf(
  session: Extract<HubState['connection'], { phase: 'online' }>['session'],
): string {
  switch (session.stage) {
    case 'ready':
      return 'ready';
    case 'conversation':
      return session.isCaughtUp ? 'conversation' : 'conversation, to be caught up';
    case 'routing':
      return session.hasPast ? `routing ${session.repeats}, a past` : `routing ${session.repeats}`;
    case 'resuming':
      return `resuming ${session.repeats}`;
  }
}

function effectWords(effect: Effect): string[] {
  switch (effect.type) {
    case 'send':
      return [`send ${effect.command.type}`];
    case 'rest':
      return [`rest ${effect.call.type}`];
    case 'set-timer':
    case 'clear-timer':
      // Their order means nothing.
      return [];
    case 'fetch-token':
      return [effect.isFresh ? 'fetch-token fresh' : 'fetch-token'];
    case 'answer':
      return [effect.answer.ok ? 'answer' : `reject ${effect.answer.problem.code}`];
    case 'note':
      return [`note ${effect.note.kind}`];
    case 'write': {
      const operations = effect.operations.map(({ type }) => type).join(' ');
      return [
        `write${effect.durability === 'strict' ? ' strictly' : ''} ${operations || 'nothing'}`,
      ];
    }
    case 'post':
      return effect.message.type === 'snapshot' ? [`snapshot to ${effect.tabId}`] : [];
    default:
      return [effect.type];
  }
}

/** What the step has made of the timers. */
function timerWords(before: HubState['timers'], after: HubState['timers']): string[] {
  const set = timerNames.filter(
    (name) => after[name] !== undefined && after[name] !== before[name],
  );
  const cleared = timerNames.filter(
    (name) => before[name] !== undefined && after[name] === undefined,
  );
  return [
    ...(set.length > 0 ? [`set ${set.join(' ')}`] : []),
    ...(cleared.length > 0 ? [`clear ${cleared.join(' ')}`] : []),
  ];
}
