import type { ReactiveControllerHost } from 'lit';
import type { Message } from '../../protocol/message.ts';

interface RovingFocusHost extends ReactiveControllerHost, HTMLElement {
  readonly snapshot: { readonly messages: readonly Message[] } | null;
}

/** Roving tabindex: one message is a tab stop, and the arrow keys, Home and End move between messages. */
export class RovingFocus {
  readonly #host: RovingFocusHost;
  #stop: string | null = null;
  /** The message to focus once it has a row. */
  #pendingFocus: string | null = null;

  constructor(host: RovingFocusHost) {
    this.#host = host;
    host.addController(this);
  }

  /** The message whose row has or will get the focus. */
  get focusedId(): string | null {
    return this.#pendingFocus ?? this.#stop;
  }

  /** The message id of the tab stop: the focused message, otherwise the newest. */
  tabStopAmong(messages: readonly Message[]): string | null {
    const stop = this.#stop;
    if (stop !== null && messages.some((message) => message.messageId === stop)) return stop;
    return messages.at(-1)?.messageId ?? null;
  }

  hostUpdated(): void {
    const pending = this.#pendingFocus;
    if (pending === null) return;
    this.#pendingFocus = null;
    for (const article of this.#host.querySelectorAll<HTMLElement>('article')) {
      if (article.dataset.messageId === pending) article.focus();
    }
  }

  readonly onFocusin = (event: FocusEvent): void => {
    const id = articleOf(event.target)?.dataset.messageId;
    if (id === undefined || id === this.#stop) return;
    this.#stop = id;
    this.#host.requestUpdate();
  };

  readonly onFocusout = (event: FocusEvent): void => {
    if (articleOf(event.relatedTarget) || this.#stop === null) return;
    this.#stop = null;
    this.#host.requestUpdate();
  };

  readonly onKeydown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    // Form controls have their own arrow keys.
    if (event.target instanceof Element && event.target.matches('input, select, textarea')) return;
    const article = articleOf(event.target);
    const messages = this.#host.snapshot?.messages ?? [];
    if (!article) return;
    const index = Number(article.getAttribute('aria-posinset')) - 1;
    const target = messages[destination(event.key, index, messages.length)];
    if (!target) return;
    event.preventDefault();
    this.#pendingFocus = target.messageId;
    this.#host.requestUpdate();
  };
}

/** The index to move to; -1 for other keys. */
function destination(key: string, index: number, length: number): number {
  switch (key) {
    case 'ArrowUp':
      return Math.max(index - 1, 0);
    case 'ArrowDown':
      return Math.min(index + 1, length - 1);
    case 'Home':
      return 0;
    case 'End':
      return length - 1;
    default:
      return -1;
  }
}

function articleOf(target: EventTarget | null): HTMLElement | null {
  return target instanceof Element ? target.closest('article') : null;
}
