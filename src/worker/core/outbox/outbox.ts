import type { Problem } from '../../../protocol/errors.ts';
import { type Message, withReadMark } from '../../../protocol/message.ts';
import type { Call } from '../../../protocol/port.ts';
import { withdrawRequest } from '../connection/rest-requests.ts';
import { setProblem } from '../connection/state.ts';
import type { StepContext } from '../context.ts';
import { restoreLastRouting, sendSessionFrame } from '../conversation/conversation.ts';
import { refusalOf } from '../conversation/routing-check.ts';
import type { OutboxRecord } from '../records.ts';
import { nextCatchUpId } from '../transcript/state.ts';
import { publishOlder } from '../transcript/window.ts';
import { type OutboxItem, type OutboxStage, setOutboxSlice } from './state.ts';

/** Sorts pending messages to the end of every transcript. */
const pendingOrdinal = Number.MAX_SAFE_INTEGER;

export function outboxMessage(context: StepContext, item: OutboxItem): Message {
  return {
    messageId: item.messageId,
    conversationId: item.conversationId,
    sequence: null,
    from: { id: context.state.meta.subject ?? '', name: '', role: 'visitor' },
    text: item.text,
    timestamp: item.timestamp,
    status: outboxStatus(item),
    failure: item.failure,
    missingBefore: 0,
    position: [pendingOrdinal, item.ordinal, 0, 0],
    ...(item.content ? { content: item.content } : {}),
  };
}

function outboxStatus(item: OutboxItem): Message['status'] {
  switch (item.at.stage) {
    case 'failed':
      return 'failed';
    case 'sent':
    case 'sending-by-rest':
      return 'sent';
    case 'unconfirmed':
      return item.at.isShownAsSent ? 'sent' : 'pending';
    case 'acknowledged':
      return 'delivered';
    case 'storing':
    case 'queued':
      return 'pending';
  }
}

export function restoreOutbox(context: StepContext, records: readonly OutboxRecord[]): void {
  // The previous hub may have sent them.
  const outbox = records.map(
    (record): OutboxItem => ({ ...record, at: restoredStage(context, record) }),
  );
  setOutboxSlice(context, {
    outbox,
    lastOutboxOrdinal: records.reduce((highest, record) => Math.max(highest, record.ordinal), 0),
  });
}

function restoredStage(context: StepContext, record: OutboxRecord): OutboxStage {
  return record.failure
    ? { stage: 'failed' }
    : { stage: 'unconfirmed', catchUpId: nextCatchUpId(context), isShownAsSent: false };
}

export function setItem(context: StepContext, messageId: string, part: Partial<OutboxItem>): void {
  let changed: OutboxItem | null = null;
  const outbox = context.state.outbox.map((item) => {
    if (item.messageId !== messageId) return item;
    if (part.at) withdrawPost(context, item);
    changed = { ...item, ...part };
    return changed;
  });
  if (!changed) return;
  setOutboxSlice(context, { outbox });
  context.change({ upserts: [...context.state.changes.upserts, outboxMessage(context, changed)] });
}

/** A request that is parked, or whose token is refused, would still send the message. */
function withdrawPost(context: StepContext, { at }: OutboxItem): void {
  if (at.stage === 'sending-by-rest') withdrawRequest(context, at.requestId);
}

export function storeItem(context: StepContext, messageId: string): void {
  const item = context.state.outbox.find((candidate) => candidate.messageId === messageId);
  if (!item) return;
  context.store({ type: 'put-outbox', record: recordOfItem(context, item) });
}

/** Stores the visitor's new name in all rows. */
export function storeOwner(context: StepContext): void {
  for (const { messageId } of context.state.outbox) storeItem(context, messageId);
}

export function recordOfItem(
  { state }: StepContext,
  { at: _, ...record }: OutboxItem,
): OutboxRecord {
  const { subject } = state.meta;
  return subject === null ? record : { ...record, subject };
}

export function inFlight(context: StepContext): OutboxItem | undefined {
  return context.state.outbox.find(
    (item) => item.at.stage === 'sent' || item.at.stage === 'sending-by-rest',
  );
}

/** Clears the `echo` timer when no message is in flight. */
function clearEchoTimer(context: StepContext): void {
  if (!inFlight(context)) context.clearTimer('echo');
}

/** Removes the row. A call that waits for its write is answered. */
function removeItem(context: StepContext, item: OutboxItem): void {
  withdrawPost(context, item);
  setOutboxSlice(context, { outbox: context.state.outbox.filter((other) => other !== item) });
  if (item.at.stage === 'storing' && item.at.callId !== null) {
    context.resolve(item.at.callId, item.messageId);
  }
}

function openConversation({ state: { conversation } }: StepContext): string | null {
  if (!conversation || conversation.details.status === 'ended') return null;
  return conversation.details.conversationId;
}

/** Adds a message. It is sent, and its call is answered, once it is durable. */
export function enqueue(
  context: StepContext,
  callId: number,
  call: Extract<Call, { type: 'send' }>,
): void {
  const { messageId, text, reply, content } = call;
  const isRepeat = call.isRepeat === true;
  const ordinal = context.state.lastOutboxOrdinal + 1;
  const item: OutboxItem = {
    messageId,
    ordinal,
    conversationId: openConversation(context),
    text,
    timestamp: context.gatewayTime(),
    failure: null,
    ...(reply ? { reply } : {}),
    ...(content ? { content } : {}),
    at: { stage: 'storing', writeId: null, callId, isRepeat },
  };
  setOutboxSlice(context, { outbox: [...context.state.outbox, item], lastOutboxOrdinal: ordinal });
  context.change({
    upserts: [...context.state.changes.upserts, outboxMessage(context, item)],
    isDurable: true,
  });
  context.store({
    type: isRepeat ? 'add-outbox' : 'put-outbox',
    record: recordOfItem(context, item),
  });
}

/** The tick's writes have the id `writeId`: records it in what waits for them. */
export function assignWrite(context: StepContext, writeId: number): void {
  setOutboxSlice(context, {
    outbox: context.state.outbox.map((item) =>
      item.at.stage === 'storing' && item.at.writeId === null
        ? { ...item, at: { ...item.at, writeId } }
        : item,
    ),
    storeCalls: context.state.storeCalls.map((call) =>
      call.writeId === null ? { ...call, writeId } : call,
    ),
  });
}

/** The write is durable. `sent`: repeated messages that the transcript already has. */
export function onStored(context: StepContext, writeId: number, sent: readonly Message[]): void {
  for (const row of sent) onFoundInTranscript(context, row);
  for (const item of context.state.outbox) {
    if (item.at.stage !== 'storing' || item.at.writeId !== writeId) continue;
    const { callId, isRepeat } = item.at;
    // The first call may have reached a previous hub, which may have sent the message: a catch-up decides.
    const at: OutboxStage = isRepeat
      ? { stage: 'unconfirmed', catchUpId: nextCatchUpId(context), isShownAsSent: false }
      : { stage: 'queued' };
    setItem(context, item.messageId, { at });
    if (callId !== null) context.resolve(callId, item.messageId);
  }
  for (const call of context.state.storeCalls)
    if (call.writeId === writeId) context.resolve(call.callId);
  setOutboxSlice(context, {
    storeCalls: context.state.storeCalls.filter((call) => call.writeId !== writeId),
  });
  // The session that could tell what has arrived may have ended meanwhile.
  if (context.state.connection.phase === 'idle') context.policy?.onIdle(context);
  failStranded(context);
}

function onFoundInTranscript(context: StepContext, row: Message): void {
  const item = context.state.outbox.find((candidate) => candidate.messageId === row.messageId);
  if (item?.at.stage !== 'storing') return;
  removeItem(context, item);
  const { conversation, window } = context.state;
  // It has arrived meanwhile, and is in the window.
  if (window.some((shown) => shown.messageId === row.messageId)) return;
  publishOlder(context, withReadMark(row, conversation?.readMark ?? null));
}

export function answerWhenStored(context: StepContext, callId: number): void {
  setOutboxSlice(context, { storeCalls: [...context.state.storeCalls, { writeId: null, callId }] });
  context.change({ isDurable: true });
}

/** The gateway has the message, but the transcript waits for an earlier one. */
export function acknowledgeBuffered(context: StepContext, messageId: string): void {
  if (!context.state.outbox.some((item) => item.messageId === messageId)) return;
  setItem(context, messageId, { at: { stage: 'acknowledged' }, failure: null });
  clearEchoTimer(context);
}

/** The message is in the transcript: its row leaves the outbox. */
export function removeAcknowledged(context: StepContext, messageId: string): void {
  const item = context.state.outbox.find((candidate) => candidate.messageId === messageId);
  if (!item) return;
  removeItem(context, item);
  context.store({ type: 'delete-outbox', messageId });
  clearEchoTimer(context);
  // An earlier message's problem is over.
  if (context.state.connection.phase === 'online') setProblem(context, null);
}

/**
 * Another conversation is open: unsent messages go there. This is written together with the
 * conversation's record, so that no row names a conversation older than the newest.
 */
export function readdress(context: StepContext, conversationId: string): void {
  for (const item of context.state.outbox) {
    if (item.conversationId === null || item.conversationId === conversationId) continue;
    if (item.at.stage !== 'queued' && item.at.stage !== 'storing') continue;
    setItem(context, item.messageId, { conversationId: null });
    storeItem(context, item.messageId);
  }
}

/**
 * The gateway does not know the conversation, so nothing has arrived there. Messages in flight by
 * REST will be refused.
 */
export function clearAddresses(context: StepContext): void {
  for (const item of context.state.outbox) {
    if (item.conversationId === null || item.at.stage === 'sending-by-rest') continue;
    setItem(context, item.messageId, { conversationId: null });
    storeItem(context, item.messageId);
  }
}

/**
 * Marks a message as failed: it is sent again only if the visitor retries it. `messageId` may be
 * `null`: no message is affected.
 */
export function failItem(
  context: StepContext,
  messageId: string | null,
  code: Problem['code'],
  message: string,
): void {
  const item = context.state.outbox.find((candidate) => candidate.messageId === messageId);
  if (!item) return;
  setItem(context, item.messageId, { at: { stage: 'failed' }, failure: { code, message } });
  storeItem(context, item.messageId);
  clearEchoTimer(context);
}

/** Fails messages whose conversation will not be opened. */
export function failStranded(context: StepContext): void {
  const { conversation, meta } = context.state;
  if (meta.routing) return;
  if (conversation && conversation.details.status !== 'ended') return;
  const code = conversation ? 'conversation-ended' : 'conversation-not-found';
  const message = 'The conversation ended before this message was sent.';
  const problem = refusalOf(context) ?? { code, message };
  for (const item of context.state.outbox) {
    // An unconfirmed message may still turn up in a catch-up while there is a conversation.
    if (item.at.stage !== 'queued' && !(item.at.stage === 'unconfirmed' && !conversation)) continue;
    failItem(context, item.messageId, problem.code, problem.message);
  }
}

export function retryMessage(context: StepContext, callId: number, messageId: string): void {
  const item = context.state.outbox.find((candidate) => candidate.messageId === messageId);
  if (!item) {
    // Its echo came before the call did.
    if (context.state.window.some((shown) => shown.messageId === messageId))
      context.resolve(callId);
    else context.reject(callId, 'unknown-message', 'This message no longer exists.');
    return;
  }
  if (item.at.stage !== 'failed') {
    context.reject(callId, 'not-failed', 'Only a failed message can be retried.');
    return;
  }
  // A retried message with an unknown outcome counts as new, and one that failed in a previous
  // conversation goes into the next one.
  const isOutcomeUnknown = item.failure?.code === 'unknown-outcome';
  const isOfPrevious = item.conversationId !== openConversation(context);
  // If the history is unavailable, the visitor has decided without it.
  const isUnverifiable = isOutcomeUnknown && context.policy?.isHistoryUnavailable(context);
  setItem(context, messageId, {
    at: isUnverifiable
      ? { stage: 'queued' }
      : { stage: 'unconfirmed', catchUpId: nextCatchUpId(context), isShownAsSent: false },
    failure: null,
    conversationId: isOutcomeUnknown || isOfPrevious ? null : item.conversationId,
  });
  storeItem(context, messageId);
  answerWhenStored(context, callId);
  const { conversation } = context.state;
  const isOpen = conversation !== null && conversation.details.status !== 'ended';
  if (!isOpen && restoreLastRouting(context)) {
    sendSessionFrame(context, 0);
    context.policy?.ensureConnection(context);
  }
  failStranded(context);
}

export function discardMessage(context: StepContext, callId: number, messageId: string): void {
  const item = context.state.outbox.find((candidate) => candidate.messageId === messageId);
  if (!item) {
    context.reject(callId, 'unknown-message', 'This message no longer exists.');
    return;
  }
  removeItem(context, item);
  context.store({ type: 'delete-outbox', messageId });
  context.change({ removed: [...context.state.changes.removed, messageId] });
  answerWhenStored(context, callId);
  clearEchoTimer(context);
}

/** The outbox is about to be deleted: rejects calls that wait for its writes. */
export function failStoring(context: StepContext, problem: Problem): void {
  for (const item of context.state.outbox) {
    if (item.at.stage === 'storing' && item.at.callId !== null) {
      context.answer(item.at.callId, { ok: false, problem });
    }
  }
  for (const { callId } of context.state.storeCalls) context.answer(callId, { ok: false, problem });
  setOutboxSlice(context, { storeCalls: [] });
}
