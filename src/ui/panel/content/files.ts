import { html, nothing, type TemplateResult } from 'lit';
import type { Attachment } from '../../../protocol/content.ts';
import type { Message } from '../../../protocol/message.ts';
import { sizeText } from '../size-text.ts';
import { type ContentContext, link } from './index.ts';

/** A picture is shown, anything else is named; both open in a window of their own. */
export function attachment(
  file: Attachment,
  message: Message,
  { texts, links }: ContentContext,
): TemplateResult {
  const { kind, name, size } = file;
  const url = links ? links.addressOf(file) : file.url;
  const label = html`<span class="file">
    <span dir="auto">${name}</span>
    ${size === null ? nothing : html`<small>${sizeText(size, texts)}</small>`}
  </span>`;
  const press = links && ((event: Event) => void links.press(event, file, message));
  if (url === null) {
    if (!press || file.attachmentId === '') return label;
    return html`<button class="plain-link" type="button" @click=${press}>${label}</button>`;
  }
  const onError = links ? (event: Event) => void links.mend(event, file, message) : hide;
  return link(url, kind === 'image' ? html`${picture(url, name, onError)}${label}` : label, press);
}

export function picture(url: string, alt: string, onError: (event: Event) => void): TemplateResult {
  return html`<img src=${url} alt=${alt} loading="lazy" referrerpolicy="no-referrer" @error=${onError} />`;
}

/** One that can't be loaded leaves no broken frame behind. */
export function hide({ currentTarget }: Event): void {
  if (currentTarget instanceof HTMLElement) currentTarget.hidden = true;
}
