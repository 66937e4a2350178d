import type { GatewayEvent, GatewayProblem, PartialConversation } from '../../protocol/gateway.ts';
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
import { StepContext } from './context.ts';
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
import { flushOutbox, pauseOver, refusedForRate } from './outbox/send-queue.ts';
import { echoOverdue } from './outbox/unconfirmed.ts';
import { type ConversationRecord, nothingRestored, type Restored } from './records.ts';
import type { SessionPolicy } from './session-policy.ts';
import type { ConversationState, HubState } from './state.ts';
import { markUsed } from './tabs/alerts.ts';
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
import { nextCatchUpId, reconcile, retryCatchUp } from './transcript/catch-up.ts';
import { normalize } from './transcript/normalize.ts';
import { onEarlierRead } from './transcript/pagination.ts';
import { prune, rewrite, schedulePruning } from './transcript/retention.ts';
import { readBy, receive, reorderOverdue, shortWaitOver } from './transcript/transcript.ts';
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
  rules: SessionPolicy | null = null,
): StepResult {
  const context = new StepContext(state, clock, rules);
  take(context, input);
  return { state: context.state, effects: context.effects };
}

function take(context: StepContext, input: Input): void {
  switch (input.type) {
    case 'restored':
      restore(context, input.restored);
      return;
    case 'store-changed':
      context.set({ isPersistent: input.persistent });
      return;
    case 'stored':
      lookedUp(context, input.writeId, input.added, input.corrected);
      onStored(context, input.writeId, input.sent);
      return;
    case 'store-emptied':
      rewrite(context);
      return;
    case 'earlier-read':
      onEarlierRead(context, input.callId, input.messages, input.hasEarlier);
      return;
    case 'tab-attached':
      attach(context, input.tabId, input.visible, input);
      return;
    case 'tab-left':
      leave(context, input.tabId);
      return;
    case 'tab-visibility':
      setVisible(context, input.tabId, input.visible);
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
      onOnline(context, input.online);
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
    case 'sent':
      countCommand(context, input.command);
      return;
    case 'flush':
      flush(context);
      return;
  }
}

function restore(context: StepContext, found: Restored): void {
  // Rows without an owner, as a lost write leaves them, are nobody's to see.
  const isOrphaned =
    found.meta.subject === null && (found.messages.length > 0 || found.current !== null);
  const { persistent: isPersistent, meta, outbox } = found;
  const owned = isOrphaned ? nothingRestored : found;
  const { current, messages, unclosed, reading: unread, hasEarlier } = owned;
  const last = messages[messages.length - 1];
  context.set({
    isRestored: true,
    isPersistent,
    meta,
    window: messages,
    hasEarlier,
    lastOrdinal: Math.max(current?.ordinal ?? 0, last?.position[0] ?? 0),
    unread,
    conversation: current && {
      ...revive(context, current),
      newest: last && last.position[0] === current.ordinal ? last.timestamp : current.completeUntil,
      // A session's end is behind us with its line.
      finalCatchUp:
        current.conversation.status === 'ended' && !context.isSession
          ? nextCatchUpId(context)
          : null,
    },
    previousConversations: unclosed.map((record) => revive(context, record)),
  });
  restoreOutbox(context, outbox);
  context.set({ hiddenOutbox: context.state.lastOutboxOrdinal });
  if (isOrphaned) rewrite(context);
  adoptAddressee(context);
  schedulePruning(context);
}

function revive(context: StepContext, record: ConversationRecord): ConversationState {
  const newest = record.completeUntil;
  // It may have ended only just before the former hub did.
  const endedAt = record.conversation.status === 'ended' ? context.clock.now : null;
  const nothing = {
    reorderBuffer: [],
    unsequencedBuffer: [],
    earlyReceipt: null,
    finalCatchUp: null,
  };
  return { ...record, ...nothing, newest, endedAt };
}

/** What a write found below the window; a former visitor's is nobody's any more. */
function lookedUp(
  context: StepContext,
  writeId: number,
  added: readonly Message[],
  corrected: readonly Message[],
): void {
  if (!context.state.lookups.includes(writeId)) return;
  context.set({ lookups: context.state.lookups.filter((other) => other !== writeId) });
  onLookedUp(context, added, corrected);
}

function onGateway(context: StepContext, socketId: number, event: GatewayEvent): void {
  const { connection } = context.state;
  if (!('socketId' in connection) || connection.socketId !== socketId) return;
  const isPending = connection.phase === 'connecting' || connection.phase === 'authenticating';
  switch (event.type) {
    case 'authenticated':
      onAuthenticated(context, event.serverTime);
      return;
    case 'refused':
      onRefusal(context, event.message);
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
      context.note('invalid', event.reason);
      return;
    case 'conversation':
      if (!isPending) hearConversation(context, event.conversation);
      return;
    case 'message': {
      const message = isPending ? null : normalize(context, event.message);
      if (!message) return;
      context.policy?.extendExpiry(context);
      receive(context, message, 'socket');
      flushOutbox(context);
      drained(context);
      return;
    }
    case 'typing': {
      const conversationId = event.conversationId ?? currentId(context);
      if (conversationId === null) return;
      onOtherTyping(context, conversationId, event.from, event.isTyping, event.duration);
      return;
    }
    case 'receipt':
      if (event.status === 'read' && event.from.role !== 'visitor')
        readBy(context, event.messageId);
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
      // One that names no file is about the message that bears it.
      if (event.attachmentId === null) onProblem(context, event.problem);
      else context.note('gateway-problem', event.problem.message.slice(0, 200));
      return;
    // The others are the edge's business, or nobody's.
    default:
      return;
  }
}

function currentId(context: StepContext): string | null {
  return context.state.conversation?.conversation.conversationId ?? null;
}

/** With the id that it has here, where the gateway has none. */
function hearConversation(
  context: StepContext,
  { conversationId, ...told }: PartialConversation,
): void {
  const named =
    conversationId === null ? context.policy?.conversationIdentity(context) : { conversationId };
  if (named) onConversation(context, { ...told, ...named }, true);
}

function onProblem(context: StepContext, told: GatewayProblem): void {
  const problem = context.policy ? context.policy.classifyError(context, told) : told;
  if (!problem) return;
  const { messageId } = problem;
  const words = problem.message.slice(0, 200);
  switch (problem.kind) {
    case 'invalid-frame':
      context.note('client-bug', 'the gateway calls a frame of ours invalid');
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
      context.note('gateway-problem', words);
      failItem(context, messageId, 'rejected', words);
      break;
    case 'unavailable':
      // The echo's deadline finds out what became of a message.
      context.note('gateway-problem', words);
      break;
    case 'other':
      context.note('gateway-problem', words);
      context.set({ problem: { code: 'rejected', message: words } });
      break;
  }
  flushOutbox(context);
}

/** An error that names no conversation is about the one that we are in. */
function namesCurrent(context: StepContext, problem: GatewayProblem): boolean {
  const current = context.state.conversation?.conversation.conversationId;
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
  hold: reorderOverdue,
  'short-hold': shortWaitOver,
  echo: echoOverdue,
  routing: routingOverdue,
  queued: queuedForLong,
  reconcile,
  'rest-retry': retryCatchUp,
  'rest-pause': sendParked,
  poll,
  probe,
  rate: pauseOver,
  'typing-shown': forgetOtherTyping,
  'typing-sent': tellTyping,
  prune,
  idle: idleOver,
  expiry: (context) => context.policy?.warnOfExpiry(context),
};

function onTimer(context: StepContext, name: TimerName): void {
  const due = context.state.timers[name];
  if (due === undefined) return;
  if (context.clock.now < due) {
    // It was moved while its former firing was under way.
    context.emit({ type: 'set-timer', name, at: due });
    return;
  }
  const { [name]: _, ...others } = context.state.timers;
  context.set({ timers: others });
  const isLate = context.clock.now - due > context.state.settings.timing.late;
  timers[name](context, isLate);
}
