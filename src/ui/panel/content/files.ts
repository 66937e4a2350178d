import { html, nothing, type TemplateResult } from 'lit';
import type { Attachment } from '../../../protocol/content.ts';
import type { Texts } from '../../texts.ts';
import { link } from './index.ts';

/** A picture is shown, anything else is named; both open in a window of their own. */
export function attachment({ kind, url, name, size }: Attachment, texts: Texts): TemplateResult {
  const label = html`<span class="file">
    <span dir="auto">${name}</span>
    ${size === null ? nothing : html`<small>${fileSize(size, texts)}</small>`}
  </span>`;
  if (url === null) return label;
  return link(url, kind === 'image' ? html`${picture(url, name)}${label}` : label);
}

export function picture(url: string, alt: string): TemplateResult {
  // Links of pictures live for minutes: one that has run out leaves no broken frame behind.
  const hide = ({ currentTarget }: Event) => {
    if (currentTarget instanceof HTMLElement) currentTarget.hidden = true;
  };
  return html`<img src=${url} alt=${alt} loading="lazy" referrerpolicy="no-referrer" @error=${hide} />`;
}

function fileSize(bytes: number, { language }: Texts): string {
  const isLarge = bytes >= 1_000_000;
  const value = bytes / (isLarge ? 1_000_000 : 1_000);
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit: isLarge ? 'megabyte' : 'kilobyte',
    maximumFractionDigits: value < 10 ? 1 : 0,
  }).format(value);
}
