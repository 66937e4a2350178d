import type { Message } from '../../protocol/message.ts';
import type { ChatSnapshot } from '../../protocol/snapshot.ts';

/**
 * Where the line 'New' stands: above the first message that came while nobody looked. It stays there
 * until the visitor writes, or comes back to nothing new.
 */
export class UnreadMark {
  first: string | null = null;

  /** The panel opens. */
  open(snapshot: ChatSnapshot | null): void {
    this.first = snapshot ? firstUnread(snapshot) : null;
  }

  /** @param wasSeen whether the end was in view, and the page too */
  change(before: ChatSnapshot, after: ChatSnapshot, wasSeen: boolean): void {
    if (after.messages.length === 0) this.first = null;
    // The history has come; into a conversation that is seen, only a first message has.
    if (before.messages.length === 0 && !before.conversation) this.open(after);
    if (wasSeen || this.first !== null || before.unread > 0 || after.unread === 0) return;
    this.first = firstUnread(after);
  }

  clear(): void {
    this.first = null;
  }
}

/** The nth message of others from the end, where n are unread. */
function firstUnread({ messages, unread }: ChatSnapshot): string | null {
  let left = unread;
  for (let index = messages.length - 1; index >= 0 && left > 0; index -= 1) {
    const message: Message | undefined = messages[index];
    if (!message || message.from.role === 'visitor') continue;
    left -= 1;
    if (left === 0) return message.messageId;
  }
  return null;
}
