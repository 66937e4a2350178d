import type { Chat } from '../../client/chat.ts';

/** Without a keystroke for so long, in ms, the visitor counts as having stopped. */
const pause = 4_000;

/** Tells the other side when the visitor types and when they have stopped. */
export class TypingSignal {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #signaledTo: Chat | null = null;

  onInput(chat: Chat): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.stop(), pause);
    this.#signaledTo = chat;
    chat.setTyping(true);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#signaledTo?.setTyping(false);
    this.#signaledTo = null;
  }
}
