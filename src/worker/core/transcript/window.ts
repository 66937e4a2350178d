import { comparePlaces, type Message, placeIndex, withTie } from '../../../protocol/message.ts';
import type { StepContext } from '../context.ts';
import type { StoreOperation } from '../records.ts';
import { setTranscriptSlice } from './state.ts';
import { countUnreadInMemory, isUnread } from './unread.ts';

/** Whether the row's place is before the window, where only the store knows what exists. */
export function isOlderThanWindow(context: StepContext, message: Message): boolean {
  const { window, hasEarlier } = context.state;
  const [first] = window;
  return first !== undefined && hasEarlier && comparePlaces(message, first) < 0;
}

/**
 * Inserts a row that the window does not have. Before the window, only the store knows whether the
 * row exists: its answer goes to `onLookupAnswered`.
 */
export function insertRow(context: StepContext, message: Message): void {
  if (isOlderThanWindow(context, message)) {
    context.store({
      type: 'add-message',
      message,
      isUnread: isUnread(context, asLastTied(message)),
    });
    // A row that fills a gap is new, and the marker after it changes in this tick. Only the visitor's
    // own row may be elsewhere: sent again into a later conversation.
    if (message.sequence !== null && message.from.role !== 'visitor')
      publishOlder(context, message);
    return;
  }
  context.store({ type: 'put-message', message });
  addToWindow(context, message);
}

/** As the store places a new message: behind those of the same time. */
function asLastTied(message: Message): Message {
  if (message.sequence !== null) return message;
  return { ...message, position: withTie(message.position, Number.MAX_SAFE_INTEGER) };
}

function addToWindow(context: StepContext, message: Message): void {
  const { window, hasEarlier, settings } = context.state;
  const index = placeIndex(window, message);
  const grown = [...window.slice(0, index), message, ...window.slice(index)];
  const surplus = grown.length - settings.limits.window;
  setTranscriptSlice(context, {
    window: surplus > 0 ? grown.slice(surplus) : grown,
    hasEarlier: hasEarlier || surplus > 0,
  });
  publish(context, message);
}

export function replaceRow(context: StepContext, message: Message): void {
  setTranscriptSlice(context, {
    window: context.state.window.map((shown) =>
      shown.messageId === message.messageId ? message : shown,
    ),
  });
  context.store({ type: 'put-message', message });
  publish(context, message);
}

/** Puts rows in other places among the same neighbours. @param rows in their new places */
export function reorderRows(context: StepContext, rows: readonly Message[]): void {
  const byId = new Map(rows.map((row) => [row.messageId, row]));
  setTranscriptSlice(context, {
    window: context.state.window
      .map((shown) => byId.get(shown.messageId) ?? shown)
      .sort(comparePlaces),
  });
  for (const message of rows) {
    context.store({ type: 'put-message', message });
    publish(context, message);
  }
}

export function removeRow(context: StepContext, message: Message): void {
  setTranscriptSlice(context, {
    window: context.state.window.filter((shown) => shown !== message),
  });
  context.change({ removed: [...context.state.changes.removed, message.messageId] });
}

/** Updates the gap marker of the message after a gap. */
export function updateGapMarker(
  context: StepContext,
  ordinal: number,
  sequence: number,
  missingBefore: number,
): void {
  const shown = context.state.window.find(
    (message) => message.position[0] === ordinal && message.sequence === sequence,
  );
  if (shown) replaceRow(context, { ...shown, missingBefore });
  else
    context.store({ type: 'put-gap-marker', position: [ordinal, sequence, 0, 0], missingBefore });
}

/** Whether the answer to the operation reports rows older than the window. */
export function isLookup({ type }: StoreOperation): boolean {
  return type === 'add-message' || type === 'put-gap-marker';
}

/** The answer to this write reports rows older than the window. */
export function expectLookup(context: StepContext, writeId: number): void {
  setTranscriptSlice(context, { lookups: [...context.state.lookups, writeId] });
}

/**
 * The store has answered. Publishes its rows for tabs that have loaded that far. Answers for a
 * previous visitor are ignored.
 */
export function onLookupAnswered(
  context: StepContext,
  writeId: number,
  added: readonly Message[],
  corrected: readonly Message[],
): void {
  if (!context.state.lookups.includes(writeId)) return;
  setTranscriptSlice(context, {
    lookups: context.state.lookups.filter((other) => other !== writeId),
  });
  for (const message of added) {
    if (isUnread(context, message)) countUnreadInMemory(context);
    // The store has placed it behind others of its time, which the window has.
    if (isOlderThanWindow(context, message)) publishOlder(context, message);
    else if (!shownRow(context, message.messageId)) addToWindow(context, message);
  }
  for (const message of corrected) {
    const shown = context.state.window.find((row) => row.messageId === message.messageId);
    if (!shown) publishOlder(context, message);
  }
}

function publish(context: StepContext, message: Message): void {
  context.change({ upserts: [...context.state.changes.upserts, message] });
}

/** Publishes a row older than the window, for tabs that have loaded that far. */
export function publishOlder(context: StepContext, message: Message): void {
  publish(context, message);
  context.change({ olderThanWindow: [...context.state.changes.olderThanWindow, message] });
}

export function findShown(
  context: StepContext,
  predicate: (row: Message) => boolean,
): Message | undefined {
  return context.state.window.find(predicate);
}

export function shownRow(context: StepContext, messageId: string): Message | undefined {
  return findShown(context, (row) => row.messageId === messageId);
}
