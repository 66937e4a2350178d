import type { Chat } from '../client/chat.ts';
import type { Message } from '../protocol/message.ts';
import { chime } from './chime.ts';
import { withWords } from './content-words.ts';
import type { Messages } from './messages.ts';
import { senderName } from './sender-name.ts';

export interface AlertSettings {
  readonly texts: Messages;
  readonly isSilent: boolean;
}

/** Resolves with a message's text without marks. */
type Spoken = (message: Message) => Promise<string>;

/**
 * Alerts the visitor to a new message, in the tab that the hub has chosen: a sound, a count in the page's
 * title, and a system notification if the page is hidden and has permission.
 */
export class Alerts {
  readonly #chat: Chat;
  readonly #settings: () => AlertSettings;
  readonly #spoken: Spoken;
  readonly #unsubscribe: () => void;
  /** The page's own title, and the title with the count. */
  #title: { readonly own: string; readonly badged: string } | null = null;
  #notification: Notification | null = null;
  /** The message whose notification is prepared. */
  #pending: Message | null = null;

  constructor(chat: Chat, settings: () => AlertSettings, spoken: Spoken) {
    this.#chat = chat;
    this.#spoken = spoken;
    this.#settings = settings;
    this.#unsubscribe = chat.subscribe(() => this.#onChange());
  }

  dispose(): void {
    this.#unsubscribe();
    this.#clear();
  }

  /** @param message the new message; `null` when another tab takes over the alerts */
  alert(message: Message | null): void {
    if (!message) {
      this.#clear();
      return;
    }
    const { isSilent } = this.#settings();
    if (!isSilent) chime();
    this.#badge();
    if (document.visibilityState === 'hidden') void this.#notify(message);
  }

  #onChange(): void {
    if (this.#chat.getSnapshot().unread === 0) this.#clear();
    else if (this.#title) this.#badge();
  }

  #badge(): void {
    const { unread } = this.#chat.getSnapshot();
    if (unread === 0) return;
    // The page may have changed its title in the meantime.
    const own = this.#title?.badged === document.title ? this.#title.own : document.title;
    const badged = `(${unread}) ${own}`;
    this.#title = { own, badged };
    document.title = badged;
  }

  async #notify(message: Message): Promise<void> {
    if (typeof Notification === 'undefined' || Notification.permission !== 'granted') return;
    this.#pending = message;
    const text = await this.#spoken(message);
    // It was read in the meantime, another tab took over, or a newer one is shown.
    if (this.#pending !== message) return;
    this.#pending = null;
    const { texts } = this.#settings();
    try {
      this.#notification = new Notification(senderName(message.from, texts) || texts.heading, {
        body: withWords(text, message, texts).slice(0, 200),
        tag: 'partyline',
      });
      this.#notification.onclick = () => window.focus();
    } catch {
      // Chrome on Android has the constructor, but it throws outside a service worker.
    }
  }

  #clear(): void {
    if (this.#title && document.title === this.#title.badged) document.title = this.#title.own;
    this.#title = null;
    this.#pending = null;
    this.#notification?.close();
    this.#notification = null;
  }
}
