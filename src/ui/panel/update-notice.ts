import { html, nothing } from 'lit';
import type { Messages } from '../messages.ts';

/** The site has a newer version, and waits for the visitor's word: nothing is reloaded under their hands. */
export function updateNotice(isOutdated: boolean, texts: Messages, onUpdate: () => void): unknown {
  if (!isOutdated) return nothing;
  return html`<div class="notice" part="notice" role="group" aria-label=${texts.newerVersion}>
    <span>${texts.newerVersion}</span>
    <button class="small" type="button" @click=${onUpdate}>${texts.update}</button>
  </div>`;
}
