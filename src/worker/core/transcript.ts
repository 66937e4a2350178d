import type { GatewayMessage } from '../../protocol/gateway.ts';
import {
  comparePlaces,
  comparePositions,
  type Message,
  type Position,
  placeIndex,
  withReadMark,
} from '../../protocol/message.ts';
import { acknowledge, acknowledgeHeld } from './outbox.ts';
import type { Hole } from './records.ts';
import { catchUp } from './recovery.ts';
import type { Run } from './run.ts';
import type { ConversationState } from './state.ts';
import { heardFrom } from './typing.ts';

/** Catch-ups after which a hole that nobody can fill is no longer looked for. */
const maximumTries = 5;

/** A message has come, live or by REST: shown once, in its place, however often it comes. */
export function receive(run: Run, message: GatewayMessage, via: 'socket' | 'rest'): void {
  const { conversation } = run.state;
  if (conversation?.conversation.conversationId !== message.conversationId) {
    run.note('misfit', 'a message of a conversation that is not ours');
    return;
  }
  const known = run.state.window.find((shown) => shown.messageId === message.messageId);
  if (known) {
    acknowledge(run, message.messageId);
    if (known.sequence === null && message.sequence !== null) sequenceLate(run, known, message);
    return;
  }
  if (message.sequence === null) {
    placeUnsequenced(run, conversation, message);
    return;
  }
  if (message.sequence > conversation.next) {
    hold(run, conversation, message, via);
    return;
  }
  if (message.sequence < conversation.next) {
    fillOrIgnore(run, conversation, message, message.sequence);
    return;
  }
  show(run, conversation, message, 0);
  releaseHeld(run);
}

function placeUnsequenced(
  run: Run,
  conversation: ConversationState,
  message: GatewayMessage,
): void {
  const position: Position = [conversation.ordinal, conversation.next - 1, 1, message.timestamp];
  const place = { position, messageId: message.messageId };
  const first = run.state.window[0];
  if (first && run.state.hasEarlier && comparePlaces(place, first) < 0) {
    // Below the window only the store knows whether it is there already.
    acknowledge(run, message.messageId);
    const row = toMessage(message, position, 0);
    run.store({ type: 'add-message', message: row });
    publishBelow(run, row);
    return;
  }
  insert(run, conversation, message, position, 0);
}

/** A copy came without a sequence before: now its true place is known. */
function sequenceLate(run: Run, known: Message, message: GatewayMessage): void {
  const { conversation } = run.state;
  if (!conversation || message.sequence === null) return;
  run.set({ window: run.state.window.filter((shown) => shown !== known) });
  run.change({ removed: [...run.state.changes.removed, known.messageId] });
  const position: Position = [conversation.ordinal, message.sequence, 0, 0];
  const moved = { ...known, sequence: message.sequence, position };
  insertMessage(run, moved);
  if (message.sequence >= conversation.next) {
    const holes =
      message.sequence > conversation.next
        ? [...conversation.holes, { from: conversation.next, to: message.sequence - 1, tries: 0 }]
        : conversation.holes;
    const next = message.sequence + 1;
    const overtaken = conversation.held.filter((held) => (held.sequence ?? 0) < next);
    const held = conversation.held.filter((other) => !overtaken.includes(other));
    update(run, { ...conversation, next, holes, held });
    for (const one of overtaken) receive(run, one, 'rest');
    releaseHeld(run);
  }
}

/** The next one, and everything held right behind it. */
function releaseHeld(run: Run): void {
  for (;;) {
    const { conversation } = run.state;
    const next = conversation?.held.find((held) => held.sequence === conversation.next);
    if (!conversation || !next) break;
    const held = conversation.held.filter((other) => other !== next);
    update(run, { ...conversation, held });
    show(run, { ...conversation, held }, next, 0);
  }
  const { conversation } = run.state;
  if (conversation && conversation.held.length === 0) {
    if (conversation.holes.length === 0) run.clearTimer('hold');
  }
}

function hold(
  run: Run,
  conversation: ConversationState,
  message: GatewayMessage,
  via: 'socket' | 'rest',
): void {
  acknowledgeHeld(run, message.messageId);
  if (conversation.held.some((held) => held.sequence === message.sequence)) return;
  const held = [...conversation.held, message].sort(bySequence);
  update(run, { ...conversation, held });
  if (held.length > run.state.settings.limits.held) {
    settleHeld(run, null);
    return;
  }
  // In a catch-up the missing one may be on a page still to come; its end settles what is held.
  if (via === 'socket' && !run.hasTimer('hold')) {
    run.setTimer('hold', run.state.settings.timing.hold);
  }
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
  const before = run.state.conversation;
  if (!before) return;
  if (newest !== null) countTries(run);
  for (;;) {
    const { conversation } = run.state;
    const next = conversation?.held[0];
    if (!conversation || !next || next.sequence === null) break;
    const hole: Hole = { from: conversation.next, to: next.sequence - 1, tries: 0 };
    const held = conversation.held.slice(1);
    const holes = hole.from > hole.to ? conversation.holes : [...conversation.holes, hole];
    const updated = { ...conversation, held, holes, next: next.sequence };
    update(run, updated);
    show(run, updated, next, Math.max(0, hole.to - hole.from + 1));
  }
  const { conversation } = run.state;
  if (!conversation) return;
  if (conversation.next === 1 && newest !== null && newest > conversation.completeUntil) {
    // Without sequences only a catch-up tells that nothing is missing.
    update(run, { ...conversation, completeUntil: newest });
  }
  scheduleMending(run);
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
  const hole = conversation.holes.find((one) => one.from <= sequence && sequence <= one.to);
  const position: Position = [conversation.ordinal, sequence, 0, 0];
  if (!hole) {
    const first = run.state.window[0];
    const isBelow = !first || comparePositions(position, first.position) < 0;
    // Inside the window every message is known by its id, so this is another one of that number.
    if (isBelow) acknowledge(run, message.messageId);
    else insert(run, conversation, message, position, 0);
    return;
  }
  const parts = [
    { ...hole, to: sequence - 1 },
    { ...hole, from: sequence + 1 },
  ].filter((part) => part.from <= part.to);
  const holes = conversation.holes.flatMap((one) => (one === hole ? parts : [one]));
  const completeUntil = isComplete(holes) ? conversation.newest : conversation.completeUntil;
  const updated = { ...conversation, holes, completeUntil };
  update(run, updated);
  const missing = parts.find((part) => part.to === sequence - 1);
  insert(run, updated, message, position, missing ? missing.to - missing.from + 1 : 0);
  const after = parts.find((part) => part.from === sequence + 1);
  mark(run, conversation.ordinal, hole.to + 1, after ? after.to - after.from + 1 : 0);
}

/** Corrects what is told before the message behind a hole. */
function mark(run: Run, ordinal: number, sequence: number, missingBefore: number): void {
  const shown = run.state.window.find(
    (message) => message.position[0] === ordinal && message.sequence === sequence,
  );
  if (shown) replace(run, { ...shown, missingBefore });
  else run.store({ type: 'mark-message', position: [ordinal, sequence, 0, 0], missingBefore });
}

/** The next one in sequence. */
function show(
  run: Run,
  conversation: ConversationState,
  message: GatewayMessage,
  missingBefore: number,
): void {
  const sequence = message.sequence ?? conversation.next;
  const newest = Math.max(conversation.newest, message.timestamp);
  const updated: ConversationState = {
    ...conversation,
    next: sequence + 1,
    newest,
    completeUntil: isComplete(conversation.holes) ? message.timestamp : conversation.completeUntil,
  };
  update(run, updated);
  insert(run, updated, message, [conversation.ordinal, sequence, 0, 0], missingBefore);
}

function toMessage(message: GatewayMessage, position: Position, missingBefore: number): Message {
  return {
    messageId: message.messageId,
    conversationId: message.conversationId,
    sequence: message.sequence,
    from: message.from,
    text: message.text,
    timestamp: message.timestamp,
    status: message.from.role === 'visitor' ? 'delivered' : 'received',
    failure: null,
    missingBefore,
    position,
  };
}

function insert(
  run: Run,
  conversation: ConversationState,
  message: GatewayMessage,
  position: Position,
  missingBefore: number,
): void {
  const { readMark, readByVisitor, unread, readAhead } = conversation;
  acknowledge(run, message.messageId);
  const row = toMessage(message, position, missingBefore);
  insertMessage(run, withReadMark(row, readMark));
  if (message.from.role !== 'visitor') {
    heardFrom(run, message.from.id);
    if (!readByVisitor || comparePositions(position, readByVisitor) > 0) {
      patch(run, { unread: unread + 1 });
    }
  }
  if (readAhead === message.messageId) readBy(run, message.messageId);
}

/** For a tab that has loaded as far as that; the hub's own window has no place for it. */
function publishBelow(run: Run, message: Message): void {
  const { upserts, belowWindow } = run.state.changes;
  run.change({ upserts: [...upserts, message], belowWindow: [...belowWindow, message] });
}

function insertMessage(run: Run, message: Message): void {
  const { window, settings } = run.state;
  const [first] = window;
  if (first && run.state.hasEarlier && comparePlaces(message, first) < 0) {
    run.store({ type: 'put-message', message });
    publishBelow(run, message);
    return;
  }
  const index = placeIndex(window, message);
  const grown = [...window.slice(0, index), message, ...window.slice(index)];
  const surplus = grown.length - settings.limits.window;
  run.set({
    window: surplus > 0 ? grown.slice(surplus) : grown,
    hasEarlier: run.state.hasEarlier || surplus > 0,
  });
  run.store({ type: 'put-message', message });
  run.change({ upserts: [...run.state.changes.upserts, message] });
}

function replace(run: Run, message: Message): void {
  run.set({
    window: run.state.window.map((shown) =>
      shown.messageId === message.messageId ? message : shown,
    ),
  });
  run.store({ type: 'put-message', message });
  run.change({ upserts: [...run.state.changes.upserts, message] });
}

function update(run: Run, conversation: ConversationState): void {
  run.set({ conversation });
  run.change({ conversation: true });
}

function patch(run: Run, part: Partial<ConversationState>): void {
  const { conversation } = run.state;
  if (conversation) update(run, { ...conversation, ...part });
}

/** The other side has read this message of the visitor's, and every earlier one. */
export function readBy(run: Run, messageId: string): void {
  const { conversation, window, outbox } = run.state;
  if (!conversation) return;
  const message = window.find((shown) => shown.messageId === messageId);
  if (!message) {
    // The echo may still be on its way.
    if (outbox.some((item) => item.messageId === messageId)) patch(run, { readAhead: messageId });
    return;
  }
  const { position } = message;
  const before = conversation.readMark;
  if (before && comparePositions(position, before.position) <= 0) return;
  const readMark = { conversationId: conversation.conversation.conversationId, position };
  patch(run, { readMark, readAhead: null });
  run.set({ window: run.state.window.map((shown) => withReadMark(shown, readMark)) });
  run.change({ readMark: true });
}

/** The visitor has read everything up to now; returns the newest message that somebody else wrote. */
export function readByVisitor(run: Run): Message | null {
  const { conversation, window } = run.state;
  if (!conversation || conversation.unread === 0) return null;
  const { conversationId } = conversation.conversation;
  const newest =
    window.findLast(
      (message) => message.status === 'received' && message.conversationId === conversationId,
    ) ?? null;
  const last = window[window.length - 1];
  patch(run, { unread: 0, readByVisitor: last ? last.position : conversation.readByVisitor });
  return newest;
}
