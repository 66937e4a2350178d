/** Loaded with the panel: the launcher's transitions, and its look next to a panel. */
export const finishStyles = `
  :host([scheme='light']) .frame { color-scheme: light; }
  :host([scheme='dark']) .frame { color-scheme: dark; }
  :host([scheme='auto']) .frame { color-scheme: light dark; }
  .frame { text-align: start; -webkit-text-size-adjust: 100%; }
  .frame *::before, .frame *::after { box-sizing: border-box; }
  #launcher { -webkit-tap-highlight-color: transparent; transition: transform 160ms ease, box-shadow 160ms ease, filter 160ms ease; }
  #launcher:hover { transform: translateY(-2px); filter: brightness(1.06); box-shadow: 0 2px 4px var(--_shadow), 0 12px 30px var(--_shadow); }
  #launcher:active { transform: scale(0.96); }
  #launcher:focus-visible { outline: 3px solid var(--_accent-text); outline-offset: 3px; }
  #launcher > svg { display: none; }
  #launcher svg { transition: opacity 160ms ease, transform 200ms ease; }
  #launcher .opened {
    inline-size: 26px;
    fill: none;
    stroke: currentColor;
    stroke-width: 2.2;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  #launcher[aria-expanded='false'] .opened { opacity: 0; transform: rotate(-70deg) scale(0.6); }
  #launcher[aria-expanded='true'] .closed { opacity: 0; transform: rotate(70deg) scale(0.6); }
  .badge { animation: pop 240ms cubic-bezier(0.2, 1.4, 0.4, 1); }
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
