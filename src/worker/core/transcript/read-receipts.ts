import type { Run } from '../context.ts';
import { readEverything } from './unread.ts';

/** The visitor has seen the newest message, in whichever tab. */
export function markRead(run: Run): void {
  const newest = readEverything(run);
  if (!newest) return;
  run.set({ receiptDue: newest.messageId });
  flushReceipt(run);
}

/** Tells the gateway, now or once the conversation is there again. */
export function flushReceipt(run: Run): void {
  const { link, conversation, receiptDue } = run.state;
  if (receiptDue === null || !conversation || link.phase !== 'online') return;
  if (link.session.stage !== 'conversation') return;
  run.emit({
    type: 'send',
    socketId: link.socketId,
    command: {
      type: 'mark-read',
      conversationId: conversation.conversation.conversationId,
      messageId: receiptDue,
    },
  });
  run.set({ receiptDue: null });
}
