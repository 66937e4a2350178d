import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { FileProgress } from '../../../protocol/files.ts';
import { visitorLocale } from '../../languages/locale.ts';
import type { Messages } from '../../messages.ts';
import { attachIcon, closeIcon } from '../icons.ts';
import { sizeText } from '../size-text.ts';
import type { FileRow, FilesController } from './controller.ts';

/** The files being sent, above the textbox. */
export function fileRows(files: FilesController, texts: Messages): unknown {
  if (files.rows.length === 0) return nothing;
  return html`<ul class="files" part="files">
    ${repeat(
      files.rows,
      ({ file }) => file,
      (row) => fileRow(row, files, texts),
    )}
  </ul>`;
}

function fileRow(row: FileRow, files: FilesController, texts: Messages): TemplateResult {
  const { file, state } = row;
  const hasFailed = state.type === 'failed';
  return html`<li class=${hasFailed ? 'failed' : ''}>
    <span class="named"><span dir="auto">${file.name}</span> <small>${sizeText(file.size, texts)}</small></span>
    ${
      hasFailed && state.canRetry
        ? html`<button class="small" type="button" @click=${() => files.retry(row)}>${texts.retry}</button>`
        : nothing
    }
    <button
      class="icon-button"
      type="button"
      aria-label="${hasFailed ? texts.delete : texts.cancel}: ${file.name}"
      @click=${() => files.remove(row)}
    >${closeIcon}</button>
    <span class="reason">${stateText(state, texts)}</span>
    ${state.type === 'sending' ? progressBar(file.name, state.progress) : nothing}
  </li>`;
}

function stateText(state: FileRow['state'], texts: Messages): string {
  if (state.type === 'queued') return texts.files.queued;
  return state.type === 'sending' ? progressText(state.progress, texts) : state.reason;
}

function progressText({ stage, percent }: FileProgress, texts: Messages): string {
  if (stage === 'sent') return '';
  const text = texts.files[stage];
  if (stage !== 'uploading' || percent === 0) return text;
  const share = new Intl.NumberFormat(visitorLocale(texts.language), { style: 'percent' }).format(
    percent / 100,
  );
  return `${text} ${share}`;
}

/** The progress is known only while the file is uploading. */
function progressBar(name: string, { stage, percent }: FileProgress): TemplateResult {
  return stage === 'uploading'
    ? html`<progress aria-label=${name} max="100" .value=${percent}></progress>`
    : html`<progress aria-label=${name}></progress>`;
}

/** Hidden if the gateway accepts no files. */
export function attachButton({ rules, onChosen }: FilesController, texts: Messages): unknown {
  if (!rules) return nothing;
  const { mimeTypes } = rules;
  const choose = ({ currentTarget }: Event) => {
    const input = currentTarget instanceof Element ? currentTarget.nextElementSibling : null;
    if (input instanceof HTMLInputElement) input.click();
  };
  return html`
    <button class="icon-button attach" part="attach" type="button" aria-label=${texts.files.attach} @click=${choose}>
      ${attachIcon}
    </button>
    <input
      type="file"
      hidden
      multiple
      accept=${mimeTypes.includes('*/*') ? nothing : mimeTypes.join(',')}
      @change=${onChosen}
    />
  `;
}

/** Shown while files are dragged over the panel. */
export function dropTarget({ isDropping }: FilesController, texts: Messages): unknown {
  return isDropping ? html`<div class="drop" part="drop">${texts.files.drop}</div>` : nothing;
}
