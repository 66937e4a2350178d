import type { PartialMessage } from '../../../protocol/gateway/messages.ts';
import type { RestFailure, RestResult } from '../../../protocol/gateway/rest.ts';
import { longestPause, retryDelay } from '../backoff.ts';
import { countForRateLimit, rateLimitWait } from '../connection/rate-limit.ts';
import { request, restPause } from '../connection/rest-requests.ts';
import type { StepContext } from '../context.ts';
import { onEnded, onNotFound } from '../conversation/conversation.ts';
import { waitsForEnd } from '../conversation/ending.ts';
import { scheduleRestRetry } from '../transcript/catch-up.ts';
import { normalize } from '../transcript/normalize.ts';
import { receive } from '../transcript/transcript.ts';
import { failItem, inFlight, setItem, storeItem } from './outbox.ts';
import { type OutboxItem, setOutboxSlice } from './state.ts';
import { markUnconfirmed, requestCatchUp } from './unconfirmed.ts';

/** Pause after a rate limit without a retry time, in ms. */
const defaultPause = 1_000;

/**
 * Sends the next message, if there is one and it can be sent. Only one is in flight at a time: with more, a single lost
 * frame would change their order.
 */
export function sendNext(context: StepContext): void {
  const { connection, conversation, outbox, pausedUntil } = context.state;
  if (!conversation || conversation.details.status === 'ended') return;
  if (pausedUntil !== null || inFlight(context)) return;
  const head = outbox.find(
    (item) => item.at.stage !== 'failed' && item.at.stage !== 'acknowledged',
  );
  if (!head || head.at.stage === 'storing') return;
  if (!canSend(context)) return;
  if (head.at.stage === 'unconfirmed') {
    requestCatchUp(context);
    return;
  }
  // It would be lost with the conversation; if that goes on, it is sent.
  if (waitsForEnd(context, head)) return;
  const { conversationId } = conversation.details;
  const { messageId, text, reply, content } = head;
  if (connection.phase !== 'online' && (context.hasTimer('rest-retry') || restPause(context) > 0))
    return;
  if (!ensureAddressed(context, head, conversationId) || !isWithinRateLimit(context)) return;
  if (connection.phase === 'online') {
    setItem(context, messageId, { at: { stage: 'sent' } });
    context.setTimer('echo', context.state.settings.timing.echo);
    const command = { type: 'send-message', conversationId, messageId, text } as const;
    const routing = context.policy?.routingOf(context);
    context.emit({
      type: 'send',
      socketId: connection.socketId,
      command: {
        ...command,
        ...(routing ? { routing } : {}),
        ...(reply ? { reply } : {}),
        ...(content ? { content } : {}),
      },
    });
  } else {
    const requestId = request(context, { type: 'send-message', conversationId, messageId, text });
    setItem(context, messageId, { at: { stage: 'sending-by-rest', requestId } });
    countForRateLimit(context, 'sends');
  }
}

/** Whether messages can be sent: on the socket or, while the circuit is open, by REST. */
function canSend({
  state: { connection, breaker, settings, isSteppingDown },
}: StepContext): boolean {
  if (isSteppingDown) return false;
  if (connection.phase === 'online') {
    return connection.session.stage === 'conversation' && connection.session.isCaughtUp;
  }
  return breaker.isOpen && settings.traits.restSend;
}

/**
 * Returns whether the message's conversation is stored durably; if not, stores it first. After a
 * power cut, nobody would know which conversation to search for the message.
 */
function ensureAddressed(context: StepContext, item: OutboxItem, conversationId: string): boolean {
  if (item.conversationId === conversationId) return true;
  const at = { stage: 'storing', writeId: null, callId: null, isRepeat: false } as const;
  setItem(context, item.messageId, { at, conversationId });
  storeItem(context, item.messageId);
  context.change({ isDurable: true });
  return false;
}

/** Returns whether the gateway's limits and ours allow another message; if not, pauses sending. */
function isWithinRateLimit(context: StepContext): boolean {
  const wait = Math.max(
    ...(['sends', 'messages', 'requests'] as const).map((kind) => rateLimitWait(context, kind)),
  );
  if (wait <= 0) return true;
  pauseSending(context, wait);
  return false;
}

/** The answer to a message sent by REST. */
export function onSentByRest(context: StepContext, requestId: number, result: RestResult): void {
  const item = context.state.outbox.find(
    (item) => item.at.stage === 'sending-by-rest' && item.at.requestId === requestId,
  );
  if (result.ok && result.value.type === 'message') {
    receiveSent(context, result.value.message, item?.messageId ?? null);
    // The message went into a conversation that has been replaced: only that one's history can
    // confirm it.
    if (item && context.state.outbox.includes(item)) markUnconfirmed(context, item);
  } else if (item && !result.ok) {
    onSendByRestFailed(context, item, result.failure);
  }
}

/** The answer may lack its sender and its id, which are known unless the message was discarded. */
function receiveSent(context: StepContext, sent: PartialMessage, sentId: string | null): void {
  const id = sent.from.id || (context.state.meta.subject ?? '');
  const from = { ...sent.from, id, role: sent.from.role ?? 'visitor' };
  const message = normalize(context, { ...sent, from });
  if (!message) return;
  if (sent.messageId !== null || sentId === null) {
    receive(context, message, 'rest');
    return;
  }
  const aliases = sent.timestamp === null ? { aliases: [message.messageId] } : {};
  receive(context, { ...message, messageId: sentId, ...aliases }, 'rest');
}

function onSendByRestFailed(context: StepContext, item: OutboxItem, failure: RestFailure): void {
  switch (failure.kind) {
    case 'ended':
      onEnded(context);
      failItem(context, item.messageId, 'conversation-ended', 'The conversation has ended.');
      return;
    case 'too-long':
      failItem(context, item.messageId, 'message-too-long', 'The message is too long.');
      return;
    case 'rejected':
    case 'forbidden':
      failItem(context, item.messageId, 'rejected', failure.message);
      return;
    case 'not-found':
      setItem(context, item.messageId, { at: { stage: 'queued' } });
      onNotFound(context);
      return;
    case 'rate-limited':
      markUnconfirmed(context, item);
      pauseFor(context, failure.retryAfter);
      return;
    case 'unauthorized':
    case 'unavailable':
    case 'network':
    case 'invalid':
      markUnconfirmed(context, item);
      scheduleRestRetry(context, retryDelay(context, 0));
      return;
  }
}

/** The gateway has asked for a pause. `retryAfter` in ms. */
export function pauseFor(context: StepContext, retryAfter: number | null): void {
  pauseSending(context, Math.min(Math.max(retryAfter ?? 0, defaultPause), longestPause));
}

function pauseSending(context: StepContext, pause: number): void {
  setOutboxSlice(context, { pausedUntil: context.clock.now + pause });
  context.setTimer('rate', pause);
}

/**
 * The message was refused because of the rate limit. It is sent again later, after a catch-up like
 * every resend.
 */
export function refusedForRate(
  context: StepContext,
  messageId: string | null,
  retryAfter: number | null,
): void {
  const item = context.state.outbox.find((item) => item.messageId === messageId);
  if (item?.at.stage === 'sent') {
    context.clearTimer('echo');
    markUnconfirmed(context, item);
  }
  pauseFor(context, retryAfter);
}

/** The `rate` timer. */
export function pauseOver(context: StepContext): void {
  setOutboxSlice(context, { pausedUntil: null });
}
