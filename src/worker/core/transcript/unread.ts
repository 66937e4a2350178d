import { comparePositions, type Message } from '../../../protocol/message.ts';
import type { StepContext } from '../context.ts';
import { setTranscriptSlice } from './state.ts';

/** Whether the other side wrote the message and the visitor has not read it. */
export function isUnread(context: StepContext, { from, position }: Message): boolean {
  const { readUntil } = context.state.unread;
  if (from.role === 'visitor') return false;
  return readUntil === null || comparePositions(position, readUntil) > 0;
}

/** Counts the message in memory and in the store. */
export function countUnread(context: StepContext, message: Message): void {
  if (!isUnread(context, message)) return;
  countUnreadInMemory(context);
  context.change({ unread: context.state.changes.unread + 1 });
}

/** Counts a message that the store has counted already. */
export function countUnreadInMemory(context: StepContext): void {
  const { unread } = context.state;
  setTranscriptSlice(context, { unread: { ...unread, count: unread.count + 1 } });
}

/** Marks everything as read. Returns the newest message of the other side in this conversation. */
export function markAllRead(context: StepContext): Message | null {
  const { conversation, window, unread, changes } = context.state;
  const last = window[window.length - 1];
  if (unread.count === 0 || !last) return null;
  setTranscriptSlice(context, { unread: { count: 0, readUntil: last.position } });
  // The unread messages counted in this tick are written before the reset.
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
