import type { Problem } from '../../../protocol/errors.ts';
import { type Message, withReadMark } from '../../../protocol/message.ts';
import type { Call } from '../../../protocol/port.ts';
import { cancelParkedRequest } from '../connection/rest-requests.ts';
import { setProblem } from '../connection/state.ts';
import type { StepContext } from '../context.ts';
import { restoreLastRouting, sendSessionFrame } from '../conversation/conversation.ts';
import { refusalOf } from '../conversation/routing-check.ts';
import type { OutboxRecord } from '../records.ts';
import { nextCatchUpId } from '../transcript/state.ts';
import { publishBelow } from '../transcript/window.ts';
import { type OutboxItem, type OutboxStage, setOutboxSlice } from './state.ts';

/** Last in every transcript, in the order of sending. */
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
      return item.at.wasSent ? 'sent' : 'pending';
    case 'acknowledged':
      return 'delivered';
    case 'storing':
    case 'queued':
      return 'pending';
  }
}

export function restoreOutbox(context: StepContext, records: readonly OutboxRecord[]): void {
  // Whether the former hub had sent them nobody knows.
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
    : { stage: 'unconfirmed', catchUpId: nextCatchUpId(context), wasSent: false };
}

export function setItem(context: StepContext, messageId: string, part: Partial<OutboxItem>): void {
  let changed: OutboxItem | null = null;
  const outbox = context.state.outbox.map((item) => {
    if (item.messageId !== messageId) return item;
    changed = { ...item, ...part };
    return changed;
  });
  if (!changed) return;
  setOutboxSlice(context, { outbox });
  context.change({ upserts: [...context.state.changes.upserts, outboxMessage(context, changed)] });
}

export function storeItem(context: StepContext, messageId: string): void {
  const item = context.state.outbox.find((candidate) => candidate.messageId === messageId);
  if (!item) return;
  context.store({ type: 'put-outbox', record: recordOfItem(item) });
}

export function recordOfItem({ at: _, ...record }: OutboxItem): OutboxRecord {
  return record;
}

export function inFlight(context: StepContext): OutboxItem | undefined {
  return context.state.outbox.find(
    (item) => item.at.stage === 'sent' || item.at.stage === 'sending-by-rest',
  );
}

/** Nothing is on its way: no echo is waited for. */
function clearEchoTimer(context: StepContext): void {
  if (!inFlight(context)) context.clearTimer('echo');
}

/** The row leaves the outbox, wherever it was; whoever waits for its write is answered. */
function remove(context: StepContext, item: OutboxItem): void {
  setOutboxSlice(context, { outbox: context.state.outbox.filter((other) => other !== item) });
  if (item.at.stage === 'storing' && item.at.callId !== null) {
    context.resolve(item.at.callId, item.messageId);
  }
}

function openConversation({ state: { conversation } }: StepContext): string | null {
  if (!conversation || conversation.details.status === 'ended') return null;
  return conversation.details.conversationId;
}

/** Takes a message in. It leaves, and its call is answered, once it is durable. */
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
    durable: true,
  });
  context.store({ type: isRepeat ? 'add-outbox' : 'put-outbox', record: recordOfItem(item) });
}

/** The tick's writes are under way as `writeId`: what waits for them is marked with it. */
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

/** `sent`: messages asked for again that the transcript has, far above what memory keeps of it. */
export function onStored(context: StepContext, writeId: number, sent: readonly Message[]): void {
  for (const row of sent) onFoundInTranscript(context, row);
  for (const item of context.state.outbox) {
    if (item.at.stage !== 'storing' || item.at.writeId !== writeId) continue;
    const { callId, isRepeat } = item.at;
    // The first time it may have gone out, and be so long ago that nobody here remembers.
    const at: OutboxStage = isRepeat
      ? { stage: 'unconfirmed', catchUpId: nextCatchUpId(context), wasSent: false }
      : { stage: 'queued' };
    setItem(context, item.messageId, { at });
    if (callId !== null) context.resolve(callId, item.messageId);
  }
  for (const call of context.state.storeCalls)
    if (call.writeId === writeId) context.resolve(call.callId);
  setOutboxSlice(context, {
    storeCalls: context.state.storeCalls.filter((call) => call.writeId !== writeId),
  });
  // Whom to ask for what may have gone has left meanwhile.
  if (context.state.connection.phase === 'idle') context.policy?.onIdle(context);
  failStranded(context);
}

function onFoundInTranscript(context: StepContext, row: Message): void {
  const item = context.state.outbox.find((candidate) => candidate.messageId === row.messageId);
  if (item?.at.stage !== 'storing') return;
  remove(context, item);
  const { conversation, window } = context.state;
  // It came meanwhile, and its place is known.
  if (window.some((shown) => shown.messageId === row.messageId)) return;
  publishBelow(context, withReadMark(row, conversation?.readMark ?? null));
}

/** Answers the call once this tick's writes are durable. */
export function answerWhenStored(context: StepContext, callId: number): void {
  setOutboxSlice(context, { storeCalls: [...context.state.storeCalls, { writeId: null, callId }] });
  context.change({ durable: true });
}

/** The gateway has it; its place in the transcript waits for an earlier message. */
export function acknowledgeBuffered(context: StepContext, messageId: string): void {
  if (!context.state.outbox.some((item) => item.messageId === messageId)) return;
  setItem(context, messageId, { at: { stage: 'acknowledged' }, failure: null });
  clearEchoTimer(context);
}

/** The gateway has it and it stands in the transcript: the row leaves the outbox, the key stays. */
export function acknowledge(context: StepContext, messageId: string): void {
  const item = context.state.outbox.find((candidate) => candidate.messageId === messageId);
  if (!item) return;
  remove(context, item);
  context.store({ type: 'delete-outbox', messageId });
  clearEchoTimer(context);
  // Whatever was amiss with a message before it.
  if (context.state.connection.phase === 'online') setProblem(context, null);
}

/**
 * Another conversation is open: what has not gone into the former one goes into this one. Written
 * together with its record, so that a row never names a conversation that is older than the newest.
 */
export function readdress(context: StepContext, conversationId: string): void {
  for (const item of context.state.outbox) {
    if (item.conversationId === null || item.conversationId === conversationId) continue;
    if (item.at.stage !== 'queued' && item.at.stage !== 'storing') continue;
    setItem(context, item.messageId, { conversationId: null });
    storeItem(context, item.messageId);
  }
}

/** The gateway does not know the conversation, so nothing has arrived there; what is posted it will refuse. */
export function clearAddresses(context: StepContext): void {
  for (const item of context.state.outbox) {
    if (item.conversationId === null || item.at.stage === 'sending-by-rest') continue;
    setItem(context, item.messageId, { conversationId: null });
    storeItem(context, item.messageId);
  }
}

/** Marks a message failed: it goes nowhere by itself, and the visitor decides. `null`: none is meant. */
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

/** Messages that wait for a conversation which will not come. */
export function failStranded(context: StepContext): void {
  const { conversation, meta } = context.state;
  if (meta.routing) return;
  if (conversation && conversation.details.status !== 'ended') return;
  const code = conversation ? 'conversation-ended' : 'conversation-not-found';
  const message = 'The conversation has ended before this was sent.';
  const problem = refusalOf(context) ?? { code, message };
  for (const item of context.state.outbox) {
    // A doubtful one may still turn up in a catch-up, as long as there is a conversation to ask for.
    if (item.at.stage !== 'queued' && !(item.at.stage === 'unconfirmed' && !conversation)) continue;
    failItem(context, item.messageId, problem.code, problem.message);
  }
}

export function retryMessage(context: StepContext, callId: number, messageId: string): void {
  const item = context.state.outbox.find((candidate) => candidate.messageId === messageId);
  if (!item) {
    // Its echo came between the press of the button and here.
    if (context.state.window.some((shown) => shown.messageId === messageId))
      context.resolve(callId);
    else context.reject(callId, 'unknown-message', 'There is no such message any more.');
    return;
  }
  if (item.at.stage !== 'failed') {
    context.reject(callId, 'not-failed', 'The message is on its way already.');
    return;
  }
  // One that nobody could tell about, and that the visitor wants all the same, is a message anew; and
  // one that failed in a former conversation goes into the next one.
  const isOutcomeUnknown = item.failure?.code === 'unknown-outcome';
  const isOfPrevious = item.conversationId !== openConversation(context);
  // Where it can't be looked up, the visitor has decided without.
  const isUnverifiable = isOutcomeUnknown && context.policy?.isHistoryUnavailable(context);
  setItem(context, messageId, {
    at: isUnverifiable
      ? { stage: 'queued' }
      : { stage: 'unconfirmed', catchUpId: nextCatchUpId(context), wasSent: false },
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
    context.reject(callId, 'unknown-message', 'There is no such message any more.');
    return;
  }
  remove(context, item);
  const { at } = item;
  // It waits for a token, and would go out all the same.
  if (at.stage === 'sending-by-rest') cancelParkedRequest(context, at.requestId);
  context.store({ type: 'delete-outbox', messageId });
  context.change({ removed: [...context.state.changes.removed, messageId] });
  answerWhenStored(context, callId);
  clearEchoTimer(context);
}

/** The outbox is about to be wiped: whoever waits for its writes is told. */
export function failStoring(context: StepContext, problem: Problem): void {
  for (const item of context.state.outbox) {
    if (item.at.stage === 'storing' && item.at.callId !== null) {
      context.answer(item.at.callId, { ok: false, problem });
    }
  }
  for (const { callId } of context.state.storeCalls) context.answer(callId, { ok: false, problem });
  setOutboxSlice(context, { storeCalls: [] });
}
