import type { Chat, ChatSnapshot, Message } from 'partyline';

type Line = readonly [role: 'visitor' | 'agent', text: string];

const visitor = { id: 'visitor', name: 'Visitor', role: 'visitor' } as const;

/** A conversation without a hub, to look at: what is written into it stays in it. */
export class StillChat implements Chat {
  readonly #listeners = new Set<() => void>();
  readonly #agent: string;
  #snapshot: ChatSnapshot = {
    connection: { phase: 'ready', attempt: 0, retryAt: null, transport: 'websocket' },
    conversation: { conversationId: 'still', status: 'connected' },
    unread: 0,
    typing: null,
    draft: '',
    hub: { kind: 'tab', epoch: 'still', build: '0', tabs: 1, persistent: true },
    messages: [],
    hasEarlier: false,
  };

  constructor(agent: string, lines: readonly Line[]) {
    this.#agent = agent;
    for (const [role, text] of lines) this.#add(role, text);
  }

  getSnapshot(): ChatSnapshot {
    return this.#snapshot;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async send(text: string): Promise<string> {
    this.#change({ draft: '' });
    return this.#add('visitor', text);
  }

  setDraft(draft: string): void {
    this.#change({ draft });
  }

  async start() {
    const conversation = { conversationId: 'still', status: 'connected' } as const;
    this.#change({ conversation });
    return conversation;
  }

  async end(): Promise<void> {
    this.#change({ conversation: { conversationId: 'still', status: 'ended' } });
  }

  onAlert(): () => void {
    return () => {};
  }

  async loadEarlier(): Promise<boolean> {
    return false;
  }

  async retry(): Promise<void> {}
  async discard(): Promise<void> {}
  async waitAnyway(): Promise<void> {}
  async signOut(): Promise<void> {}
  setTyping(): void {}
  markRead(): void {}
  reconnect(): void {}
  close(): void {}

  #add(role: Line[0], text: string): string {
    const count = this.#snapshot.messages.length + 1;
    const message: Message = {
      messageId: `still-${count}`,
      conversationId: 'still',
      sequence: count,
      from: role === 'visitor' ? visitor : { id: 'agent', name: this.#agent, role },
      text,
      timestamp: Date.now(),
      status: role === 'visitor' ? 'read' : 'received',
      failure: null,
      missingBefore: 0,
      position: [1, count, 0, 0],
    };
    this.#change({ messages: [...this.#snapshot.messages, message] });
    return message.messageId;
  }

  #change(part: Partial<ChatSnapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...part };
    for (const listener of this.#listeners) listener();
  }
}
