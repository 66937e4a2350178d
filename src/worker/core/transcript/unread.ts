import { comparePositions, type Message } from '../../../protocol/message.ts';
import type { Run } from '../context.ts';

/** Somebody else's message behind the place up to which the visitor has read. */
export function isUnread(run: Run, { from, position }: Message): boolean {
  const { readUntil } = run.state.reading;
  if (from.role === 'visitor') return false;
  return readUntil === null || comparePositions(position, readUntil) > 0;
}

export function countUnread(run: Run, message: Message): void {
  if (!isUnread(run, message)) return;
  addUnread(run);
  run.change({ unread: run.state.changes.unread + 1 });
}

/** The store has counted it already. */
export function addUnread(run: Run): void {
  const { reading } = run.state;
  run.set({ reading: { ...reading, unread: reading.unread + 1 } });
}

/** The visitor has read everything up to now; returns the newest message that somebody else wrote. */
export function readEverything(run: Run): Message | null {
  const { conversation, window, reading, changes } = run.state;
  const last = window[window.length - 1];
  if (reading.unread === 0 || !last) return null;
  run.set({ reading: { unread: 0, readUntil: last.position } });
  // What was counted in this tick goes in before it.
  if (changes.unread > 0) run.store({ type: 'add-unread', by: changes.unread });
  run.store({ type: 'put-read', readUntil: last.position });
  run.change({ unread: 0 });
  const conversationId = conversation?.conversation.conversationId;
  return (
    window.findLast(
      (message) => message.status === 'received' && message.conversationId === conversationId,
    ) ?? null
  );
}
