import type { ReactiveControllerHost } from 'lit';
import type { Chat } from '../../client/chat.ts';
import { type DisplayError, toDisplayError } from '../display-error.ts';

interface EarlierHost extends ReactiveControllerHost {
  readonly chat: Chat | null;
}

/** Fetches older messages, one batch at a time. */
export class Earlier {
  isLoading = false;
  trouble: DisplayError | null = null;
  readonly #host: EarlierHost;

  constructor(host: EarlierHost) {
    this.#host = host;
  }

  readonly load = async (): Promise<void> => {
    const { chat } = this.#host;
    if (!chat || this.isLoading || !chat.getSnapshot().hasEarlier) return;
    this.isLoading = true;
    this.trouble = null;
    this.#host.requestUpdate();
    try {
      await chat.loadEarlier();
    } catch (error) {
      this.trouble = toDisplayError(error);
    } finally {
      this.isLoading = false;
      this.#host.requestUpdate();
    }
  };
}
