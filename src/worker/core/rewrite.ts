import type { StepContext } from './context.ts';
import { conversationRecordOf } from './conversation/previous-conversations.ts';
import { recordOfItem } from './outbox/outbox.ts';
import { removeGapsBeforeWindow } from './transcript/gaps.ts';

/** Writes everything in memory to a database that was deleted and recreated. */
export function rewriteStore(context: StepContext): void {
  removeGapsBeforeWindow(context);
  const { window, conversation, previousConversations, outbox, unread } = context.state;
  // Rows older than the window that were written since then could never be joined to their neighbors.
  context.store({ type: 'wipe' });
  for (const message of window) context.store({ type: 'put-message', message });
  for (const previous of previousConversations)
    context.store({ type: 'put-conversation', record: conversationRecordOf(previous) });
  for (const item of outbox)
    context.store({ type: 'put-outbox', record: recordOfItem(context, item) });
  // The count is reset first, since a pending write may have added to it.
  context.store({ type: 'put-read', readUntil: unread.readUntil });
  context.change({
    unread: unread.count,
    isMetaChanged: true,
    isConversationChanged: conversation !== null,
    isDurable: true,
  });
}
