import type { Routing } from '../../../protocol/conversation.ts';
import type { Problem } from '../../../protocol/errors.ts';
import type { RestResult } from '../../../protocol/gateway/rest.ts';
import type { RoutingVerdict, SkillCoverage } from '../../../protocol/routing.ts';
import { retryDelay } from '../backoff.ts';
import { cancelRequest, request } from '../connection/rest-requests.ts';
import type { StepContext } from '../context.ts';
import { updateMeta } from '../visitor/state.ts';
import { closestName } from './closest-name.ts';
import { coverageOf, onQueueAnswer, stopWatchingQueue } from './queue.ts';
import { logRouting, setRouting } from './routing-log.ts';
import { failStartCalls } from './start-calls.ts';

/**
 * Checks a routing before it is sent: are its skill groups known, and is an agent on shift? Names
 * are case-sensitive, and the gateway silently queues a conversation with a wrong name where no
 * agent serves it (guide, edge case 3).
 */

/**
 * Returns whether the routing may be sent now. If not, a check is running or has failed, and
 * `routing-cleared` follows when it may.
 */
export function isCleared(context: StepContext, routing: Routing): boolean {
  const { check } = context.state.routing;
  if (check && isEqual(check.routing, routing)) return check.stage === 'cleared';
  startCheck(context, routing);
  return context.state.routing.check?.stage === 'cleared';
}

/** The gateway has answered the routing. The next one is checked anew, even if it is the same. */
export function resetCheck(context: StepContext): void {
  setRouting(context, { check: null });
}

function startCheck(context: StepContext, routing: Routing): void {
  cancelCheck(context);
  setRouting(context, { notice: null });
  if (context.state.settings.traits.routingApi !== true) {
    markCleared(context, routing, 'unchecked', ['this gateway has no routing API'], null);
    return;
  }
  context.setTimer('routing', context.state.settings.timing.routingCheck);
  const { names } = context.state.routing;
  if (names && context.clock.now - names.at < context.state.settings.timing.skillGroups) {
    checkNames(context, routing, names.names, false);
  } else requestNames(context, routing);
}

function requestNames(context: StepContext, routing: Routing): void {
  const requestId = request(context, { type: 'skill-groups' });
  setRouting(context, { check: { stage: 'names', routing, requestId } });
}

/** @param isFresh whether `names` have just been fetched, so that a mismatch is real */
function checkNames(
  context: StepContext,
  routing: Routing,
  names: readonly string[],
  isFresh: boolean,
): void {
  const unknownNames = routing.skillGroups.filter((name) => !names.includes(name));
  if (unknownNames.length > 0 && !isFresh) {
    requestNames(context, routing);
    return;
  }
  if (unknownNames.length > 0) {
    refuseGroups(context, routing, unknownNames, names);
    return;
  }
  const requestId = request(context, { type: 'skill-coverage', skillGroups: routing.skillGroups });
  setRouting(context, { check: { stage: 'coverage', routing, requestId } });
}

function refuseGroups(
  context: StepContext,
  routing: Routing,
  unknownNames: readonly string[],
  names: readonly string[],
): void {
  const suggestions = new Map(unknownNames.map((name) => [name, closestName(name, names)]));
  const problems = unknownNames.map((name) => {
    const suggestion = suggestions.get(name);
    return `There is no skill group “${name}”.${suggestion ? ` Did you mean “${suggestion}”?` : ''}`;
  });
  const skillGroups = routing.skillGroups.flatMap((name) =>
    suggestions.has(name) ? (suggestions.get(name) ?? []) : name,
  );
  // With the known names and the suggestions for the others, the visitor can go on.
  const suggested =
    skillGroups.length > 0 ? { ...routing, skillGroups: [...new Set(skillGroups)] } : null;
  refuse(context, routing, problems, suggested, null);
}

/** The attributes of a `start` call violate the site's schema. */
export function refuseAttributes(
  context: StepContext,
  callId: number,
  routing: Routing,
  problems: readonly string[],
): void {
  logRouting(context, routing, 'refused', problems, null);
  context.reject(callId, 'routing-refused', problems.join(' '));
  // A valid routing of another tab is not affected.
  if (context.state.meta.routing) return;
  setRouting(context, { notice: { kind: 'refused', problems, suggested: null } });
  context.raise({ type: 'stranded' });
}

/** Refuses the routing: nothing is sent, and calls that wait are rejected with the reason. */
function refuse(
  context: StepContext,
  routing: Routing,
  problems: readonly string[],
  suggested: Routing | null,
  coverage: readonly SkillCoverage[] | null,
): void {
  cancelCheck(context);
  setRouting(context, { notice: { kind: 'refused', problems, suggested } });
  logRouting(context, routing, 'refused', problems, coverage);
  updateMeta(context, { routing: null });
  failStartCalls(context, refusalOf(context) ?? { code: 'routing-refused', message: '' });
  context.raise({ type: 'stranded' });
}

/** The problem of a refused routing, for messages that wait for it. */
export function refusalOf(context: StepContext): Problem | null {
  const { notice } = context.state.routing;
  if (notice?.kind !== 'refused') return null;
  return { code: 'routing-refused', message: notice.problems.join(' ') };
}

/** The answer to a request about skill groups or coverage. */
export function onRoutingAnswer(context: StepContext, requestId: number, result: RestResult): void {
  if (result.ok && result.value.type === 'skill-groups') {
    setRouting(context, { names: { names: result.value.names, at: context.clock.now } });
  }
  const { check, queue } = context.state.routing;
  if (queue?.requestId === requestId) {
    onQueueAnswer(context, result);
    return;
  }
  if (!check || !('requestId' in check) || check.requestId !== requestId) return;
  const { connection, isSteppingDown } = context.state;
  if (isSteppingDown || (!result.ok && connection.phase === 'signed-out')) {
    // The next hub or the next sign-in starts a new check.
    cancelCheck(context);
  } else if (check.stage === 'coverage') {
    onCoverage(context, check.routing, coverageOf(result));
  } else if (result.ok && result.value.type === 'skill-groups') {
    checkNames(context, check.routing, result.value.names, true);
  } else onUnreachable(context, check.routing, failureOf(result));
}

function onCoverage(
  context: StepContext,
  routing: Routing,
  coverage: readonly SkillCoverage[] | null,
): void {
  if (!coverage || coverage.some(({ agentsOnShift }) => agentsOnShift > 0)) {
    markCleared(
      context,
      routing,
      'matched',
      coverage ? [] : ['the skill coverage is unknown'],
      coverage,
    );
    proceed(context);
    return;
  }
  const { whenUncovered } = context.state.settings.routing;
  const { skillGroups } = routing;
  if (whenUncovered === 'refuse') {
    refuse(context, routing, ['No agents are available for this right now.'], null, coverage);
    return;
  }
  const isAsking = whenUncovered === 'ask';
  if (isAsking) {
    context.clearTimer('routing');
    setRouting(context, { check: { stage: 'asking', routing } });
    logRouting(context, routing, 'uncovered', ['the visitor was asked whether to wait'], coverage);
  } else markCleared(context, routing, 'uncovered', [], coverage);
  setRouting(context, { notice: { kind: 'uncovered', skillGroups, isAsking } });
  if (!isAsking) proceed(context);
}

/** The visitor waits although no agent is on shift. */
export function waitAnyway(context: StepContext): void {
  const { check } = context.state.routing;
  if (check?.stage !== 'asking') return;
  const { skillGroups } = check.routing;
  markCleared(context, check.routing, 'uncovered', ['the visitor chose to wait'], null);
  setRouting(context, { notice: { kind: 'uncovered', skillGroups, isAsking: false } });
  proceed(context);
}

/** The `routing` timer: a check took too long, or a postponed one starts again. */
export function routingOverdue(context: StepContext): void {
  const { check } = context.state.routing;
  if (context.state.isSteppingDown) {
    cancelCheck(context);
    return;
  }
  switch (check?.stage) {
    case 'names':
      onUnreachable(context, check.routing, 'no answer in time');
      return;
    case 'coverage':
      cancelCheck(context);
      onCoverage(context, check.routing, null);
      return;
    case 'postponed':
      setRouting(context, { check: null });
      proceed(context);
      return;
    default:
      return;
  }
}

/** The routing API is unavailable: applies the site's policy. */
function onUnreachable(context: StepContext, routing: Routing, cause: string): void {
  const { tries } = context.state.routing;
  cancelCheck(context);
  const problems = [`the skill groups could not be checked: ${cause}`];
  if (context.state.settings.routing.whenUnchecked === 'send') {
    markCleared(context, routing, 'unchecked', problems, null);
    proceed(context);
    return;
  }
  setRouting(context, {
    check: { stage: 'postponed', routing },
    tries: tries + 1,
    notice: { kind: 'unchecked' },
  });
  if (tries === 0) logRouting(context, routing, 'postponed', problems, null);
  context.setTimer('routing', retryDelay(context, tries));
}

function markCleared(
  context: StepContext,
  routing: Routing,
  verdict: RoutingVerdict,
  problems: readonly string[],
  coverage: readonly SkillCoverage[] | null,
): void {
  context.clearTimer('routing');
  setRouting(context, { check: { stage: 'cleared', routing }, tries: 0, notice: null });
  logRouting(context, routing, verdict, problems, coverage);
}

/** The routing may be sent, or checked again. */
function proceed(context: StepContext): void {
  context.raise({ type: 'routing-cleared' });
}

function cancelCheck(context: StepContext): void {
  const { check } = context.state.routing;
  context.clearTimer('routing');
  if (check && 'requestId' in check) cancelRequest(context, check.requestId);
  setRouting(context, { check: null });
}

/** The conversation was ended: no routing is requested any more. */
export function cancelRouting(context: StepContext): void {
  cancelCheck(context);
  stopWatchingQueue(context);
  setRouting(context, { notice: null, tries: 0 });
}

function failureOf(result: RestResult): string {
  return result.ok ? 'invalid' : result.failure.kind;
}

/** Compares by value: two tabs may request the same routing. */
function isEqual(a: Routing, b: Routing): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
