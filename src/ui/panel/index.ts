import { PartylinePanel } from './panel.ts';
import { panelStyleSheets } from './styles/index.ts';

const name = 'partyline-panel';

/** A panel for this shadow root, with its styles adopted there. */
export function createPanel(root: ShadowRoot): PartylinePanel {
  if (!customElements.get(name)) customElements.define(name, PartylinePanel);
  root.adoptedStyleSheets.push(...panelStyleSheets());
  const panel = new PartylinePanel();
  panel.id = 'panel';
  return panel;
}
