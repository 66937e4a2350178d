import { html, nothing, type ReactiveControllerHost } from 'lit';
import type { Chat } from '../../client/chat.ts';
import type { Texts } from '../texts.ts';

/** Asks before everything that was said is deleted. */
export class Clearing {
  readonly #host: ReactiveControllerHost & HTMLElement;
  #isAsking = false;

  constructor(host: ReactiveControllerHost & HTMLElement) {
    this.#host = host;
  }

  readonly ask = async (): Promise<void> => {
    this.#show(true);
    await this.#host.updateComplete;
    this.#host.querySelector<HTMLElement>('.clearing button')?.focus();
  };

  /** @param attempt carries it out, and tells what comes of it */
  render(texts: Texts, chat: Chat, attempt: (clearing: Promise<void>) => void): unknown {
    if (!this.#isAsking) return nothing;
    const clear = () => {
      this.#show(false);
      attempt(chat.platform().then((platform) => platform.clear()));
    };
    return html`<div
      class="notice clearing"
      part="notice"
      role="alertdialog"
      aria-label=${texts.clear}
      aria-describedby="clearing"
      @keydown=${this.#onKeydown}
    >
      <span id="clearing">${texts.clearing}</span>
      <span class="ways">
        <button class="small plain" type="button" @click=${() => this.#show(false)}>${texts.keep}</button>
        <button class="small" type="button" @click=${clear}>${texts.delete}</button>
      </span>
    </div>`;
  }

  readonly #onKeydown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    // The panel stays open.
    event.preventDefault();
    event.stopPropagation();
    this.#show(false);
  };

  #show(isAsking: boolean): void {
    this.#isAsking = isAsking;
    if (!isAsking) this.#host.querySelector<HTMLElement>('.menu > button')?.focus();
    this.#host.requestUpdate();
  }
}
