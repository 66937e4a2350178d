import type { Chat } from '../../client/chat.ts';

/** Without a keystroke for so long, in ms, the visitor counts as having stopped. */
const pause = 4_000;

/** Tells the other side when the visitor types and when they have stopped. */
export class TypingSignal {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #told: Chat | null = null;

  typed(chat: Chat): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.stopped(), pause);
    this.#told = chat;
    chat.setTyping(true);
  }

  stopped(): void {
    clearTimeout(this.#timer);
    this.#told?.setTyping(false);
    this.#told = null;
  }
}
