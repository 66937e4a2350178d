import type { StepContext } from './context.ts';
import { recordOf } from './conversation/previous-conversations.ts';
import { recordOfItem } from './outbox/outbox.ts';
import { removeGapsBelow } from './transcript/transcript.ts';

/** The database was deleted and is there again, empty: everything that memory has goes back in. */
export function rewrite(context: StepContext): void {
  removeGapsBelow(context);
  const { window, conversation, previousConversations, outbox, unread } = context.state;
  // What was written since, below the window, would stand alone.
  context.store({ type: 'wipe' });
  for (const message of window) context.store({ type: 'put-message', message });
  for (const previous of previousConversations)
    context.store({ type: 'put-conversation', record: recordOf(previous) });
  for (const item of outbox) context.store({ type: 'put-outbox', record: recordOfItem(item) });
  // Set to nothing first, since a write that was under way may have counted already.
  context.store({ type: 'put-read', readUntil: unread.readUntil });
  context.change({
    unread: unread.unread,
    meta: true,
    conversation: conversation !== null,
    durable: true,
  });
}
