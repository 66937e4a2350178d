import type { Chat } from '../client/chat.ts';
import type { Message } from '../protocol/message.ts';
import { chime } from './chime.ts';
import type { Messages } from './messages.ts';

export interface AlertSettings {
  readonly texts: Messages;
  readonly isSilent: boolean;
}

/**
 * Draws attention to what came, in the tab that the hub has chosen: a sound, the page's title, and,
 * where the site has the visitor's permission and no page of it is seen, a notification.
 */
export class Alerts {
  readonly #chat: Chat;
  readonly #settings: () => AlertSettings;
  readonly #unsubscribe: () => void;
  /** What the title was without us, and what we made of it. */
  #title: { readonly own: string; readonly badged: string } | null = null;
  #notification: Notification | null = null;

  constructor(chat: Chat, settings: () => AlertSettings) {
    this.#chat = chat;
    this.#settings = settings;
    this.#unsubscribe = chat.subscribe(() => this.#onChange());
  }

  dispose(): void {
    this.#unsubscribe();
    this.#clear();
  }

  /** @param message what came; `null`: another tab tells of it from now on. */
  alert(message: Message | null): void {
    if (!message) {
      this.#clear();
      return;
    }
    const { isSilent } = this.#settings();
    if (!isSilent) chime();
    this.#badge();
    if (document.visibilityState === 'hidden') this.#notify(message);
  }

  #onChange(): void {
    if (this.#chat.getSnapshot().unread === 0) this.#clear();
    else if (this.#title) this.#badge();
  }

  #badge(): void {
    const { unread } = this.#chat.getSnapshot();
    if (unread === 0) return;
    // A page that changed its title meanwhile keeps its own.
    const own = this.#title?.badged === document.title ? this.#title.own : document.title;
    const badged = `(${unread}) ${own}`;
    this.#title = { own, badged };
    document.title = badged;
  }

  #notify({ from, text }: Message): void {
    if (typeof Notification === 'undefined' || Notification.permission !== 'granted') return;
    const { texts } = this.#settings();
    try {
      this.#notification = new Notification(from.name || texts.heading, {
        body: text.slice(0, 200),
        tag: 'partyline',
      });
      this.#notification.onclick = () => window.focus();
    } catch {
      // Chrome on Android has the constructor and refuses it outside of a service worker.
    }
  }

  #clear(): void {
    if (this.#title && document.title === this.#title.badged) document.title = this.#title.own;
    this.#title = null;
    this.#notification?.close();
    this.#notification = null;
  }
}
