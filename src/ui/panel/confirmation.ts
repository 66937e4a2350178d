import { html, nothing, type ReactiveControllerHost } from 'lit';
import type { Messages } from '../messages.ts';

/** An action that needs the visitor's confirmation. */
export type Question = 'end' | 'clear';

/** Asks for confirmation before the chat is ended or deleted. */
export class Confirmation {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #onConfirm: (question: Question) => void;
  #question: Question | null = null;

  /** @param onConfirm called when the visitor confirms */
  constructor(host: ReactiveControllerHost & HTMLElement, onConfirm: (question: Question) => void) {
    this.#host = host;
    this.#onConfirm = onConfirm;
  }

  async ask(question: Question): Promise<void> {
    this.#show(question);
    await this.#host.updateComplete;
    this.#host.querySelector<HTMLElement>('.confirmation button')?.focus();
  }

  render(texts: Messages): unknown {
    const question = this.#question;
    if (!question) return nothing;
    const confirm = () => {
      this.#show(null);
      this.#onConfirm(question);
    };
    return html`<div
      class="notice confirmation"
      part="notice"
      role="alertdialog"
      aria-label=${texts[question]}
      aria-describedby="confirmation"
      @keydown=${this.#onKeydown}
    >
      <span id="confirmation">${question === 'end' ? texts.endConfirm : texts.clearConfirm}</span>
      <span class="actions">
        <button class="small plain" type="button" @click=${() => this.#show(null)}>${texts.cancel}</button>
        <button class="small" type="button" @click=${confirm}>${question === 'end' ? texts.end : texts.delete}</button>
      </span>
    </div>`;
  }

  readonly #onKeydown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    // Only the confirmation closes, not the panel.
    event.preventDefault();
    event.stopPropagation();
    this.#show(null);
  };

  #show(question: Question | null): void {
    this.#question = question;
    if (!question) this.#host.querySelector<HTMLElement>('.menu > button')?.focus();
    this.#host.requestUpdate();
  }
}
