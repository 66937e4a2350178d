import type { ConnectionState } from '../../../src/worker/core/connection/state.ts';
import { endTimeout } from '../../../src/worker/core/conversation/ending.ts';
import type { HubState } from '../../../src/worker/core/state.ts';
import { type TimerName, timerNames } from '../../../src/worker/core/timers.ts';
import type { Step } from '../model/hub.ts';
import { check } from '../violation.ts';

/** What a timer belongs to: its end clears the timer. */
export type Owner =
  | 'socket'
  /** One attempt to connect, or the delay before the next. */
  | 'try'
  | 'conversation'
  | 'visitor'
  | 'token'
  /** The open circuit, while REST polling replaces the socket. */
  | 'circuit'
  /** Cleared only when the hub ends. */
  | 'hub';

export interface TimerRule {
  /** The end of any of them clears it. */
  readonly owners: readonly Owner[];
  /** The timer may be set only while this holds. */
  readonly onlyWhile: (state: HubState) => boolean;
  /** The timer must be set while this holds. */
  readonly always: (state: HubState, now: number) => boolean;
  /** Its latest due time. @default no limit */
  readonly atLatest?: (state: HubState, now: number) => number;
}

type Phase = ConnectionState['phase'];

const inPhase =
  (...phases: readonly Phase[]) =>
  ({ connection }: HubState) =>
    phases.includes(connection.phase);

const always = () => true;
const never = () => false;

const isAlive = inPhase('online', 'draining');
const isConnecting = inPhase('connecting', 'authenticating');
const waits = inPhase('waiting', 'offline');
const isClosing = inPhase('closing');
const isDraining = inPhase('draining');
const isUnwatched = inPhase('idle', 'signed-out', 'handed-over');

function awaitsAnswer({ connection }: HubState): boolean {
  if (connection.phase !== 'online') return false;
  return connection.session.stage === 'resuming' || connection.session.stage === 'routing';
}

function hasSent({ outbox }: HubState): boolean {
  return outbox.some(({ at }) => at.stage === 'sent');
}

function hasUnsequenced({ conversation }: HubState): boolean {
  return conversation !== null && conversation.unsequencedBuffer.length > 0;
}

/** A catch-up is active or due; it flushes the reorder buffer. */
function catchUpIsDue({ catchUps, timers }: HubState): boolean {
  const isPending = timers['rest-retry'] !== undefined || timers.poll !== undefined;
  return catchUps.active !== null || isPending;
}

/** Otherwise the next conversation frame causes a catch-up. */
function isInConversation({ connection }: HubState): boolean {
  return connection.phase === 'online' && connection.session.stage === 'conversation';
}

function isReordering(state: HubState): boolean {
  const { conversation } = state;
  if (!conversation || conversation.reorderBuffer.length === 0) return false;
  return isInConversation(state) && !catchUpIsDue(state);
}

function isBeingChecked({ routing: { check: one } }: HubState): boolean {
  return one?.stage === 'names' || one?.stage === 'coverage' || one?.stage === 'postponed';
}

function isParked({ requests }: HubState): boolean {
  return requests.some(({ isParked }) => isParked);
}

function isEndPending({ conversation }: HubState): boolean {
  return conversation?.details.ending === 'pending';
}

const isTokenDue = ({ token }: HubState) =>
  token.requestId === null && token.expiresAt !== null && Number.isFinite(token.expiresAt);

/**
 * The rules for each of the hub's timers. A timer without rules fails the type
 * check.
 */
export const timerRules = {
  retry: {
    owners: ['try'],
    onlyWhile: waits,
    always: waits,
    atLatest: ({ connection }) =>
      connection.phase === 'waiting' ? connection.retryAt : Number.POSITIVE_INFINITY,
  },
  auth: { owners: ['socket', 'try'], onlyWhile: isConnecting, always: isConnecting },
  close: { owners: ['hub'], onlyWhile: isClosing, always: isClosing },
  answer: {
    owners: ['socket'],
    onlyWhile: (state) => awaitsAnswer(state) || isDraining(state),
    always: awaitsAnswer,
  },
  renew: {
    owners: ['token'],
    onlyWhile: ({ token }) => token.expiresAt !== null,
    // Before that, the socket is about to end.
    always: (state) =>
      state.connection.phase === 'online' && isTokenDue(state) && !state.timers['token-retry'],
    atLatest: ({ token }, now) =>
      token.isRenewing ? Number.POSITIVE_INFINITY : Math.max(now, token.expiresAt ?? 0),
  },
  'token-retry': {
    owners: ['hub'],
    // It may find that nothing waits any more.
    onlyWhile: always,
    always: (state) =>
      isParked(state) && state.token.requestId === null && !state.timers['rest-pause'],
  },
  drain: { owners: ['socket'], onlyWhile: isDraining, always: isDraining },
  ping: { owners: ['socket'], onlyWhile: isAlive, always: isAlive },
  pong: { owners: ['socket'], onlyWhile: isAlive, always: never },
  reorder: {
    owners: ['conversation'],
    onlyWhile: ({ conversation }) =>
      conversation !== null &&
      (conversation.reorderBuffer.length > 0 || conversation.gaps.length > 0),
    always: isReordering,
    atLatest: (state, now) =>
      isReordering(state) ? now + state.settings.timing.reorder : Number.POSITIVE_INFINITY,
  },
  unsequenced: {
    owners: ['conversation'],
    onlyWhile: ({ conversation }) => conversation !== null,
    always: hasUnsequenced,
  },
  echo: { owners: ['socket', 'conversation'], onlyWhile: hasSent, always: hasSent },
  routing: { owners: ['visitor'], onlyWhile: isBeingChecked, always: isBeingChecked },
  queued: {
    owners: ['conversation'],
    onlyWhile: ({ routing }) => routing.queue !== null,
    always: ({ routing }) => routing.queue?.requestId === null,
  },
  reconcile: {
    owners: ['socket'],
    // Also set during REST polling, where it does nothing.
    onlyWhile: always,
    always: (state) => {
      const isWatched = state.tabs.some(({ isVisible }) => isVisible);
      return isWatched && isInConversation(state) && !catchUpIsDue(state);
    },
  },
  'rest-retry': {
    owners: ['visitor'],
    onlyWhile: (state) => !isUnwatched(state),
    always: never,
  },
  'rest-pause': {
    owners: ['hub'],
    // It may find that nothing waits any more.
    onlyWhile: always,
    always: never,
  },
  poll: {
    owners: ['circuit'],
    onlyWhile: ({ breaker, isSteppingDown }) => breaker.isOpen && !isSteppingDown,
    always: ({ breaker, isSteppingDown, settings }) =>
      breaker.isOpen && !isSteppingDown && settings.traits.authentication === 'frame',
  },
  probe: {
    owners: ['circuit'],
    onlyWhile: ({ breaker, isSteppingDown }) => breaker.isOpen && !isSteppingDown,
    always: inPhase('resting'),
  },
  rate: {
    owners: ['visitor'],
    onlyWhile: ({ pausedUntil }) => pausedUntil !== null,
    always: ({ pausedUntil }) => pausedUntil !== null,
    atLatest: ({ pausedUntil }) => pausedUntil ?? 0,
  },
  'typing-shown': {
    owners: ['socket', 'conversation'],
    onlyWhile: ({ typing }) => typing.remote !== null,
    always: ({ typing }) => typing.remote !== null,
  },
  'typing-sent': {
    owners: ['visitor'],
    onlyWhile: ({ typing }) => typing.sentAt !== null,
    always: never,
  },
  prune: {
    owners: ['hub'],
    onlyWhile: ({ isRestored }) => isRestored,
    always: ({ isRestored }) => isRestored,
  },
  idle: {
    owners: ['hub'],
    onlyWhile: ({ tabs }) => tabs.length === 0,
    always: (state) =>
      state.tabs.length === 0 &&
      !isUnwatched(state) &&
      !inPhase('failed')(state) &&
      !state.isSteppingDown,
  },
  expiry: {
    owners: ['visitor'],
    onlyWhile: ({ sessionMemory }) => sessionMemory?.endsAt != null,
    always: ({ sessionMemory }, now) => sessionMemory?.endsAt != null && now < sessionMemory.endsAt,
    atLatest: ({ sessionMemory }) => sessionMemory?.endsAt ?? 0,
  },
  end: {
    owners: ['conversation'],
    onlyWhile: isEndPending,
    always: isEndPending,
    atLatest: (_state, now) => now + endTimeout,
  },
  deletion: {
    owners: ['visitor'],
    onlyWhile: ({ sessionMemory }) => sessionMemory?.deletionOn != null,
    always: ({ sessionMemory }) => sessionMemory?.deletionOn != null,
  },
} satisfies Record<TimerName, TimerRule>;

const rules: readonly (readonly [TimerName, TimerRule])[] = timerNames.map((name) => [
  name,
  timerRules[name],
]);

/** No timer outlives its purpose, and nothing waits without its timer. */
export class TimerInvariants {
  step({ before, after, input, hub }: Step): void {
    // Before it is restored, the hub has no timers.
    if (before === after || !after.isRestored) return;
    const fault = faultOf(after, hub.clock().now);
    check(fault === null, 'timers', () => `${fault} (${describe(input)})`);
  }
}

/** Describes the first timer that violates its rules. */
export function faultOf(state: HubState, now: number): string | null {
  for (const [name, rule] of rules) {
    const due = state.timers[name];
    if (due === undefined) {
      if (rule.always(state, now)) return `${name} is not set although it must be`;
      continue;
    }
    if (!rule.onlyWhile(state)) return `${name} is set although it must not be`;
    const latest = rule.atLatest?.(state, now) ?? Number.POSITIVE_INFINITY;
    if (due > latest + 1) return `${name} is due ${Math.round(due - latest)} ms late`;
  }
  return null;
}

function describe(input: Step['input']): string {
  if (input.type === 'timer') return `timer ${input.name}`;
  if (input.type === 'call') return input.call.type;
  return input.type === 'gateway' ? input.event.type : input.type;
}
