import type { GatewayEvent } from '../../../protocol/gateway/events.ts';
import { connect, dropSocket, fail, goIdle } from '../../core/connection/connection.ts';
import { setProblem } from '../../core/connection/state.ts';
import {
  cancelTokenRequest,
  dropRefusedToken,
  dropToken,
  requireFreshToken,
} from '../../core/connection/token.ts';
import type { StepContext } from '../../core/context.ts';
import { onEnded } from '../../core/conversation/conversation.ts';
import { clearConversations } from '../../core/conversation/restore.ts';
import { type ConversationState, updateConversation } from '../../core/conversation/state.ts';
import { failStranded, setItem } from '../../core/outbox/outbox.ts';
import { failUnconfirmedOfPrevious } from '../../core/outbox/unconfirmed.ts';
import { rewriteStore } from '../../core/rewrite.ts';
import { clearAlert } from '../../core/tabs/alerts.ts';
import { failPaginations } from '../../core/transcript/pagination.ts';
import { clearTranscript } from '../../core/transcript/restore.ts';
import { flushCurrentUnsequenced } from '../../core/transcript/unsequenced-buffer.ts';
import { updateMeta } from '../../core/visitor/state.ts';
import { isClearedToEnd, isDeleting, stopDeleting } from './clearing.ts';
import { clearSessionLife } from './expiry.ts';
import { remember } from './session-memory.ts';

// Whether a session is needed, and what ends with it.

/**
 * Sessions cost the platform resources. There is a connection only until the conversation has
 * ended, the platform knows so, and the last messages are fetched.
 */
export function needsConnection({ state: { conversation, meta } }: StepContext): boolean {
  if (meta.routing !== null) return true;
  return conversation !== null && !isSessionOver(conversation);
}

export function isSessionOver({ details, finalCatchUp }: ConversationState): boolean {
  return details.status === 'ended' && finalCatchUp === null;
}

export function hasEnded({ state: { conversation } }: StepContext): boolean {
  return conversation !== null && isSessionOver(conversation);
}

export function releaseConnection(context: StepContext): void {
  const { connection, conversation } = context.state;
  if (connection.phase !== 'online') {
    // Ended before it was opened: the kept secret may be that of a session which a previous hub has opened,
    // but did not live to store.
    if (conversation === null || hasEnded(context)) replaceSession(context);
    return;
  }
  // The platform reports the end of a conversation before its deletion.
  if (needsConnection(context) || isDeleting(context)) return;
  dropSocket(context);
  closeEndedConversation(context);
  clearSession(context);
  goIdle(context);
}

/** The last messages can't be fetched, and the next conversation needs a new session. */
export function replaceSession(context: StepContext): void {
  const { phase } = context.state.connection;
  clearSession(context);
  // A secret requested earlier would be that of the previous session.
  cancelTokenRequest(context);
  if (phase === 'token' || phase === 'connecting' || phase === 'authenticating') connect(context);
}

/**
 * Only its own session can read an ended conversation, and that session is over: what was in flight
 * stays unknown.
 */
export function closeEndedConversation(context: StepContext): void {
  const { conversation } = context.state;
  // Messages for a conversation that was ended before it was opened.
  if (!conversation) failStranded(context);
  if (conversation?.details.status !== 'ended') return;
  updateConversation(context, { ...conversation, finalCatchUp: null });
  for (const { messageId, conversationId, at } of context.state.outbox) {
    // A message without a conversation has not been sent.
    if (at.stage !== 'unconfirmed' || conversationId !== null) continue;
    setItem(context, messageId, { at: { stage: 'queued' } });
  }
  failUnconfirmedOfPrevious(context, null);
  failStranded(context);
}

/** The `deletion` timer. */
export function onDeletionOverdue(context: StepContext): void {
  stopDeleting(context);
  if (hasEnded(context)) releaseConnection(context);
}

/**
 * The next conversation needs a new session.
 *
 * @param isTokenValid whether the platform still accepts the token, so that the next session may have the same
 */
export function clearSession(context: StepContext, isTokenValid = true): void {
  // Durable: after a power cut, the old secret must not be used again.
  context.change({ isDurable: true });
  if (isTokenValid && context.state.settings.traits.reusesToken) {
    dropToken(context);
  } else {
    dropRefusedToken(context);
    requireFreshToken(context);
  }
  stopDeleting(context);
  remember(context, { isSessionOver: true, expiries: [], clearing: null });
  clearSessionLife(context);
  context.clearTimer('rest-retry');
}

export function onSessionOver(
  context: StepContext,
  reason: Extract<GatewayEvent, { type: 'session-over' }>['reason'],
  message: string,
): void {
  const isEnd = isClearedToEnd(context);
  dropSocket(context);
  clearSession(context, reason === 'cleared');
  // The history is gone with the session: what has arrived stays unknown.
  if (context.state.conversation?.details.status !== 'ended') onEnded(context);
  closeEndedConversation(context);
  failStranded(context);
  if (reason === 'cleared' && !isEnd) clearHistory(context);
  if (!needsConnection(context)) {
    setProblem(context, null);
    goIdle(context);
    return;
  }
  if (isEnd) {
    // The next conversation was asked for while this one was ending.
    connect(context);
    return;
  }
  // A new session that ends at once is retried with a delay.
  const code =
    reason === 'expired' || reason === 'not-found' ? 'unavailable' : 'conversation-ended';
  fail(context, { code, message });
}

/**
 * The visitor has had the conversation cleared, here or elsewhere: it is deleted from every tab and
 * the browser. Unsent messages stay.
 */
export function clearHistory(context: StepContext): void {
  // First, so that messages that have arrived leave the outbox.
  flushCurrentUnsequenced(context);
  failPaginations(context, {
    code: 'conversation-deleted',
    message: 'The conversation was deleted.',
  });
  clearConversations(context);
  clearTranscript(context);
  clearAlert(context);
  // A page that wakes up must not repeat calls for deleted messages.
  updateMeta(context, { resetCount: context.state.meta.resetCount + 1 });
  rewriteStore(context);
  context.change({ needsSnapshot: true });
}
