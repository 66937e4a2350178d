import { PartylinePanel } from './panel.ts';
import { panelStyleSheets } from './styles/index.ts';

const name = 'partyline-panel';

/** Creates a panel for a shadow root and adds its styles there. */
export function createPanel(root: ShadowRoot): PartylinePanel {
  if (!customElements.get(name)) customElements.define(name, PartylinePanel);
  root.adoptedStyleSheets.push(...panelStyleSheets());
  const panel = new PartylinePanel();
  panel.id = 'panel';
  return panel;
}
