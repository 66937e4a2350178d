import { html, type ReactiveControllerHost } from 'lit';
import type { Chat } from '../../../client/chat.ts';
import type { FormContent, ListContent } from '../../../protocol/content.ts';
import { isAnotherVisitor } from '../../../protocol/epoch.ts';
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

/** The code could not be fetched. */
const loadFailed: DisplayError = {
  code: 'network',
  message: 'The part of the panel for forms could not be loaded.',
};

/** Few conversations have a form: what shows them is fetched with the first one. */
export class LazyForms {
  /** Another function whenever the rows are to be drawn anew. */
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
    // What one visitor has filled in is not for the next one.
    if (chat !== this.#chat || isAnotherVisitor(this.#epoch, epoch)) {
      // One that could not be fetched has nothing to forget; its row says so.
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
