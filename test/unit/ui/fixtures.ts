import type { Message } from '../../../src/protocol/message.ts';
import type { ChatSnapshot } from '../../../src/protocol/snapshot.ts';

/** An agent's message, with changes. */
export function message(messageId: string, changes: Partial<Message> = {}): Message {
  return {
    messageId,
    conversationId: 'c1',
    sequence: null,
    from: { id: 'agent-1', name: 'Ada', role: 'agent' },
    text: `text of ${messageId}`,
    timestamp: Date.UTC(2026, 4, 4, 12),
    status: 'received',
    failure: null,
    missingBefore: 0,
    position: [1, 0, 1, 0],
    ...changes,
  };
}

export function own(messageId: string, changes: Partial<Message> = {}): Message {
  const from = { id: 'visitor-1', name: '', role: 'visitor' } as const;
  return message(messageId, { from, status: 'delivered', ...changes });
}

export function snapshot(changes: Partial<ChatSnapshot> = {}): ChatSnapshot {
  return {
    connection: { phase: 'ready', attempt: 0, retryAt: null, transport: 'websocket' },
    conversation: { conversationId: 'c1', status: 'connected' },
    messages: [],
    hasEarlier: false,
    unread: 0,
    typing: null,
    draft: '',
    hub: { kind: 'shared-worker', epoch: 'boot.0', build: '1', tabs: 1, persistent: true },
    ...changes,
  };
}
