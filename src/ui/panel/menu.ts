import { html, nothing, type ReactiveControllerHost, type TemplateResult } from 'lit';
import { moreIcon } from './icons.ts';

export interface MenuItem {
  readonly label: string;
  readonly onSelect: () => void;
}

/** A disclosure menu. It closes on Escape, on a choice, and when the focus leaves it. */
export class Menu {
  #isOpen = false;
  readonly #host: ReactiveControllerHost & HTMLElement;

  constructor(host: ReactiveControllerHost & HTMLElement) {
    this.#host = host;
  }

  render(name: string, items: readonly MenuItem[]): TemplateResult {
    return html`<div class="menu" @keydown=${this.#onKeydown} @focusout=${this.#onFocusout}>
      <button
        class="icon-button"
        part="more"
        type="button"
        aria-label=${name}
        aria-expanded=${this.#isOpen ? 'true' : 'false'}
        aria-controls="menu"
        @click=${() => this.#show(!this.#isOpen)}
      >
        ${moreIcon}
      </button>
      <div id="menu" class="menu-items" part="menu" ?hidden=${!this.#isOpen}>
        ${
          this.#isOpen
            ? items.map(
                ({ label, onSelect }) =>
                  html`<button type="button" @click=${() => this.#choose(onSelect)}>${label}</button>`,
              )
            : nothing
        }
      </div>
    </div>`;
  }

  #show(isOpen: boolean): void {
    this.#isOpen = isOpen;
    this.#host.requestUpdate();
  }

  #choose(choose: () => void): void {
    // Must run before the item is removed, or the focus is lost.
    this.#button()?.focus();
    this.#show(false);
    choose();
  }

  #button(): HTMLElement | null {
    return this.#host.querySelector<HTMLElement>('.menu > button');
  }

  readonly #onKeydown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || !this.#isOpen) return;
    event.preventDefault();
    this.#button()?.focus();
    this.#show(false);
  };

  readonly #onFocusout = (event: FocusEvent): void => {
    const { currentTarget, relatedTarget } = event;
    if (!(currentTarget instanceof Element) || !(relatedTarget instanceof Node)) return;
    if (!currentTarget.contains(relatedTarget)) this.#show(false);
  };
}
