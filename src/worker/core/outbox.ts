import type { Routing } from '../../protocol/conversation.ts';
import type { Problem } from '../../protocol/errors.ts';
import type { RestFailure, RestResult } from '../../protocol/gateway.ts';
import { type Message, withReadMark } from '../../protocol/message.ts';
import type { Call } from '../../protocol/port.ts';
import { retryDelay } from './backoff.ts';
import { isSession, wakeLine } from './guest.ts';
import { paceWait } from './pace.ts';
import type { OutboxRecord } from './records.ts';
import { catchUp, nextRun } from './recovery.ts';
import { request, restPause } from './requests.ts';
import { refusalOf } from './routing.ts';
import type { Run } from './run.ts';
import { ask, onEnded, onNotFound } from './session.ts';
import type { OutboxItem, OutboxStage } from './state.ts';
import { receive } from './transcript.ts';
import { publishBelow } from './window.ts';

/** A gateway that names no time is left alone for this long. */
const quietByDefault = 1_000;
/** A gateway that names a longer time than this is not believed. */
const quietAtMost = 600_000;

const second = 1_000;

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

function setItem(run: Run, messageId: string, part: Partial<OutboxItem>): void {
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

function storeItem(run: Run, messageId: string): void {
  const item = run.state.outbox.find((one) => one.messageId === messageId);
  if (!item) return;
  run.store({ type: 'put-outbox', record: recordOfItem(item) });
}

export function recordOfItem({ at: _, ...record }: OutboxItem): OutboxRecord {
  return record;
}

function inFlight(run: Run): OutboxItem | undefined {
  return run.state.outbox.find((item) => item.at.stage === 'sent' || item.at.stage === 'posting');
}

function openConversation({ state: { conversation } }: Run): string | null {
  if (!conversation || conversation.conversation.status === 'ended') return null;
  return conversation.conversation.conversationId;
}

/** Takes a message in. It leaves, and its call is answered, once it is durable. */
export function enqueue(run: Run, callId: number, call: Extract<Call, { type: 'send' }>): void {
  const { messageId, text, reply } = call;
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
  failStranded(run);
  pump(run);
}

function hasArrived(run: Run, row: Message): void {
  const item = run.state.outbox.find((one) => one.messageId === row.messageId);
  if (item?.at.stage !== 'storing') return;
  if (item.at.callId !== null) run.resolve(item.at.callId, row.messageId);
  run.set({ outbox: run.state.outbox.filter((one) => one !== item) });
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

/**
 * Sends what may be sent: one unacknowledged message at a time, in the order of sending, since with
 * more on the way a single lost frame would turn their order round.
 */
export function pump(run: Run): void {
  const { link, conversation, breaker, outbox, quietUntil } = run.state;
  if (!conversation || conversation.conversation.status === 'ended') return;
  if (quietUntil !== null || inFlight(run)) return;
  const head = outbox.find((item) => item.at.stage !== 'failed' && item.at.stage !== 'held');
  if (!head || head.at.stage === 'storing') return;
  const { conversationId } = conversation.conversation;
  const { messageId, text } = head;
  if (link.phase === 'online') {
    if (link.session.stage !== 'conversation' || !link.session.caughtUp) return;
    if (head.at.stage === 'doubt') {
      lookForDoubts(run);
      return;
    }
    if (!isAddressed(run, head, conversationId) || !isInPace(run)) return;
    const wait = Math.max(paceWait(run, 'messages'), paceWait(run, 'requests'));
    if (wait > 0) {
      waitForPace(run, wait);
      return;
    }
    setItem(run, messageId, { at: { stage: 'sent' } });
    run.setTimer('echo', run.state.settings.timing.echo);
    run.emit({
      type: 'send',
      socketId: link.socketId,
      command: {
        type: 'send-message',
        conversationId,
        messageId,
        text,
        ...routingFor(run),
        ...(head.reply ? { reply: head.reply } : {}),
      },
    });
  } else if (breaker.open && run.state.settings.traits.restSend) {
    if (head.at.stage === 'doubt') {
      lookForDoubts(run);
      return;
    }
    if (run.hasTimer('rest-retry') || restPause(run) > 0) return;
    if (!isAddressed(run, head, conversationId) || !isInPace(run)) return;
    const requestId = request(run, { type: 'send-message', conversationId, messageId, text });
    setItem(run, messageId, { at: { stage: 'posting', requestId } });
  }
}

/** A gateway that is asked for no routing learns it from the messages. */
function routingFor({ state }: Run): { readonly routing?: Routing } {
  const { lastRouting } = state.meta;
  return isSession(state) && lastRouting ? { routing: lastRouting } : {};
}

/** As much as the gateway allows has gone: the visitor sees that it waits. */
function waitForPace(run: Run, wait: number): void {
  run.set({
    quietUntil: run.clock.now + wait,
    problem: {
      code: 'rate-limited',
      message: 'Messages wait a moment: too many were sent at once.',
    },
  });
  run.setTimer('rate', wait);
}

/**
 * Whether the store knows for good where the message goes. Otherwise it is told first: after a power
 * cut nobody would know any more whom to ask whether it has arrived.
 */
function isAddressed(run: Run, item: OutboxItem, conversationId: string): boolean {
  if (item.conversationId === conversationId) return true;
  const at = { stage: 'storing', writeId: null, callId: null, isRepeat: false } as const;
  setItem(run, item.messageId, { at, conversationId });
  storeItem(run, item.messageId);
  run.change({ durable: true });
  return false;
}

/** A page that floods us does not flood the gateway: what is beyond waits for the next second. */
function isInPace(run: Run): boolean {
  const { now } = run.clock;
  const { burst, settings } = run.state;
  const isOver = now - burst.since >= second;
  if (!isOver && burst.count >= settings.limits.sends) {
    const wait = burst.since + second - now;
    run.set({ quietUntil: now + wait });
    run.setTimer('rate', wait);
    return false;
  }
  run.set({ burst: isOver ? { since: now, count: 1 } : { ...burst, count: burst.count + 1 } });
  return true;
}

function lookForDoubts(run: Run): void {
  if (!run.state.recovery.active && !run.hasTimer('rest-retry')) catchUp(run);
}

/** The gateway has it; its place in the transcript waits for an earlier message. */
export function acknowledgeHeld(run: Run, messageId: string): void {
  if (!run.state.outbox.some((item) => item.messageId === messageId)) return;
  setItem(run, messageId, { at: { stage: 'held' }, failure: null });
  if (!inFlight(run)) run.clearTimer('echo');
}

/** The gateway has it and it stands in the transcript: the row leaves the outbox, the key stays. */
export function acknowledge(run: Run, messageId: string): void {
  const item = run.state.outbox.find((one) => one.messageId === messageId);
  if (!item) return;
  run.set({ outbox: run.state.outbox.filter((one) => one !== item) });
  if (item.at.stage === 'storing' && item.at.callId !== null) {
    run.resolve(item.at.callId, messageId);
  }
  run.store({ type: 'delete-outbox', messageId });
  if (!inFlight(run)) run.clearTimer('echo');
}

/** The `echo` timer: it may or may not have arrived, and REST knows. */
export function echoOverdue(run: Run): void {
  doubtEverything(run);
  catchUp(run);
}

function doubt(run: Run, item: OutboxItem): void {
  setItem(run, item.messageId, { at: { stage: 'doubt', run: nextRun(run), wasSent: true } });
}

/** What was on its way may have arrived. A REST request keeps its own outcome. */
export function doubtEverything(run: Run): void {
  for (const item of run.state.outbox) {
    if (item.at.stage === 'sent') {
      doubt(run, item);
    }
  }
}

/** Run number `run` is over, and whatever it has not brought had not arrived before it began. */
export function resolveDoubts(run: Run, runNumber: number): void {
  const { conversation } = run.state;
  if (conversation) failDoubtsOfFormer(run, conversation.conversation.conversationId);
  for (const item of run.state.outbox) {
    if (item.at.stage === 'doubt' && item.at.run <= runNumber) {
      setItem(run, item.messageId, { at: { stage: 'queued' } });
    }
  }
  failStranded(run);
}

/** What was sent into another conversation: whether it arrived there nobody can tell any more. */
export function failDoubtsOfFormer(run: Run, conversationId: string | null): void {
  for (const item of run.state.outbox) {
    if (item.at.stage !== 'doubt' || item.conversationId === null) continue;
    if (item.conversationId === conversationId) continue;
    failItem(
      run,
      item.messageId,
      'unknown-outcome',
      'The conversation has ended, and it is not known whether this arrived.',
    );
  }
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

/** The gateway does not know the conversation, so nothing has arrived there. */
export function forgetPlaces(run: Run): void {
  for (const item of run.state.outbox) {
    if (item.conversationId === null) continue;
    setItem(run, item.messageId, { conversationId: null });
    storeItem(run, item.messageId);
  }
}

/** REST has told what was missed, or can't: new messages may go out either way. */
export function catchUpAnswered(run: Run): void {
  const { link } = run.state;
  if (link.phase !== 'online' || link.session.stage !== 'conversation') return;
  if (!link.session.caughtUp) {
    run.setLink({ ...link, session: { stage: 'conversation', caughtUp: true } });
  }
  pump(run);
}

/** The answer to a message that went by REST. */
export function onPosted(run: Run, requestId: number, result: RestResult): void {
  const item = run.state.outbox.find(
    (one) => one.at.stage === 'posting' && one.at.requestId === requestId,
  );
  if (result.ok && result.value.type === 'message') {
    receive(run, result.value.message, 'rest');
  } else if (item && !result.ok) {
    onPostFailed(run, item, result.failure);
  }
  pump(run);
}

function onPostFailed(run: Run, item: OutboxItem, failure: RestFailure): void {
  switch (failure.kind) {
    case 'ended':
      onEnded(run);
      failItem(run, item.messageId, 'conversation-ended', 'The conversation has ended.');
      return;
    case 'too-long':
      failItem(run, item.messageId, 'message-too-long', 'The message is too long.');
      return;
    case 'rejected':
    case 'forbidden':
      failItem(run, item.messageId, 'rejected', failure.message);
      return;
    case 'not-found':
      setItem(run, item.messageId, { at: { stage: 'queued' } });
      onNotFound(run);
      return;
    case 'rate-limited':
      doubt(run, item);
      beQuiet(run, failure.retryAfter);
      return;
    case 'unauthorized':
    case 'unavailable':
    case 'network':
    case 'misfit':
      doubt(run, item);
      if (run.state.link.phase === 'signed-out') return;
      run.setTimer('rest-retry', Math.max(restPause(run), retryDelay(run, 0)));
      return;
  }
}

/** Marks a message failed: it goes nowhere by itself, and the visitor decides. */
export function failItem(
  run: Run,
  messageId: string,
  code: Problem['code'],
  message: string,
): void {
  if (!run.state.outbox.some((item) => item.messageId === messageId)) return;
  setItem(run, messageId, { at: { stage: 'failed' }, failure: { code, message } });
  storeItem(run, messageId);
  if (!inFlight(run)) run.clearTimer('echo');
}

/** Messages that wait for a conversation which will not come. */
export function failStranded(run: Run): void {
  const { conversation, meta } = run.state;
  if (meta.routing) return;
  if (conversation && conversation.conversation.status !== 'ended') return;
  const refusal = refusalOf(run);
  for (const item of run.state.outbox) {
    // A doubtful one may still turn up in a catch-up, as long as there is a conversation to ask for.
    if (item.at.stage !== 'queued' && !(item.at.stage === 'doubt' && !conversation)) continue;
    if (refusal) failItem(run, item.messageId, refusal.code, refusal.message);
    else
      failItem(
        run,
        item.messageId,
        conversation ? 'conversation-ended' : 'conversation-not-found',
        'The conversation has ended before this was sent.',
      );
  }
}

/** The gateway wants to be left alone for a while: no message is lost. */
export function beQuiet(run: Run, retryAfter: number | null): void {
  const pause = Math.min(Math.max(retryAfter ?? 0, quietByDefault), quietAtMost);
  run.set({ quietUntil: run.clock.now + pause });
  run.setTimer('rate', pause);
}

/** A message was refused for its rate only. It goes again later, asked for first as every resend. */
export function refusedForRate(
  run: Run,
  messageId: string | null,
  retryAfter: number | null,
): void {
  const item = run.state.outbox.find((one) => one.messageId === messageId);
  if (item?.at.stage === 'sent') {
    run.clearTimer('echo');
    doubt(run, item);
  }
  beQuiet(run, retryAfter);
}

/** The `rate` timer. */
export function quietOver(run: Run): void {
  const { problem } = run.state;
  run.set({ quietUntil: null, problem: problem?.code === 'rate-limited' ? null : problem });
  pump(run);
}

export function retryMessage(run: Run, callId: number, messageId: string): void {
  const item = run.state.outbox.find((one) => one.messageId === messageId);
  if (!item) {
    // Its echo came between the press of the button and here.
    if (run.state.window.some((shown) => shown.messageId === messageId)) run.resolve(callId);
    else run.reject(callId, 'unknown-message', 'There is no such message to send again.');
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
  setItem(run, messageId, {
    at: { stage: 'doubt', run: nextRun(run), wasSent: false },
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
    wakeLine(run);
  }
  failStranded(run);
  pump(run);
}

/** The message that an error without a name can only be about, since there is one on its way. */
export function soleSent(run: Run): string | null {
  return run.state.outbox.find((item) => item.at.stage === 'sent')?.messageId ?? null;
}

export function discardMessage(run: Run, callId: number, messageId: string): void {
  const item = run.state.outbox.find((one) => one.messageId === messageId);
  if (!item) {
    run.reject(callId, 'unknown-message', 'There is no such message to discard.');
    return;
  }
  if (item.at.stage === 'storing' && item.at.callId !== null) {
    run.resolve(item.at.callId, messageId);
  }
  run.set({ outbox: run.state.outbox.filter((one) => one !== item) });
  run.store({ type: 'delete-outbox', messageId });
  run.change({ removed: [...run.state.changes.removed, messageId] });
  answerWhenStored(run, callId);
  if (!inFlight(run)) run.clearTimer('echo');
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
