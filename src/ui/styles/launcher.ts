import { launcherPalette } from './palette.ts';

/**
 * The launcher's look. Besides the palette's colors, a site can set `--partyline-inset` (distance from the
 * window's edges) and `--partyline-z-index` on the element, and for the panel
 * `--partyline-width`, `--partyline-height`, `--partyline-radius`, `--partyline-font`.
 */
export const launcherStyles = `
:host {
  position: fixed;
  inset-block-end: max(var(--partyline-inset, 20px), env(safe-area-inset-bottom, 0px));
  inset-inline-end: var(--partyline-inset, 20px);
  z-index: var(--partyline-z-index, 2147483000);
}
:host([placement='start']) { inset-inline: var(--partyline-inset, 20px) auto; }
${launcherPalette}
.frame {
  font: var(--partyline-font, inherit);
  font-size: 15px;
  line-height: 1.45;
  color: var(--_text);
}
.frame * { box-sizing: border-box; }
#launcher {
  position: relative;
  display: grid;
  place-items: center;
  inline-size: 56px;
  block-size: 56px;
  padding: 0;
  border: 1px solid transparent;
  border-radius: 50%;
  color: var(--_on-accent);
  background: var(--_accent);
  box-shadow: 0 1px 2px var(--_shadow), 0 8px 24px var(--_shadow);
  cursor: pointer;
}
#launcher svg { grid-area: 1 / 1; inline-size: 30px; fill: currentColor; }
.badge {
  position: absolute;
  inset-block-start: -4px;
  inset-inline-end: -4px;
  min-inline-size: 22px;
  block-size: 22px;
  padding-inline: 6px;
  border: 2px solid var(--_surface);
  border-radius: 11px;
  font-size: 12px;
  font-weight: 700;
  line-height: 18px;
  text-align: center;
  color: #fff;
  background: #c8281d;
}
.badge[hidden] { display: none; }
.note {
  position: absolute;
  inset-block-end: 68px;
  inset-inline-end: 0;
  inline-size: 250px;
  margin: 0;
  padding: 10px;
  border: 1px solid;
  background: var(--_surface);
}
.note:empty { display: none; }
`;
