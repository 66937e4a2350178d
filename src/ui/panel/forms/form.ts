import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type {
  FormContent,
  FormField,
  ListContent,
  Reply,
  ReplyValue,
} from '../../../protocol/content.ts';
import type { Message } from '../../../protocol/message.ts';
import type { ContentContext } from '../content/context.ts';
import { heading } from '../content/heading.ts';
import { optionalPicture } from '../content/picture.ts';
import { chosenOf, validate, valuesOf } from './answers.ts';
import { closed, emptyDraft, type FormDraft, type Step } from './draft.ts';
import { type FieldContext, fieldView, listView } from './fields.ts';
import type { MessagesWithForm } from './messages.ts';

/** The context of a message's content, with the texts of forms. */
type FormContext = ContentContext & { readonly texts: MessagesWithForm };

/** The field key of a list that isn't part of a form. */
const listKey = 'list';

/**
 * A form or a multiple-choice list in a message. It has no shadow root. The draft is kept outside, because
 * rows are removed while out of view.
 */
export class PartylineForm extends LitElement {
  static override properties = {
    formId: { attribute: false },
    offer: { attribute: false },
    message: { attribute: false },
    context: { attribute: false },
    draft: { attribute: false },
  };

  /** The prefix of its elements' ids. */
  declare formId: string;
  declare offer: FormContent | ListContent;
  declare message: Message;
  declare context: FormContext;
  declare draft: FormDraft;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override willUpdate(_: PropertyValues): void {
    // The reply was sent. If the visitor discards it, the form must be open again, as it was.
    if (this.context.isOpen) return;
    if (this.draft.step.type === 'sending') this.draft.step = this.#start;
    // Another tab has answered. The form goes away and must not take the focus with it.
    const root = this.getRootNode();
    if (root instanceof ShadowRoot && this.contains(root.activeElement)) this.#focusMessage();
  }

  protected override render(): unknown {
    const { offer } = this;
    return offer.type === 'list' ? this.#list(offer) : this.#form(offer);
  }

  get #start(): Step {
    return emptyDraft(this.offer.type === 'list').step;
  }

  get #isOpen(): boolean {
    return this.context.isOpen && this.draft.step.type !== 'sending';
  }

  get #name(): string {
    const { offer } = this;
    const { texts } = this.context;
    if (offer.type === 'list') return offer.title ?? texts.choices;
    return offer.title ?? offer.introduction.title ?? texts.form.open;
  }

  /** Differs from the name of the button that sends a message. */
  get #sendName(): string {
    return `${this.context.texts.send}: ${this.#name}`;
  }

  /** A message without a text shows the title in its bubble, so it isn't repeated here. */
  #heading(): unknown {
    const { title, subtitle, imageUrl } = this.offer;
    return html`${optionalPicture(imageUrl)}${heading(this.message.text === '' ? null : title, subtitle)}`;
  }

  #list(offer: ListContent): TemplateResult {
    const { sections } = offer;
    const { texts, canReply } = this.context;
    if (!this.#isOpen) {
      return html`${this.#heading()}
        ${sections.map(({ items }) => items.map(({ title }) => html`<div dir="auto">${title}</div>`))}`;
    }
    const field = this.#fieldContext(listKey, this.#name, null);
    const values = chosenOf(sections, field.filled);
    const [first] = values;
    const send = (event: Event) => {
      event.preventDefault();
      if (!first || !canReply) return;
      void this.#send(offer.reply ?? textOf(values), {
        kind: 'list',
        payload: first.payload,
        values: [...values],
      });
    };
    const hintId = `${this.formId}-hint`;
    return html`${this.#heading()}
      <form class="form" part="form" novalidate aria-label=${this.#name} @submit=${send}>
        ${listView(sections, field)}
        <div class="form-actions">
          <span id=${hintId} class="hint" role="status">${first ? nothing : texts.form.chooseOne}</span>
          <button
            class="small go"
            type="submit"
            ?disabled=${!canReply}
            aria-label=${this.#sendName}
            aria-disabled=${first ? nothing : 'true'}
            aria-describedby=${first ? nothing : hintId}
          >
            ${texts.send}
          </button>
        </div>
      </form>`;
  }

  #form(offer: FormContent): TemplateResult {
    const { step } = this.draft;
    const { texts, canReply } = this.context;
    if (!this.#isOpen || step.type === 'closed' || step.type === 'sending') {
      return html`
        ${this.#heading()}
        ${
          this.#isOpen
            ? html`<button class="small" type="button" ?disabled=${!canReply} @click=${() => this.#go({ type: 'page', page: 0 })}>
                ${offer.button ?? texts.form.open}
              </button>`
            : nothing
        }
      `;
    }
    const isSummary = step.type === 'summary';
    const lastPage = offer.pages.length - 1;
    const isLast = isSummary || (step.page === lastPage && !offer.hasSummary);
    const submit = (event: Event) => {
      event.preventDefault();
      if (!isSummary && !this.#check(offer, step.page)) return;
      if (isLast) this.#finish(offer);
      else this.#go(step.page < lastPage ? at(step.page + 1) : { type: 'summary' });
    };
    const previous = isSummary ? at(lastPage) : step.page > 0 ? at(step.page - 1) : closed;
    return html`<form class="form" part="form" novalidate aria-label=${this.#name} @submit=${submit}>
      ${isSummary ? this.#summary(offer) : this.#page(offer, step.page)}
      <div class="form-actions">
        <button class="small plain" type="button" @click=${() => this.#go(previous)}>
          ${previous.type === 'closed' ? texts.cancel : texts.form.back}
        </button>
        <button
          class="small go"
          type="submit"
          ?disabled=${isLast && !canReply}
          aria-label=${isLast ? this.#sendName : nothing}
        >
          ${isLast ? texts.send : texts.form.next}
        </button>
      </div>
    </form>`;
  }

  #page(offer: FormContent, index: number): unknown {
    const { texts } = this.context;
    const { pages, introduction } = offer;
    const page = pages[index];
    if (!page) return nothing;
    const hasIntroduction = index === 0;
    return html`
      ${hasIntroduction ? optionalPicture(introduction.imageUrl) : nothing}
      ${
        hasIntroduction && (introduction.title ?? introduction.subtitle) !== null
          ? html`<div class="form-head">${heading(introduction.title, introduction.subtitle)}</div>`
          : nothing
      }
      <div class="form-head" data-step tabindex="-1">
        ${pages.length > 1 ? html`<span class="form-step">${texts.form.step(index + 1, pages.length)}</span>` : nothing}
        ${heading(page.title, page.subtitle)}
      </div>
      ${page.fields.map((field, position) => {
        const key = `${index}.${position}`;
        return fieldView(
          field,
          this.#fieldContext(key, placeholderOf(field) ?? page.title ?? this.#name, field),
        );
      })}
    `;
  }

  #summary(offer: FormContent): TemplateResult {
    const { texts } = this.context;
    const rows = offer.pages.flatMap(({ fields, title }, page) =>
      fields.map((field, position) => {
        const values = valuesOf(field, this.#filled(`${page}.${position}`), texts);
        const name = field.title ?? placeholderOf(field) ?? title ?? '';
        return html`<div>
          <dt dir="auto">${name}</dt>
          <dd dir="auto">${textOf(values) || '–'}</dd>
        </div>`;
      }),
    );
    return html`
      <div class="form-head" data-step tabindex="-1"><strong>${texts.form.summary}</strong></div>
      <dl class="summary">${rows}</dl>
    `;
  }

  #filled(key: string): readonly string[] {
    return this.draft.filled.get(key) ?? [];
  }

  #fieldContext(key: string, name: string, field: FormField | null): FieldContext {
    const { draft } = this;
    const { texts } = this.context;
    return {
      id: `${this.formId}-${key}`,
      filled: this.#filled(key),
      error: draft.errors.get(key) ?? null,
      texts,
      name,
      onChange: (filled) => {
        draft.filled.set(key, filled);
        // Revalidate only a field with an error. The others are validated on the next submit.
        if (field && draft.errors.has(key)) {
          const errors = new Map(draft.errors);
          const problem = validate(field, filled, false, texts);
          if (problem === null) errors.delete(key);
          else errors.set(key, problem);
          draft.errors = errors;
        }
        this.requestUpdate();
      },
    };
  }

  /** Validates a page. If it has errors, focuses the first field with one. */
  #check({ pages }: FormContent, page: number): boolean {
    const errors = new Map<string, string>();
    pages[page]?.fields.forEach((field, position) => {
      const key = `${page}.${position}`;
      const control = this.#controlOf(key);
      const isUnreadable = control instanceof HTMLInputElement && control.validity.badInput;
      const problem = validate(field, this.#filled(key), isUnreadable, this.context.texts);
      if (problem !== null) errors.set(key, problem);
    });
    this.draft.errors = errors;
    const [first] = errors.keys();
    if (first === undefined) return true;
    void this.#focus(() => this.#controlOf(first));
    return false;
  }

  /** The control of a field, or the first control of a list. */
  #controlOf(key: string): HTMLElement | null {
    const root = this.getRootNode();
    if (!(root instanceof ShadowRoot)) return null;
    const id = `${this.formId}-${key}`;
    return root.getElementById(id) ?? root.getElementById(`${id}-0.0`);
  }

  #go(step: Step): void {
    this.draft.step = step;
    this.draft.errors = new Map();
    void this.#focus(() => {
      const head = this.querySelector<HTMLElement>('[data-step]');
      if (head?.textContent?.trim()) return head;
      return this.querySelector<HTMLElement>('input, select, textarea, button');
    });
  }

  /** Renders, then moves the focus. */
  async #focus(find: () => HTMLElement | null): Promise<void> {
    this.requestUpdate();
    await this.updateComplete;
    find()?.focus();
  }

  #focusMessage(): void {
    this.closest('article')?.focus({ preventScroll: true });
  }

  #finish(offer: FormContent): void {
    const { texts, canReply } = this.context;
    if (!canReply) return;
    const values = offer.pages.flatMap(({ fields }, page) =>
      fields.flatMap((field, position) =>
        valuesOf(field, this.#filled(`${page}.${position}`), texts),
      ),
    );
    const said = offer.reply ?? offer.title ?? textOf(values);
    void this.#send(said || texts.send, { kind: 'form', payload: offer.formId, values });
  }

  async #send(text: string, answer: Omit<Reply, 'originatingMessageId'>): Promise<void> {
    const { draft, context, message } = this;
    const before = draft.step;
    draft.step = { type: 'sending' };
    this.#focusMessage();
    this.requestUpdate();
    const isKept = await context.onReply(text, {
      ...answer,
      originatingMessageId: message.messageId,
    });
    if (isKept) return;
    draft.step = before;
    this.requestUpdate();
  }
}

function textOf(values: readonly ReplyValue[]): string {
  return values
    .map(({ text }) => text)
    .filter(Boolean)
    .join(', ');
}

function at(page: number): Step {
  return { type: 'page', page };
}

function placeholderOf(field: FormField): string | null {
  return field.type === 'text' ? field.placeholder : null;
}
