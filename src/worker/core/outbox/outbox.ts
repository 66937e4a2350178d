import type { Problem } from '../../../protocol/errors.ts';
import { type Message, withReadMark } from '../../../protocol/message.ts';
import type { Call } from '../../../protocol/port.ts';
import { forgetParked } from '../connection/rest-requests.ts';
import type { Run } from '../context.ts';
import { ask } from '../conversation/conversation.ts';
import { refusalOf } from '../conversation/routing-check.ts';
import type { OutboxRecord } from '../records.ts';
import type { OutboxItem, OutboxStage } from '../state.ts';
import { nextRun } from '../transcript/catch-up.ts';
import { publishBelow } from '../transcript/window.ts';
import { pump } from './send-queue.ts';

/** Last in every transcript, in the order of sending. */
const pendingOrdinal = Number.MAX_SAFE_INTEGER;

export function outboxMessage(run: Run, item: OutboxItem): Message {
  return {
    messageId: item.messageId,
    conversationId: item.conversationId,
    sequence: null,
    from: { id: run.state.meta.subject ?? '', name: '', role: 'visitor' },
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
    case 'posting':
      return 'sent';
    case 'doubt':
      return item.at.wasSent ? 'sent' : 'pending';
    case 'held':
      return 'delivered';
    case 'storing':
    case 'queued':
      return 'pending';
  }
}

export function restoreOutbox(run: Run, records: readonly OutboxRecord[]): void {
  // Whether the former hub had sent them nobody knows.
  const outbox = records.map(
    (record): OutboxItem => ({ ...record, at: restoredStage(run, record) }),
  );
  run.set({
    outbox,
    lastOutboxOrdinal: records.reduce((highest, record) => Math.max(highest, record.ordinal), 0),
  });
}

function restoredStage(run: Run, record: OutboxRecord): OutboxStage {
  return record.failure
    ? { stage: 'failed' }
    : { stage: 'doubt', run: nextRun(run), wasSent: false };
}

export function setItem(run: Run, messageId: string, part: Partial<OutboxItem>): void {
  let changed: OutboxItem | null = null;
  const outbox = run.state.outbox.map((item) => {
    if (item.messageId !== messageId) return item;
    changed = { ...item, ...part };
    return changed;
  });
  if (!changed) return;
  run.set({ outbox });
  run.change({ upserts: [...run.state.changes.upserts, outboxMessage(run, changed)] });
}

export function storeItem(run: Run, messageId: string): void {
  const item = run.state.outbox.find((one) => one.messageId === messageId);
  if (!item) return;
  run.store({ type: 'put-outbox', record: recordOfItem(item) });
}

export function recordOfItem({ at: _, ...record }: OutboxItem): OutboxRecord {
  return record;
}

export function inFlight(run: Run): OutboxItem | undefined {
  return run.state.outbox.find((item) => item.at.stage === 'sent' || item.at.stage === 'posting');
}

/** Nothing is on its way: no echo is waited for. */
function settleEcho(run: Run): void {
  if (!inFlight(run)) run.clearTimer('echo');
}

/** The row leaves the outbox, wherever it was; whoever waits for its write is answered. */
function remove(run: Run, item: OutboxItem): void {
  run.set({ outbox: run.state.outbox.filter((one) => one !== item) });
  if (item.at.stage === 'storing' && item.at.callId !== null) {
    run.resolve(item.at.callId, item.messageId);
  }
}

function openConversation({ state: { conversation } }: Run): string | null {
  if (!conversation || conversation.conversation.status === 'ended') return null;
  return conversation.conversation.conversationId;
}

/** Takes a message in. It leaves, and its call is answered, once it is durable. */
export function enqueue(run: Run, callId: number, call: Extract<Call, { type: 'send' }>): void {
  const { messageId, text, reply, content } = call;
  const isRepeat = call.isRepeat === true;
  const ordinal = run.state.lastOutboxOrdinal + 1;
  const item: OutboxItem = {
    messageId,
    ordinal,
    conversationId: openConversation(run),
    text,
    timestamp: run.gatewayTime(),
    failure: null,
    ...(reply ? { reply } : {}),
    ...(content ? { content } : {}),
    at: { stage: 'storing', writeId: null, callId, isRepeat },
  };
  run.set({ outbox: [...run.state.outbox, item], lastOutboxOrdinal: ordinal });
  run.change({
    upserts: [...run.state.changes.upserts, outboxMessage(run, item)],
    durable: true,
  });
  run.store({ type: isRepeat ? 'add-outbox' : 'put-outbox', record: recordOfItem(item) });
}

/** The tick's writes are under way as `writeId`: what waits for them is marked with it. */
export function assignWrite(run: Run, writeId: number): void {
  run.set({
    outbox: run.state.outbox.map((item) =>
      item.at.stage === 'storing' && item.at.writeId === null
        ? { ...item, at: { ...item.at, writeId } }
        : item,
    ),
    storing: run.state.storing.map((one) => (one.writeId === null ? { ...one, writeId } : one)),
  });
}

/** `sent`: messages asked for again that the transcript has, far above what memory keeps of it. */
export function onStored(run: Run, writeId: number, sent: readonly Message[]): void {
  for (const row of sent) hasArrived(run, row);
  for (const item of run.state.outbox) {
    if (item.at.stage !== 'storing' || item.at.writeId !== writeId) continue;
    const { callId, isRepeat } = item.at;
    // The first time it may have gone out, and be so long ago that nobody here remembers.
    const at: OutboxStage = isRepeat
      ? { stage: 'doubt', run: nextRun(run), wasSent: false }
      : { stage: 'queued' };
    setItem(run, item.messageId, { at });
    if (callId !== null) run.resolve(callId, item.messageId);
  }
  for (const one of run.state.storing) if (one.writeId === writeId) run.resolve(one.callId);
  run.set({ storing: run.state.storing.filter((one) => one.writeId !== writeId) });
  // Whom to ask for what may have gone has left meanwhile.
  if (run.state.link.phase === 'idle') run.rules?.idling(run);
  failStranded(run);
  pump(run);
}

function hasArrived(run: Run, row: Message): void {
  const item = run.state.outbox.find((one) => one.messageId === row.messageId);
  if (item?.at.stage !== 'storing') return;
  remove(run, item);
  const { conversation, window } = run.state;
  // It came meanwhile, and its place is known.
  if (window.some((shown) => shown.messageId === row.messageId)) return;
  publishBelow(run, withReadMark(row, conversation?.readMark ?? null));
}

/** Answers the call once this tick's writes are durable. */
export function answerWhenStored(run: Run, callId: number): void {
  run.set({ storing: [...run.state.storing, { writeId: null, callId }] });
  run.change({ durable: true });
}

/** The gateway has it; its place in the transcript waits for an earlier message. */
export function acknowledgeHeld(run: Run, messageId: string): void {
  if (!run.state.outbox.some((item) => item.messageId === messageId)) return;
  setItem(run, messageId, { at: { stage: 'held' }, failure: null });
  settleEcho(run);
}

/** The gateway has it and it stands in the transcript: the row leaves the outbox, the key stays. */
export function acknowledge(run: Run, messageId: string): void {
  const item = run.state.outbox.find((one) => one.messageId === messageId);
  if (!item) return;
  remove(run, item);
  run.store({ type: 'delete-outbox', messageId });
  settleEcho(run);
  // Whatever was amiss with a message before it.
  if (run.state.link.phase === 'online') run.set({ problem: null });
}

/**
 * Another conversation is open: what has not gone into the former one goes into this one. Written
 * together with its record, so that a row never names a conversation that is older than the newest.
 */
export function forgetFormerPlaces(run: Run, conversationId: string): void {
  for (const item of run.state.outbox) {
    if (item.conversationId === null || item.conversationId === conversationId) continue;
    if (item.at.stage !== 'queued' && item.at.stage !== 'storing') continue;
    setItem(run, item.messageId, { conversationId: null });
    storeItem(run, item.messageId);
  }
}

/** The gateway does not know the conversation, so nothing has arrived there; what is posted it will refuse. */
export function forgetPlaces(run: Run): void {
  for (const item of run.state.outbox) {
    if (item.conversationId === null || item.at.stage === 'posting') continue;
    setItem(run, item.messageId, { conversationId: null });
    storeItem(run, item.messageId);
  }
}

/** Marks a message failed: it goes nowhere by itself, and the visitor decides. `null`: none is meant. */
export function failItem(
  run: Run,
  messageId: string | null,
  code: Problem['code'],
  message: string,
): void {
  const item = run.state.outbox.find((one) => one.messageId === messageId);
  if (!item) return;
  setItem(run, item.messageId, { at: { stage: 'failed' }, failure: { code, message } });
  storeItem(run, item.messageId);
  settleEcho(run);
}

/** Messages that wait for a conversation which will not come. */
export function failStranded(run: Run): void {
  const { conversation, meta } = run.state;
  if (meta.routing) return;
  if (conversation && conversation.conversation.status !== 'ended') return;
  const code = conversation ? 'conversation-ended' : 'conversation-not-found';
  const message = 'The conversation has ended before this was sent.';
  const problem = refusalOf(run) ?? { code, message };
  for (const item of run.state.outbox) {
    // A doubtful one may still turn up in a catch-up, as long as there is a conversation to ask for.
    if (item.at.stage !== 'queued' && !(item.at.stage === 'doubt' && !conversation)) continue;
    failItem(run, item.messageId, problem.code, problem.message);
  }
}

export function retryMessage(run: Run, callId: number, messageId: string): void {
  const item = run.state.outbox.find((one) => one.messageId === messageId);
  if (!item) {
    // Its echo came between the press of the button and here.
    if (run.state.window.some((shown) => shown.messageId === messageId)) run.resolve(callId);
    else run.reject(callId, 'unknown-message', 'There is no such message any more.');
    return;
  }
  if (item.at.stage !== 'failed') {
    run.reject(callId, 'not-failed', 'The message is on its way already.');
    return;
  }
  // One that nobody could tell about, and that the visitor wants all the same, is a message anew; and
  // one that failed in a former conversation goes into the next one.
  const isLost = item.failure?.code === 'unknown-outcome';
  const isFormers = item.conversationId !== openConversation(run);
  // Where it can't be looked up, the visitor has decided without.
  const isBlind = isLost && run.rules?.isBlind(run);
  setItem(run, messageId, {
    at: isBlind ? { stage: 'queued' } : { stage: 'doubt', run: nextRun(run), wasSent: false },
    failure: null,
    conversationId: isLost || isFormers ? null : item.conversationId,
  });
  storeItem(run, messageId);
  answerWhenStored(run, callId);
  const { conversation, meta } = run.state;
  const isOpen = conversation !== null && conversation.conversation.status !== 'ended';
  if (!isOpen && !meta.routing && meta.lastRouting) {
    run.set({ meta: { ...meta, routing: meta.lastRouting } });
    run.change({ meta: true });
    ask(run, 0);
    run.rules?.wakeLine(run);
  }
  failStranded(run);
  pump(run);
}

export function discardMessage(run: Run, callId: number, messageId: string): void {
  const item = run.state.outbox.find((one) => one.messageId === messageId);
  if (!item) {
    run.reject(callId, 'unknown-message', 'There is no such message any more.');
    return;
  }
  remove(run, item);
  const { at } = item;
  // It waits for a token, and would go out all the same.
  if (at.stage === 'posting') forgetParked(run, at.requestId);
  run.store({ type: 'delete-outbox', messageId });
  run.change({ removed: [...run.state.changes.removed, messageId] });
  answerWhenStored(run, callId);
  settleEcho(run);
  pump(run);
}

/** The outbox is about to be wiped: whoever waits for its writes is told. */
export function failStoring(run: Run, problem: Problem): void {
  for (const item of run.state.outbox) {
    if (item.at.stage === 'storing' && item.at.callId !== null) {
      run.answer(item.at.callId, { ok: false, problem });
    }
  }
  for (const { callId } of run.state.storing) run.answer(callId, { ok: false, problem });
  run.set({ storing: [] });
}

/** No conversation will be opened: nobody is left waiting for it. */
export function failStarting(run: Run, problem: Problem): void {
  for (const callId of run.state.starting) run.answer(callId, { ok: false, problem });
  run.set({ starting: [] });
}
