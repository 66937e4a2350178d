import { isAnotherVisitor } from '../protocol/epoch.ts';
import { comparePlaces, type Message, withReadMark } from '../protocol/message.ts';
import type { PatchMessage, SnapshotMessage } from '../protocol/port.ts';
import type { ChatSnapshot } from '../protocol/snapshot.ts';

/** Rows that came by themselves and are kept; what was loaded above comes on top of it. */
const maximumRows = 1_000;

/** The snapshot after a whole one came from the hub. */
export function applySnapshot(
  before: ChatSnapshot,
  message: SnapshotMessage,
  wasAttached: boolean,
): ChatSnapshot {
  const { shared, messages, hasEarlier } = message;
  const kept = wasAttached ? rowsAbove(before, message) : [];
  return {
    ...shared,
    messages: kept.length > 0 ? [...kept, ...messages] : messages,
    hasEarlier: kept.length > 0 ? before.hasEarlier : hasEarlier,
  };
}

/** What this tab has above a new snapshot, if the two join without a gap and are one visitor's. */
function rowsAbove(before: ChatSnapshot, { epoch, messages }: SnapshotMessage): readonly Message[] {
  if (isAnotherVisitor(before.hub.epoch, epoch)) return [];
  const [first] = messages;
  if (!first) return [];
  const fresh = new Set(messages.map((row) => row.messageId));
  const above = before.messages.filter(
    (row) => isAcknowledged(row) && comparePlaces(row, first) < 0 && !fresh.has(row.messageId),
  );
  // One that still waited here tells nothing of what stands above its place now.
  const isJoined = before.messages.some(
    (row) => row.messageId === first.messageId && isAcknowledged(row),
  );
  return isJoined ? above : [];
}

/** It has its place for ever; what waits to be sent has none yet. */
function isAcknowledged({ status }: Message): boolean {
  return status === 'received' || status === 'delivered' || status === 'read';
}

/**
 * Whether a patch puts anything but the end. Older rows that were asked for before it came may be
 * without it: they are asked for again.
 */
export function isInsertion({ messages }: ChatSnapshot, { upserts }: PatchMessage): boolean {
  const last = messages.at(-1);
  return last !== undefined && upserts.some((row) => comparePlaces(row, last) < 0);
}

export function applyPatch(before: ChatSnapshot, patch: PatchMessage): ChatSnapshot {
  const messages = patchRows(before, patch);
  const surplus = messages.length - Math.max(maximumRows, before.messages.length);
  return {
    ...before,
    ...patch.shared,
    messages: surplus > 0 ? messages.slice(surplus) : messages,
    hasEarlier: before.hasEarlier || surplus > 0,
  };
}

function patchRows(before: ChatSnapshot, patch: PatchMessage): readonly Message[] {
  const { upserts, removed, readMark } = patch;
  if (upserts.length === 0 && removed.length === 0 && !readMark) return before.messages;
  const last = before.messages.at(-1);
  if (removed.length === 0 && !readMark && last && areAllNew(upserts, last, before.messages)) {
    return [...before.messages, ...upserts];
  }
  const gone = new Set([...removed, ...upserts.map((row) => row.messageId)]);
  const [first] = before.messages;
  // A row above the window belongs to what is loaded later.
  const fitting =
    first && before.hasEarlier ? upserts.filter((row) => comparePlaces(row, first) >= 0) : upserts;
  const rows = [...before.messages.filter((row) => !gone.has(row.messageId)), ...fitting];
  rows.sort(comparePlaces);
  return readMark ? rows.map((row) => withReadMark(row, readMark)) : rows;
}

/** The common case: what came stands behind everything, and nothing of it was there. */
function areAllNew(upserts: readonly Message[], last: Message, rows: readonly Message[]): boolean {
  let above = last;
  for (const row of upserts) {
    if (comparePlaces(above, row) >= 0) return false;
    above = row;
  }
  const ids = new Set(upserts.map((row) => row.messageId));
  return !rows.some((row) => ids.has(row.messageId));
}
