import type { GatewayMessage } from '../../../protocol/gateway/messages.ts';
import {
  comparePositions,
  type Message,
  type Position,
  withReadMark,
} from '../../../protocol/message.ts';
import type { StepContext } from '../context.ts';
import {
  type ConversationState,
  conversationAt,
  type Unsequenced,
  updateConversation,
} from '../conversation/state.ts';
import { stopTypingOf } from '../conversation/typing.ts';
import type { OutboxItem } from '../outbox/state.ts';
import type { Gap } from '../records.ts';
import { setTranscriptSlice } from './state.ts';
import { countUnread } from './unread.ts';
import {
  insertRow,
  isBelow,
  publishBelow,
  removeRow,
  replaceRow,
  updateGapMarker,
} from './window.ts';

/** Catch-ups after which a gap is no longer looked for. */
const maximumTries = 5;

/**
 * A message has arrived, live or by REST. It is shown once, in its place, however often it arrives.
 */
export function receive(
  context: StepContext,
  received: GatewayMessage,
  via: 'socket' | 'rest',
  ordinal = currentOrdinal(context),
): void {
  const message = context.policy?.matchOutgoing(context, received) ?? received;
  const conversation = conversationAt(context, ordinal);
  if (conversation?.details.conversationId !== message.conversationId) {
    context.note('invalid', 'Message of an unknown conversation ignored');
    return;
  }
  const isResent = wasResent(context, message);
  if (isResent && message.sequence === null) return;
  const known = isResent
    ? undefined
    : findShown(context, (shown) => isSame(context, shown, message));
  if (known) {
    context.raise({ type: 'acknowledged', messageId: known.messageId, isShown: true });
    const aliases = known.sequence === null ? context.policy?.newAliases(known, message) : null;
    if (aliases) replaceRow(context, { ...known, aliases });
    if (known.sequence === null && message.sequence !== null)
      assignSequence(context, ordinal, known, message);
    if (known.sequence === null || !isMissing(conversation, message)) return;
  }
  if (message.sequence !== null) dropUnsequenced(context, ordinal, message.messageId);
  else if (conversation.reorderBuffer.some((buffered) => buffered.messageId === message.messageId))
    return;
  if (message.sequence === null) {
    if (via === 'socket') bufferUnsequenced(context, conversation, message);
    else placeUnsequenced(context, ordinal, message);
    return;
  }
  const latest = conversationAt(context, ordinal) ?? conversation;
  if (message.sequence > conversation.next) {
    bufferSequenced(context, latest, message, via);
    return;
  }
  if (message.sequence < conversation.next) {
    fillOrIgnore(context, latest, message, message.sequence);
    return;
  }
  showNext(context, ordinal, message, 0);
  releaseBuffered(context, ordinal);
}

function currentOrdinal({ state: { conversation } }: StepContext): number {
  return conversation?.ordinal ?? 0;
}

/** Whether the row is this message, under any of its ids. */
function isSame(context: StepContext, row: Message, message: GatewayMessage): boolean {
  return row.messageId === message.messageId || context.policy?.isSame(row, message) === true;
}

function findShown(
  context: StepContext,
  predicate: (row: Message) => boolean,
): Message | undefined {
  return context.state.window.find(predicate);
}

function shownRow(context: StepContext, messageId: string): Message | undefined {
  return findShown(context, (row) => row.messageId === messageId);
}

/**
 * Whether the sequence is still missing. A reopened conversation counts from 1 again, although its
 * rows are already shown.
 */
function isMissing({ next, gaps }: ConversationState, { sequence }: GatewayMessage): boolean {
  if (sequence === null) return false;
  return sequence >= next || gaps.some(({ from, to }) => from <= sequence && sequence <= to);
}

/**
 * Whether the visitor has sent the message again, in a later conversation. It is shown there only.
 * Its sequence here is still consumed, so that there is no gap.
 */
function wasResent(context: StepContext, { messageId, conversationId }: GatewayMessage): boolean {
  const { window, outbox } = context.state;
  const row =
    outbox.find((item) => item.messageId === messageId && mayHaveBeenSent(item)) ??
    window.find((shown) => shown.messageId === messageId);
  return row !== undefined && row.conversationId !== null && row.conversationId !== conversationId;
}

/**
 * A message that is only queued has not been sent in the later conversation yet: it has arrived
 * here and need not be sent again.
 */
function mayHaveBeenSent({ at }: OutboxItem): boolean {
  if (at.stage === 'storing') return at.isRepeat;
  return at.stage !== 'failed' && at.stage !== 'queued';
}

// --- without sequences ---

/** Buffers the message briefly, since an earlier one may still be on its way. */
function bufferUnsequenced(
  context: StepContext,
  conversation: ConversationState,
  message: GatewayMessage,
): void {
  const { unsequencedBuffer } = conversation;
  if (unsequencedBuffer.some((buffered) => buffered.message.messageId === message.messageId))
    return;
  context.raise({ type: 'acknowledged', messageId: message.messageId, isShown: false });
  const { timing, limits } = context.state.settings;
  const due = context.clock.now + timing.unsequenced;
  updateConversation(context, {
    ...conversation,
    unsequencedBuffer: [...unsequencedBuffer, { message, due }],
  });
  if (unsequencedBuffer.length >= limits.reorderBuffer)
    flushUnsequenced(context, conversation.ordinal);
  else if (!context.hasTimer('unsequenced')) context.setTimer('unsequenced', timing.unsequenced);
}

/** Drops the buffered copy of a message that has arrived with a sequence. */
function dropUnsequenced(context: StepContext, ordinal: number, messageId: string): void {
  const conversation = conversationAt(context, ordinal);
  if (!conversation?.unsequencedBuffer.some((buffered) => buffered.message.messageId === messageId))
    return;
  const unsequencedBuffer = conversation.unsequencedBuffer.filter(
    (buffered) => buffered.message.messageId !== messageId,
  );
  updateConversation(context, { ...conversation, unsequencedBuffer });
}

/** The `unsequenced` timer: shows messages that have waited long enough, and those before them. */
export function onUnsequencedTimer(context: StepContext): void {
  const { conversation } = context.state;
  if (!conversation) return;
  const inOrder = [...conversation.unsequencedBuffer].sort(byTime);
  const last = inOrder.findLastIndex(({ due }) => due <= context.clock.now);
  placeBuffered(context, conversation, inOrder.slice(0, last + 1));
  const [next] = context.state.conversation?.unsequencedBuffer ?? [];
  if (next) context.setTimer('unsequenced', next.due - context.clock.now);
}

/** Shows everything in the unsequenced buffer of the current conversation. */
export function flushCurrentUnsequenced(context: StepContext): void {
  flushUnsequenced(context, currentOrdinal(context));
}

function flushUnsequenced(context: StepContext, ordinal: number): void {
  const conversation = conversationAt(context, ordinal);
  if (!conversation || conversation.unsequencedBuffer.length === 0) return;
  placeBuffered(context, conversation, [...conversation.unsequencedBuffer].sort(byTime));
  context.clearTimer('unsequenced');
}

function placeBuffered(
  context: StepContext,
  conversation: ConversationState,
  shown: readonly Unsequenced[],
): void {
  const unsequencedBuffer = conversation.unsequencedBuffer.filter(
    (buffered) => !shown.includes(buffered),
  );
  updateConversation(context, { ...conversation, unsequencedBuffer });
  for (const { message } of shown) placeUnsequenced(context, conversation.ordinal, message);
}

function byTime({ message: a }: Unsequenced, { message: b }: Unsequenced): number {
  return a.timestamp - b.timestamp || (a.messageId < b.messageId ? -1 : 1);
}

/** Places the message by its time: after the last sequenced row that is not newer. */
function placeUnsequenced(context: StepContext, ordinal: number, message: GatewayMessage): void {
  const { window } = context.state;
  if (window.some((row) => isSame(context, row, message))) return;
  const { timestamp } = message;
  const before = window.findLast(
    (row) => row.position[0] === ordinal && row.sequence !== null && row.timestamp <= timestamp,
  );
  const [first] = window;
  const lowest = first?.position[0] === ordinal ? Math.max(0, first.position[1] - 1) : 0;
  insert(context, ordinal, rowOf(message, [ordinal, before?.sequence ?? lowest, 1, timestamp]));
}

/** The row was shown without a sequence: now its place is known. */
function assignSequence(
  context: StepContext,
  ordinal: number,
  known: Message,
  message: GatewayMessage,
): void {
  const conversation = conversationAt(context, ordinal);
  if (!conversation || message.sequence === null) return;
  const { sequence } = message;
  removeRow(context, known);
  const row: Message = { ...known, sequence, position: [conversation.ordinal, sequence, 0, 0] };
  if (sequence < conversation.next) {
    const missingBefore = fillGap(context, conversation, sequence) ?? 0;
    insertRow(context, { ...row, missingBefore });
    return;
  }
  insertRow(context, { ...row, missingBefore: sequence - conversation.next });
  const gaps = gapsUpTo(conversation, sequence);
  const next = sequence + 1;
  const passed = conversation.reorderBuffer.filter((buffered) => (buffered.sequence ?? 0) < next);
  const reorderBuffer = conversation.reorderBuffer.filter((other) => !passed.includes(other));
  updateAndStore(context, { ...conversation, next, gaps, reorderBuffer });
  for (const buffered of passed) receive(context, buffered, 'rest', ordinal);
  releaseBuffered(context, ordinal);
}

// --- with sequences ---

/** Shows everything in the reorder buffer that directly follows. */
function releaseBuffered(context: StepContext, ordinal: number): void {
  for (;;) {
    const conversation = conversationAt(context, ordinal);
    const [next] = conversation?.reorderBuffer ?? [];
    if (!conversation || next?.sequence !== conversation.next) break;
    updateConversation(context, {
      ...conversation,
      reorderBuffer: conversation.reorderBuffer.slice(1),
    });
    showNext(context, ordinal, next, 0);
  }
  clearReorderTimer(context, ordinal);
}

/** Clears the `reorder` timer when nothing is missing. It belongs to the current conversation only. */
export function clearReorderTimer(context: StepContext, ordinal = currentOrdinal(context)): void {
  const { conversation, lastOrdinal } = context.state;
  if (conversation?.ordinal !== lastOrdinal || ordinal !== lastOrdinal) return;
  if (conversation.reorderBuffer.length + conversation.gaps.length === 0)
    context.clearTimer('reorder');
}

function bufferSequenced(
  context: StepContext,
  conversation: ConversationState,
  message: GatewayMessage,
  via: 'socket' | 'rest',
): void {
  if (!wasResent(context, message)) {
    context.raise({ type: 'acknowledged', messageId: message.messageId, isShown: false });
  }
  if (conversation.reorderBuffer.some((buffered) => buffered.sequence === message.sequence)) return;
  const reorderBuffer = [...conversation.reorderBuffer, message].sort(bySequence);
  updateConversation(context, { ...conversation, reorderBuffer });
  if (reorderBuffer.length > context.state.settings.limits.reorderBuffer) {
    flushReorderBuffer(context, null, conversation.ordinal);
    return;
  }
  // In a catch-up, a later page may have the missing message; its end flushes the buffer.
  if (via === 'socket') scheduleCatchUp(context, context.state.settings.timing.reorder);
}

/** Keeps an earlier deadline: an older gap may be scheduled for much later. */
function scheduleCatchUp(context: StepContext, delay: number): void {
  const { reorder } = context.state.timers;
  if (reorder === undefined || reorder > context.clock.now + delay)
    context.setTimer('reorder', delay);
}

function bySequence(a: GatewayMessage, b: GatewayMessage): number {
  return (a.sequence ?? 0) - (b.sequence ?? 0);
}

/**
 * A catch-up is over. REST does not have what is still missing, so the buffer is shown with gap
 * markers.
 *
 * @param newest timestamp of the newest fetched message; `null` when the catch-up failed
 */
export function flushReorderBuffer(
  context: StepContext,
  newest: number | null,
  ordinal = currentOrdinal(context),
): void {
  if (newest !== null) countGapTries(context, ordinal);
  showReorderBuffer(context, ordinal);
  const conversation = conversationAt(context, ordinal);
  if (!conversation) return;
  if (conversation.next === 1 && newest !== null && newest > conversation.completeUntil) {
    // Without sequences, only a catch-up shows that nothing is missing.
    updateAndStore(context, { ...conversation, completeUntil: newest });
  }
  scheduleGapFill(context, ordinal);
}

/** Shows everything in both buffers, with a marker at each gap. */
export function showReorderBuffer(context: StepContext, ordinal = currentOrdinal(context)): void {
  for (;;) {
    const conversation = conversationAt(context, ordinal);
    const next = conversation?.reorderBuffer[0];
    if (!conversation || !next || next.sequence === null) break;
    const reorderBuffer = conversation.reorderBuffer.slice(1);
    const gaps = gapsUpTo(conversation, next.sequence);
    updateAndStore(context, { ...conversation, reorderBuffer, gaps, next: next.sequence });
    showNext(context, ordinal, next, Math.max(0, next.sequence - conversation.next));
  }
  flushUnsequenced(context, ordinal);
}

/** The gaps once this sequence is shown as the newest. */
function gapsUpTo({ gaps, next }: ConversationState, sequence: number): readonly Gap[] {
  return sequence > next ? [...gaps, { from: next, to: sequence - 1, tries: 0 }] : gaps;
}

/** Looks for a gap again, with growing delays: servers can lag behind each other. */
function scheduleGapFill(context: StepContext, ordinal: number): void {
  const tries = conversationAt(context, ordinal)?.gaps.reduce(
    (least, gap) => Math.min(least, gap.tries),
    maximumTries,
  );
  if (tries === undefined || tries >= maximumTries) return;
  context.setTimer('reorder', context.state.settings.timing.reorder * 2 ** tries);
}

function countGapTries(context: StepContext, ordinal: number): void {
  const conversation = conversationAt(context, ordinal);
  if (!conversation || conversation.gaps.length === 0) return;
  const gaps = conversation.gaps.map((gap) => ({ ...gap, tries: gap.tries + 1 }));
  // A gap that can't be filled must not be part of every later catch-up.
  const completeUntil = hasOnlyAbandonedGaps(gaps)
    ? Math.max(conversation.completeUntil, conversation.newest)
    : conversation.completeUntil;
  updateAndStore(context, { ...conversation, gaps, completeUntil });
}

/** Whether no gap is left that is still looked for. */
function hasOnlyAbandonedGaps(gaps: readonly Gap[]): boolean {
  return gaps.every((gap) => gap.tries >= maximumTries);
}

/** The sequence is below the newest one: it fills a gap, or the message is known. */
function fillOrIgnore(
  context: StepContext,
  conversation: ConversationState,
  message: GatewayMessage,
  sequence: number,
): void {
  const position: Position = [conversation.ordinal, sequence, 0, 0];
  const row = rowOf(message, position);
  const missingBefore = fillGap(context, conversation, sequence);
  if (wasResent(context, message)) return;
  if (missingBefore !== null) {
    insert(context, conversation.ordinal, { ...row, missingBefore });
    return;
  }
  const [first] = context.state.window;
  // Messages in the window are known by id, so this is another one with the same sequence.
  if (first && comparePositions(position, first.position) >= 0) {
    insert(context, conversation.ordinal, row);
  } else if (context.state.outbox.some((item) => item.messageId === message.messageId)) {
    context.raise({ type: 'acknowledged', messageId: message.messageId, isShown: true });
    // Tabs show it as pending at the end, but its place is further up.
    publishBelow(context, withReadMark(row, conversation.readMark));
  }
}

/**
 * Removes the sequence from its gap. Returns how many are still missing just before it; `null` when
 * it was not missing.
 */
function fillGap(
  context: StepContext,
  conversation: ConversationState,
  sequence: number,
): number | null {
  const gap = conversation.gaps.find((other) => other.from <= sequence && sequence <= other.to);
  if (!gap) return null;
  const parts = [
    { ...gap, to: sequence - 1 },
    { ...gap, from: sequence + 1 },
  ].filter((part) => part.from <= part.to);
  const gaps = conversation.gaps.flatMap((other) => (other === gap ? parts : [other]));
  const completeUntil = hasOnlyAbandonedGaps(gaps)
    ? conversation.newest
    : conversation.completeUntil;
  updateAndStore(context, { ...conversation, gaps, completeUntil });
  clearReorderTimer(context, conversation.ordinal);
  updateGapMarker(context, conversation.ordinal, gap.to + 1, gap.to - sequence);
  return sequence - gap.from;
}

/** Shows the message as the newest. */
function showNext(
  context: StepContext,
  ordinal: number,
  message: GatewayMessage,
  missingBefore: number,
): void {
  // Messages without a sequence that came earlier stand above it.
  flushUnsequenced(context, ordinal);
  const conversation = conversationAt(context, ordinal);
  if (!conversation) return;
  const sequence = message.sequence ?? conversation.next;
  updateAndStore(context, {
    ...conversation,
    next: sequence + 1,
    newest: Math.max(conversation.newest, message.timestamp),
    completeUntil: hasOnlyAbandonedGaps(conversation.gaps)
      ? message.timestamp
      : conversation.completeUntil,
  });
  if (wasResent(context, message)) return;
  const row = rowOf(message, [conversation.ordinal, sequence, 0, 0]);
  insert(context, ordinal, { ...row, missingBefore });
}

// --- rows ---

export function rowOf(message: GatewayMessage, position: Position): Message {
  return {
    messageId: message.messageId,
    conversationId: message.conversationId,
    sequence: message.sequence,
    from: message.from,
    text: message.text,
    timestamp: message.timestamp,
    status: message.from.role === 'visitor' ? 'delivered' : 'received',
    failure: null,
    missingBefore: 0,
    position,
    ...(message.content ? { content: message.content } : {}),
    ...(message.aliases ? { aliases: message.aliases } : {}),
  };
}

function insert(context: StepContext, ordinal: number, row: Message): void {
  const conversation = conversationAt(context, ordinal);
  if (!conversation || shownRow(context, row.messageId)) return;
  const wasPending = context.state.outbox.some((item) => item.messageId === row.messageId);
  context.raise({ type: 'acknowledged', messageId: row.messageId, isShown: true });
  const marked = withReadMark(row, conversation.readMark);
  // The store counts rows below the window, and they are published when it has answered. A pending
  // row must leave the end of every tab at once.
  if (!isBelow(context, row)) countUnread(context, row);
  else if (wasPending) publishBelow(context, marked);
  insertRow(context, marked);
  if (row.from.role !== 'visitor') stopTypingOf(context, row.from.id);
  if (conversation.earlyReceipt === row.messageId) markReadByOther(context, row.messageId, ordinal);
}

function updateAndStore(context: StepContext, conversation: ConversationState): void {
  updateConversation(context, conversation);
  context.change({ conversation: true });
}

/** The other side has read this message of the visitor and every earlier one. */
export function markReadByOther(
  context: StepContext,
  messageId: string,
  ordinal = currentOrdinal(context),
): void {
  const { outbox } = context.state;
  const conversation = conversationAt(context, ordinal);
  if (!conversation) return;
  const message = shownRow(context, messageId);
  if (!message) {
    if (outbox.some((item) => item.messageId === messageId)) {
      updateConversation(context, { ...conversation, earlyReceipt: messageId });
    }
    return;
  }
  const { position } = message;
  const before = conversation.readMark;
  if (before && comparePositions(position, before.position) <= 0) return;
  const readMark = { conversationId: conversation.details.conversationId, position };
  updateAndStore(context, { ...conversation, readMark, earlyReceipt: null });
  setTranscriptSlice(context, {
    window: context.state.window.map((shown) => withReadMark(shown, readMark)),
  });
  context.change({ readMark });
}

/** Nothing is stored below the window: a row that fills a gap there would be isolated. */
export function removeGapsBelow(context: StepContext): void {
  const { conversation, previousConversations, window } = context.state;
  function withoutGaps(each: ConversationState): ConversationState {
    const first = window.find((row) => row.position[0] === each.ordinal);
    const lowest = first ? first.position[1] : each.next;
    // The gap right above the first row has its marker there, and is still looked for.
    return { ...each, gaps: each.gaps.filter(({ to }) => to >= lowest - 1) };
  }
  for (const each of [...previousConversations, ...(conversation ? [conversation] : [])]) {
    updateConversation(context, withoutGaps(each));
  }
  clearReorderTimer(context);
}
