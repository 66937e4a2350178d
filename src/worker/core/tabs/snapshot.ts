import { makeEpoch } from '../../../protocol/epoch.ts';
import type { Problem } from '../../../protocol/errors.ts';
import type { ConnectionSnapshot, Phase, SharedSnapshot } from '../../../protocol/snapshot.ts';
import { restPause } from '../connection/rest-requests.ts';
import type { StepContext } from '../context.ts';
import type { HubState } from '../state.ts';
import { hidePrevious } from '../visitor/identity-gate.ts';

export function epochOf(state: HubState): string {
  return makeEpoch(state.settings.bootId, state.generation);
}

/** The part of a snapshot that is the same for all tabs. */
export function sharedSnapshot(context: StepContext): SharedSnapshot {
  const { state } = context;
  return hidePrevious(context, {
    connection: connectionSnapshot(context),
    conversation: state.conversation?.details ?? null,
    unread: state.unread.count,
    typing: state.typing.remote,
    routing: state.routing.notice,
    draft: state.meta.draft,
    hub: {
      kind: state.settings.kind,
      epoch: epochOf(state),
      build: state.settings.build,
      tabs: state.tabs.length,
      persistent: state.isPersistent,
    },
  });
}

/** Shown while the rate limit or a pause holds messages back. */
const pausedProblem: Problem = {
  code: 'rate-limited',
  message: 'Sending is paused for a moment.',
};

function connectionSnapshot(context: StepContext): ConnectionSnapshot {
  const { connection, breaker } = context.state;
  const problem = context.state.problem ?? (isSendingPaused(context) ? pausedProblem : null);
  const phase = publicPhase(context);
  const retryAt =
    connection.phase === 'waiting'
      ? connection.retryAt
      : connection.phase === 'resting'
        ? (context.state.timers.probe ?? null)
        : null;
  return {
    phase,
    attempt: breaker.attempt,
    retryAt: retryAt === null ? null : wallTime(context, retryAt),
    transport: transport(context, phase),
    ...(problem ? { problem } : {}),
  };
}

function isSendingPaused(context: StepContext): boolean {
  const { outbox, pausedUntil } = context.state;
  const head = outbox.find(
    (item) => item.at.stage !== 'failed' && item.at.stage !== 'acknowledged',
  );
  if (!head) return false;
  const waitsForRest = context.hasTimer('rest-pause') || restPause(context) > 0;
  return pausedUntil !== null || (head.at.stage === 'unconfirmed' && waitsForRest);
}

/** Rounded to seconds: the two clocks drift, which must not change a snapshot. */
function wallTime(context: StepContext, at: number): number {
  return Math.round((context.clock.wall + (at - context.clock.now)) / 1_000) * 1_000;
}

function publicPhase(context: StepContext): Phase {
  const { connection, breaker } = context.state;
  switch (connection.phase) {
    case 'online':
      return connection.session.stage === 'routing' ? 'routing' : 'ready';
    case 'draining':
      return 'ready';
    case 'idle':
      // The first message opens the connection.
      return context.policy?.needsConnection(context) === false ? 'ready' : 'connecting';
    case 'token':
    case 'closing':
    case 'handed-over':
    case 'connecting':
    case 'authenticating':
      // A planned reconnection is not shown to the visitor.
      if (connection.isPlanned) return 'ready';
      if (breaker.isOpen)
        return context.policyTraits.restNeedsConnection ? 'connecting' : 'polling';
      return connection.phase === 'authenticating' ? 'authenticating' : 'connecting';
    case 'resting':
      return context.policyTraits.restNeedsConnection ? 'waiting' : 'polling';
    case 'offline':
      return 'offline';
    case 'waiting':
      return 'waiting';
    case 'signed-out':
      return 'signed-out';
    case 'failed':
      return 'failed';
  }
}

function transport(context: StepContext, phase: Phase): ConnectionSnapshot['transport'] {
  if (context.state.connection.phase === 'idle' && context.policyTraits.connectsOnDemand)
    return 'none';
  if (phase === 'ready' || phase === 'routing') return 'websocket';
  return phase === 'polling' && context.state.token.expiresAt !== null ? 'rest' : 'none';
}
