import type { ReactiveControllerHost } from 'lit';
import type { Chat } from '../../client/chat.ts';
import { type DisplayError, toDisplayError } from '../display-error.ts';

interface PaginationHost extends ReactiveControllerHost {
  readonly chat: Chat | null;
}

/** Loads older messages, one page at a time. */
export class Pagination {
  isLoading = false;
  error: DisplayError | null = null;
  readonly #host: PaginationHost;

  constructor(host: PaginationHost) {
    this.#host = host;
  }

  readonly load = async (): Promise<void> => {
    const { chat } = this.#host;
    if (!chat || this.isLoading || !chat.getSnapshot().hasEarlier) return;
    this.isLoading = true;
    this.error = null;
    this.#host.requestUpdate();
    try {
      await chat.loadEarlier();
    } catch (error) {
      this.error = toDisplayError(error);
    } finally {
      this.isLoading = false;
      this.#host.requestUpdate();
    }
  };
}
