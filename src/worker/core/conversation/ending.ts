import type { Ending } from '../../../protocol/conversation.ts';
import type { ErrorCode } from '../../../protocol/errors.ts';
import type { StepContext } from '../context.ts';
import type { OutboxItem } from '../outbox/state.ts';
import { updateMeta } from '../visitor/state.ts';
import { resolveStartCalls } from './start-calls.ts';
import { setConversationSlice, updateAndStore } from './state.ts';

// How the visitor ends a conversation where the gateway confirms it: the conversation stays open until the
// gateway has ended it, and the visitor learns when it has not.

/** From the request to the gateway's confirmation; then the visitor reads that there is none. In ms. */
export const endTimeout = 10_000;

/** Why an end has failed, as the call's error. */
const failures = {
  unconfirmed: ['timeout', 'end: no confirmation in time; the conversation may still end.'],
  forbidden: ['forbidden', 'end: the deployment does not let visitors end a conversation.'],
  'rate-limited': ['rate-limited', 'end: too many requests at once. Try again in a moment.'],
  unavailable: ['unavailable', 'end: the gateway could not end the conversation. Try again.'],
} as const satisfies Record<Exclude<Ending, 'pending'>, readonly [ErrorCode, string]>;

/** The visitor ends the open conversation: the gateway is asked as soon as that is possible. */
export function requestEnd(context: StepContext, callId: number): void {
  const { endRequest, conversation } = context.state;
  const isRepeat = conversation?.details.ending === 'pending';
  setConversationSlice(context, {
    endRequest: {
      calls: [...endRequest.calls, callId],
      sentOn: isRepeat ? endRequest.sentOn : null,
      write: isRepeat ? endRequest.write : 'due',
      after: isRepeat ? endRequest.after : context.state.lastOutboxOrdinal,
    },
  });
  if (!isRepeat) awaitEnd(context);
}

/** The tick's writes have this id. */
export function assignEndWrite(context: StepContext, writeId: number): void {
  const { endRequest } = context.state;
  if (endRequest.write === 'due')
    setConversationSlice(context, { endRequest: { ...endRequest, write: writeId } });
}

/** The next hub knows whose end it is, whatever happens to this one: the gateway may be asked. */
export function onEndStored(context: StepContext, writeId: number): void {
  const { endRequest } = context.state;
  if (endRequest.write === writeId)
    setConversationSlice(context, { endRequest: { ...endRequest, write: null } });
}

function awaitEnd(context: StepContext): void {
  setEnding(context, 'pending');
  context.change({ isDurable: true });
  context.setTimer('end', endTimeout);
}

/** The previous hub was waiting for the confirmation. */
export function restoreEnding(context: StepContext): void {
  if (context.state.conversation?.details.ending !== 'pending') return;
  context.setTimer('end', endTimeout);
}

/** Asks the gateway, once for each connection, after all messages that the visitor wrote before. */
export function flushEnd(context: StepContext): void {
  const { connection, conversation, outbox, endRequest, isSteppingDown } = context.state;
  const ending = conversation?.details.ending;
  if (ending !== 'pending' && ending !== 'unconfirmed') return;
  if (connection.phase !== 'online' || isSteppingDown) return;
  if (connection.session.stage !== 'conversation' || !connection.session.isCaughtUp) return;
  const { socketId } = connection;
  if (endRequest.sentOn === socketId || endRequest.write !== null) return;
  if (outbox.some((item) => isWaiting(item) && !isWrittenSince(context, item))) return;
  setConversationSlice(context, { endRequest: { ...endRequest, sentOn: socketId } });
  context.emit({ type: 'send', socketId, command: { type: 'end-conversation' } });
  if (ending === 'unconfirmed') awaitEnd(context);
}

function isWaiting({ at }: OutboxItem): boolean {
  return at.stage !== 'failed' && at.stage !== 'acknowledged';
}

function isWrittenSince({ state: { endRequest } }: StepContext, { ordinal }: OutboxItem): boolean {
  return endRequest.after !== null && ordinal > endRequest.after;
}

/**
 * Whether a message waits for the outcome: it was written after the visitor's request, or the gateway has been
 * asked and may end the conversation any moment.
 */
export function waitsForEnd(context: StepContext, item: OutboxItem): boolean {
  const { connection, conversation, endRequest } = context.state;
  if (conversation?.details.ending !== 'pending') return false;
  if (isWrittenSince(context, item)) return true;
  return connection.phase === 'online' && endRequest.sentOn === connection.socketId;
}

/** Whether an end that the gateway reports now is the one that the visitor asked for here. */
export function hasAskedForEnd({
  state: { connection, conversation, endRequest },
}: StepContext): boolean {
  const ending = conversation?.details.ending;
  if (ending === 'pending' || ending === 'unconfirmed') return true;
  return 'socketId' in connection && endRequest.sentOn === connection.socketId;
}

/** The `end` timer. */
export function endOverdue(context: StepContext): void {
  failEnd(context, 'unconfirmed');
}

/** The gateway has refused, or has not answered in time: the conversation goes on. */
export function failEnd(context: StepContext, ending: Exclude<Ending, 'pending'>): void {
  const { conversation, endRequest } = context.state;
  if (conversation?.details.ending !== 'pending') return;
  const [code, message] = failures[ending];
  for (const callId of endRequest.calls) context.reject(callId, code, message);
  setConversationSlice(context, { endRequest: { ...endRequest, calls: [] } });
  // A visitor who has written since goes on with the conversation.
  const hasWrittenOn = context.state.outbox.some(
    (item) => isWaiting(item) && isWrittenSince(context, item),
  );
  setEnding(context, hasWrittenOn ? null : ending);
  context.clearTimer('end');
  // What was to be started next is the conversation that goes on.
  updateMeta(context, { routing: null });
  const { details } = conversation;
  resolveStartCalls(context, details);
}

/** The visitor writes on. */
export function withdrawEnd(context: StepContext): void {
  const ending = context.state.conversation?.details.ending;
  if (ending !== undefined && ending !== 'pending') setEnding(context, null);
}

/** The conversation is over, for whatever reason: that is what was asked for. */
export function settleEnd(context: StepContext): void {
  const { conversation, endRequest } = context.state;
  if (conversation?.details.ending !== undefined) return;
  if (endRequest.calls.length === 0 && !context.hasTimer('end')) return;
  context.clearTimer('end');
  setConversationSlice(context, { endRequest: { ...endRequest, calls: [] } });
  context.raise({ type: 'end-settled', calls: endRequest.calls });
}

/** The visitor is gone. */
export function failEndCalls(context: StepContext, code: ErrorCode, message: string): void {
  const { endRequest } = context.state;
  for (const callId of endRequest.calls) context.reject(callId, code, message);
  setConversationSlice(context, { endRequest: { ...endRequest, calls: [] } });
}

function setEnding(context: StepContext, ending: Ending | null): void {
  const { conversation } = context.state;
  if (!conversation) return;
  const { ending: _, ...rest } = conversation.details;
  const details = ending === null ? rest : { ...rest, ending };
  updateAndStore(context, { ...conversation, details });
}
