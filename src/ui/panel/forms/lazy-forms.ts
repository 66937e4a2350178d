import { html, type ReactiveControllerHost } from 'lit';
import type { Chat } from '../../../client/chat.ts';
import type { FormContent, ListContent } from '../../../protocol/content.ts';
import { hasVisitorChanged } from '../../../protocol/epoch.ts';
import type { Message } from '../../../protocol/message.ts';
import type { ChatSnapshot } from '../../../protocol/snapshot.ts';
import type { DisplayError } from '../../display-error.ts';
import type { ContentContext } from '../content/context.ts';
import type { FormsController } from './controller.ts';

export type RenderForm = (
  offer: FormContent | ListContent,
  message: Message,
  context: ContentContext,
) => unknown;

/** Shown when the code for forms can't be loaded. */
const loadFailed: DisplayError = {
  code: 'network',
  message: 'The code for forms could not be loaded.',
};

/** Loads the code for forms with the first form: few conversations have one. */
export class LazyForms {
  /** A new function whenever the rows must render again. */
  render: RenderForm;
  readonly #host: ReactiveControllerHost & HTMLElement;
  #controller: Promise<FormsController> | null = null;
  #chat: Chat | null = null;
  #epoch = '';

  constructor(host: ReactiveControllerHost & HTMLElement) {
    this.#host = host;
    this.render = this.#loadingView();
  }

  receive(chat: Chat, { hub: { epoch } }: ChatSnapshot): void {
    // The next visitor must not see what the previous one filled in.
    if (chat !== this.#chat || hasVisitorChanged(this.#epoch, epoch)) {
      // If loading failed, there are no drafts to clear. The row shows the error.
      this.#controller?.then(
        (controller) => controller.clear(),
        () => undefined,
      );
    }
    this.#chat = chat;
    this.#epoch = epoch;
  }

  #loadingView(): RenderForm {
    return (_offer, _message, { texts }) => {
      if (!this.#controller) void this.#load();
      return html`<span class="hint">${texts.loading}</span>`;
    };
  }

  async #load(): Promise<void> {
    try {
      this.#controller = import('./controller.ts').then(
        ({ FormsController }) => new FormsController(this.#host),
      );
      this.render = (await this.#controller).render;
    } catch {
      this.#controller = null;
      const retry = () => this.#setRender(this.#loadingView());
      this.render = (_offer, _message, { texts }) => html`
        <span class="hint">${texts.error(loadFailed)}</span>
        <button class="small" type="button" @click=${retry}>${texts.retry}</button>
      `;
    }
    this.#host.requestUpdate();
  }

  #setRender(view: RenderForm): void {
    this.render = view;
    this.#host.requestUpdate();
  }
}
