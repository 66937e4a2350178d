import type { GatewayMessage } from '../../../protocol/gateway.ts';
import {
  comparePositions,
  type Message,
  type Position,
  withReadMark,
} from '../../../protocol/message.ts';
import type { Run } from '../context.ts';
import { heardFrom } from '../conversation/typing.ts';
import { acknowledge, acknowledgeHeld } from '../outbox/outbox.ts';
import type { Hole } from '../records.ts';
import type { ConversationState, OutboxItem, Unsettled } from '../state.ts';
import { catchUp } from './catch-up.ts';
import { countUnread } from './unread.ts';
import { insertRow, isBelow, markBehind, publishBelow, removeRow, replaceRow } from './window.ts';

/** Catch-ups after which a hole that nobody can fill is no longer looked for. */
const maximumTries = 5;

/** A message has come, live or by REST: shown once, in its place, however often it comes. */
export function receive(run: Run, told: GatewayMessage, via: 'socket' | 'rest'): void {
  const message = run.rules?.recognise(run, told) ?? told;
  const { conversation } = run.state;
  if (conversation?.conversation.conversationId !== message.conversationId) {
    run.note('misfit', 'a message of a conversation that is not ours');
    return;
  }
  const isAnew = wasSentAnew(run, message);
  if (isAnew && message.sequence === null) return;
  const known = isAnew ? undefined : findShown(run, (shown) => isSame(run, shown, message));
  if (known) {
    acknowledge(run, known.messageId);
    const aliases = known.sequence === null ? run.rules?.moreAliases(known, message) : null;
    if (aliases) replaceRow(run, { ...known, aliases });
    if (known.sequence === null && message.sequence !== null) sequenceLate(run, known, message);
    if (known.sequence === null || !isAwaited(conversation, message)) return;
  }
  if (message.sequence !== null) forgetUnsettled(run, message.messageId);
  else if (conversation.held.some((held) => held.messageId === message.messageId)) return;
  if (message.sequence === null) {
    if (via === 'socket') settleLater(run, conversation, message);
    else placeUnsequenced(run, message);
    return;
  }
  const settled = run.state.conversation ?? conversation;
  if (message.sequence > conversation.next) {
    hold(run, settled, message, via);
    return;
  }
  if (message.sequence < conversation.next) {
    fillOrIgnore(run, settled, message, message.sequence);
    return;
  }
  show(run, message, 0);
  releaseHeld(run);
}

/** Whether a row is that message, however the gateway calls it. */
function isSame(run: Run, row: Message, message: GatewayMessage): boolean {
  return row.messageId === message.messageId || run.rules?.isSame(row, message) === true;
}

function findShown(run: Run, isIt: (row: Message) => boolean): Message | undefined {
  return run.state.window.find(isIt);
}

function shownRow(run: Run, messageId: string): Message | undefined {
  return findShown(run, (row) => row.messageId === messageId);
}

/** A conversation that is open again counts anew, though its rows are shown already. */
function isAwaited({ next, holes }: ConversationState, { sequence }: GatewayMessage): boolean {
  if (sequence === null) return false;
  return sequence >= next || holes.some(({ from, to }) => from <= sequence && sequence <= to);
}

/**
 * The visitor has sent it again, into a later conversation: there it is shown, and only there. Its
 * number here is taken all the same, so that nothing seems to be missing.
 */
function wasSentAnew(run: Run, { messageId, conversationId }: GatewayMessage): boolean {
  const { window, outbox } = run.state;
  const row =
    outbox.find((item) => item.messageId === messageId && mayHaveLeft(item)) ??
    window.find((shown) => shown.messageId === messageId);
  return row !== undefined && row.conversationId !== null && row.conversationId !== conversationId;
}

/** What only waits for its turn has not been sent anew: here it is, and need not go again. */
function mayHaveLeft({ at }: OutboxItem): boolean {
  if (at.stage === 'storing') return at.isRepeat;
  return at.stage !== 'failed' && at.stage !== 'queued';
}

// --- without sequences ---

/** Held for a moment, since one that it overtook may be on its way. */
function settleLater(run: Run, conversation: ConversationState, message: GatewayMessage): void {
  const { unsettled } = conversation;
  if (unsettled.some((one) => one.message.messageId === message.messageId)) return;
  acknowledgeHeld(run, message.messageId);
  const { timing, limits } = run.state.settings;
  const due = run.clock.now + timing.shortHold;
  run.set({ conversation: { ...conversation, unsettled: [...unsettled, { message, due }] } });
  if (unsettled.length >= limits.held) settleAll(run);
  else if (!run.hasTimer('short-hold')) run.setTimer('short-hold', timing.shortHold);
}

/** A copy with a sequence is there. */
function forgetUnsettled(run: Run, messageId: string): void {
  const { conversation } = run.state;
  if (!conversation?.unsettled.some((one) => one.message.messageId === messageId)) return;
  const unsettled = conversation.unsettled.filter((one) => one.message.messageId !== messageId);
  run.set({ conversation: { ...conversation, unsettled } });
}

/** The `short-hold` timer: who has waited long enough is shown, and whoever stands before them. */
export function shortHoldOver(run: Run): void {
  const { conversation } = run.state;
  if (!conversation) return;
  const inOrder = [...conversation.unsettled].sort(byTime);
  const last = inOrder.findLastIndex(({ due }) => due <= run.clock.now);
  settle(run, conversation, inOrder.slice(0, last + 1));
  const [next] = run.state.conversation?.unsettled ?? [];
  if (next) run.setTimer('short-hold', next.due - run.clock.now);
}

/** Nobody is waited for any longer. */
export function settleAll(run: Run): void {
  const { conversation } = run.state;
  if (!conversation || conversation.unsettled.length === 0) return;
  settle(run, conversation, [...conversation.unsettled].sort(byTime));
  run.clearTimer('short-hold');
}

function settle(run: Run, conversation: ConversationState, shown: readonly Unsettled[]): void {
  const unsettled = conversation.unsettled.filter((one) => !shown.includes(one));
  run.set({ conversation: { ...conversation, unsettled } });
  for (const { message } of shown) placeUnsequenced(run, message);
}

function byTime({ message: a }: Unsettled, { message: b }: Unsettled): number {
  return a.timestamp - b.timestamp || (a.messageId < b.messageId ? -1 : 1);
}

/** By its time: behind the last sequenced one that is not newer. */
function placeUnsequenced(run: Run, message: GatewayMessage): void {
  const { conversation, window } = run.state;
  if (!conversation || window.some((row) => isSame(run, row, message))) return;
  const { ordinal } = conversation;
  const { timestamp } = message;
  const before = window.findLast(
    (row) => row.position[0] === ordinal && row.sequence !== null && row.timestamp <= timestamp,
  );
  const [first] = window;
  const lowest = first?.position[0] === ordinal ? Math.max(0, first.position[1] - 1) : 0;
  insert(run, rowOf(message, [ordinal, before?.sequence ?? lowest, 1, timestamp]));
}

/** A copy came without a sequence before: now its true place is known. */
function sequenceLate(run: Run, known: Message, message: GatewayMessage): void {
  const { conversation } = run.state;
  if (!conversation || message.sequence === null) return;
  const { sequence } = message;
  removeRow(run, known);
  const row: Message = { ...known, sequence, position: [conversation.ordinal, sequence, 0, 0] };
  if (sequence < conversation.next) {
    const missingBefore = fillHole(run, conversation, sequence) ?? 0;
    insertRow(run, { ...row, missingBefore });
    return;
  }
  insertRow(run, { ...row, missingBefore: sequence - conversation.next });
  const holes = holesUpTo(conversation, sequence);
  const next = sequence + 1;
  const overtaken = conversation.held.filter((held) => (held.sequence ?? 0) < next);
  const held = conversation.held.filter((other) => !overtaken.includes(other));
  update(run, { ...conversation, next, holes, held });
  for (const one of overtaken) receive(run, one, 'rest');
  releaseHeld(run);
}

// --- with sequences ---

/** The next one, and everything held right behind it. */
function releaseHeld(run: Run): void {
  for (;;) {
    const { conversation } = run.state;
    const [next] = conversation?.held ?? [];
    if (!conversation || next?.sequence !== conversation.next) break;
    run.set({ conversation: { ...conversation, held: conversation.held.slice(1) } });
    show(run, next, 0);
  }
  forgetHold(run);
}

/** Nothing is missing any more. The timer is the present conversation's, not a former one's. */
export function forgetHold(run: Run): void {
  const { conversation, lastOrdinal } = run.state;
  if (conversation?.ordinal !== lastOrdinal) return;
  if (conversation.held.length + conversation.holes.length === 0) run.clearTimer('hold');
}

function hold(
  run: Run,
  conversation: ConversationState,
  message: GatewayMessage,
  via: 'socket' | 'rest',
): void {
  if (!wasSentAnew(run, message)) acknowledgeHeld(run, message.messageId);
  if (conversation.held.some((held) => held.sequence === message.sequence)) return;
  const held = [...conversation.held, message].sort(bySequence);
  run.set({ conversation: { ...conversation, held } });
  if (held.length > run.state.settings.limits.held) {
    settleHeld(run, null);
    return;
  }
  // In a catch-up the missing one may be on a page still to come; its end settles what is held.
  if (via === 'socket') askIn(run, run.state.settings.timing.hold);
}

/** At the latest: an older hole may be looked for much later. */
function askIn(run: Run, delay: number): void {
  const { hold } = run.state.timers;
  if (hold === undefined || hold > run.clock.now + delay) run.setTimer('hold', delay);
}

function bySequence(a: GatewayMessage, b: GatewayMessage): number {
  return (a.sequence ?? 0) - (b.sequence ?? 0);
}

/** The `hold` timer: the missing one does not come by itself. */
export function holdOverdue(run: Run): void {
  catchUp(run);
}

/**
 * A catch-up is over: what is still missing REST does not have, so the rest is shown with a mark.
 * `newest` is the newest timestamp that the catch-up brought; `null` when it could not be made.
 */
export function settleHeld(run: Run, newest: number | null): void {
  if (newest !== null) countTries(run);
  showHeld(run);
  const { conversation } = run.state;
  if (!conversation) return;
  if (conversation.next === 1 && newest !== null && newest > conversation.completeUntil) {
    // Without sequences only a catch-up tells that nothing is missing.
    update(run, { ...conversation, completeUntil: newest });
  }
  scheduleMending(run);
}

/** Everything that is held, with a mark where something is missing. */
export function showHeld(run: Run): void {
  for (;;) {
    const { conversation } = run.state;
    const next = conversation?.held[0];
    if (!conversation || !next || next.sequence === null) break;
    const held = conversation.held.slice(1);
    const holes = holesUpTo(conversation, next.sequence);
    update(run, { ...conversation, held, holes, next: next.sequence });
    show(run, next, Math.max(0, next.sequence - conversation.next));
  }
  settleAll(run);
}

/** What is missing once that one is shown as the newest. */
function holesUpTo({ holes, next }: ConversationState, sequence: number): readonly Hole[] {
  return sequence > next ? [...holes, { from: next, to: sequence - 1, tries: 0 }] : holes;
}

/** Looks for a hole again, ever more seldom: servers can lag behind each other. */
function scheduleMending(run: Run): void {
  const tries = run.state.conversation?.holes.reduce(
    (least, hole) => Math.min(least, hole.tries),
    maximumTries,
  );
  if (tries === undefined || tries >= maximumTries) return;
  run.setTimer('hold', run.state.settings.timing.hold * 2 ** tries);
}

function countTries(run: Run): void {
  const { conversation } = run.state;
  if (!conversation || conversation.holes.length === 0) return;
  const holes = conversation.holes.map((hole) => ({ ...hole, tries: hole.tries + 1 }));
  // A hole that stays is not asked for at every catch-up until the end of days.
  const completeUntil = isComplete(holes)
    ? Math.max(conversation.completeUntil, conversation.newest)
    : conversation.completeUntil;
  update(run, { ...conversation, holes, completeUntil });
}

/** Nothing is missing that anybody could still bring. */
function isComplete(holes: readonly Hole[]): boolean {
  return holes.every((hole) => hole.tries >= maximumTries);
}

/** Below what is shown: it mends a hole, or we have it already. */
function fillOrIgnore(
  run: Run,
  conversation: ConversationState,
  message: GatewayMessage,
  sequence: number,
): void {
  const position: Position = [conversation.ordinal, sequence, 0, 0];
  const row = rowOf(message, position);
  const missingBefore = fillHole(run, conversation, sequence);
  if (wasSentAnew(run, message)) return;
  if (missingBefore !== null) {
    insert(run, { ...row, missingBefore });
    return;
  }
  const [first] = run.state.window;
  // Inside the window every message is known by its id, so this is another one of that number.
  if (first && comparePositions(position, first.position) >= 0) insert(run, row);
  else if (run.state.outbox.some((item) => item.messageId === message.messageId)) {
    acknowledge(run, message.messageId);
    // Tabs show it last, as one that waits: its place is further up.
    publishBelow(run, withReadMark(row, conversation.readMark));
  }
}

/**
 * A missing one is there. Returns how many are still missing just before it; `null` when it was not
 * missing.
 */
function fillHole(run: Run, conversation: ConversationState, sequence: number): number | null {
  const hole = conversation.holes.find((one) => one.from <= sequence && sequence <= one.to);
  if (!hole) return null;
  const parts = [
    { ...hole, to: sequence - 1 },
    { ...hole, from: sequence + 1 },
  ].filter((part) => part.from <= part.to);
  const holes = conversation.holes.flatMap((one) => (one === hole ? parts : [one]));
  const completeUntil = isComplete(holes) ? conversation.newest : conversation.completeUntil;
  update(run, { ...conversation, holes, completeUntil });
  forgetHold(run);
  markBehind(run, conversation.ordinal, hole.to + 1, hole.to - sequence);
  return sequence - hole.from;
}

/** The next one in sequence. */
function show(run: Run, message: GatewayMessage, missingBefore: number): void {
  // Whatever came before it and has no sequence stands above it.
  settleAll(run);
  const { conversation } = run.state;
  if (!conversation) return;
  const sequence = message.sequence ?? conversation.next;
  update(run, {
    ...conversation,
    next: sequence + 1,
    newest: Math.max(conversation.newest, message.timestamp),
    completeUntil: isComplete(conversation.holes) ? message.timestamp : conversation.completeUntil,
  });
  if (wasSentAnew(run, message)) return;
  const row = rowOf(message, [conversation.ordinal, sequence, 0, 0]);
  insert(run, { ...row, missingBefore });
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

function insert(run: Run, row: Message): void {
  const { conversation } = run.state;
  if (!conversation || shownRow(run, row.messageId)) return;
  const waited = run.state.outbox.some((item) => item.messageId === row.messageId);
  acknowledge(run, row.messageId);
  const marked = withReadMark(row, conversation.readMark);
  // Those below the window are counted by the store, and told when it has answered: but one that
  // waited leaves the end of every tab at once.
  if (!isBelow(run, row)) countUnread(run, row);
  else if (waited) publishBelow(run, marked);
  insertRow(run, marked);
  if (row.from.role !== 'visitor') heardFrom(run, row.from.id);
  if (conversation.readAhead === row.messageId) readBy(run, row.messageId);
}

function update(run: Run, conversation: ConversationState): void {
  run.set({ conversation });
  run.change({ conversation: true });
}

/** The other side has read this message of the visitor's, and every earlier one. */
export function readBy(run: Run, messageId: string): void {
  const { conversation, outbox } = run.state;
  if (!conversation) return;
  const message = shownRow(run, messageId);
  if (!message) {
    // The echo may still be on its way.
    if (outbox.some((item) => item.messageId === messageId)) {
      run.set({ conversation: { ...conversation, readAhead: messageId } });
    }
    return;
  }
  const { position } = message;
  const before = conversation.readMark;
  if (before && comparePositions(position, before.position) <= 0) return;
  const readMark = { conversationId: conversation.conversation.conversationId, position };
  update(run, { ...conversation, readMark, readAhead: null });
  run.set({ window: run.state.window.map((shown) => withReadMark(shown, readMark)) });
  run.change({ readMark });
}
