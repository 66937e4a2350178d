import type { Routing } from '../../../protocol/conversation.ts';
import type { RoutingLogLine, RoutingVerdict, SkillCoverage } from '../../../protocol/routing.ts';
import type { StepContext } from '../context.ts';
import { type RoutingState, setConversationSlice } from './state.ts';

/** Logs why a visitor waited or was refused. Nothing waits for the result. */
export function logRouting(
  context: StepContext,
  routing: Routing,
  verdict: RoutingVerdict,
  problems: readonly string[],
  coverage: readonly SkillCoverage[] | null,
): void {
  const { queue } = context.state.routing;
  const line: RoutingLogLine = {
    at: new Date(context.gatewayTime()).toISOString(),
    routing,
    verdict,
    problems,
    ...(queue
      ? { conversationId: queue.conversationId, queuedSince: new Date(queue.since).toISOString() }
      : {}),
    ...(coverage ? { coverage } : {}),
  };
  context.emit({ type: 'log-routing', line });
}

export function setRouting(context: StepContext, part: Partial<RoutingState>): void {
  setConversationSlice(context, { routing: { ...context.state.routing, ...part } });
}
