import type { Conversation } from '../../../protocol/conversation.ts';
import { fail } from '../connection/connection.ts';
import { setSession } from '../connection/state.ts';
import type { StepContext } from '../context.ts';
import { nextCatchUpId } from '../transcript/state.ts';
import { updateMeta } from '../visitor/state.ts';
import { archive } from './previous-conversations.ts';
import { watchQueue } from './queue.ts';
import { isCleared, resetCheck } from './routing-check.ts';
import { resolveStartCalls } from './start-calls.ts';
import { type ConversationState, setConversationSlice } from './state.ts';
import { clearRemoteTyping } from './typing.ts';

/** Times that a routing or resume frame is repeated before the line counts as dead. */
const maximumRepeats = 2;

/** On a fresh socket: resume the conversation, or ask for the one that is wanted. */
export function beginSession(context: StepContext): void {
  if (context.policy) context.policy.onOpened(context);
  else sendSessionFrame(context, 0);
}

/** Sends the frame that the session needs next, if it needs one. */
export function sendSessionFrame(context: StepContext, repeats: number): void {
  const { connection, conversation, meta, settings } = context.state;
  if (connection.phase !== 'online') return;
  const { socketId } = connection;
  if (conversation && conversation.details.status !== 'ended') {
    const { conversationId } = conversation.details;
    setSession(context, { stage: 'resuming', repeats });
    context.emit({
      type: 'send',
      socketId,
      command: { type: 'resume-conversation', conversationId },
    });
    context.setTimer('answer', settings.timing.answer);
  } else if (
    meta.routing &&
    conversation?.finalCatchUp == null &&
    context.policy?.isExhausted(context)
  ) {
    context.policy.replaceConnection(context);
  } else if (meta.routing && conversation?.finalCatchUp == null) {
    if (!isCleared(context, meta.routing)) {
      context.clearTimer('answer');
      setSession(context, { stage: 'ready' });
      return;
    }
    setSession(context, { stage: 'routing', repeats });
    context.emit({
      type: 'send',
      socketId,
      command: { type: 'open-conversation', routing: meta.routing },
    });
    context.setTimer('answer', settings.timing.answer);
  } else {
    context.clearTimer('answer');
    setSession(context, { stage: 'ready' });
    context.raise({ type: 'nothing-to-open' });
  }
}

/** The `answer` timer: the frame or its answer was lost. Asking again makes no second conversation. */
export function answerOverdue(context: StepContext): void {
  const { connection } = context.state;
  if (connection.phase !== 'online') return;
  const { session } = connection;
  if (session.stage !== 'resuming' && session.stage !== 'routing') return;
  if (session.repeats >= maximumRepeats) {
    fail(context, { code: 'network', message: 'The chat server does not answer.' });
    return;
  }
  sendSessionFrame(context, session.repeats + 1);
}

/** The gateway tells of a conversation, on the socket or by REST. */
export function onConversation(
  context: StepContext,
  received: Conversation,
  viaSocket: boolean,
): void {
  const { connection, conversation } = context.state;
  const session = connection.phase === 'online' && viaSocket ? connection.session : null;
  const isCurrent = conversation?.details.conversationId === received.conversationId;
  if (!isCurrent && session?.stage !== 'routing') {
    context.note('invalid', 'Unexpected conversation ignored');
    return;
  }
  const isAnswer = session?.stage === 'routing' || session?.stage === 'resuming';
  if (!isAnswer && conversation?.details.status === 'ended' && received.status !== 'ended') {
    // The visitor has left it: late news does not bring it back.
    return;
  }
  if (isCurrent && conversation) {
    const isOpen = received.status !== 'ended';
    const ending = isOpen ? { isClosed: false, endedAt: null } : {};
    update(context, { ...conversation, details: received, ...ending });
  } else update(context, newConversation(context, received));
  if (session?.stage === 'routing') completeRouting(context, received);
  if (isAnswer && received.status !== 'ended' && connection.phase === 'online') {
    context.clearTimer('answer');
    setSession(context, {
      stage: 'conversation',
      // What never went out can't have arrived: in a conversation just opened it need not wait.
      isCaughtUp: session?.stage === 'routing' && !session.hasPast,
    });
    context.raise({ type: 'conversation-resumed' });
  }
  // A catch-up tells it again at each end; only the news of it may start another one.
  const isNewlyEnded = isAnswer || conversation?.details.status !== 'ended';
  if (received.status === 'ended' && isNewlyEnded) onEnded(context);
}

function update(context: StepContext, conversation: ConversationState): void {
  const before = context.state.conversation?.details;
  setConversationSlice(context, { conversation });
  const after = conversation.details;
  if (
    before?.conversationId !== after.conversationId ||
    before.status !== after.status ||
    before.position !== after.position
  ) {
    context.change({ conversation: true });
  }
  watchQueue(context);
}

function newConversation(context: StepContext, conversation: Conversation): ConversationState {
  clearRemoteTyping(context);
  context.raise({ type: 'conversation-replaced', next: conversation });
  if (context.state.conversation) archive(context, context.state.conversation);
  // One that was thought to be over is open again, and read as the present one.
  const isOther = (previous: ConversationState) =>
    previous.details.conversationId !== conversation.conversationId;
  setConversationSlice(context, {
    previousConversations: context.state.previousConversations.filter(isOther),
  });
  const ordinal = context.state.lastOrdinal + 1;
  setConversationSlice(context, { lastOrdinal: ordinal });
  return {
    details: conversation,
    ordinal,
    next: 1,
    gaps: [],
    // A session that was not left in fact has one history for all conversations.
    completeUntil: context.traits.historyIsPerSession
      ? (context.state.conversation?.completeUntil ?? 0)
      : 0,
    readMark: null,
    isClosed: false,
    reorderBuffer: [],
    unsequencedBuffer: [],
    newest: 0,
    earlyReceipt: null,
    finalCatchUp: null,
    endedAt: null,
  };
}

/** The last catch-up of an ended conversation is done, or can't be made: the next one may begin. */
export function onFinalCatchUp(context: StepContext, catchUpId: number): void {
  const { conversation, connection } = context.state;
  if (!conversation || conversation.finalCatchUp === null || conversation.finalCatchUp > catchUpId)
    return;
  setConversationSlice(context, { conversation: { ...conversation, finalCatchUp: null } });
  if (
    connection.phase === 'online' &&
    connection.session.stage === 'ready' &&
    context.state.meta.routing
  ) {
    sendSessionFrame(context, 0);
  } else context.policy?.releaseConnection(context);
}

function completeRouting(context: StepContext, conversation: Conversation): void {
  updateMeta(context, { routing: null });
  resetCheck(context);
  resolveStartCalls(context, conversation);
}

/** The one that was wanted last is wanted again. Returns whether there is one, and no other is wanted. */
export function restoreLastRouting(context: StepContext): boolean {
  const { routing, lastRouting } = context.state.meta;
  if (routing || !lastRouting) return false;
  updateMeta(context, { routing: lastRouting });
  return true;
}

/** A conversation id that a page has kept, for a hub whose own store was lost (guide §3). */
export function adoptSessionHint(
  context: StepContext,
  conversationId: string,
  visitor: string,
): void {
  const { conversation, window, meta, connection } = context.state;
  if (meta.subject !== null && meta.subject !== visitor) {
    context.note('invalid', 'Session hint of another visitor ignored');
    return;
  }
  // Only what was to be sent is left of it, and the page knows whose it is.
  const isUnclaimed =
    meta.subject === null && conversation?.details.conversationId === conversationId;
  if (!isUnclaimed && (conversation || window.length > 0 || meta.routing)) {
    // What was to be sent may be of an earlier one of the same visitor's.
    if (meta.subject === null && window.length === 0) claimFor(context, visitor);
    return;
  }
  // A token that names somebody else wipes it again.
  updateMeta(context, { subject: visitor });
  if (!isUnclaimed) {
    setConversationSlice(context, {
      conversation: newConversation(context, { conversationId, status: 'queued' }),
    });
  }
  context.change({ conversation: true, reset: true });
  if (connection.phase === 'online' && connection.session.stage === 'ready')
    sendSessionFrame(context, 0);
}

/**
 * Who was there before the hub died, which it had no time to write down. A page has calls that are theirs
 * alone; a token that names somebody else wipes it again.
 */
export function adoptVisitor(context: StepContext, visitor: string): void {
  const { conversation, window, meta } = context.state;
  if (meta.subject !== null || conversation || window.length > 0) return;
  claimFor(context, visitor);
}

function claimFor(context: StepContext, visitor: string): void {
  updateMeta(context, { subject: visitor });
  context.change({ reset: true });
}

/** A message was on its way into a conversation whose own record a power cut took. */
export function adoptOutboxConversation(context: StepContext): void {
  const { conversation, outbox } = context.state;
  const current = conversation?.details.conversationId ?? null;
  const pending = outbox.filter(({ failure }) => failure === null);
  const conversationId = pending.findLast((item) => item.conversationId !== null)?.conversationId;
  if (conversationId == null || conversationId === current) return;
  setConversationSlice(context, {
    conversation: newConversation(context, { conversationId, status: 'queued' }),
  });
  context.change({ conversation: true });
}

/** Also when the gateway names it in an error. */
export function onEnded(context: StepContext): void {
  const { conversation, connection } = context.state;
  if (!conversation) return;
  if (conversation.details.status !== 'ended') {
    const { conversationId } = conversation.details;
    update(context, { ...conversation, details: { conversationId, status: 'ended' } });
  }
  const { conversation: ended } = context.state;
  if (ended) {
    const endedAt = ended.endedAt ?? context.clock.now;
    setConversationSlice(context, {
      conversation: { ...ended, finalCatchUp: nextCatchUpId(context), endedAt },
    });
  }
  clearRemoteTyping(context);
  if (connection.phase === 'online') {
    context.clearTimer('answer');
    setSession(context, { stage: 'ready' });
  }
  context.raise({ type: 'conversation-ended' });
}

/** The gateway does not know it: the id is forgotten, the transcript stays as history. */
export function onNotFound(context: StepContext): void {
  const { conversation, outbox } = context.state;
  if (!conversation) return;
  const hasPending = outbox.some((item) => item.at.stage !== 'failed');
  context.raise({ type: 'conversation-not-found' });
  setConversationSlice(context, { conversation: null });
  watchQueue(context);
  context.store({
    type: 'delete-conversation',
    conversationId: conversation.details.conversationId,
  });
  context.change({ conversation: true });
  clearRemoteTyping(context);
  if (hasPending) restoreLastRouting(context);
  sendSessionFrame(context, 0);
  context.raise({ type: 'stranded' });
}

/** The routing has been cleared: it may leave now. */
export function onRoutingCleared(context: StepContext): void {
  const { connection, meta } = context.state;
  if (connection.phase !== 'online' || connection.session.stage !== 'ready' || !meta.routing)
    return;
  sendSessionFrame(context, 0);
}
