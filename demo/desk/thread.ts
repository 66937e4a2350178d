import type {
  AgentFile,
  AgentMessage,
  AgentPart,
  ConversationSummary,
  Party,
} from '../../src/testing/agents/agent-protocol.ts';
import { arrange, byId, element, setText } from './dom.ts';
import { dayAndTime, nameOf, statusText, timeOfDay } from './format.ts';

/** A sent message that isn't in the transcript yet. */
export interface Pending {
  readonly messageId: string;
  readonly text: string;
}

interface Bubble {
  readonly item: HTMLElement;
  readonly note: HTMLElement;
}

const typingShownFor = 6_000;

/** The open conversation: its header, its transcript and the typing indicator. */
export class Thread {
  readonly scroll = byId('scroll', HTMLElement);
  readonly #messages = byId('messages', HTMLElement);
  readonly #visitor = byId('visitor', HTMLElement);
  readonly #state = byId('state', HTMLElement);
  readonly #facts = byId('facts', HTMLElement);
  readonly #typing = byId('typing', HTMLElement);
  readonly #earlier = byId('earlier', HTMLButtonElement);
  readonly #bubbles = new Map<string, Bubble>();
  #typingTimer = 0;

  constructor() {
    // Not every browser makes scrollers focusable.
    this.scroll.tabIndex = 0;
  }

  /** Shows a conversation's header. */
  showHead(summary: ConversationSummary, myId: string): void {
    setText(this.#visitor, nameOf(summary));
    setText(this.#state, statusText(summary, myId));
    const facts = [
      ...summary.routing.skillGroups,
      ...Object.entries(summary.routing.attributes ?? {})
        .filter(([key]) => key !== 'name')
        .map(([key, value]) => `${key}: ${value}`),
      ...(summary.routing.priority ? [`priority: ${summary.routing.priority}`] : []),
    ];
    const key = JSON.stringify(facts);
    if (this.#facts.dataset.key === key) return;
    this.#facts.dataset.key = key;
    arrange(
      this.#facts,
      facts.map((fact) => element('li', '', fact)),
    );
  }

  /** Shows the messages in ascending order, then the pending ones. */
  showMessages(
    messages: readonly AgentMessage[],
    pending: readonly Pending[],
    visitorRead: number,
    hasEarlier: boolean,
  ): void {
    const wasAtEnd = this.isAtEnd;
    const heightBelow = this.scroll.scrollHeight - this.scroll.scrollTop;
    const lastOfAgents = messages.findLast(({ from }) => from.role !== 'visitor');
    const seen = new Set<string>();
    const items: Node[] = [];
    let before: AgentMessage | null = null;
    for (const message of messages) {
      const bubble = this.#bubbleOf(message.messageId, () => makeBubble(message));
      const isNew = before?.from.id !== message.from.id || before.from.role !== message.from.role;
      bubble.item.classList.toggle('first', isNew);
      const isRead = message === lastOfAgents && message.sequence <= visitorRead;
      setText(bubble.note, isRead ? 'Read' : '');
      bubble.item.classList.remove('pending');
      seen.add(message.messageId);
      items.push(bubble.item);
      before = message;
    }
    for (const { messageId, text } of pending) {
      if (seen.has(messageId)) continue;
      const bubble = this.#bubbleOf(messageId, () => makePending(text));
      setText(bubble.note, 'Sending…');
      seen.add(messageId);
      items.push(bubble.item);
    }
    for (const messageId of this.#bubbles.keys()) {
      if (!seen.has(messageId)) this.#bubbles.delete(messageId);
    }
    arrange(this.#messages, items);
    this.#earlier.hidden = !hasEarlier;
    // Keep the place while earlier messages are added above.
    if (wasAtEnd) this.toEnd();
    else this.scroll.scrollTop = this.scroll.scrollHeight - heightBelow;
  }

  /** Shows who is typing. Hidden 6 s after the last signal. */
  showTyping(from: Party, isTyping: boolean): void {
    clearTimeout(this.#typingTimer);
    setText(this.#typing, isTyping ? `${from.name} is typing…` : '');
    if (isTyping) {
      this.#typingTimer = setTimeout(() => setText(this.#typing, ''), typingShownFor);
    }
  }

  clear(): void {
    this.#bubbles.clear();
    arrange(this.#messages, []);
    clearTimeout(this.#typingTimer);
    setText(this.#typing, '');
    this.#earlier.hidden = true;
  }

  get isAtEnd(): boolean {
    const { scrollHeight, scrollTop, clientHeight } = this.scroll;
    return scrollHeight - scrollTop - clientHeight < 40;
  }

  toEnd(): void {
    this.scroll.scrollTop = this.scroll.scrollHeight;
  }

  focusHead(): void {
    this.#visitor.focus();
  }

  #bubbleOf(messageId: string, make: () => Bubble): Bubble {
    const known = this.#bubbles.get(messageId);
    // A confirmed message replaces its pending bubble.
    if (known && !known.item.classList.contains('pending')) return known;
    const made = make();
    this.#bubbles.set(messageId, made);
    return made;
  }
}

function makeBubble(message: AgentMessage): Bubble {
  const { from, text, timestamp, files = [], parts = [] } = message;
  const time = element('time', '', timeOfDay(timestamp));
  time.dateTime = timestamp;
  time.title = dayAndTime(timestamp);
  const note = element('span', 'note');
  const item = element(
    'li',
    `message ${from.role}`,
    element('span', 'author', from.name),
    ...(text === '' && files.length > 0 ? [] : [element('p', 'text', text)]),
    ...files.map(fileLink),
    ...(parts.length > 0 ? [partList(parts)] : []),
    element('span', 'meta', time, note),
  );
  return { item, note };
}

/** Structured content: an offer, or the answers of a form. */
function partList(parts: readonly AgentPart[]): HTMLElement {
  const rows = parts.flatMap(({ title, text }) => [
    element('dt', '', title),
    element('dd', '', text),
  ]);
  return element('dl', 'text parts', ...rows);
}

function fileLink({ name, url, size }: AgentFile): HTMLElement {
  const link = element('a', 'file', `${name} (${Math.ceil(size / 1_000)} kB)`);
  link.href = url;
  link.target = '_blank';
  link.rel = 'noopener noreferrer';
  return element('p', 'text', link);
}

function makePending(text: string): Bubble {
  const note = element('span', 'note');
  const item = element(
    'li',
    'message agent pending',
    element('p', 'text', text),
    element('span', 'meta', note),
  );
  return { item, note };
}
