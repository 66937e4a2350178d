import { html, nothing } from 'lit';
import type { Messages } from '../messages.ts';

/** Offers the site's newer version. The page reloads only when the visitor accepts. */
export function updateNotice(isOutdated: boolean, texts: Messages, onUpdate: () => void): unknown {
  if (!isOutdated) return nothing;
  return html`<div class="notice" part="notice" role="group" aria-label=${texts.newerVersion}>
    <span>${texts.newerVersion}</span>
    <button class="small" type="button" @click=${onUpdate}>${texts.update}</button>
  </div>`;
}
