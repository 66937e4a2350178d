import type { Routing } from '../../../protocol/conversation.ts';
import type { RestResult } from '../../../protocol/gateway/rest.ts';
import type { QueueReason, SkillCoverage } from '../../../protocol/routing.ts';
import { jittered } from '../backoff.ts';
import { cancelRequest, request } from '../connection/rest-requests.ts';
import type { StepContext } from '../context.ts';
import { logRouting, setRouting } from './routing-log.ts';

/** The current conversation has changed: starts or stops watching how long it is queued. */
export function watchQueue(context: StepContext): void {
  const { conversation, routing, settings } = context.state;
  const { queue } = routing;
  if (conversation?.details.status !== 'queued') {
    if (queue && conversation?.details.status === 'connected') {
      const { conversationId } = conversation.details;
      if (queue.conversationId === conversationId) logQueue(context, 'connected', [], null);
    }
    stopWatchingQueue(context);
    return;
  }
  const { conversationId } = conversation.details;
  if (queue?.conversationId === conversationId) return;
  stopWatchingQueue(context);
  const now = Math.round(context.gatewayTime());
  const first = context.state.window.find(({ position }) => position[0] === conversation.ordinal);
  const since = Math.min(now, first?.timestamp ?? now);
  setRouting(context, { queue: { conversationId, since, requestId: null, isUnmatched: false } });
  context.setTimer('queued', Math.max(0, settings.timing.queued - (now - since)));
}

/** The `queued` timer: finds out why the visitor waits, if the gateway can tell, and shows it. */
export function queueOverdue(context: StepContext): void {
  const { routing, meta, settings, connection } = context.state;
  const { queue, names } = routing;
  if (!queue) return;
  if (!meta.lastRouting || settings.traits.routingApi !== true || connection.phase !== 'online') {
    reportStalled(context, queue.isUnmatched ? 'unmatched' : 'unknown', null);
    return;
  }
  const isKnown = names && context.clock.now - names.at < settings.timing.skillGroups;
  const requestId = request(
    context,
    isKnown ? coverageCall(meta.lastRouting) : { type: 'skill-groups' },
  );
  const isUnmatched = isKnown ? hasUnknownSkillGroup(meta.lastRouting, names.names) : false;
  setRouting(context, { queue: { ...queue, requestId, isUnmatched } });
}

/** The answer about skill groups or coverage. */
export function onQueueAnswer(context: StepContext, result: RestResult): void {
  const { routing, meta } = context.state;
  const { queue } = routing;
  if (!queue) return;
  if (result.ok && result.value.type === 'skill-groups' && meta.lastRouting) {
    const isUnmatched = hasUnknownSkillGroup(meta.lastRouting, result.value.names);
    const requestId = request(context, coverageCall(meta.lastRouting));
    setRouting(context, { queue: { ...queue, requestId, isUnmatched } });
    return;
  }
  const coverage = coverageOf(result);
  const isEmpty = coverage?.every(({ agentsOnShift }) => agentsOnShift === 0);
  const reason = isEmpty ? 'nobody-on-shift' : coverage ? 'busy' : 'unknown';
  reportStalled(context, queue.isUnmatched ? 'unmatched' : reason, coverage);
}

function reportStalled(
  context: StepContext,
  reason: QueueReason,
  coverage: readonly SkillCoverage[] | null,
): void {
  const { queue, notice } = context.state.routing;
  if (!queue) return;
  const isNew = notice?.kind !== 'stalled' || notice.reason !== reason;
  setRouting(context, {
    queue: { ...queue, requestId: null },
    notice: { kind: 'stalled', since: queue.since, reason },
  });
  if (isNew) logQueue(context, 'stalled', [reason], coverage);
  context.setTimer('queued', jittered(context, context.state.settings.timing.queued));
}

export function stopWatchingQueue(context: StepContext): void {
  const { queue, notice } = context.state.routing;
  context.clearTimer('queued');
  if (queue?.requestId != null) cancelRequest(context, queue.requestId);
  if (queue) setRouting(context, { queue: null });
  const status = context.state.conversation?.details.status;
  const isOver = status === 'connected' || status === 'ended';
  // A refusal stays visible.
  if (notice?.kind === 'stalled' || (isOver && notice?.kind === 'uncovered' && !notice.isAsking)) {
    setRouting(context, { notice: null });
  }
}

function hasUnknownSkillGroup(routing: Routing, names: readonly string[]): boolean {
  return routing.skillGroups.some((name) => !names.includes(name));
}

function coverageCall({ skillGroups }: Routing) {
  return { type: 'skill-coverage', skillGroups } as const;
}

export function coverageOf(result: RestResult): readonly SkillCoverage[] | null {
  return result.ok && result.value.type === 'skill-coverage' ? result.value.coverage : null;
}

function logQueue(
  context: StepContext,
  verdict: 'stalled' | 'connected',
  problems: readonly string[],
  coverage: readonly SkillCoverage[] | null,
): void {
  const { lastRouting } = context.state.meta;
  if (lastRouting) logRouting(context, lastRouting, verdict, problems, coverage);
}
