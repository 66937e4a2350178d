import type { ReactiveControllerHost } from 'lit';
import type { Message } from '../../protocol/message.ts';

/** One message at a time is a tab stop; the arrow keys, Home and End move on from it. */
export class Roving {
  readonly #host: ReactiveControllerHost;
  #stop: string | null = null;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
  }

  /** The message id of the stop among these: the newest, unless another one has the focus. */
  stopAmong(messages: readonly Message[]): string | null {
    const stop = this.#stop;
    if (stop !== null && messages.some((message) => message.messageId === stop)) return stop;
    return messages.at(-1)?.messageId ?? null;
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
    const article = articleOf(event.target);
    const feed = article?.closest('[role=feed]');
    if (!article || !feed) return;
    const articles = [...feed.querySelectorAll('article')];
    const target = articles[destination(event.key, articles.indexOf(article), articles.length)];
    if (!target) return;
    event.preventDefault();
    target.focus();
  };
}

/** An index; -1 for a key that isn't ours. */
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
