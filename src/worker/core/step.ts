import type { GatewayEvent, GatewayProblem, ToldConversation } from '../../protocol/gateway.ts';
import type { Message } from '../../protocol/message.ts';
import { poll, probe } from './connection/circuit-breaker.ts';
import {
  authOverdue,
  closeOverdue,
  drained,
  drainOverdue,
  onAuthenticated,
  onOnline,
  onRefusal,
  onSocketClosed,
  onSocketOpened,
  onTokenExpired,
  retry,
  stepDown,
} from './connection/connection.ts';
import { onPong, ping, pongOverdue } from './connection/keep-alive.ts';
import { countCommand } from './connection/rate-limit.ts';
import { onRest, sendParked } from './connection/rest-requests.ts';
import { onToken, renew, tokenPauseOver } from './connection/token.ts';
import { Run } from './context.ts';
import {
  adoptAddressee,
  answerOverdue,
  onConversation,
  onEnded,
  onNotFound,
} from './conversation/conversation.ts';
import { queuedForLong } from './conversation/queue.ts';
import { routingOverdue } from './conversation/routing-check.ts';
import { forgetOtherTyping, onOtherTyping, tellTyping } from './conversation/typing.ts';
import type { Effect } from './effect.ts';
import type { Clock, Input } from './input.ts';
import { failItem, onStored, restoreOutbox } from './outbox/outbox.ts';
import { pump, quietOver, refusedForRate } from './outbox/send-queue.ts';
import { echoOverdue } from './outbox/unconfirmed.ts';
import { type ConversationRecord, nothingRestored, type Restored } from './records.ts';
import type { SessionRules } from './session-policy.ts';
import type { ConversationState, HubState } from './state.ts';
import { used } from './tabs/alerts.ts';
import { onCall } from './tabs/calls.ts';
import {
  acknowledgeRevision,
  attach,
  flush,
  idleOver,
  leave,
  pull,
  setVisible,
} from './tabs/tabs.ts';
import type { TimerName } from './timers.ts';
import { nextRun, reconcile, retryCatchUp } from './transcript/catch-up.ts';
import { complete } from './transcript/normalize.ts';
import { onEarlierRead } from './transcript/pagination.ts';
import { prune, rewrite, schedulePruning } from './transcript/retention.ts';
import { holdOverdue, readBy, receive, shortHoldOver } from './transcript/transcript.ts';
import { onLookedUp } from './transcript/window.ts';

export interface StepResult {
  readonly state: HubState;
  readonly effects: readonly Effect[];
}

/**
 * The whole hub: one input in, the next state and what is to be done out.
 *
 * @param rules of a dialect whose session is the conversation @default null
 */
export function step(
  state: HubState,
  input: Input,
  clock: Clock,
  rules: SessionRules | null = null,
): StepResult {
  const run = new Run(state, clock, rules);
  take(run, input);
  return { state: run.state, effects: run.effects };
}

function take(run: Run, input: Input): void {
  switch (input.type) {
    case 'restored':
      restore(run, input.restored);
      return;
    case 'store-changed':
      run.set({ persistent: input.persistent });
      return;
    case 'stored':
      lookedUp(run, input.writeId, input.added, input.corrected);
      onStored(run, input.writeId, input.sent);
      return;
    case 'store-emptied':
      rewrite(run);
      return;
    case 'earlier-read':
      onEarlierRead(run, input.callId, input.messages, input.hasEarlier);
      return;
    case 'tab-attached':
      attach(run, input.tabId, input.visible, input);
      return;
    case 'tab-left':
      leave(run, input.tabId);
      return;
    case 'tab-visibility':
      setVisible(run, input.tabId, input.visible);
      return;
    case 'tab-used':
      used(run, input.tabId);
      return;
    case 'tab-ack':
      acknowledgeRevision(run, input.tabId, input.revision);
      return;
    case 'tab-pull':
      pull(run, input.tabId);
      return;
    case 'call':
      onCall(run, input.tabId, input.callId, input.call, input.routingProblems);
      return;
    case 'online':
      onOnline(run, input.online);
      return;
    case 'token':
      onToken(run, input.requestId, input.result);
      return;
    case 'socket-opened':
      onSocketOpened(run, input.socketId);
      return;
    case 'socket-closed':
      onSocketClosed(run, input.socketId, input.meaning);
      return;
    case 'gateway':
      onGateway(run, input.socketId, input.event);
      return;
    case 'rest':
      onRest(run, input.requestId, input.result);
      return;
    case 'timer':
      onTimer(run, input.name);
      return;
    case 'step-down':
      stepDown(run);
      return;
    case 'sent':
      countCommand(run, input.command);
      return;
    case 'flush':
      flush(run);
      return;
  }
}

function restore(run: Run, found: Restored): void {
  // Rows without an owner, as a lost write leaves them, are nobody's to see.
  const isOrphaned =
    found.meta.subject === null && (found.messages.length > 0 || found.current !== null);
  const { persistent, meta, outbox } = found;
  const owned = isOrphaned ? nothingRestored : found;
  const { current, messages, unclosed, reading, hasEarlier } = owned;
  const last = messages[messages.length - 1];
  run.set({
    restored: true,
    persistent,
    meta,
    window: messages,
    hasEarlier,
    lastOrdinal: Math.max(current?.ordinal ?? 0, last?.position[0] ?? 0),
    reading,
    conversation: current && {
      ...revive(run, current),
      newest: last && last.position[0] === current.ordinal ? last.timestamp : current.completeUntil,
      // A session's end is behind us with its line.
      closing: current.conversation.status === 'ended' && !run.isSession ? nextRun(run) : null,
    },
    formers: unclosed.map((record) => revive(run, record)),
  });
  restoreOutbox(run, outbox);
  run.set({ hiddenOutbox: run.state.lastOutboxOrdinal });
  if (isOrphaned) rewrite(run);
  adoptAddressee(run);
  schedulePruning(run);
}

function revive(run: Run, record: ConversationRecord): ConversationState {
  const newest = record.completeUntil;
  // It may have ended only just before the former hub did.
  const endedAt = record.conversation.status === 'ended' ? run.clock.now : null;
  const nothing = { held: [], unsettled: [], readAhead: null, closing: null };
  return { ...record, ...nothing, newest, endedAt };
}

/** What a write found below the window; a former visitor's is nobody's any more. */
function lookedUp(
  run: Run,
  writeId: number,
  added: readonly Message[],
  corrected: readonly Message[],
): void {
  if (!run.state.lookups.includes(writeId)) return;
  run.set({ lookups: run.state.lookups.filter((other) => other !== writeId) });
  onLookedUp(run, added, corrected);
}

function onGateway(run: Run, socketId: number, event: GatewayEvent): void {
  const { link } = run.state;
  if (!('socketId' in link) || link.socketId !== socketId) return;
  const isPending = link.phase === 'connecting' || link.phase === 'authenticating';
  switch (event.type) {
    case 'authenticated':
      onAuthenticated(run, event.serverTime);
      return;
    case 'refused':
      onRefusal(run, event.message);
      return;
    case 'token-expired':
      onTokenExpired(run);
      return;
    case 'ping':
      run.emit({
        type: 'send',
        socketId,
        command: { type: 'answer-ping', payload: event.payload },
      });
      return;
    case 'pong':
      onPong(run);
      return;
    case 'misfit':
      run.note('misfit', event.reason);
      return;
    case 'conversation':
      if (!isPending) hearConversation(run, event.conversation);
      return;
    case 'message': {
      const message = isPending ? null : complete(run, event.message);
      if (!message) return;
      run.rules?.prolong(run);
      receive(run, message, 'socket');
      pump(run);
      drained(run);
      return;
    }
    case 'typing': {
      const conversationId = event.conversationId ?? currentId(run);
      if (conversationId === null) return;
      onOtherTyping(run, conversationId, event.from, event.isTyping, event.duration);
      return;
    }
    case 'receipt':
      if (event.status === 'read' && event.from.role !== 'visitor') readBy(run, event.messageId);
      return;
    case 'problem':
      onProblem(run, event.problem);
      return;
    case 'session':
    case 'session-life':
    case 'session-over':
    case 'evicted':
    case 'signed-out':
    case 'presence':
      run.rules?.hear(run, event);
      return;
    case 'attachment-failed':
      // One that names no file is about the message that bears it.
      if (event.attachmentId === null) onProblem(run, event.problem);
      else run.note('gateway-problem', event.problem.message.slice(0, 200));
      return;
    // The others are the edge's business, or nobody's.
    default:
      return;
  }
}

function currentId(run: Run): string | null {
  return run.state.conversation?.conversation.conversationId ?? null;
}

/** With the id that it has here, where the gateway has none. */
function hearConversation(run: Run, { conversationId, ...told }: ToldConversation): void {
  const named = conversationId === null ? run.rules?.nameConversation(run) : { conversationId };
  if (named) onConversation(run, { ...told, ...named }, true);
}

function onProblem(run: Run, told: GatewayProblem): void {
  const problem = run.rules ? run.rules.sift(run, told) : told;
  if (!problem) return;
  const { messageId } = problem;
  const words = problem.message.slice(0, 200);
  switch (problem.kind) {
    case 'invalid-frame':
      run.note('client-bug', 'the gateway calls a frame of ours invalid');
      failItem(run, messageId, 'client-bug', 'The chat server could not read this message.');
      break;
    case 'conversation-not-found':
      if (namesCurrent(run, problem)) onNotFound(run);
      break;
    case 'conversation-ended':
      if (namesCurrent(run, problem)) onEnded(run);
      failItem(run, messageId, 'conversation-ended', 'The conversation has ended.');
      break;
    case 'message-too-long':
      failItem(run, messageId, 'message-too-long', 'The message is too long.');
      break;
    case 'rate-limited':
      refusedForRate(run, messageId, problem.retryAfter);
      break;
    case 'rejected':
    case 'forbidden':
    case 'attachment':
      run.note('gateway-problem', words);
      failItem(run, messageId, 'rejected', words);
      break;
    case 'unavailable':
      // The echo's deadline finds out what became of a message.
      run.note('gateway-problem', words);
      break;
    case 'other':
      run.note('gateway-problem', words);
      run.set({ problem: { code: 'rejected', message: words } });
      break;
  }
  pump(run);
}

/** An error that names no conversation is about the one that we are in. */
function namesCurrent(run: Run, problem: GatewayProblem): boolean {
  const current = run.state.conversation?.conversation.conversationId;
  return problem.conversationId === null || problem.conversationId === current;
}

const timers: Readonly<Record<TimerName, (run: Run, isLate: boolean) => void>> = {
  retry,
  auth: authOverdue,
  close: closeOverdue,
  answer: answerOverdue,
  renew,
  'token-retry': tokenPauseOver,
  drain: drainOverdue,
  ping: (run) => ping(run),
  pong: pongOverdue,
  hold: holdOverdue,
  'short-hold': shortHoldOver,
  echo: echoOverdue,
  routing: routingOverdue,
  queued: queuedForLong,
  reconcile,
  'rest-retry': retryCatchUp,
  'rest-pause': sendParked,
  poll,
  probe,
  rate: quietOver,
  'typing-shown': forgetOtherTyping,
  'typing-sent': tellTyping,
  prune,
  idle: idleOver,
  expiry: (run) => run.rules?.warnOfExpiry(run),
};

function onTimer(run: Run, name: TimerName): void {
  const due = run.state.timers[name];
  if (due === undefined) return;
  if (run.clock.now < due) {
    // It was moved while its former firing was under way.
    run.emit({ type: 'set-timer', name, at: due });
    return;
  }
  const { [name]: _, ...others } = run.state.timers;
  run.set({ timers: others });
  const isLate = run.clock.now - due > run.state.settings.timing.late;
  timers[name](run, isLate);
}
