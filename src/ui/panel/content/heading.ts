import { html, nothing } from 'lit';

export function heading(title: string | null, subtitle: string | null): unknown {
  return html`
    ${title === null ? nothing : html`<strong dir="auto">${title}</strong>`}
    ${subtitle === null ? nothing : html`<span class="hint" dir="auto">${subtitle}</span>`}
  `;
}
