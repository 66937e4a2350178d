import type { Routing } from '../../../protocol/conversation.ts';
import type { Problem } from '../../../protocol/errors.ts';
import type { RestResult } from '../../../protocol/gateway/rest.ts';
import type { RoutingVerdict, SkillCoverage } from '../../../protocol/routing.ts';
import { retryDelay } from '../backoff.ts';
import { cancelRequest, request } from '../connection/rest-requests.ts';
import type { StepContext } from '../context.ts';
import { updateMeta } from '../visitor/state.ts';
import { closestName } from './closest-name.ts';
import { coverageOf, onQueueAnswer, stopWatching } from './queue.ts';
import { logRouting, setRouting } from './routing-log.ts';
import { failStartCalls } from './start-calls.ts';

/**
 * Before a routing frame leaves: does the gateway know its skill groups, and is anybody on shift? It
 * tells upper from lower case, and puts a conversation with a wrong name into a queue that nobody
 * serves, without a word (guide, edge case 3).
 */

/** Whether the routing may leave now. Otherwise it is being checked, and `ask` is called again. */
export function isCleared(context: StepContext, routing: Routing): boolean {
  const { check } = context.state.routing;
  if (check && isEqual(check.routing, routing)) return check.stage === 'cleared';
  startCheck(context, routing);
  return context.state.routing.check?.stage === 'cleared';
}

/** The gateway has answered: the next one, the same again too, is checked anew. */
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

/** @param isFresh the names were asked for just now, so that a mismatch is one */
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
  // With those that are right, and what was meant by the others, the visitor can go on.
  const suggested =
    skillGroups.length > 0 ? { ...routing, skillGroups: [...new Set(skillGroups)] } : null;
  refuse(context, routing, problems, suggested, null);
}

/** A page's attributes do not fit the site's own schema: what it asks for is not wanted. */
export function refuseAttributes(
  context: StepContext,
  callId: number,
  routing: Routing,
  problems: readonly string[],
): void {
  logRouting(context, routing, 'refused', problems, null);
  context.reject(callId, 'routing-refused', problems.join(' '));
  // Another tab's, which fits, goes its way.
  if (context.state.meta.routing) return;
  setRouting(context, { notice: { kind: 'refused', problems, suggested: null } });
  context.raise({ type: 'stranded' });
}

/** Nothing is sent: whoever waits is told why, and what was meant. */
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

/** Why what waits can't go out, where a routing was refused. */
export function refusalOf(context: StepContext): Problem | null {
  const { notice } = context.state.routing;
  if (notice?.kind !== 'refused') return null;
  return { code: 'routing-refused', message: notice.problems.join(' ') };
}

/** The answer to one of our questions. */
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
  const { connection, isLeaving } = context.state;
  if (isLeaving || (!result.ok && connection.phase === 'signed-out')) {
    // The next hub checks it again, and so is whoever signs in again.
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
      coverage ? [] : ['the skill coverage is not known'],
      coverage,
    );
    proceed(context);
    return;
  }
  const { whenUncovered } = context.state.settings.routing;
  const { skillGroups } = routing;
  if (whenUncovered === 'refuse') {
    refuse(context, routing, ['Nobody is on duty for this at the moment.'], null, coverage);
    return;
  }
  const isAsking = whenUncovered === 'ask';
  if (isAsking) {
    context.clearTimer('routing');
    setRouting(context, { check: { stage: 'asking', routing } });
    logRouting(context, routing, 'uncovered', ['the visitor is asked whether to wait'], coverage);
  } else markCleared(context, routing, 'uncovered', [], coverage);
  setRouting(context, { notice: { kind: 'uncovered', skillGroups, isAsking } });
  if (!isAsking) proceed(context);
}

/** The visitor waits, although nobody is on shift. */
export function waitAnyway(context: StepContext): void {
  const { check } = context.state.routing;
  if (check?.stage !== 'asking') return;
  const { skillGroups } = check.routing;
  markCleared(context, check.routing, 'uncovered', ['the visitor waits all the same'], null);
  setRouting(context, { notice: { kind: 'uncovered', skillGroups, isAsking: false } });
  proceed(context);
}

/** The `routing` timer: a check that takes too long has failed; a postponed one begins anew. */
export function routingOverdue(context: StepContext): void {
  const { check } = context.state.routing;
  if (context.state.isLeaving) {
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

/** The routing API can't be asked, and the site has said what then. */
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

/** What was held back may go out, or be asked again. */
function proceed(context: StepContext): void {
  context.raise({ type: 'routing-cleared' });
}

/** The check is over, or wanted no more. */
function cancelCheck(context: StepContext): void {
  const { check } = context.state.routing;
  context.clearTimer('routing');
  if (check && 'requestId' in check) cancelRequest(context, check.requestId);
  setRouting(context, { check: null });
}

/** The conversation is left, or another visitor is there: nothing is wanted any more. */
export function cancelRouting(context: StepContext): void {
  cancelCheck(context);
  stopWatching(context);
  setRouting(context, { notice: null, tries: 0 });
}

function failureOf(result: RestResult): string {
  return result.ok ? 'invalid' : result.failure.kind;
}

/** Two tabs may ask for the same; each has an object of its own. */
function isEqual(a: Routing, b: Routing): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
