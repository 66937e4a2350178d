import type { Routing } from '../../../protocol/conversation.ts';
import type { RoutingLogLine, RoutingVerdict, SkillCoverage } from '../../../protocol/routing.ts';
import type { Run } from '../context.ts';
import type { RoutingState } from '../state.ts';

/** For finding out afterwards why somebody waited; nothing here waits for it. */
export function logRouting(
  run: Run,
  routing: Routing,
  verdict: RoutingVerdict,
  problems: readonly string[],
  coverage: readonly SkillCoverage[] | null,
): void {
  const { queue } = run.state.routing;
  const line: RoutingLogLine = {
    at: new Date(run.gatewayTime()).toISOString(),
    routing,
    verdict,
    problems,
    ...(queue
      ? { conversationId: queue.conversationId, queuedSince: new Date(queue.since).toISOString() }
      : {}),
    ...(coverage ? { coverage } : {}),
  };
  run.emit({ type: 'log-routing', line });
}

export function setRouting(run: Run, part: Partial<RoutingState>): void {
  run.set({ routing: { ...run.state.routing, ...part } });
}
