import { html } from 'lit';
import { emptyDraft, type FormDraft } from './draft.ts';
import { PartylineForm } from './form.ts';
import type { RenderForm } from './lazy-forms.ts';
import { withFormMessages } from './messages.ts';
import { formStyles } from './styles.ts';

const name = 'partyline-form';

/** The forms and lists of one panel. */
export class FormsController {
  /** By message. Rows are removed while out of view and find their draft here when they return. */
  readonly #drafts = new Map<string, FormDraft>();

  /** @param panel the panel, whose shadow root adopts the styles */
  constructor(panel: HTMLElement) {
    if (!customElements.get(name)) customElements.define(name, PartylineForm);
    const root = panel.getRootNode();
    if (root instanceof ShadowRoot && formStyles.styleSheet) {
      root.adoptedStyleSheets.push(formStyles.styleSheet);
    }
  }

  readonly render: RenderForm = (offer, message, context) => {
    const id = `form-${encodeURIComponent(message.messageId)}-${message.content?.indexOf(offer)}`;
    const draft = this.#drafts.get(id) ?? emptyDraft(offer.type === 'list');
    this.#drafts.set(id, draft);
    return html`<partyline-form
      .formId=${id}
      .offer=${offer}
      .message=${message}
      .context=${{ ...context, texts: withFormMessages(context.texts) }}
      .draft=${draft}
    ></partyline-form>`;
  };

  clear(): void {
    this.#drafts.clear();
  }
}
