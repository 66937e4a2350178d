import type { RestResult } from '../../protocol/gateway/rest.ts';
import { onTokenPaused } from './connection/broker-answer.ts';
import { finishDraining } from './connection/connection.ts';
import { countCommand } from './connection/rate-limit.ts';
import type { RestRequest } from './connection/state.ts';
import type { StepContext } from './context.ts';
import { beginSession, onRoutingCleared } from './conversation/conversation.ts';
import { failEndCalls, flushEnd, settleEnd } from './conversation/ending.ts';
import { onRoutingAnswer } from './conversation/routing-check.ts';
import { failStartCalls } from './conversation/start-calls.ts';
import { clearRemoteTyping, clearSentTyping } from './conversation/typing.ts';
import type { InternalEvent } from './events.ts';
import {
  acknowledgeBuffered,
  answerWhenStored,
  clearAddresses,
  failStranded,
  readdress,
  removeAcknowledged,
  storeOwner,
} from './outbox/outbox.ts';
import { onSentByRest, sendNext } from './outbox/send-queue.ts';
import {
  failUnconfirmedOfPrevious,
  markAllUnconfirmed,
  requeueUnconfirmed,
} from './outbox/unconfirmed.ts';
import {
  catchUp,
  catchUpInBackground,
  onCatchUpResult,
  restartCatchUp,
} from './transcript/catch-up.ts';
import { onEarlierFetched } from './transcript/pagination.ts';
import { clearReceipt, flushReceipt } from './transcript/read-receipts.ts';
import { showBuffers, stopWaiting } from './transcript/reorder-buffer.ts';
import { resetForVisitor } from './visitor-change.ts';

/**
 * Runs what an event causes in the other slices, at once, in the order
 * visitor → connection → conversation → transcript → outbox → tabs.
 */
export function react(context: StepContext, event: InternalEvent): void {
  switch (event.type) {
    case 'connected':
      beginSession(context);
      return;
    case 'socket-left':
      if (event.wasAlive) {
        markAllUnconfirmed(context);
        clearSentTyping(context);
      }
      clearRemoteTyping(context);
      return;
    case 'poll-due':
      catchUp(context);
      return;
    case 'session-refused':
      failStartCalls(context, { code: 'signed-out', message: event.message });
      failEndCalls(context, 'signed-out', event.message);
      return;
    case 'token-paused':
      onTokenPaused(context, event.pause);
      return;
    case 'rest-answered':
      onRestAnswered(context, event.request, event.result);
      return;
    case 'command-sent':
      countCommand(context, event.command);
      return;
    case 'visitor-changing':
      resetForVisitor(context, event.subject);
      return;
    case 'stepped-up':
      storeOwner(context);
      return;
    case 'conversation-replaced': {
      const { conversationId } = event.next;
      showBuffers(context);
      context.clearTimer('reorder');
      clearReceipt(context);
      markAllUnconfirmed(context);
      failUnconfirmedOfPrevious(context, conversationId);
      readdress(context, conversationId);
      return;
    }
    case 'conversation-resumed':
      restartCatchUp(context);
      flushReceipt(context);
      return;
    case 'conversation-ended':
      if (context.state.connection.phase === 'online') restartCatchUp(context);
      failStranded(context);
      return;
    case 'end-settled':
      for (const callId of event.calls) answerWhenStored(context, callId);
      return;
    case 'conversation-not-found':
      stopWaiting(context, null);
      context.clearTimer('reorder');
      markAllUnconfirmed(context);
      clearAddresses(context);
      return;
    case 'routing-cleared':
      onRoutingCleared(context);
      return;
    case 'nothing-to-open':
      if (!context.state.conversation) failStranded(context);
      // The ended conversation may have messages that we missed, and may have received what was in
      // flight. Both must be known before another one is opened.
      catchUp(context);
      return;
    case 'stranded':
      failStranded(context);
      return;
    case 'acknowledged':
      if (event.isShown) removeAcknowledged(context, event.messageId);
      else acknowledgeBuffered(context, event.messageId);
      return;
    case 'caught-up':
      requeueUnconfirmed(context, event.catchUpId);
      return;
    case 'catch-up-idle':
      // An unconfirmed message may need another catch-up, which comes first.
      sendNext(context);
      catchUpInBackground(context);
      return;
  }
}

function onRestAnswered(
  context: StepContext,
  { requestId, call }: RestRequest,
  result: RestResult,
): void {
  switch (call.type) {
    case 'history-since':
    case 'conversation':
      onCatchUpResult(context, requestId, result);
      return;
    case 'history-before':
      onEarlierFetched(context, requestId, result);
      return;
    case 'send-message':
      onSentByRest(context, requestId, result);
      return;
    case 'skill-groups':
    case 'skill-coverage':
      onRoutingAnswer(context, requestId, result);
      return;
  }
}

/** Derives from the state, at the end of every step, what must be done now. */
export function deriveConsequences(context: StepContext): void {
  if (!context.state.isRestored) return;
  sendNext(context);
  flushEnd(context);
  settleEnd(context);
  finishDraining(context);
}
