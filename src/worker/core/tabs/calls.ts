import type { Attributes, Routing } from '../../../protocol/conversation.ts';
import type { Call } from '../../../protocol/port.ts';
import { utf8Length } from '../../../protocol/utf8.ts';
import { identify, reconnectNow, signOut } from '../connection/connection.ts';
import type { StepContext } from '../context.ts';
import { onEnded, sendSessionFrame } from '../conversation/conversation.ts';
import { requestEnd, withdrawEnd } from '../conversation/ending.ts';
import { cancelRouting, refuseAttributes, waitAnyway } from '../conversation/routing-check.ts';
import { addStartCall, failStartCalls } from '../conversation/start-calls.ts';
import {
  answerWhenStored,
  discardMessage,
  enqueue,
  failStranded,
  retryMessage,
} from '../outbox/outbox.ts';
import { loadEarlier } from '../transcript/pagination.ts';
import { markRead } from '../transcript/read-receipts.ts';
import { attributesOf, isNobodySignedIn, setDraft, updateMeta } from '../visitor/state.ts';
import { markUsed } from './alerts.ts';
import { setTyping } from './tabs.ts';

/** A page has made a call. */
export function onCall(
  context: StepContext,
  tabId: string,
  callId: number,
  call: Call,
  routingProblems: readonly string[] = [],
): void {
  switch (call.type) {
    case 'start':
      start(context, callId, call.routing, routingProblems);
      return;
    case 'send':
      // Pages report use only now and then, but sending is use.
      markUsed(context, tabId);
      send(context, callId, call);
      setTyping(context, tabId, false);
      return;
    case 'retry':
      retryMessage(context, callId, call.messageId);
      return;
    case 'discard':
      discardMessage(context, callId, call.messageId);
      return;
    case 'typing':
      setTyping(context, tabId, call.isTyping);
      context.resolve(callId);
      return;
    case 'draft':
      setDraft(context, tabId, call.text, call.age);
      context.resolve(callId);
      return;
    case 'mark-read':
      markRead(context);
      context.resolve(callId);
      return;
    case 'load-earlier':
      if (!context.state.isConfirmed) {
        context.resolve(callId, { messages: [], hasEarlier: false });
        return;
      }
      loadEarlier(context, callId, call.before, call.conversationId ?? null, call.count);
      return;
    case 'reconnect':
      reconnectNow(context, true);
      context.resolve(callId);
      return;
    case 'identify':
      identify(context);
      context.resolve(callId);
      return;
    case 'wait-anyway':
      waitAnyway(context);
      context.resolve(callId);
      return;
    case 'set-attributes':
      setAttributes(context, callId, call.attributes, routingProblems);
      return;
    case 'end': {
      const { routing } = context.state.meta;
      cancelRouting(context);
      updateMeta(context, { routing: null });
      failStartCalls(context, {
        code: 'conversation-ended',
        message: 'The conversation was ended before it was opened.',
      });
      if (context.policyTraits.confirmsEnd && isOpen(context)) {
        askToEnd(context, callId);
        return;
      }
      // If the final catch-up is done or given up, nothing is left to fetch.
      if (!context.policy?.isOver(context)) onEnded(context);
      failStranded(context);
      if (routing && !context.state.conversation) context.policy?.releaseConnection(context);
      answerWhenStored(context, callId);
      return;
    }
    case 'sign-out':
      signOut(context);
      answerWhenStored(context, callId);
      return;
  }
}

function askToEnd(context: StepContext, callId: number): void {
  if (isSignedOut(context, callId)) return;
  requestEnd(context, callId);
  // The visitor is here, and the gateway has to be asked.
  const { phase } = context.state.connection;
  const isWaiting = phase === 'failed' || phase === 'waiting' || phase === 'resting';
  if (isWaiting) reconnectNow(context, true);
}

function isOpen({ state: { conversation } }: StepContext): boolean {
  return conversation !== null && conversation.details.status !== 'ended';
}

function isSignedOut(context: StepContext, callId: number): boolean {
  const { phase } = context.state.connection;
  if (phase !== 'signed-out' && !isNobodySignedIn(context)) return false;
  context.reject(callId, 'signed-out', 'The session has ended. Sign in again.');
  return true;
}

/** In bytes: a stored routing can have no more. */
const maximumAttributeBytes = 16_384;

function setAttributes(
  context: StepContext,
  callId: number,
  attributes: Attributes,
  problems: readonly string[],
): void {
  if (isSignedOut(context, callId)) return;
  const { meta, settings } = context.state;
  const most = settings.traits.maximumAttributeBytes ?? maximumAttributeBytes;
  const merged = { ...attributesOf(context), ...attributes };
  if (problems.length > 0) {
    context.reject(callId, 'routing-refused', problems.join(' '));
  } else if (utf8Length(JSON.stringify(merged)) > most) {
    context.reject(callId, 'invalid-call', `Attributes can have at most ${most} bytes as JSON.`);
  } else {
    updateMeta(context, { attributes: { ...meta.attributes, ...attributes } });
    answerWhenStored(context, callId);
  }
}

function start(
  context: StepContext,
  callId: number,
  routing: Routing,
  problems: readonly string[],
): void {
  if (isSignedOut(context, callId)) return;
  const { conversation, connection } = context.state;
  // After one that is ending, another one is to be started.
  if (conversation && isOpen(context) && conversation.details.ending !== 'pending') {
    context.resolve(callId, conversation.details);
    return;
  }
  if (problems.length > 0) {
    refuseAttributes(context, callId, routing, problems);
    return;
  }
  updateMeta(context, { routing, lastRouting: routing });
  addStartCall(context, callId);
  if (connection.phase === 'online' && connection.session.stage === 'ready')
    sendSessionFrame(context, 0);
  else context.policy?.ensureConnection(context);
}

function send(context: StepContext, callId: number, call: Extract<Call, { type: 'send' }>): void {
  const { messageId, text, content } = call;
  if (isSignedOut(context, callId)) return;
  const { conversation, meta, outbox, window, settings } = context.state;
  if (!content && text.trim() === '') {
    context.reject(callId, 'empty-message', 'The message is empty.');
  } else if (utf8Length(text) > (settings.traits.maximumTextBytes ?? Number.POSITIVE_INFINITY)) {
    context.reject(
      callId,
      'message-too-long',
      `A message can have at most ${settings.traits.maximumTextBytes} bytes.`,
    );
  } else if (text.length > settings.traits.maximumTextLength) {
    context.reject(
      callId,
      'message-too-long',
      `A message can have at most ${settings.traits.maximumTextLength} characters.`,
    );
  } else if (
    outbox.some((item) => item.messageId === messageId) ||
    window.some((message) => message.messageId === messageId)
  ) {
    // The call was repeated because its first answer was lost.
    answerWhenStored(context, callId);
    clearSentDraft(context, text);
  } else if (!meta.routing && (!conversation || conversation.details.status === 'ended')) {
    context.reject(callId, 'no-conversation', 'There is no open conversation. Call start() first.');
  } else if (outbox.length >= settings.limits.outbox) {
    context.reject(callId, 'rate-limited', 'Too many messages are waiting to be sent.');
  } else {
    withdrawEnd(context);
    enqueue(context, callId, call);
    clearSentDraft(context, text);
  }
}

/** Clears the draft only if it is what was sent: another tab may have changed it. */
function clearSentDraft(context: StepContext, text: string): void {
  const { meta } = context.state;
  if (meta.draft.trim() !== text.trim()) return;
  updateMeta(context, { draft: '' });
}
