import { html, nothing, type TemplateResult } from 'lit';
import type { Attachment } from '../../../protocol/content.ts';
import type { Message } from '../../../protocol/message.ts';
import { sizeText } from '../size-text.ts';
import type { ContentContext } from './context.ts';
import { link } from './link.ts';
import { hide, picture } from './picture.ts';

/** Images are shown, other files are listed by name. Both open in a new tab. */
export function attachment(
  file: Attachment,
  message: Message,
  { texts, links }: ContentContext,
): TemplateResult {
  const { kind, name, size } = file;
  const url = links ? links.urlOf(file) : file.url;
  const label = html`<span class="file">
    <span dir="auto">${name}</span>
    ${size === null ? nothing : html`<small>${sizeText(size, texts)}</small>`}
  </span>`;
  const press = links && ((event: Event) => void links.onClick(event, file, message));
  if (url === null) {
    if (!press || file.attachmentId === '') return label;
    return html`<button class="plain-link" type="button" @click=${press}>${label}</button>`;
  }
  const onError = links ? (event: Event) => void links.onImageError(event, file, message) : hide;
  return link(url, kind === 'image' ? html`${picture(url, name, onError)}${label}` : label, press);
}
