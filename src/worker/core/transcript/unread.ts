import { comparePositions, type Message } from '../../../protocol/message.ts';
import type { StepContext } from '../context.ts';
import { setTranscriptSlice } from './state.ts';

/** Somebody else's message behind the place up to which the visitor has read. */
export function isUnread(context: StepContext, { from, position }: Message): boolean {
  const { readUntil } = context.state.unread;
  if (from.role === 'visitor') return false;
  return readUntil === null || comparePositions(position, readUntil) > 0;
}

export function countUnread(context: StepContext, message: Message): void {
  if (!isUnread(context, message)) return;
  addUnread(context);
  context.change({ unread: context.state.changes.unread + 1 });
}

/** The store has counted it already. */
export function addUnread(context: StepContext): void {
  const { unread } = context.state;
  setTranscriptSlice(context, { unread: { ...unread, unread: unread.unread + 1 } });
}

/** The visitor has read everything up to now; returns the newest message that somebody else wrote. */
export function markAllRead(context: StepContext): Message | null {
  const { conversation, window, unread, changes } = context.state;
  const last = window[window.length - 1];
  if (unread.unread === 0 || !last) return null;
  setTranscriptSlice(context, { unread: { unread: 0, readUntil: last.position } });
  // What was counted in this tick goes in before it.
  if (changes.unread > 0) context.store({ type: 'add-unread', by: changes.unread });
  context.store({ type: 'put-read', readUntil: last.position });
  context.change({ unread: 0 });
  const conversationId = conversation?.details.conversationId;
  return (
    window.findLast(
      (message) => message.status === 'received' && message.conversationId === conversationId,
    ) ?? null
  );
}
