import { PartylineChatElement } from './element.ts';

export type { DisplayError } from './display-error.ts';
export { PartylineChatElement } from './element.ts';
export { english } from './english.ts';
export type { Messages } from './messages.ts';

declare global {
  interface HTMLElementTagNameMap {
    'partyline-chat': PartylineChatElement;
  }
}

// Node has no registry, and a page may load the module twice.
if (typeof customElements !== 'undefined' && !customElements.get('partyline-chat')) {
  customElements.define('partyline-chat', PartylineChatElement);
}
