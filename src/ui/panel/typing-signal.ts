import type { Chat } from '../../client/chat.ts';

/** The time without input, in ms, after which the visitor no longer counts as typing. */
const pause = 4_000;

/** Signals to the agent when the visitor starts and stops typing. */
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
