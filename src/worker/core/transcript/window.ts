import { comparePlaces, type Message, placeIndex } from '../../../protocol/message.ts';
import type { Run } from '../context.ts';
import { addUnread, isUnread } from './unread.ts';

/** The newest messages in memory; below it only the store knows what there is. */

/** Whether that row has its place below the window. */
export function isBelow(run: Run, message: Message): boolean {
  const { window, hasEarlier } = run.state;
  const [first] = window;
  return first !== undefined && hasEarlier && comparePlaces(message, first) < 0;
}

/**
 * Puts in a row that the window does not have. Below the window only the store knows whether it is
 * there already: what it says comes to `onLookedUp`.
 */
export function insertRow(run: Run, message: Message): void {
  if (isBelow(run, message)) {
    run.store({ type: 'add-message', message, isUnread: isUnread(run, message) });
    // What fills a hole is new for sure, and the mark above which it stands is corrected in this tick.
    if (message.sequence !== null) publishBelow(run, message);
    return;
  }
  run.store({ type: 'put-message', message });
  const { window, hasEarlier, settings } = run.state;
  const index = placeIndex(window, message);
  const grown = [...window.slice(0, index), message, ...window.slice(index)];
  const surplus = grown.length - settings.limits.window;
  run.set({
    window: surplus > 0 ? grown.slice(surplus) : grown,
    hasEarlier: hasEarlier || surplus > 0,
  });
  publish(run, message);
}

export function replaceRow(run: Run, message: Message): void {
  run.set({
    window: run.state.window.map((shown) =>
      shown.messageId === message.messageId ? message : shown,
    ),
  });
  run.store({ type: 'put-message', message });
  publish(run, message);
}

export function removeRow(run: Run, message: Message): void {
  run.set({ window: run.state.window.filter((shown) => shown !== message) });
  run.change({ removed: [...run.state.changes.removed, message.messageId] });
}

/** Corrects what is told before the message behind a hole. */
export function markBehind(
  run: Run,
  ordinal: number,
  sequence: number,
  missingBefore: number,
): void {
  const shown = run.state.window.find(
    (message) => message.position[0] === ordinal && message.sequence === sequence,
  );
  if (shown) replaceRow(run, { ...shown, missingBefore });
  else run.store({ type: 'mark-message', position: [ordinal, sequence, 0, 0], missingBefore });
}

/** What the store found below the window: for the tabs that have loaded as far as that. */
export function onLookedUp(
  run: Run,
  added: readonly Message[],
  corrected: readonly Message[],
): void {
  for (const message of added) {
    if (isUnread(run, message)) addUnread(run);
    publishBelow(run, message);
  }
  for (const message of corrected) {
    const shown = run.state.window.find((row) => row.messageId === message.messageId);
    if (!shown) publishBelow(run, message);
  }
}

function publish(run: Run, message: Message): void {
  run.change({ upserts: [...run.state.changes.upserts, message] });
}

/** For tabs that have loaded as far as that. */
export function publishBelow(run: Run, message: Message): void {
  publish(run, message);
  run.change({ belowWindow: [...run.state.changes.belowWindow, message] });
}
