import type { Routing } from '../../../protocol/conversation.ts';
import type { Problem } from '../../../protocol/errors.ts';
import type { RestResult } from '../../../protocol/gateway.ts';
import type { RoutingVerdict, SkillCoverage } from '../../../protocol/routing.ts';
import { retryDelay } from '../backoff.ts';
import { forgetRequest, request } from '../connection/rest-requests.ts';
import type { Run } from '../context.ts';
import { failStarting, failStranded } from '../outbox/outbox.ts';
import { closest } from './closest-name.ts';
import { ask } from './conversation.ts';
import { coverageOf, onQueueAnswer, stopWatching } from './queue.ts';
import { logRouting, setRouting } from './routing-log.ts';

/**
 * Before a routing frame leaves: does the gateway know its skill groups, and is anybody on shift? It
 * tells upper from lower case, and puts a conversation with a wrong name into a queue that nobody
 * serves, without a word (guide, edge case 3).
 */

/** Whether the routing may leave now. Otherwise it is being checked, and `ask` is called again. */
export function isCleared(run: Run, routing: Routing): boolean {
  const { check } = run.state.routing;
  if (check && same(check.routing, routing)) return check.stage === 'cleared';
  begin(run, routing);
  return run.state.routing.check?.stage === 'cleared';
}

/** The gateway has answered: the next one, the same again too, is checked anew. */
export function routed(run: Run): void {
  setRouting(run, { check: null });
}

function begin(run: Run, routing: Routing): void {
  forget(run);
  setRouting(run, { notice: null });
  if (run.state.settings.traits.routingApi !== true) {
    clear(run, routing, 'unchecked', ['this gateway has no routing API'], null);
    return;
  }
  run.setTimer('routing', run.state.settings.timing.routingCheck);
  const { names } = run.state.routing;
  if (names && run.clock.now - names.at < run.state.settings.timing.skillGroups) {
    judge(run, routing, names.names, false);
  } else askNames(run, routing);
}

function askNames(run: Run, routing: Routing): void {
  const requestId = request(run, { type: 'skill-groups' });
  setRouting(run, { check: { stage: 'names', routing, requestId } });
}

/** @param isFresh the names were asked for just now, so that a mismatch is one */
function judge(run: Run, routing: Routing, names: readonly string[], isFresh: boolean): void {
  const misses = routing.skillGroups.filter((name) => !names.includes(name));
  if (misses.length > 0 && !isFresh) {
    askNames(run, routing);
    return;
  }
  if (misses.length > 0) {
    refuseGroups(run, routing, misses, names);
    return;
  }
  const requestId = request(run, { type: 'skill-coverage', skillGroups: routing.skillGroups });
  setRouting(run, { check: { stage: 'coverage', routing, requestId } });
}

function refuseGroups(
  run: Run,
  routing: Routing,
  misses: readonly string[],
  names: readonly string[],
): void {
  const meant = new Map(misses.map((name) => [name, closest(name, names)]));
  const problems = misses.map((name) => {
    const guess = meant.get(name);
    return `There is no skill group “${name}”.${guess ? ` Did you mean “${guess}”?` : ''}`;
  });
  const skillGroups = routing.skillGroups.flatMap((name) =>
    meant.has(name) ? (meant.get(name) ?? []) : name,
  );
  // With those that are right, and what was meant by the others, the visitor can go on.
  const suggested =
    skillGroups.length > 0 ? { ...routing, skillGroups: [...new Set(skillGroups)] } : null;
  refuse(run, routing, problems, suggested, null);
}

/** A page's attributes do not fit the site's own schema: what it asks for is not wanted. */
export function refuseAttributes(
  run: Run,
  callId: number,
  routing: Routing,
  problems: readonly string[],
): void {
  logRouting(run, routing, 'refused', problems, null);
  run.reject(callId, 'routing-refused', problems.join(' '));
  // Another tab's, which fits, goes its way.
  if (run.state.meta.routing) return;
  setRouting(run, { notice: { kind: 'refused', problems, suggested: null } });
  failStranded(run);
}

/** Nothing is sent: whoever waits is told why, and what was meant. */
function refuse(
  run: Run,
  routing: Routing,
  problems: readonly string[],
  suggested: Routing | null,
  coverage: readonly SkillCoverage[] | null,
): void {
  forget(run);
  setRouting(run, { notice: { kind: 'refused', problems, suggested } });
  logRouting(run, routing, 'refused', problems, coverage);
  run.set({ meta: { ...run.state.meta, routing: null } });
  run.change({ meta: true });
  failStarting(run, refusalOf(run) ?? { code: 'routing-refused', message: '' });
  failStranded(run);
}

/** Why what waits can't go out, where a routing was refused. */
export function refusalOf(run: Run): Problem | null {
  const { notice } = run.state.routing;
  if (notice?.kind !== 'refused') return null;
  return { code: 'routing-refused', message: notice.problems.join(' ') };
}

/** The answer to one of our questions. */
export function onRoutingAnswer(run: Run, requestId: number, result: RestResult): void {
  if (result.ok && result.value.type === 'skill-groups') {
    setRouting(run, { names: { names: result.value.names, at: run.clock.now } });
  }
  const { check, queue } = run.state.routing;
  if (queue?.requestId === requestId) {
    onQueueAnswer(run, result);
    return;
  }
  if (!check || !('requestId' in check) || check.requestId !== requestId) return;
  const { link, isLeaving } = run.state;
  if (isLeaving || (!result.ok && link.phase === 'signed-out')) {
    // The next hub checks it again, and so is whoever signs in again.
    forget(run);
  } else if (check.stage === 'coverage') {
    onCoverage(run, check.routing, coverageOf(result));
  } else if (result.ok && result.value.type === 'skill-groups') {
    judge(run, check.routing, result.value.names, true);
  } else unreachable(run, check.routing, failureOf(result));
}

function onCoverage(run: Run, routing: Routing, coverage: readonly SkillCoverage[] | null): void {
  if (!coverage || coverage.some(({ agentsOnShift }) => agentsOnShift > 0)) {
    clear(run, routing, 'matched', coverage ? [] : ['the skill coverage is not known'], coverage);
    goOn(run);
    return;
  }
  const { whenUncovered } = run.state.settings.routing;
  const { skillGroups } = routing;
  if (whenUncovered === 'refuse') {
    refuse(run, routing, ['Nobody is on duty for this at the moment.'], null, coverage);
    return;
  }
  const isAsking = whenUncovered === 'ask';
  if (isAsking) {
    run.clearTimer('routing');
    setRouting(run, { check: { stage: 'asking', routing } });
    logRouting(run, routing, 'uncovered', ['the visitor is asked whether to wait'], coverage);
  } else clear(run, routing, 'uncovered', [], coverage);
  setRouting(run, { notice: { kind: 'uncovered', skillGroups, isAsking } });
  if (!isAsking) goOn(run);
}

/** The visitor waits, although nobody is on shift. */
export function waitAnyway(run: Run): void {
  const { check } = run.state.routing;
  if (check?.stage !== 'asking') return;
  const { skillGroups } = check.routing;
  clear(run, check.routing, 'uncovered', ['the visitor waits all the same'], null);
  setRouting(run, { notice: { kind: 'uncovered', skillGroups, isAsking: false } });
  goOn(run);
}

/** The `routing` timer: a check that takes too long has failed; a postponed one begins anew. */
export function routingOverdue(run: Run): void {
  const { check } = run.state.routing;
  if (run.state.isLeaving) {
    forget(run);
    return;
  }
  switch (check?.stage) {
    case 'names':
      unreachable(run, check.routing, 'no answer in time');
      return;
    case 'coverage':
      forget(run);
      onCoverage(run, check.routing, null);
      return;
    case 'postponed':
      setRouting(run, { check: null });
      goOn(run);
      return;
    default:
      return;
  }
}

/** The routing API can't be asked, and the site has said what then. */
function unreachable(run: Run, routing: Routing, why: string): void {
  const { tries } = run.state.routing;
  forget(run);
  const problems = [`the skill groups could not be checked: ${why}`];
  if (run.state.settings.routing.whenUnchecked === 'send') {
    clear(run, routing, 'unchecked', problems, null);
    goOn(run);
    return;
  }
  setRouting(run, {
    check: { stage: 'postponed', routing },
    tries: tries + 1,
    notice: { kind: 'unchecked' },
  });
  if (tries === 0) logRouting(run, routing, 'postponed', problems, null);
  run.setTimer('routing', retryDelay(run, tries));
}

function clear(
  run: Run,
  routing: Routing,
  verdict: RoutingVerdict,
  problems: readonly string[],
  coverage: readonly SkillCoverage[] | null,
): void {
  run.clearTimer('routing');
  setRouting(run, { check: { stage: 'cleared', routing }, tries: 0, notice: null });
  logRouting(run, routing, verdict, problems, coverage);
}

/** What was held back may go out, or be asked again. */
function goOn(run: Run): void {
  const { link, meta } = run.state;
  if (link.phase !== 'online' || link.session.stage !== 'ready' || !meta.routing) return;
  ask(run, 0);
}

/** The check is over, or wanted no more. */
function forget(run: Run): void {
  const { check } = run.state.routing;
  run.clearTimer('routing');
  if (check && 'requestId' in check) forgetRequest(run, check.requestId);
  setRouting(run, { check: null });
}

/** The conversation is left, or another visitor is there: nothing is wanted any more. */
export function forgetRouting(run: Run): void {
  forget(run);
  stopWatching(run);
  setRouting(run, { notice: null, tries: 0 });
}

function failureOf(result: RestResult): string {
  return result.ok ? 'misfit' : result.failure.kind;
}

/** Two tabs may ask for the same; each has an object of its own. */
function same(a: Routing, b: Routing): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
