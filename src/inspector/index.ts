import { PartylineInspectorElement } from './element.ts';

export { PartylineInspectorElement } from './element.ts';
export type { RecordedStep, Recording, Status } from './protocol.ts';

declare global {
  interface HTMLElementTagNameMap {
    'partyline-inspector': PartylineInspectorElement;
  }
}

// Node has no registry, and a page may load the module twice.
if (typeof customElements !== 'undefined' && !customElements.get('partyline-inspector')) {
  customElements.define('partyline-inspector', PartylineInspectorElement);
}
