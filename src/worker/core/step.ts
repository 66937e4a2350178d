import type { GatewayEvent, GatewayProblem, ToldConversation } from '../../protocol/gateway.ts';
import type { Message } from '../../protocol/message.ts';
import { used } from './alerts.ts';
import { poll, probe } from './breaker.ts';
import { onCall } from './calls.ts';
import {
  authOverdue,
  closeOverdue,
  drained,
  drainOverdue,
  fail,
  onAuthenticated,
  onOnline,
  onRefusal,
  onSocketClosed,
  onSocketOpened,
  onTokenExpired,
  retry,
  stepDown,
} from './connection.ts';
import { onEarlierRead } from './earlier.ts';
import type { Effect } from './effect.ts';
import {
  isSession,
  mintConversation,
  onEvicted,
  onLogout,
  onSession,
  onSessionLife,
  onSessionOver,
  prolong,
  warnOfExpiry,
} from './guest.ts';
import type { Clock, Input } from './input.ts';
import { onPong, ping, pongOverdue } from './keepalive.ts';
import { prune, rewrite, schedulePruning } from './keeping.ts';
import {
  echoOverdue,
  failItem,
  onStored,
  pump,
  quietOver,
  refusedForRate,
  restoreOutbox,
  soleSent,
} from './outbox.ts';
import { queuedForLong } from './queue.ts';
import type { ConversationRecord, Restored } from './records.ts';
import { nextRun, reconcile, retryCatchUp } from './recovery.ts';
import { onRest, sendParked } from './requests.ts';
import { routingOverdue } from './routing.ts';
import { Run } from './run.ts';
import { adoptAddressee, answerOverdue, onConversation, onEnded, onNotFound } from './session.ts';
import type { ConversationState, HubState } from './state.ts';
import { acknowledgeRevision, attach, flush, idleOver, leave, pull, setVisible } from './tabs.ts';
import type { TimerName } from './timers.ts';
import { onToken, renew, tokenPauseOver } from './token.ts';
import { complete } from './told.ts';
import { holdOverdue, readBy, receive, shortHoldOver } from './transcript.ts';
import { forgetOtherTyping, onOtherTyping, tellTyping } from './typing.ts';
import { onLookedUp } from './window.ts';

export interface StepResult {
  readonly state: HubState;
  readonly effects: readonly Effect[];
}

/** The whole hub: one input in, the next state and what is to be done out. */
export function step(state: HubState, input: Input, clock: Clock): StepResult {
  const run = new Run(state, clock);
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
      attach(run, input.tabId, input.visible, input.conversationId, input.visitor);
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
    case 'flush':
      flush(run);
      return;
  }
}

function restore(run: Run, restored: Restored): void {
  const { current, messages, unclosed, reading } = restored;
  const last = messages[messages.length - 1];
  run.set({
    restored: true,
    persistent: restored.persistent,
    meta: restored.meta,
    window: messages,
    hasEarlier: restored.hasEarlier,
    lastOrdinal: Math.max(current?.ordinal ?? 0, last?.position[0] ?? 0),
    reading,
    conversation: current && {
      ...revive(run, current),
      newest: last && last.position[0] === current.ordinal ? last.timestamp : current.completeUntil,
      // A session's end is behind us with its line.
      closing:
        current.conversation.status === 'ended' && !isSession(run.state) ? nextRun(run) : null,
    },
    formers: unclosed.map((record) => revive(run, record)),
  });
  restoreOutbox(run, restored.outbox);
  run.set({ hiddenOutbox: run.state.lastOutboxOrdinal });
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
      prolong(run);
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
      onSession(run, event);
      return;
    case 'session-life':
      onSessionLife(run, event.life);
      return;
    case 'session-over':
      onSessionOver(run, event.reason, event.message);
      return;
    case 'evicted':
      onEvicted(run);
      return;
    case 'signed-out':
      onLogout(run, event.message);
      return;
    case 'presence':
      if (event.presence === 'disconnect') forgetOtherTyping(run);
      return;
    case 'attachment-failed':
      // One that names no file is about the message that bears it.
      if (event.attachmentId === null) onProblem(run, event.problem);
      else run.note('gateway-problem', event.problem.message.slice(0, 200));
      return;
    case 'upload-target':
    case 'attachment-url':
    case 'attachment-uploaded':
    case 'attachment-deleted':
    case 'configuration':
    case 'rest-token':
    case 'unknown':
      return;
  }
}

function currentId(run: Run): string | null {
  return run.state.conversation?.conversation.conversationId ?? null;
}

/** With the id that it has here, where the gateway has none. */
function hearConversation(run: Run, { conversationId, ...told }: ToldConversation): void {
  const { link } = run.state;
  const isNew = link.phase === 'online' && link.session.stage === 'routing';
  const id = conversationId ?? (isNew ? mintConversation(run) : currentId(run));
  if (id !== null) onConversation(run, { ...told, conversationId: id }, true);
}

function onProblem(run: Run, problem: GatewayProblem): void {
  const { link } = run.state;
  // Errors seldom name what they are about; one message is on its way at a time.
  const messageId = problem.messageId ?? (isSession(run.state) ? soleSent(run) : null);
  if (isSession(run.state) && link.phase === 'authenticating') {
    onOpeningProblem(run, problem);
    return;
  }
  switch (problem.kind) {
    case 'invalid-frame':
      run.note('client-bug', 'the gateway calls a frame of ours invalid');
      if (messageId !== null) {
        failItem(run, messageId, 'client-bug', 'The chat server could not read this message.');
      }
      break;
    case 'conversation-not-found':
      if (namesCurrent(run, problem)) onNotFound(run);
      break;
    case 'conversation-ended':
      if (namesCurrent(run, problem)) onEnded(run);
      if (messageId !== null) {
        failItem(run, messageId, 'conversation-ended', 'The conversation has ended.');
      }
      break;
    case 'message-too-long':
      if (messageId !== null) {
        failItem(run, messageId, 'message-too-long', 'The message is too long.');
      }
      break;
    case 'rate-limited':
      refusedForRate(run, messageId, problem.retryAfter);
      break;
    case 'rejected':
    case 'forbidden':
    case 'attachment':
      run.note('gateway-problem', problem.message.slice(0, 200));
      if (messageId !== null) failItem(run, messageId, 'rejected', problem.message.slice(0, 200));
      break;
    case 'unavailable':
      // The echo's deadline finds out what became of a message.
      run.note('gateway-problem', problem.message.slice(0, 200));
      break;
    case 'other':
      run.note('gateway-problem', problem.message.slice(0, 200));
      run.set({ problem: { code: 'rejected', message: problem.message.slice(0, 200) } });
      break;
  }
  pump(run);
}

/** The session was not opened. What no later try can change is final; the rest is tried again. */
function onOpeningProblem(run: Run, { kind, message, retryAfter }: GatewayProblem): void {
  const words = message.slice(0, 200);
  const isFinal = kind === 'forbidden' || kind === 'invalid-frame';
  fail(
    run,
    { code: isFinal ? 'forbidden' : 'unavailable', message: words },
    { fatal: isFinal, atLeast: retryAfter ?? 0 },
  );
}

/** An error that names no conversation is about the one that we are in. */
function namesCurrent(run: Run, problem: GatewayProblem): boolean {
  const current = run.state.conversation?.conversation.conversationId;
  return problem.conversationId === null || problem.conversationId === current;
}

function onTimer(run: Run, name: TimerName): void {
  const due = run.state.timers[name];
  if (due === undefined) return;
  if (run.clock.now < due) {
    // It was moved while its former firing was under way.
    run.emit({ type: 'set-timer', name, at: due });
    return;
  }
  const timers = { ...run.state.timers };
  delete timers[name];
  run.set({ timers });
  const isLate = run.clock.now - due > run.state.settings.timing.late;
  switch (name) {
    case 'retry':
      retry(run);
      return;
    case 'auth':
      authOverdue(run);
      return;
    case 'close':
      closeOverdue(run);
      return;
    case 'answer':
      answerOverdue(run);
      return;
    case 'renew':
      renew(run);
      return;
    case 'token-retry':
      tokenPauseOver(run);
      return;
    case 'drain':
      drainOverdue(run);
      return;
    case 'ping':
      ping(run);
      return;
    case 'pong':
      pongOverdue(run, isLate);
      return;
    case 'hold':
      holdOverdue(run);
      return;
    case 'short-hold':
      shortHoldOver(run);
      return;
    case 'echo':
      echoOverdue(run);
      return;
    case 'routing':
      routingOverdue(run);
      return;
    case 'queued':
      queuedForLong(run);
      return;
    case 'reconcile':
      reconcile(run);
      return;
    case 'rest-retry':
      retryCatchUp(run);
      return;
    case 'rest-pause':
      sendParked(run);
      return;
    case 'poll':
      poll(run);
      return;
    case 'probe':
      probe(run);
      return;
    case 'rate':
      quietOver(run);
      return;
    case 'typing-shown':
      forgetOtherTyping(run);
      return;
    case 'typing-sent':
      tellTyping(run);
      return;
    case 'prune':
      prune(run);
      return;
    case 'idle':
      idleOver(run);
      return;
    case 'expiry':
      warnOfExpiry(run);
      return;
  }
}
