import { paletteRules } from './palette.ts';

/**
 * The launcher's look. What a site may set on the element, besides the colours of the palette:
 * `--partyline-inset` (distance from the window's edges), `--partyline-z-index`, and for the panel
 * `--partyline-width`, `--partyline-height`, `--partyline-radius`, `--partyline-font`.
 */
export const shellStyles = `
  :host {
    position: fixed;
    inset-block-end: max(var(--partyline-inset, 20px), env(safe-area-inset-bottom, 0px));
    inset-inline-end: var(--partyline-inset, 20px);
    z-index: var(--partyline-z-index, 2147483000);
    display: block;
  }
  :host([hidden]) { display: none; }
  ${paletteRules}
  .frame {
    font: var(--partyline-font, inherit);
    font-size: 15px;
    line-height: 1.45;
    color: var(--_text);
    text-align: start;
    -webkit-text-size-adjust: 100%;
  }
  .frame *, .frame *::before, .frame *::after { box-sizing: border-box; }
  #launcher {
    position: relative;
    display: grid;
    place-items: center;
    inline-size: 56px;
    block-size: 56px;
    margin: 0;
    padding: 0;
    border: 1px solid transparent;
    border-radius: 50%;
    color: var(--_on-accent);
    background: var(--_accent);
    box-shadow: 0 1px 2px var(--_shadow), 0 8px 24px var(--_shadow);
    cursor: pointer;
    transition: transform 160ms ease, box-shadow 160ms ease, filter 160ms ease;
    -webkit-tap-highlight-color: transparent;
  }
  #launcher:hover { transform: translateY(-2px); filter: brightness(1.06); box-shadow: 0 2px 4px var(--_shadow), 0 12px 30px var(--_shadow); }
  #launcher:active { transform: scale(0.96); }
  #launcher:focus-visible { outline: 3px solid var(--_accent-text); outline-offset: 3px; }
  #launcher svg {
    grid-area: 1 / 1;
    inline-size: 26px;
    block-size: 26px;
    fill: none;
    stroke: currentColor;
    stroke-width: 2.2;
    stroke-linecap: round;
    stroke-linejoin: round;
    transition: opacity 160ms ease, transform 200ms ease;
  }
  #launcher .closed { fill: currentColor; stroke: none; inline-size: 30px; block-size: 30px; }
  #launcher[aria-expanded='false'] .opened { opacity: 0; transform: rotate(-70deg) scale(0.6); }
  #launcher[aria-expanded='true'] .closed { opacity: 0; transform: rotate(70deg) scale(0.6); }
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
    animation: pop 240ms cubic-bezier(0.2, 1.4, 0.4, 1);
  }
  .badge[hidden] { display: none; }
  .note {
    position: absolute;
    inset-block-end: calc(100% + 12px);
    inset-inline-end: 0;
    inline-size: max-content;
    max-inline-size: min(280px, 100vw - 40px);
    margin: 0;
    padding: 10px 14px;
    border-radius: 14px;
    color: var(--_danger);
    background: var(--_surface);
    box-shadow: 0 1px 2px var(--_shadow), 0 8px 24px var(--_shadow);
  }
  .note:empty { display: none; }
  @keyframes pop { from { transform: scale(0.4); } }
  @media (max-width: 479.98px), (max-height: 420px) {
    /* The panel fills the window and has its own close button: one underneath would trap the focus. */
    :host([open]) #launcher[aria-controls] { visibility: hidden; }
  }
  @media (prefers-reduced-motion: reduce) {
    #launcher, #launcher svg { transition: none; }
    .badge { animation: none; }
  }
  @media (forced-colors: active) {
    #launcher { border-color: ButtonText; color: ButtonText; background: ButtonFace; }
    #launcher:focus-visible { outline-color: Highlight; }
    .badge { forced-color-adjust: none; border-color: Canvas; color: HighlightText; background: Highlight; }
  }
`;
