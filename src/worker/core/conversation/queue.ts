import type { Routing } from '../../../protocol/conversation.ts';
import type { RestResult } from '../../../protocol/gateway.ts';
import type { QueueReason, SkillCoverage } from '../../../protocol/routing.ts';
import { jittered } from '../backoff.ts';
import { forgetRequest, request } from '../connection/rest-requests.ts';
import type { Run } from '../context.ts';
import { logRouting, setRouting } from './routing-log.ts';

/** The newest conversation has changed: how long it has been queued is watched. */
export function watchQueue(run: Run): void {
  const { conversation, routing, settings } = run.state;
  const { queue } = routing;
  if (conversation?.conversation.status !== 'queued') {
    if (queue && conversation?.conversation.status === 'connected') {
      const { conversationId } = conversation.conversation;
      if (queue.conversationId === conversationId) logQueue(run, 'connected', [], null);
    }
    stopWatching(run);
    return;
  }
  const { conversationId } = conversation.conversation;
  if (queue?.conversationId === conversationId) return;
  stopWatching(run);
  const now = Math.round(run.gatewayTime());
  const first = run.state.window.find(({ position }) => position[0] === conversation.ordinal);
  const since = Math.min(now, first?.timestamp ?? now);
  setRouting(run, { queue: { conversationId, since, requestId: null, unmatched: false } });
  run.setTimer('queued', Math.max(0, settings.timing.queued - (now - since)));
}

/** The `queued` timer: the visitor is told, and why, as far as the gateway tells. */
export function queuedForLong(run: Run): void {
  const { routing, meta, settings, link } = run.state;
  const { queue, names } = routing;
  if (!queue) return;
  if (!meta.lastRouting || settings.traits.routingApi !== true || link.phase !== 'online') {
    stall(run, queue.unmatched ? 'unmatched' : 'unknown', null);
    return;
  }
  const isKnown = names && run.clock.now - names.at < settings.timing.skillGroups;
  const requestId = request(
    run,
    isKnown ? coverageCall(meta.lastRouting) : { type: 'skill-groups' },
  );
  const unmatched = isKnown ? misses(meta.lastRouting, names.names) : false;
  setRouting(run, { queue: { ...queue, requestId, unmatched } });
}

/** The answer to the question why. */
export function onQueueAnswer(run: Run, result: RestResult): void {
  const { routing, meta } = run.state;
  const { queue } = routing;
  if (!queue) return;
  if (result.ok && result.value.type === 'skill-groups' && meta.lastRouting) {
    const unmatched = misses(meta.lastRouting, result.value.names);
    const requestId = request(run, coverageCall(meta.lastRouting));
    setRouting(run, { queue: { ...queue, requestId, unmatched } });
    return;
  }
  const coverage = coverageOf(result);
  const isEmpty = coverage?.every(({ agentsOnShift }) => agentsOnShift === 0);
  const reason = isEmpty ? 'nobody-on-shift' : coverage ? 'busy' : 'unknown';
  stall(run, queue.unmatched ? 'unmatched' : reason, coverage);
}

function stall(run: Run, reason: QueueReason, coverage: readonly SkillCoverage[] | null): void {
  const { queue, notice } = run.state.routing;
  if (!queue) return;
  const isNews = notice?.kind !== 'stalled' || notice.reason !== reason;
  setRouting(run, {
    queue: { ...queue, requestId: null },
    notice: { kind: 'stalled', since: queue.since, reason },
  });
  if (isNews) logQueue(run, 'stalled', [reason], coverage);
  run.setTimer('queued', jittered(run, run.state.settings.timing.queued));
}

export function stopWatching(run: Run): void {
  const { queue, notice } = run.state.routing;
  run.clearTimer('queued');
  if (queue?.requestId != null) forgetRequest(run, queue.requestId);
  if (queue) setRouting(run, { queue: null });
  const status = run.state.conversation?.conversation.status;
  const isOver = status === 'connected' || status === 'ended';
  // A refusal stays: nothing has come of it.
  if (notice?.kind === 'stalled' || (isOver && notice?.kind === 'uncovered' && !notice.isAsking)) {
    setRouting(run, { notice: null });
  }
}

function misses(routing: Routing, names: readonly string[]): boolean {
  return routing.skillGroups.some((name) => !names.includes(name));
}

function coverageCall({ skillGroups }: Routing) {
  return { type: 'skill-coverage', skillGroups } as const;
}

export function coverageOf(result: RestResult): readonly SkillCoverage[] | null {
  return result.ok && result.value.type === 'skill-coverage' ? result.value.coverage : null;
}

function logQueue(
  run: Run,
  verdict: 'stalled' | 'connected',
  problems: readonly string[],
  coverage: readonly SkillCoverage[] | null,
): void {
  const { lastRouting } = run.state.meta;
  if (lastRouting) logRouting(run, lastRouting, verdict, problems, coverage);
}
