import type { Chat } from '../client/chat.ts';
import type { Message } from '../protocol/message.ts';
import { plainFormat, type TextFormat } from './panel/text-format.ts';

/** `auto`: as the platform's settings for this chat say. */
export type RichTextMode = 'auto' | 'on' | 'off';

/** How long a notification waits for the settings, in ms. After that, it shows the text as it was written. */
const waitLimit = 1_500;

/**
 * Finds out whether agents and bots write rich text, and loads the code for it only then. Asks once there is
 * a conversation or a message: a page whose visitor never chats asks nothing.
 */
export class LazyRichText {
  /** Another object when the rows must render again. */
  format: TextFormat = plainFormat;
  readonly #onChange: () => void;
  #mode: RichTextMode = 'auto';
  #chat: Chat | null = null;
  /** The setting of the chat's deployment; `null` until it is known. */
  #isEnabled: boolean | null = null;
  /** The hub and visitor of the last check. */
  #checkedFor = '';
  #wasReady = false;
  #check: Promise<void> | null = null;
  #richFormat: TextFormat | null = null;
  #loading: Promise<void> | null = null;

  /** @param onChange called when `format` has changed */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** Called with each change of the attribute. */
  set mode(mode: RichTextMode) {
    this.#mode = mode;
    this.#update();
  }

  /** Called with each change of the chat. */
  receive(chat: Chat): void {
    if (chat !== this.#chat) {
      this.#chat = chat;
      this.#isEnabled = null;
      this.#checkedFor = '';
      this.#update();
    }
    const { hub, conversation, connection, messages } = chat.getSnapshot();
    const isReady = connection.phase === 'ready';
    // A hub that could not load the settings may have them after a reconnect.
    const isBack = isReady && !this.#wasReady && this.#isEnabled === null;
    this.#wasReady = isReady;
    const hasBegun = conversation !== null || messages.length > 0;
    if (this.#mode !== 'auto' || hub.epoch === '' || !hasBegun) return;
    if (hub.epoch === this.#checkedFor && !isBack) return;
    this.#checkedFor = hub.epoch;
    this.#check = this.#ask(chat);
  }

  /** The message's text without marks, as soon as it is known whether it has any. Never rejects. */
  async spoken(message: Message): Promise<string> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const limit = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, waitLimit);
    });
    await Promise.race([this.#settled(), limit]);
    clearTimeout(timer);
    return this.format.spoken(message);
  }

  async #settled(): Promise<void> {
    await this.#check;
    await this.#loading;
  }

  async #ask(chat: Chat): Promise<void> {
    try {
      const platform = await chat.platform();
      const deployment = await platform.deployment();
      if (chat !== this.#chat || !deployment) return;
      this.#isEnabled = deployment.usesMarkdown;
      this.#update();
    } catch {
      // The next snapshot asks again.
      if (chat === this.#chat) this.#checkedFor = '';
    }
  }

  #update(): void {
    const isRich = this.#mode === 'on' || (this.#mode === 'auto' && this.#isEnabled === true);
    if (isRich && !this.#richFormat) this.#loading ??= this.#load();
    const format = (isRich && this.#richFormat) || plainFormat;
    if (format === this.format) return;
    this.format = format;
    this.#onChange();
  }

  async #load(): Promise<void> {
    try {
      this.#richFormat = (await import('./panel/rich-text-format.ts')).richTextFormat;
      this.#update();
    } catch (error) {
      console.warn('[partyline] the code for rich text could not be loaded:', error);
    }
    // After a failure, the next change tries again.
    this.#loading = null;
  }
}
