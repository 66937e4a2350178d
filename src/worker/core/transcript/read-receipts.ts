import type { StepContext } from '../context.ts';
import { setTranscriptSlice } from './state.ts';
import { markAllRead } from './unread.ts';

/** The visitor has seen the newest message, in any tab. */
export function markRead(context: StepContext): void {
  const newest = markAllRead(context);
  if (!newest) return;
  setTranscriptSlice(context, { receiptDue: newest.messageId });
  flushReceipt(context);
}

/** Another conversation replaces the one that the receipt is for. */
export function clearReceipt(context: StepContext): void {
  setTranscriptSlice(context, { receiptDue: null });
}

/** Sends the pending receipt, now or once the conversation is resumed. */
export function flushReceipt(context: StepContext): void {
  const { connection, conversation, receiptDue } = context.state;
  if (receiptDue === null || !conversation || connection.phase !== 'online') return;
  if (connection.session.stage !== 'conversation') return;
  context.emit({
    type: 'send',
    socketId: connection.socketId,
    command: {
      type: 'mark-read',
      conversationId: conversation.details.conversationId,
      messageId: receiptDue,
    },
  });
  setTranscriptSlice(context, { receiptDue: null });
}
