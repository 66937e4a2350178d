import { html, type ReactiveControllerHost } from 'lit';
import type { Chat } from '../../../client/chat.ts';
import type { FormContent, ListContent } from '../../../protocol/content.ts';
import { isAnotherVisitor } from '../../../protocol/epoch.ts';
import type { Message } from '../../../protocol/message.ts';
import type { ChatSnapshot } from '../../../protocol/snapshot.ts';
import type { DisplayError } from '../../display-error.ts';
import type { ContentContext } from '../content/context.ts';
import type { FormsController } from './controller.ts';

export type ViewForm = (
  offer: FormContent | ListContent,
  message: Message,
  context: ContentContext,
) => unknown;

/** The code could not be fetched. */
const missing: DisplayError = {
  code: 'network',
  message: 'The part of the panel for forms could not be loaded.',
};

/** Few conversations have a form: what shows them is fetched with the first one. */
export class LazyForms {
  /** Another function whenever the rows are to be drawn anew. */
  view: ViewForm;
  readonly #host: ReactiveControllerHost & HTMLElement;
  #part: Promise<FormsController> | null = null;
  #chat: Chat | null = null;
  #epoch = '';

  constructor(host: ReactiveControllerHost & HTMLElement) {
    this.#host = host;
    this.view = this.#waiting();
  }

  receive(chat: Chat, { hub: { epoch } }: ChatSnapshot): void {
    // What one visitor has filled in is not for the next one.
    if (chat !== this.#chat || isAnotherVisitor(this.#epoch, epoch)) {
      // One that could not be fetched has nothing to forget; its row says so.
      this.#part?.then(
        (part) => part.forget(),
        () => undefined,
      );
    }
    this.#chat = chat;
    this.#epoch = epoch;
  }

  #waiting(): ViewForm {
    return (_offer, _message, { texts }) => {
      if (!this.#part) void this.#fetch();
      return html`<span class="hint">${texts.loading}</span>`;
    };
  }

  async #fetch(): Promise<void> {
    try {
      this.#part = import('./controller.ts').then(
        ({ FormsController }) => new FormsController(this.#host),
      );
      this.view = (await this.#part).view;
    } catch {
      this.#part = null;
      const retry = () => this.#show(this.#waiting());
      this.view = (_offer, _message, { texts }) => html`
        <span class="hint">${texts.trouble(missing)}</span>
        <button class="small" type="button" @click=${retry}>${texts.retry}</button>
      `;
    }
    this.#host.requestUpdate();
  }

  #show(view: ViewForm): void {
    this.view = view;
    this.#host.requestUpdate();
  }
}
