import type { Conversation } from '../../../protocol/conversation.ts';
import type { GatewayEvent } from '../../../protocol/gateway/events.ts';
import { connect, dropSocket, fail, requireSignIn } from '../../core/connection/connection.ts';
import { setProblem, setSocketStage } from '../../core/connection/state.ts';
import type { StepContext } from '../../core/context.ts';
import { onNotFound } from '../../core/conversation/conversation.ts';
import { isCleared } from '../../core/conversation/routing-check.ts';
import { failUnconfirmedOfPrevious } from '../../core/outbox/unconfirmed.ts';
import type { SessionPolicy } from '../../core/session-policy.ts';
import { catchUp, maximumFailures } from '../../core/transcript/catch-up.ts';
import { withAttributes } from '../../core/visitor/state.ts';
import { clearedMessage, isBeingCleared, onClearReturned, onSent } from './clearing.ts';
import { classifyError, onExpired, onHistoryUnreachable, onRefused } from './error-classes.ts';
import {
  extendExpiry,
  onMessage,
  onPresence,
  onSessionLife,
  showExpiry,
  timeOf,
} from './expiry.ts';
import { isKnown, isSame, newAliases } from './message-matching.ts';
import {
  clearSession,
  closeEndedConversation,
  hasEnded,
  needsConnection,
  onDeletionOverdue,
  onSessionOver,
  releaseConnection,
} from './session.ts';
import { memoryOf, remember } from './session-memory.ts';

function ensureConnection(context: StepContext): void {
  const { connection, problem, conversation } = context.state;
  // The evicted session is over, and a new conversation is requested.
  const isEvicted =
    connection.phase === 'failed' &&
    problem?.code === 'evicted' &&
    conversation?.details.status === 'ended';
  if ((connection.phase === 'idle' || isEvicted) && needsConnection(context)) connect(context);
}

function isExhausted(context: StepContext): boolean {
  const { connection } = context.state;
  return connection.phase === 'online' && connection.session.stage === 'ready' && hasEnded(context);
}

function replaceConnection(context: StepContext): void {
  clearSession(context);
  connect(context);
}

/** A history is available only in its own session, which ends with the connection. */
function canRead(
  { state: { conversation, connection } }: StepContext,
  conversationId: string,
): boolean {
  if (conversation?.details.conversationId !== conversationId) return false;
  if (conversation.details.status !== 'ended') return true;
  return connection.phase === 'online' && connection.session.stage === 'ready';
}

/** The answer to the session's configuration opens a conversation. */
function conversationIdentity(
  context: StepContext,
): Pick<Conversation, 'conversationId' | 'leftAt' | 'ending'> | null {
  const { connection, settings, conversation } = context.state;
  if (connection.phase === 'online' && connection.session.stage === 'routing') {
    return { conversationId: `session-${settings.bootId}-${context.nextId()}` };
  }
  if (!conversation) return null;
  const { conversationId, leftAt, ending } = conversation.details;
  return {
    conversationId,
    ...(leftAt === undefined ? {} : { leftAt }),
    ...(ending === undefined ? {} : { ending }),
  };
}

function needsFreshToken(context: StepContext): boolean {
  const { token, settings } = context.state;
  return token.needsFresh || (hasEnded(context) && !settings.traits.reusesToken);
}

/** What has ended is not a guest's to take along: the next visitor of this browser may be another person. */
function guestOf({ state }: StepContext): string | null {
  const { settings, meta, conversation } = state;
  const isOpen = conversation !== null && conversation.details.status !== 'ended';
  return settings.traits.allowsStepUp && isOpen ? meta.subject : null;
}

function onOpened(context: StepContext): void {
  const { conversation, meta, settings } = context.state;
  const isOpen = conversation !== null && conversation.details.status !== 'ended';
  // The platform reports the session next; then the ended conversation is caught up.
  if (!isOpen && conversation?.finalCatchUp != null) return;
  if (!isOpen && !meta.routing) {
    releaseConnection(context);
    return;
  }
  // The platform's own flow routes, so nothing is checked, but the routing is logged.
  if (!isOpen && meta.routing) isCleared(context, meta.routing);
  const stage = isOpen ? 'resuming' : 'routing';
  setSocketStage(context, { stage, repeats: 0 });
  context.setTimer('answer', settings.timing.answer);
}

function onEvent(context: StepContext, event: GatewayEvent): void {
  switch (event.type) {
    case 'session':
      onSession(context, event);
      return;
    case 'session-life':
      onSessionLife(context, event.life);
      return;
    case 'session-over':
      onSessionOver(context, event.reason, event.message);
      return;
    case 'evicted':
      // The notice that the session was cleared may be lost; its close says the same.
      if (isBeingCleared(context)) onSessionOver(context, 'cleared', clearedMessage);
      else onEvicted(context);
      return;
    case 'signed-out':
      onSignedOut(context, event.message);
      return;
    case 'presence':
      if (event.presence === 'clear') onClearReturned(context, event);
      else onPresence(context, event);
      return;
    default:
      return;
  }
}

const openFailed = 'The chat server could not open the conversation.';

function onSession(context: StepContext, event: Extract<GatewayEvent, { type: 'session' }>): void {
  const { connection, conversation, meta } = context.state;
  if (!event.isConnected) {
    fail(context, { code: 'unavailable', message: openFailed });
    return;
  }
  if (connection.phase !== 'online') return;
  const { stage } = connection.session;
  const isReopened =
    stage === 'resuming' || (stage === 'ready' && conversation?.finalCatchUp != null);
  // A new session in place of the one whose end was asked for: it has ended.
  const isEndedMeanwhile = conversation?.details.ending !== undefined;
  if (isReopened && event.isNew && (isEndedMeanwhile || hasMessages(context))) {
    onSessionOver(context, 'expired', 'The conversation has expired.');
    return;
  }
  if (isReopened && stage === 'ready') {
    catchUp(context);
    return;
  }
  if (stage === 'resuming' && event.isNew && conversation?.details.status === 'queued') {
    // Only a page remembers this conversation.
    onNotFound(context);
    releaseConnection(context);
    return;
  }
  // What was in flight may have arrived in the old session. The new one's history can't tell.
  if (stage === 'resuming' && event.isNew) failUnconfirmedOfPrevious(context, null);
  if (stage === 'routing' && event.isReadOnly) {
    const { isSessionOver } = memoryOf(context);
    dropSocket(context);
    clearSession(context, !isSessionOver);
    // A session requested as new has already ended: another one at once might be no better.
    const minimumDelay = context.state.settings.timing.backoffCap;
    if (isSessionOver)
      fail(context, { code: 'unavailable', message: openFailed }, { minimumDelay });
    else connect(context);
    return;
  }
  remember(context, { isSessionOver: false });
  if (event.hasClearedOthers) {
    const message = 'The conversation in the visitor’s other session was ended.';
    setProblem(context, { code: 'session-replaced', message });
  }
  if (stage === 'routing' && !event.isNew) {
    setSocketStage(context, { ...connection.session, hasPast: true });
  }
  if (stage === 'routing' && event.isNew && meta.routing) {
    context.emit({
      type: 'send',
      socketId: connection.socketId,
      command: { type: 'join', routing: withAttributes(context, meta.routing) },
    });
  }
  onSessionLife(context, event.life);
}

/** Whether the conversation has messages, which a new session does not know. */
function hasMessages({ state: { conversation, window } }: StepContext): boolean {
  const conversationId = conversation?.details.conversationId;
  return window.some((row) => row.conversationId === conversationId);
}

/**
 * An evicted hub does not reconnect by itself: windows of the same session would evict each other
 * forever.
 */
function onEvicted(context: StepContext): void {
  fail(
    context,
    {
      code: 'evicted',
      message: 'The conversation is open in too many places. Close it elsewhere, then try again.',
    },
    { isFatal: true },
  );
}

function onSignedOut(context: StepContext, message: string): void {
  requireSignIn(context, message);
  context.emit({ type: 'end-session' });
}

export const sessionPolicy: SessionPolicy = {
  traits: {
    restNeedsConnection: true,
    historyIsPerSession: true,
    statusByRest: false,
    connectsOnDemand: true,
    repeatsAuthentication: true,
    confirmsEnd: true,
  },
  needsConnection,
  ensureConnection,
  releaseConnection,
  onIdle: closeEndedConversation,
  isExhausted,
  replaceConnection,
  needsFreshToken,
  guestOf,
  needsNewSession: (context) => hasEnded(context) || memoryOf(context).isSessionOver,
  onOpened,
  onRefused,
  onExpired,
  classifyError,
  onHistoryUnreachable,
  onEvent,
  extendExpiry,
  showExpiry,
  isOver: hasEnded,
  onSent,
  onDeletionOverdue,
  isHistoryUnavailable: ({ state }) => state.catchUps.failures >= maximumFailures,
  canRead,
  conversationIdentity,
  routingOf: (context) => {
    const { lastRouting } = context.state.meta;
    return lastRouting && withAttributes(context, lastRouting);
  },
  timeOf,
  onMessage,
  isSame,
  isKnown,
  newAliases,
};
