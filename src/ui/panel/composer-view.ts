import { html, nothing, type TemplateResult } from 'lit';
import { ref } from 'lit/directives/ref.js';
import type { Messages } from '../messages.ts';
import { type Composer, maximumLength } from './composer.ts';
import type { FilesController } from './files/controller.ts';
import { sendIcon } from './icons.ts';

/** The length in UTF-16 code units above which the counter is shown. */
const countFrom = maximumLength - 200;

export function composerView(
  composer: Composer,
  files: FilesController | null,
  texts: Messages,
): TemplateResult {
  const { length, refusal } = composer;
  const isTooLong = length > maximumLength;
  return html`
    <form class="composer" part="composer" novalidate @submit=${composer.onSubmit}>
      <div class="refusal" role="alert">${refusal?.(texts) ?? nothing}</div>
      ${files?.list()}
      <div class="field" part="field">
        ${files?.button()}
        <textarea
          class="input"
          part="input"
          rows="1"
          dir=${length > 0 ? 'auto' : nothing}
          enterkeyhint="send"
          autocomplete="off"
          aria-label=${texts.message}
          placeholder=${texts.placeholder}
          aria-invalid=${isTooLong ? 'true' : nothing}
          aria-describedby=${length > countFrom ? 'length' : nothing}
          ${ref(composer.textarea)}
          @input=${composer.onInput}
          @keydown=${composer.onKeydown}
          @paste=${(event: ClipboardEvent) => files?.paste(event) || composer.onPaste()}
          @blur=${composer.onBlur}
          @compositionstart=${composer.onCompositionStart}
          @compositionend=${composer.onCompositionEnd}
        ></textarea>
        <button class="send ${length > 0 ? 'ready' : ''}" part="send" type="submit" aria-label=${texts.send}>
          ${sendIcon}
        </button>
      </div>
      ${
        length > countFrom
          ? html`<div id="length" class="length ${isTooLong ? 'over' : ''}">${texts.length(length, maximumLength)}</div>`
          : nothing
      }
    </form>
  `;
}
