import type { GatewayEvent, GatewayProblem } from '../../protocol/gateway/events.ts';
import { onToken } from './connection/broker-answer.ts';
import { poll } from './connection/circuit-breaker.ts';
import {
  authOverdue,
  closeOverdue,
  drainOverdue,
  onAuthenticated,
  onAuthRefused,
  onOnline,
  onSocketClosed,
  onSocketOpened,
  onTokenExpired,
  pongOverdue,
  probe,
  retry,
  stepDown,
} from './connection/connection.ts';
import { onPong, ping } from './connection/keep-alive.ts';
import { countCommand } from './connection/rate-limit.ts';
import { onRest, sendParked } from './connection/rest-requests.ts';
import { setProblem } from './connection/state.ts';
import { renew, tokenPauseOver } from './connection/token.ts';
import { deriveConsequences, react } from './consequences.ts';
import { StepContext } from './context.ts';
import {
  adoptOutboxConversation,
  answerOverdue,
  onEnded,
  onNotFound,
  onPartialConversation,
} from './conversation/conversation.ts';
import { endOverdue, onEndStored, restoreEnding } from './conversation/ending.ts';
import { queueOverdue } from './conversation/queue.ts';
import { restoreConversations } from './conversation/restore.ts';
import { routingOverdue } from './conversation/routing-check.ts';
import { clearRemoteTyping, onRemoteTyping, sendTyping } from './conversation/typing.ts';
import type { Effect } from './effect.ts';
import type { Clock, Input } from './input.ts';
import { failItem, onStored, restoreOutbox } from './outbox/outbox.ts';
import { pauseOver, refusedForRate } from './outbox/send-queue.ts';
import { echoOverdue } from './outbox/unconfirmed.ts';
import { nothingRestored, type Restored } from './records.ts';
import { rewriteStore } from './rewrite.ts';
import type { SessionPolicy } from './session-policy.ts';
import type { HubState } from './state.ts';
import { markUsed } from './tabs/alerts.ts';
import { onCall } from './tabs/calls.ts';
import {
  acknowledgeRevision,
  attach,
  detach,
  flushChanges,
  idleOverdue,
  pull,
  setVisible,
} from './tabs/tabs.ts';
import type { TimerName } from './timers.ts';
import { catchUp, reconcile } from './transcript/catch-up.ts';
import { removeGapsBeforeWindow } from './transcript/gaps.ts';
import { completeSender, normalize } from './transcript/normalize.ts';
import { onEarlierRead } from './transcript/pagination.ts';
import { markReadByOther } from './transcript/read-receipts.ts';
import { findLostRows, onStoreLost, restoreTranscript } from './transcript/restore.ts';
import { prune, schedulePruning } from './transcript/retention.ts';
import { failRow } from './transcript/rows.ts';
import { receive } from './transcript/transcript.ts';
import { onUnsequencedTimer } from './transcript/unsequenced-buffer.ts';
import { onLookupAnswered } from './transcript/window.ts';
import { hideOutbox } from './visitor/identity-gate.ts';
import { adoptOutboxOwner, restoreVisitor } from './visitor/state.ts';

export interface StepResult {
  readonly state: HubState;
  readonly effects: readonly Effect[];
}

/**
 * The whole hub as a pure function: returns the next state and the effects to carry out.
 *
 * @param policy of a dialect whose session is the conversation @default null
 */
export function step(
  state: HubState,
  input: Input,
  clock: Clock,
  policy: SessionPolicy | null = null,
): StepResult {
  const context = new StepContext(state, clock, policy, react);
  handle(context, input);
  deriveConsequences(context);
  return { state: context.state, effects: context.effects };
}

function handle(context: StepContext, input: Input): void {
  switch (input.type) {
    case 'restored':
      restore(context, input.restored);
      return;
    case 'store-lost':
      onStoreLost(context);
      return;
    case 'stored':
      onLookupAnswered(context, input.writeId, input.added, input.corrected);
      onStored(context, input.writeId, input.inTranscript);
      onEndStored(context, input.writeId);
      return;
    case 'store-emptied':
      rewriteStore(context);
      return;
    case 'earlier-read':
      onEarlierRead(context, input.callId, input.messages, input.hasEarlier);
      return;
    case 'tab-attached':
      attach(context, input.tabId, input.isVisible, input);
      return;
    case 'tab-left':
      detach(context, input.tabId);
      return;
    case 'tab-visibility':
      setVisible(context, input.tabId, input.isVisible);
      return;
    case 'tab-used':
      markUsed(context, input.tabId);
      return;
    case 'tab-ack':
      acknowledgeRevision(context, input.tabId, input.revision);
      return;
    case 'tab-pull':
      pull(context, input.tabId);
      return;
    case 'call':
      onCall(context, input.tabId, input.callId, input.call, input.routingProblems);
      return;
    case 'online':
      onOnline(context, input.isOnline);
      return;
    case 'token':
      onToken(context, input.requestId, input.result);
      return;
    case 'socket-opened':
      onSocketOpened(context, input.socketId);
      return;
    case 'socket-closed':
      onSocketClosed(context, input.socketId, input.meaning);
      return;
    case 'gateway':
      onGateway(context, input.socketId, input.event);
      return;
    case 'rest':
      onRest(context, input.requestId, input.result);
      return;
    case 'timer':
      onTimer(context, input.name);
      return;
    case 'step-down':
      stepDown(context);
      return;
    case 'command-sent':
      countCommand(context, input.command);
      context.policy?.onSent(context, input.command);
      return;
    case 'flush':
      flushChanges(context);
      return;
  }
}

function restore(context: StepContext, found: Restored): void {
  // A lost write can leave rows without an owner. Nobody may see them.
  const isOrphaned =
    found.meta.subject === null && (found.messages.length > 0 || found.current !== null);
  const owned = isOrphaned ? { ...nothingRestored, persistent: found.isPersistent } : found;
  restoreVisitor(context, found.meta);
  adoptOutboxOwner(context, found.outbox);
  restoreTranscript(context, owned);
  restoreConversations(context, owned);
  // A hub that ended before it had rewritten a deleted database left gaps below what it wrote last.
  if (!owned.hasEarlier) removeGapsBeforeWindow(context);
  restoreOutbox(context, found.outbox);
  findLostRows(context);
  hideOutbox(context);
  if (isOrphaned) rewriteStore(context);
  adoptOutboxConversation(context);
  restoreEnding(context);
  schedulePruning(context);
}

function onGateway(context: StepContext, socketId: number, event: GatewayEvent): void {
  const { connection } = context.state;
  if (!('socketId' in connection) || connection.socketId !== socketId) return;
  // A catch-up follows the authentication, and fetches what arrives before it.
  const isUnauthenticated =
    connection.phase === 'connecting' || connection.phase === 'authenticating';
  switch (event.type) {
    case 'authenticated':
      onAuthenticated(context, event.serverTime);
      return;
    case 'refused':
      onAuthRefused(context, event.message);
      return;
    case 'token-expired':
      onTokenExpired(context);
      return;
    case 'ping':
      context.emit({
        type: 'send',
        socketId,
        command: { type: 'answer-ping', payload: event.payload },
      });
      return;
    case 'pong':
      onPong(context);
      return;
    case 'invalid':
      context.note('invalid', `Invalid frame ignored: ${event.reason}`);
      return;
    case 'conversation':
      if (!isUnauthenticated) onPartialConversation(context, event.conversation, true);
      return;
    case 'message': {
      if (isUnauthenticated) return;
      const message = normalize(context, event.message);
      if (!message) {
        context.note('invalid', 'Message of no conversation ignored');
        return;
      }
      context.policy?.extendExpiry(context);
      receive(context, message, 'socket');
      return;
    }
    case 'typing': {
      const conversationId = event.conversationId ?? currentId(context);
      if (conversationId === null) return;
      const from = completeSender(context, event.from);
      onRemoteTyping(context, conversationId, from, event.isTyping, event.duration);
      return;
    }
    case 'receipt':
      if (event.status === 'read' && completeSender(context, event.from).role !== 'visitor')
        markReadByOther(context, event.messageId);
      return;
    case 'undelivered':
      onUndelivered(context, event.messageIds, event.reason);
      return;
    case 'problem':
      onProblem(context, event.problem);
      return;
    case 'session':
    case 'session-life':
    case 'session-over':
    case 'evicted':
    case 'signed-out':
    case 'presence':
      context.policy?.onEvent(context, event);
      return;
    case 'attachment-failed':
      // An error that names no file is about the message that carries it.
      if (event.attachmentId === null) onProblem(context, event.problem);
      else context.note('gateway-problem', event.problem.message.slice(0, 200));
      return;
    // The edges handle the other events.
    default:
      return;
  }
}

/** The gateway had accepted the message, so it is in the outbox or, more often, in the transcript. */
function onUndelivered(
  context: StepContext,
  messageIds: readonly string[],
  reason: string | null,
): void {
  const message = `The gateway could not deliver this message: ${reason ?? 'no reason given'}`;
  const failure = { code: 'undelivered', message: message.slice(0, 200) } as const;
  context.note('gateway-problem', failure.message);
  // From the outbox, the visitor can send it again.
  for (const messageId of messageIds) failItem(context, messageId, 'rejected', failure.message);
  failRow(context, messageIds, failure);
}

function currentId(context: StepContext): string | null {
  return context.state.conversation?.details.conversationId ?? null;
}

function onProblem(context: StepContext, received: GatewayProblem): void {
  const problem = context.policy ? context.policy.classifyError(context, received) : received;
  if (!problem) return;
  const { messageId } = problem;
  const text = problem.message.slice(0, 200);
  switch (problem.kind) {
    case 'invalid-frame':
      context.note('client-bug', 'The gateway could not parse a frame; please report it');
      failItem(context, messageId, 'client-bug', 'The chat server could not read this message.');
      break;
    case 'conversation-not-found':
      if (namesCurrent(context, problem)) onNotFound(context);
      break;
    case 'conversation-ended':
      if (namesCurrent(context, problem)) onEnded(context);
      failItem(context, messageId, 'conversation-ended', 'The conversation has ended.');
      break;
    case 'message-too-long':
      failItem(context, messageId, 'message-too-long', 'The message is too long.');
      break;
    case 'rate-limited':
      refusedForRate(context, messageId, problem.retryAfter);
      break;
    case 'rejected':
    case 'forbidden':
    case 'attachment':
      context.note('gateway-problem', text);
      failItem(context, messageId, 'rejected', text);
      break;
    case 'unavailable':
      // The message stays in flight; the `echo` timer finds out what became of it.
      context.note('gateway-problem', text);
      break;
    case 'other':
      context.note('gateway-problem', text);
      setProblem(context, { code: 'rejected', message: text });
      break;
  }
}

/** An error that names no conversation is about the current one. */
function namesCurrent(context: StepContext, problem: GatewayProblem): boolean {
  const current = context.state.conversation?.details.conversationId;
  return problem.conversationId === null || problem.conversationId === current;
}

const timers: Readonly<Record<TimerName, (context: StepContext, isLate: boolean) => void>> = {
  retry,
  auth: authOverdue,
  close: closeOverdue,
  answer: answerOverdue,
  renew,
  'token-retry': tokenPauseOver,
  drain: drainOverdue,
  ping: (context) => ping(context),
  pong: pongOverdue,
  reorder: catchUp,
  unsequenced: onUnsequencedTimer,
  echo: echoOverdue,
  routing: routingOverdue,
  queued: queueOverdue,
  reconcile,
  'rest-retry': catchUp,
  'rest-pause': sendParked,
  poll,
  probe,
  rate: pauseOver,
  'typing-shown': clearRemoteTyping,
  'typing-sent': sendTyping,
  prune,
  idle: idleOverdue,
  expiry: (context) => context.policy?.showExpiry(context),
  end: endOverdue,
  deletion: (context) => context.policy?.onDeletionOverdue(context),
};

function onTimer(context: StepContext, name: TimerName): void {
  const due = context.state.timers[name];
  if (due === undefined) return;
  if (context.clock.now < due) {
    // The timer was moved after it had fired.
    context.emit({ type: 'set-timer', name, at: due });
    return;
  }
  context.removeFiredTimer(name);
  const isLate = context.clock.now - due > context.state.settings.timing.late;
  timers[name](context, isLate);
}
