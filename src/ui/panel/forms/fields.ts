import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { FormField, ListSection } from '../../../protocol/content.ts';
import { optionalPicture } from '../content/picture.ts';
import { dateRangeText, itemKey } from './answers.ts';
import type { MessagesWithForm } from './messages.ts';

/** The state of a rendered field. */
export interface FieldContext {
  /** The prefix of the ids of its elements, unique in the panel. */
  readonly id: string;
  readonly filled: readonly string[];
  readonly error: string | null;
  readonly texts: MessagesWithForm;
  /** The label of a field without a title. */
  readonly name: string;
  readonly onChange: (filled: readonly string[]) => void;
}

/** A label, a native control and the error. */
export function fieldView(field: FormField, context: FieldContext): TemplateResult {
  const { id, texts, error } = context;
  if (field.type === 'list') {
    return html`<div class="form-field">${listView(field.sections, context, field)}${errorText(context)}</div>`;
  }
  const hint = [field.subtitle, field.type === 'date' ? dateRangeText(field, texts) : null]
    .filter(Boolean)
    .join(' · ');
  const described = [hint ? `${id}-hint` : '', error === null ? '' : `${id}-error`];
  return html`<div class="form-field">
    <label for=${id}><span dir="auto">${field.title ?? context.name}</span>${requiredMark(field, texts)}</label>
    ${hint ? html`<span id="${id}-hint" class="hint" dir="auto">${hint}</span>` : nothing}
    ${control(field, context, described.filter(Boolean).join(' ') || nothing)}
    ${errorText(context)}
  </div>`;
}

function control(
  field: Exclude<FormField, { type: 'list' }>,
  { id, filled, error, texts, onChange }: FieldContext,
  described: string | typeof nothing,
): TemplateResult {
  const value = filled[0] ?? '';
  const isInvalid = error === null ? nothing : 'true';
  const onInput = ({ currentTarget }: Event) => {
    if (
      currentTarget instanceof HTMLInputElement ||
      currentTarget instanceof HTMLTextAreaElement ||
      currentTarget instanceof HTMLSelectElement
    ) {
      onChange(currentTarget.value === '' ? [] : [currentTarget.value]);
    }
  };
  if (field.type === 'choice') {
    return html`<select id=${id} ?required=${field.isRequired} aria-invalid=${isInvalid} aria-describedby=${described} @change=${onInput}>
      <option value="" ?selected=${value === ''}>${texts.form.choose}</option>
      ${field.items.map(
        ({ title }, index) =>
          html`<option value=${index} ?selected=${value === String(index)}>${title}</option>`,
      )}
    </select>`;
  }
  if (field.type === 'date') {
    return html`<input
      id=${id}
      type="date"
      min=${field.earliest ?? nothing}
      max=${field.latest ?? nothing}
      .value=${value}
      ?required=${field.isRequired}
      aria-invalid=${isInvalid}
      aria-describedby=${described}
      @input=${onInput}
    />`;
  }
  const { placeholder, autocomplete, keyboard } = field;
  if (field.isMultiline) {
    return html`<textarea
      id=${id}
      rows="3"
      dir="auto"
      placeholder=${placeholder ?? nothing}
      autocomplete=${autocomplete ?? 'off'}
      .value=${live(value)}
      ?required=${field.isRequired}
      aria-invalid=${isInvalid}
      aria-describedby=${described}
      @input=${onInput}
    ></textarea>`;
  }
  return html`<input
    id=${id}
    type=${types[keyboard]}
    inputmode=${modes[keyboard] ?? nothing}
    dir=${keyboard === 'text' ? 'auto' : 'ltr'}
    placeholder=${placeholder ?? nothing}
    autocomplete=${autocomplete ?? 'off'}
    .value=${live(value)}
    ?required=${field.isRequired}
    aria-invalid=${isInvalid}
    aria-describedby=${described}
    @input=${onInput}
  />`;
}

type Keyboard = Extract<FormField, { type: 'text' }>['keyboard'];

/** Never `number`: it drops input that it can't parse, and scrolling over it changes the value. */
const types: Readonly<Record<Keyboard, string>> = {
  text: 'text',
  email: 'email',
  phone: 'tel',
  // `url` requires a scheme, which few visitors type.
  url: 'text',
  digits: 'text',
  decimal: 'text',
};

const modes: Readonly<Partial<Record<Keyboard, string>>> = {
  url: 'url',
  digits: 'numeric',
  decimal: 'decimal',
};

/** Checkboxes in multiple-choice sections, otherwise radio buttons. */
export function listView(
  sections: readonly ListSection[],
  context: FieldContext,
  field: Extract<FormField, { type: 'list' }> | null = null,
): unknown {
  const { name, texts } = context;
  return sections.map((section, index) => {
    const own = section.title ?? field?.title ?? null;
    const subtitle = index === 0 ? (field?.subtitle ?? null) : null;
    // The fallback name is already shown above the list, so only screen readers need it here.
    return html`<fieldset class="options">
      <legend class=${own === null ? 'quiet' : ''}>
        <span dir="auto">${own ?? name}</span>${field ? requiredMark(field, texts) : nothing}
      </legend>
      ${subtitle === null ? nothing : html`<span class="hint" dir="auto">${subtitle}</span>`}
      ${section.items.map((_, item) => option(sections, index, item, context))}
    </fieldset>`;
  });
}

function option(
  sections: readonly ListSection[],
  at: number,
  item: number,
  { id, filled, error, onChange }: FieldContext,
): TemplateResult {
  const section = sections[at];
  const shown = section?.items[item];
  if (!section || !shown) return html``;
  const key = itemKey(at, item);
  const choose = ({ currentTarget }: Event) => {
    if (!(currentTarget instanceof HTMLInputElement)) return;
    // In a single-choice section, the new choice replaces the previous one.
    const siblings = section.isMultiple
      ? [key]
      : section.items.map((_, other) => itemKey(at, other));
    const others = filled.filter((one) => !siblings.includes(one));
    onChange(currentTarget.checked ? [...others, key] : others);
  };
  return html`<label class="option">
    <input
      id="${id}-${key}"
      type=${section.isMultiple ? 'checkbox' : 'radio'}
      name="${id}-${at}"
      .checked=${live(filled.includes(key))}
      aria-invalid=${error !== null && section.isMultiple ? 'true' : nothing}
      aria-describedby=${error === null ? nothing : `${id}-error`}
      @change=${choose}
    />
    ${optionalPicture(shown.imageUrl)}
    <span>
      <span dir="auto">${shown.title}</span>
      ${shown.subtitle === null ? nothing : html`<small dir="auto">${shown.subtitle}</small>`}
    </span>
  </label>`;
}

function requiredMark({ isRequired }: FormField, { form }: MessagesWithForm): unknown {
  return isRequired ? html` <span class="required">(${form.required})</span>` : nothing;
}

function errorText({ id, error }: FieldContext): unknown {
  return error === null
    ? nothing
    : html`<span id="${id}-error" class="field-error" dir="auto">${error}</span>`;
}
