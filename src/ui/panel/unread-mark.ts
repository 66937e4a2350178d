import type { Message } from '../../protocol/message.ts';
import type { ChatSnapshot } from '../../protocol/snapshot.ts';

/**
 * The position of the divider above the first unread message. It stays there until the visitor writes, or
 * opens the panel again without unread messages.
 */
export class UnreadMark {
  first: string | null = null;

  /** Called when the panel opens. */
  open(snapshot: ChatSnapshot | null): void {
    this.first = snapshot ? firstUnread(snapshot) : null;
  }

  /** @param wasSeen whether the end of the feed was visible to the visitor */
  change(before: ChatSnapshot, after: ChatSnapshot, wasSeen: boolean): void {
    if (after.messages.length === 0) this.first = null;
    // The history was loaded. With a conversation, this is its first message instead.
    if (before.messages.length === 0 && !before.conversation) this.open(after);
    if (wasSeen || this.first !== null || before.unread > 0 || after.unread === 0) return;
    this.first = firstUnread(after);
  }

  clear(): void {
    this.first = null;
  }
}

/** With n unread messages, the nth message from others, counted from the end. */
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
