import type { Conversation } from '../../../protocol/conversation.ts';
import type { PartialConversation } from '../../../protocol/gateway/messages.ts';
import { fail } from '../connection/connection.ts';
import { setSocketStage } from '../connection/state.ts';
import type { StepContext } from '../context.ts';
import { nextCatchUpId } from '../transcript/state.ts';
import { pageVisitor, updateMeta, withAttributes } from '../visitor/state.ts';
import { archive } from './previous-conversations.ts';
import { watchQueue } from './queue.ts';
import { isCleared, resetCheck } from './routing-check.ts';
import { resolveStartCalls } from './start-calls.ts';
import { type ConversationState, setConversationSlice } from './state.ts';
import { clearRemoteTyping } from './typing.ts';

/** How often a routing or resume frame is repeated before the connection counts as dead. */
const maximumRepeats = 2;

/** The socket is authenticated: resume the conversation, or open the requested one. */
export function beginSession(context: StepContext): void {
  if (context.policy) context.policy.onOpened(context);
  else sendSessionFrame(context, 0);
}

/** Sends the frame that the session needs next, if any. `repeats`: how often it was sent before. */
export function sendSessionFrame(context: StepContext, repeats: number): void {
  const { connection, conversation, meta, settings } = context.state;
  if (connection.phase !== 'online') return;
  const { socketId } = connection;
  if (conversation && conversation.details.status !== 'ended') {
    const { conversationId } = conversation.details;
    setSocketStage(context, { stage: 'resuming', repeats });
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
      setSocketStage(context, { stage: 'ready' });
      return;
    }
    setSocketStage(context, { stage: 'routing', repeats });
    context.emit({
      type: 'send',
      socketId,
      command: { type: 'open-conversation', routing: withAttributes(context, meta.routing) },
    });
    context.setTimer('answer', settings.timing.answer);
  } else {
    context.clearTimer('answer');
    setSocketStage(context, { stage: 'ready' });
    context.raise({ type: 'nothing-to-open' });
  }
}

/**
 * The `answer` timer: the frame or its answer was lost. Repeating it opens no second conversation.
 */
export function answerOverdue(context: StepContext): void {
  const { connection } = context.state;
  if (connection.phase !== 'online') return;
  const { session } = connection;
  if (session.stage !== 'resuming' && session.stage !== 'routing') return;
  if (session.repeats >= maximumRepeats) {
    fail(context, { code: 'network', message: 'The chat server did not respond.' });
    return;
  }
  sendSessionFrame(context, session.repeats + 1);
}

/**
 * The gateway has sent a conversation, on the socket or by REST: adds the id and the status where it
 * omits them. A status that is not known leaves the conversation as it is.
 */
export function onPartialConversation(
  context: StepContext,
  received: PartialConversation,
  isFromSocket: boolean,
): void {
  const { unknownStatus, status, ...details } = received;
  if (unknownStatus !== undefined)
    context.note(
      'invalid',
      `Unknown conversation status ignored: ${JSON.stringify(unknownStatus)}`,
    );
  const identity = identityOf(context, received);
  if (!identity) return;
  const current = context.state.conversation?.details;
  const known = current?.conversationId === identity.conversationId ? current : null;
  const kept = status ?? known?.status ?? 'queued';
  const position = details.position ?? (status === null ? known?.position : undefined);
  onConversation(
    context,
    { ...details, ...identity, status: kept, ...(position === undefined ? {} : { position }) },
    isFromSocket,
  );
}

/** The conversation that is meant; one without an id is the current one. */
function identityOf(
  context: StepContext,
  { conversationId }: PartialConversation,
): Pick<Conversation, 'conversationId' | 'leftAt'> | null {
  if (conversationId !== null) return { conversationId };
  if (context.policy) return context.policy.conversationIdentity(context);
  const { connection, conversation } = context.state;
  const isRouting = connection.phase === 'online' && connection.session.stage === 'routing';
  if (conversation && !isRouting) return { conversationId: conversation.details.conversationId };
  context.note('invalid', 'Conversation without an id ignored');
  return null;
}

/** The conversation is complete. */
function onConversation(context: StepContext, received: Conversation, isFromSocket: boolean): void {
  const { connection, conversation } = context.state;
  const session = connection.phase === 'online' && isFromSocket ? connection.session : null;
  const isCurrent = conversation?.details.conversationId === received.conversationId;
  if (!isCurrent && session?.stage !== 'routing') {
    context.note('invalid', 'Unexpected conversation ignored');
    return;
  }
  const isAnswer = session?.stage === 'routing' || session?.stage === 'resuming';
  if (!isAnswer && conversation?.details.status === 'ended' && received.status !== 'ended') {
    // The visitor has ended it: a late status does not reopen it.
    return;
  }
  if (isCurrent && conversation) {
    const isOpen = received.status !== 'ended';
    const ending = isOpen ? { isReadToEnd: false, endedAt: null } : {};
    const details = isOpen ? received : withoutEnding(received);
    updateDetails(context, { ...conversation, details, ...ending });
  } else updateDetails(context, newConversation(context, received));
  if (session?.stage === 'routing') completeRouting(context, received);
  if (isAnswer && received.status !== 'ended' && connection.phase === 'online') {
    context.clearTimer('answer');
    setSocketStage(context, {
      stage: 'conversation',
      // Nothing was sent to a new conversation, so no catch-up is needed before the first message.
      isCaughtUp: session?.stage === 'routing' && !session.hasPast,
    });
    context.raise({ type: 'conversation-resumed' });
  }
  // Every catch-up ends with the status. Only its first `ended` may start another one.
  const isNewlyEnded = isAnswer || conversation?.details.status !== 'ended';
  if (received.status === 'ended' && isNewlyEnded) onEnded(context);
}

/** An end that was asked for has come. */
function withoutEnding({ ending: _, ...details }: Conversation): Conversation {
  return details;
}

function updateDetails(context: StepContext, next: ConversationState): void {
  const before = context.state.conversation?.details;
  const after: Conversation = next.details;
  setConversationSlice(context, { conversation: next });
  if (
    before?.conversationId !== after.conversationId ||
    before.status !== after.status ||
    before.position !== after.position ||
    before.ending !== after.ending
  ) {
    context.change({ isConversationChanged: true });
  }
  watchQueue(context);
}

function newConversation(context: StepContext, conversation: Conversation): ConversationState {
  clearRemoteTyping(context);
  context.raise({ type: 'conversation-replaced', next: conversation });
  if (context.state.conversation) archive(context, context.state.conversation);
  // A previous conversation may be open again, and becomes the current one.
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
    // A session may have gone on, and has one history for all its conversations.
    completeUntil: context.policyTraits.historyIsPerSession
      ? (context.state.conversation?.completeUntil ?? 0)
      : 0,
    readMark: null,
    isReadToEnd: false,
    reorderBuffer: [],
    unsequencedBuffer: [],
    newest: 0,
    earlyReceipt: null,
    finalCatchUp: null,
    endedAt: null,
  };
}

/** The final catch-up of an ended conversation is done or given up: the next one may begin. */
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

/** Requests the last routing again. Returns false if there is none, or if another is requested. */
export function restoreLastRouting(context: StepContext): boolean {
  const { routing, lastRouting } = context.state.meta;
  if (routing || !lastRouting) return false;
  updateMeta(context, { routing: lastRouting });
  return true;
}

/** A page remembers a conversation that this hub's store has lost (guide §3). */
export function adoptSessionHint(
  context: StepContext,
  conversationId: string,
  visitor: string,
): void {
  const { conversation, window, meta, connection } = context.state;
  if (meta.subject !== null && pageVisitor(context.state) !== visitor) {
    context.note('invalid', 'Session hint of another visitor ignored');
    return;
  }
  // Only the outbox has survived for this conversation, and the page knows the owner.
  const isUnclaimed =
    meta.subject === null && conversation?.details.conversationId === conversationId;
  if (!isUnclaimed && (conversation || window.length > 0 || meta.routing)) {
    // The outbox may be for an earlier conversation of the same visitor.
    if (meta.subject === null && window.length === 0) setOwner(context, visitor);
    return;
  }
  // If the token names another visitor, this is deleted.
  updateMeta(context, { subject: meta.subject ?? visitor });
  if (!isUnclaimed) {
    setConversationSlice(context, {
      conversation: newConversation(context, { conversationId, status: 'queued' }),
    });
  }
  context.change({ isConversationChanged: true, needsSnapshot: true });
  if (connection.phase === 'online' && connection.session.stage === 'ready')
    sendSessionFrame(context, 0);
}

/**
 * The previous hub died before it stored who the visitor was, and a page knows. If the token names
 * another visitor, everything is deleted.
 */
export function adoptVisitor(context: StepContext, visitor: string): void {
  const { conversation, window, meta } = context.state;
  if (meta.subject !== null || conversation || window.length > 0) return;
  setOwner(context, visitor);
}

function setOwner(context: StepContext, visitor: string): void {
  updateMeta(context, { subject: visitor });
  context.change({ needsSnapshot: true });
}

/** The outbox names a conversation whose record was lost in a power cut: restores it. */
export function adoptOutboxConversation(context: StepContext): void {
  const { conversation, outbox } = context.state;
  const current = conversation?.details.conversationId ?? null;
  const pending = outbox.filter(({ failure }) => failure === null);
  const conversationId = pending.findLast((item) => item.conversationId !== null)?.conversationId;
  if (conversationId == null || conversationId === current) return;
  setConversationSlice(context, {
    conversation: newConversation(context, { conversationId, status: 'queued' }),
  });
  context.change({ isConversationChanged: true });
}

/** The conversation has ended: the gateway or the visitor ended it. */
export function onEnded(context: StepContext): void {
  const { conversation, connection } = context.state;
  if (!conversation) return;
  if (conversation.details.status !== 'ended') {
    const { conversationId } = conversation.details;
    updateDetails(context, { ...conversation, details: { conversationId, status: 'ended' } });
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
    setSocketStage(context, { stage: 'ready' });
  }
  context.raise({ type: 'conversation-ended' });
}

/**
 * The gateway does not know the conversation: its id is removed, the transcript stays as history.
 */
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
  context.change({ isConversationChanged: true });
  clearRemoteTyping(context);
  if (hasPending) restoreLastRouting(context);
  sendSessionFrame(context, 0);
  context.raise({ type: 'stranded' });
}

/** The routing may be sent now. */
export function onRoutingCleared(context: StepContext): void {
  const { connection, meta } = context.state;
  if (connection.phase !== 'online' || connection.session.stage !== 'ready' || !meta.routing)
    return;
  sendSessionFrame(context, 0);
}
