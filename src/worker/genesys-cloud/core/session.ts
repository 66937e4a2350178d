import type { GatewayEvent } from '../../../protocol/gateway/events.ts';
import { connect, dropSocket, fail, goIdle } from '../../core/connection/connection.ts';
import { setProblem } from '../../core/connection/state.ts';
import { cancelTokenRequest, dropToken, requireFreshToken } from '../../core/connection/token.ts';
import type { StepContext } from '../../core/context.ts';
import { onEnded } from '../../core/conversation/conversation.ts';
import { clearConversations } from '../../core/conversation/restore.ts';
import { type ConversationState, updateConversation } from '../../core/conversation/state.ts';
import { failStranded, setItem } from '../../core/outbox/outbox.ts';
import { failUnconfirmedOfPrevious } from '../../core/outbox/unconfirmed.ts';
import { rewrite } from '../../core/rewrite.ts';
import { clearAlert } from '../../core/tabs/alerts.ts';
import { failPaginations } from '../../core/transcript/pagination.ts';
import { clearTranscript } from '../../core/transcript/restore.ts';
import { flushCurrentUnsequenced } from '../../core/transcript/transcript.ts';
import { updateMeta } from '../../core/visitor/state.ts';
import { clearSessionLife } from './expiry.ts';
import { remember } from './session-memory.ts';

// Whether a session is needed, and what goes with it.

/**
 * A session costs the platform something, so there is a line only for a conversation: until it has
 * ended, the platform knows so, and its last words have been read.
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
  if (context.state.connection.phase !== 'online') {
    if (hasEnded(context)) replaceSession(context);
    return;
  }
  if (needsConnection(context)) return;
  dropSocket(context);
  closeEndedConversation(context);
  clearSession(context);
  goIdle(context);
}

/** Its last words can't be had; and the next conversation must not begin in its session. */
export function replaceSession(context: StepContext): void {
  const { phase } = context.state.connection;
  clearSession(context);
  // A secret that was asked for before would be the former one.
  cancelTokenRequest(context);
  if (phase === 'token' || phase === 'connecting' || phase === 'authenticating') connect(context);
}

/**
 * An ended conversation can be read by its own session alone, and that one is behind us: whether the
 * last words have arrived there nobody can tell any more.
 */
export function closeEndedConversation(context: StepContext): void {
  const { conversation } = context.state;
  // What waits for a conversation that was left before there was one.
  if (!conversation) failStranded(context);
  if (conversation?.details.status !== 'ended') return;
  updateConversation(context, { ...conversation, finalCatchUp: null });
  for (const { messageId, conversationId, at } of context.state.outbox) {
    // What was addressed to none has not been sent.
    if (at.stage !== 'unconfirmed' || conversationId !== null) continue;
    setItem(context, messageId, { at: { stage: 'queued' } });
  }
  failUnconfirmedOfPrevious(context, null);
  failStranded(context);
}

export function clearSession(context: StepContext): void {
  // The next secret is kept for good: what it is not must be known as surely.
  context.change({ durable: true });
  dropToken(context);
  requireFreshToken(context);
  remember(context, { startsNew: true, expiries: [] });
  clearSessionLife(context);
  // Its history goes with it.
  context.clearTimer('rest-retry');
}

export function onSessionOver(
  context: StepContext,
  reason: Extract<GatewayEvent, { type: 'session-over' }>['reason'],
  message: string,
): void {
  dropSocket(context);
  clearSession(context);
  // With its session, its history has gone: nobody can tell any more what has arrived.
  if (context.state.conversation?.details.status !== 'ended') onEnded(context);
  closeEndedConversation(context);
  failStranded(context);
  if (reason === 'cleared') clearHistory(context);
  if (!needsConnection(context)) {
    setProblem(context, null);
    goIdle(context);
    return;
  }
  // A fresh session that is over at once is asked for again with patience.
  const code =
    reason === 'expired' || reason === 'not-found' ? 'unavailable' : 'conversation-ended';
  fail(context, { code, message });
}

/**
 * The visitor has had it cleared, here or where else they have signed in: what was said goes from every
 * tab and from the browser. What they wrote and nobody has got is theirs, and stays.
 */
export function clearHistory(context: StepContext): void {
  // What the gateway has got is no longer waited for.
  flushCurrentUnsequenced(context);
  failPaginations(context, {
    code: 'unavailable',
    message: 'The conversation has been cleared.',
  });
  clearConversations(context);
  clearTranscript(context);
  clearAlert(context);
  // A page that wakes up must not say once more what was deleted: what it still asks for is void.
  updateMeta(context, { resetCount: context.state.meta.resetCount + 1 });
  rewrite(context);
  context.change({ reset: true });
}
