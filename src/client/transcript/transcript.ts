import { isOtherGeneration } from '../../protocol/epoch.ts';
import {
  comparePlaces,
  comparePositions,
  type Message,
  withReadMark,
} from '../../protocol/message.ts';
import type { PatchMessage, SnapshotMessage } from '../../protocol/port.ts';
import type { ChatSnapshot } from '../../protocol/snapshot.ts';

/** Rows kept as messages arrive. Rows that the visitor loads may exceed it. */
const maximumRows = 1_000;

/** Replaces the snapshot with the hub's. @param wasAttached whether rows above it may be kept */
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

/** The rows above a new snapshot, if they join it without a gap and are the same visitor's. */
function rowsAbove(before: ChatSnapshot, { epoch, messages }: SnapshotMessage): readonly Message[] {
  if (isOtherGeneration(before.hub.epoch, epoch)) return [];
  const [first] = messages;
  if (!first) return [];
  const fresh = new Set(messages.map((row) => row.messageId));
  const above = before.messages.filter(
    (row) => isAcknowledged(row) && comparePlaces(row, first) < 0 && !fresh.has(row.messageId),
  );
  // A row that was still pending here may have moved: other rows may stand above it now.
  const isJoined = before.messages.some(
    (row) => row.messageId === first.messageId && isAcknowledged(row),
  );
  return isJoined ? above : [];
}

/** Whether the row's position is final; that of a pending or failed message is not. */
function isAcknowledged({ status }: Message): boolean {
  return status === 'received' || status === 'delivered' || status === 'read';
}

/** Whether a patch changes anything above the last row. */
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
  // A row above the window is loaded with the rows around it.
  const fitting =
    first && before.hasEarlier
      ? upserts.filter((row) => comparePositions(row.position, first.position) >= 0)
      : upserts;
  const rows = [...before.messages.filter((row) => !gone.has(row.messageId)), ...fitting];
  rows.sort(comparePlaces);
  return readMark ? rows.map((row) => withReadMark(row, readMark)) : rows;
}

/** The common case: all rows are new, and come after the last one. */
function areAllNew(upserts: readonly Message[], last: Message, rows: readonly Message[]): boolean {
  let above = last;
  for (const row of upserts) {
    if (comparePlaces(above, row) >= 0) return false;
    above = row;
  }
  const ids = new Set(upserts.map((row) => row.messageId));
  return !rows.some((row) => ids.has(row.messageId));
}
