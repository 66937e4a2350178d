import { isDerivedId } from '../../../protocol/derived-id.ts';
import { comparePositions, withReadMark } from '../../../protocol/message.ts';
import type { StepContext } from '../context.ts';
import {
  conversationAt,
  currentOrdinal,
  updateAndStore,
  updateConversation,
} from '../conversation/state.ts';
import { setTranscriptSlice } from './state.ts';
import { markAllRead } from './unread.ts';
import { shownRow } from './window.ts';

/** The visitor has seen the newest message, in any tab. */
export function markRead(context: StepContext): void {
  const newest = markAllRead(context);
  // The gateway does not know an id that it has not sent.
  if (!newest || isDerivedId(newest.messageId)) return;
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

/** The other side has read this message of the visitor and every earlier one. */
export function markReadByOther(
  context: StepContext,
  messageId: string,
  ordinal = currentOrdinal(context),
): void {
  const { outbox } = context.state;
  const conversation = conversationAt(context, ordinal);
  if (!conversation) return;
  const message = shownRow(context, messageId);
  if (!message) {
    if (outbox.some((item) => item.messageId === messageId)) {
      updateConversation(context, { ...conversation, earlyReceipt: messageId });
    }
    return;
  }
  const { position } = message;
  const before = conversation.readMark;
  if (before && comparePositions(position, before.position) <= 0) return;
  const readMark = { conversationId: conversation.details.conversationId, position };
  updateAndStore(context, { ...conversation, readMark, earlyReceipt: null });
  setTranscriptSlice(context, {
    window: context.state.window.map((shown) => withReadMark(shown, readMark)),
  });
  context.change({ readMark });
}
