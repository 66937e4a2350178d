import type { RestFailure, RestResult, RestValue } from '../../../protocol/gateway.ts';
import { jittered, retryDelay } from '../backoff.ts';
import { forgetRequest, request, restPause } from '../connection/rest-requests.ts';
import type { Run } from '../context.ts';
import { closed, onConversation, onNotFound } from '../conversation/conversation.ts';
import {
  catchUpFormer,
  isOfFormer,
  maximumPages,
  onFormerResult,
  sawTheEnd,
} from '../conversation/previous-conversations.ts';
import { catchUpAnswered, pump } from '../outbox/send-queue.ts';
import { resolveDoubts } from '../outbox/unconfirmed.ts';
import type { RecoveryRun } from '../state.ts';
import { completeAll } from './normalize.ts';
import { receive, settleAll, settleHeld } from './transcript.ts';

/** Failed catch-ups after which held messages are shown although REST could not be asked. */
export const patience = 3;

/**
 * Asks REST for everything since the last message below which nothing is missing. One run at a time:
 * wanted during a run, another one follows it, since the run may have passed that place already.
 */
export function catchUp(run: Run): void {
  if (isAtRest(run)) return;
  const { recovery, conversation } = run.state;
  if (!conversation) {
    catchUpFormer(run);
    return;
  }
  if (recovery.active && !isOfFormer(run, recovery.active)) {
    run.set({ recovery: { ...recovery, again: true } });
    return;
  }
  // A session's history is asked for with a token that its own line brings.
  if (run.isSession && run.state.link.phase !== 'online') return;
  const pause = restPause(run);
  if (pause > 0) {
    run.setTimer('rest-retry', pause);
    return;
  }
  run.clearTimer('rest-retry');
  const { conversationId } = conversation.conversation;
  const since = conversation.completeUntil;
  run.set({ recovery: { ...recovery, runs: recovery.runs + 1, again: false } });
  const requestId = request(run, { type: 'history-since', conversationId, since, cursor: null });
  setActive(run, {
    requestId,
    conversationId,
    since,
    begunAt: run.clock.now,
    cursor: null,
    pages: 0,
    newest: since,
  });
}

/** Nobody is there who would read it; whoever comes has a socket first, and with it a catch-up. */
function isAtRest({ state: { link, isLeaving } }: Run): boolean {
  return isLeaving || link.phase === 'idle' || link.phase === 'signed-out';
}

/** REST is asked again then, by whoever still wants it. */
export function askAgainIn(run: Run, delay: number): void {
  if (!isAtRest(run)) run.setTimer('rest-retry', Math.max(restPause(run), delay));
}

/** On a fresh socket: an older run may hang on the network that was just left. */
export function catchUpAnew(run: Run): void {
  const { active } = run.state.recovery;
  // It may even wait to be sent, and would be asked twice.
  if (active) forgetRequest(run, active.requestId);
  setActive(run, null);
  catchUp(run);
}

function setActive(run: Run, active: RecoveryRun | null): void {
  run.set({ recovery: { ...run.state.recovery, active } });
}

/** The number of the first run that will have begun after now. */
export function nextRun(run: Run): number {
  return run.state.recovery.runs + 1;
}

export function onRecoveryResult(run: Run, requestId: number, result: RestResult): void {
  const { active } = run.state.recovery;
  if (!active || active.requestId !== requestId) return;
  if (isOfFormer(run, active)) {
    if (!onFormerResult(run, active, result)) return;
    setActive(run, null);
    if (result.ok) goOn(run);
    else if (run.state.recovery.again) catchUp(run);
    return;
  }
  if (active.conversationId !== run.state.conversation?.conversation.conversationId) {
    // Another conversation has begun meanwhile.
    setActive(run, null);
    if (run.state.recovery.again) catchUp(run);
    return;
  }
  if (!result.ok) onFailure(run, result.failure);
  else if (result.value.type === 'history') onPage(run, active, result.value);
  else if (result.value.type === 'conversation') onStatus(run, result.value);
}

function onPage(
  run: Run,
  active: RecoveryRun,
  page: Extract<RestValue, { type: 'history' }>,
): void {
  if (page.misfits > 0) run.note('misfit', `${page.misfits} misshapen messages in the history`);
  let { newest } = active;
  settleAll(run);
  for (const message of completeAll(run, page.messages, active.conversationId)) {
    receive(run, message, 'rest');
    newest = Math.max(newest, message.timestamp);
  }
  const { conversationId, since } = active;
  const isLast =
    page.nextCursor === null ||
    page.nextCursor === active.cursor ||
    page.messages.length === 0 ||
    active.pages >= maximumPages;
  if (isLast && run.isSession) {
    // Its status is told on the line.
    complete(run, { ...active, newest });
    return;
  }
  const call = isLast
    ? ({ type: 'conversation', conversationId } as const)
    : ({ type: 'history-since', conversationId, since, cursor: page.nextCursor } as const);
  const requestId = request(run, call);
  setActive(run, {
    ...active,
    requestId,
    newest,
    cursor: page.nextCursor,
    pages: active.pages + 1,
  });
}

function onStatus(run: Run, value: Extract<RestValue, { type: 'conversation' }>): void {
  const { active } = run.state.recovery;
  if (active) complete(run, active);
  onConversation(run, value.conversation, false);
}

function complete(run: Run, { newest, begunAt }: RecoveryRun): void {
  const { recovery, conversation } = run.state;
  if (conversation && !conversation.isClosed && sawTheEnd(conversation, begunAt)) {
    run.set({ conversation: { ...conversation, isClosed: true } });
    run.change({ conversation: true });
  }
  run.set({
    recovery: { ...recovery, active: null, failures: 0, completedAt: run.clock.now },
  });
  settleHeld(run, newest);
  resolveDoubts(run, recovery.runs);
  closed(run, recovery.runs);
  finish(run);
}

function onFailure(run: Run, failure: RestFailure): void {
  if (failure.kind === 'not-found') {
    setActive(run, null);
    onNotFound(run);
    return;
  }
  const failures = run.state.recovery.failures + 1;
  run.set({ recovery: { ...run.state.recovery, active: null, again: false, failures } });
  if (failure.kind === 'misfit') run.note('misfit', failure.message);
  else run.note('server-problem', `catch-up: ${failure.kind}`);
  if (failures >= patience) {
    settleHeld(run, null);
    closed(run, run.state.recovery.runs);
    run.rules?.outOfReach(run, failure);
  }
  askAgainIn(run, retryDelay(run, failures - 1));
  catchUpAnswered(run);
}

function finish(run: Run): void {
  if (!run.state.recovery.again) {
    catchUpAnswered(run);
    scheduleReconcile(run);
  }
  goOn(run);
  pump(run);
}

/** What else wants to be fetched. */
function goOn(run: Run): void {
  if (run.state.recovery.again) catchUp(run);
  else if (!isAtRest(run)) catchUpFormer(run);
}

/** The `rest-retry` timer. */
export function retryCatchUp(run: Run): void {
  catchUp(run);
  pump(run);
}

/** Losses that nothing shows are found by looking, while somebody looks. */
export function scheduleReconcile(run: Run): void {
  run.setTimer('reconcile', jittered(run, run.state.settings.timing.reconcile));
}

/** The `reconcile` timer. */
export function reconcile(run: Run): void {
  if (run.state.link.phase !== 'online') return;
  if (!run.state.tabs.some((tab) => tab.visible)) {
    // A page that becomes visible asks by itself.
    return;
  }
  catchUp(run);
}

/** A page has become visible: it may have missed something for as long as nobody looked. */
export function becameVisible(run: Run): void {
  const { completedAt } = run.state.recovery;
  if (run.state.link.phase !== 'online' || completedAt === null) return;
  if (run.clock.now - completedAt > visibleAfter) catchUp(run);
}

const visibleAfter = 15_000;
