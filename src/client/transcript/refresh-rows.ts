import { comparePlaces, type Message } from '../../protocol/message.ts';
import type { Earlier } from '../../protocol/port.ts';
import type { ChatSnapshot } from '../../protocol/snapshot.ts';

/** Replaces the rows above `first` by a page of fresh ones; rows above that page stay. */
export function applyRefreshed(before: ChatSnapshot, first: Message, above: Earlier): ChatSnapshot {
  const from = before.messages.findIndex((row) => row.messageId === first.messageId);
  if (from < 0) return before;
  const fresh = new Set(above.messages.map((row) => row.messageId));
  const [oldest] = above.messages;
  const old = before.messages.filter((row) => !fresh.has(row.messageId));
  const kept = oldest ? old.filter((row) => comparePlaces(row, oldest) < 0) : [];
  const rest = before.messages.slice(from).filter((row) => !fresh.has(row.messageId));
  const isJoined = kept.length > 0 && above.hasEarlier;
  return {
    ...before,
    messages: isJoined ? [...kept, ...above.messages, ...rest] : [...above.messages, ...rest],
    hasEarlier: isJoined ? before.hasEarlier : above.hasEarlier,
  };
}

/** Puts older rows on top. */
export function prependEarlier(before: ChatSnapshot, earlier: Earlier): ChatSnapshot {
  const known = new Set(before.messages.map((row) => row.messageId));
  const added = earlier.messages.filter((row) => !known.has(row.messageId));
  return {
    ...before,
    messages: added.length > 0 ? [...added, ...before.messages] : before.messages,
    hasEarlier: earlier.hasEarlier,
  };
}
