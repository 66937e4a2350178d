import { makeEpoch } from '../../../protocol/epoch.ts';
import type { Problem } from '../../../protocol/errors.ts';
import type { ConnectionSnapshot, Phase, SharedSnapshot } from '../../../protocol/snapshot.ts';
import { restPause } from '../connection/rest-requests.ts';
import type { Run } from '../context.ts';
import type { HubState } from '../state.ts';
import { hideFormer } from './identity-gate.ts';

export function epochOf(state: HubState): string {
  return makeEpoch(state.settings.epoch, state.generation);
}

/** What every tab sees alike. */
export function sharedSnapshot(run: Run): SharedSnapshot {
  const { state } = run;
  return hideFormer(run, {
    connection: connectionSnapshot(run),
    conversation: state.conversation?.conversation ?? null,
    unread: state.reading.unread,
    typing: state.typing.other,
    routing: state.routing.notice,
    draft: state.meta.draft,
    hub: {
      kind: state.settings.kind,
      epoch: epochOf(state),
      build: state.settings.build,
      tabs: state.tabs.length,
      persistent: state.persistent,
    },
  });
}

/** What waits for the pace that is kept to, or was asked for, is seen to wait. */
const waiting: Problem = {
  code: 'rate-limited',
  message: 'Messages wait a moment.',
};

function connectionSnapshot(run: Run): ConnectionSnapshot {
  const { link, breaker } = run.state;
  const problem = run.state.problem ?? (isHeldBack(run) ? waiting : null);
  const phase = publicPhase(run);
  const retryAt =
    link.phase === 'waiting'
      ? link.retryAt
      : link.phase === 'resting'
        ? (run.state.timers.probe ?? null)
        : null;
  return {
    phase,
    attempt: breaker.attempt,
    retryAt: retryAt === null ? null : wallTime(run, retryAt),
    transport: transport(run, phase),
    ...(problem ? { problem } : {}),
  };
}

function isHeldBack(run: Run): boolean {
  const { outbox, quietUntil } = run.state;
  const head = outbox.find((item) => item.at.stage !== 'failed' && item.at.stage !== 'held');
  if (!head) return false;
  const waitsForRest = run.hasTimer('rest-pause') || restPause(run) > 0;
  return quietUntil !== null || (head.at.stage === 'doubt' && waitsForRest);
}

/** On the wall clock, whole seconds: the two clocks drift, and a snapshot must not change by that. */
function wallTime(run: Run, at: number): number {
  return Math.round((run.clock.wall + (at - run.clock.now)) / 1_000) * 1_000;
}

function publicPhase(run: Run): Phase {
  const { link, breaker, renewal } = run.state;
  switch (link.phase) {
    case 'online':
      if (renewal) return 'ready';
      return link.session.stage === 'routing' ? 'routing' : 'ready';
    case 'draining':
      return 'ready';
    case 'idle':
      // Its line is opened by the first message.
      return run.rules?.needsLine(run) === false ? 'ready' : 'connecting';
    case 'token':
    case 'closing':
    case 'left':
    case 'connecting':
    case 'authenticating':
      // A controlled reconnection is none of the visitor's business.
      if (renewal) return 'ready';
      if (breaker.open) return run.isSession ? 'connecting' : 'polling';
      return link.phase === 'authenticating' ? 'authenticating' : 'connecting';
    case 'resting':
      return run.isSession ? 'waiting' : 'polling';
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

function transport(run: Run, phase: Phase): ConnectionSnapshot['transport'] {
  if (run.state.link.phase === 'idle' && run.isSession) return 'none';
  if (phase === 'ready' || phase === 'routing') return 'websocket';
  return phase === 'polling' && run.state.token.expiresAt !== null ? 'rest' : 'none';
}
