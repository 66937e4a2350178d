import type { Chat } from '../../../src/client/chat.ts';
import type { Message } from '../../../src/protocol/message.ts';
import type { ChatSnapshot } from '../../../src/protocol/snapshot.ts';

function unexpected(): never {
  throw new Error('The test did not expect this call.');
}

/** A partial fake chat. Members that a test omits must not be called. */
export function chatOf(
  snapshot: ChatSnapshot | (() => ChatSnapshot),
  calls: Partial<Chat> = {},
): Chat {
  return {
    getSnapshot: typeof snapshot === 'function' ? snapshot : () => snapshot,
    subscribe: unexpected,
    start: unexpected,
    send: unexpected,
    platform: unexpected,
    retry: unexpected,
    discard: unexpected,
    setTyping: unexpected,
    setDraft: unexpected,
    markRead: unexpected,
    onAlert: unexpected,
    loadEarlier: unexpected,
    reconnect: unexpected,
    waitAnyway: unexpected,
    setAttributes: unexpected,
    end: unexpected,
    signOut: unexpected,
    close: unexpected,
    ...calls,
  };
}

/** A fake chat with listeners. `change` publishes the next snapshot. */
export class PlayedChat {
  current: ChatSnapshot;
  readonly listeners = new Set<() => void>();
  readonly alerts = new Set<(message: Message | null) => void>();
  readonly chat: Chat;

  constructor(snapshot: ChatSnapshot, calls: Partial<Chat> = {}) {
    this.current = snapshot;
    this.chat = chatOf(() => this.current, {
      subscribe: (listener) => {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
      },
      onAlert: (listener) => {
        this.alerts.add(listener);
        return () => this.alerts.delete(listener);
      },
      ...calls,
    });
  }

  change(snapshot: ChatSnapshot): void {
    this.current = snapshot;
    for (const listener of [...this.listeners]) listener();
  }
}
