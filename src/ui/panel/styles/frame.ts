import { css } from 'lit';

/**
 * The panel's placement, header, notices and buttons.
 *
 * The opening animation doesn't scale the panel: scaling would change the measured positions in the feed.
 * (Comments inside the style sheet would be shipped to visitors.)
 */
export const frameStyles = css`
  partyline-panel { display: contents; }
  .panel {
    position: absolute;
    inset-block-end: calc(100% + 14px);
    inset-inline-end: 0;
    display: flex;
    flex-direction: column;
    inline-size: min(var(--partyline-width, 392px), 100vw - 2 * var(--partyline-inset, 20px));
    block-size: min(var(--partyline-height, 660px), 100dvh - 70px - 2 * var(--partyline-inset, 20px));
    overflow: hidden;
    overflow-wrap: anywhere;
    border: 1px solid var(--_line);
    border-radius: var(--partyline-radius, 20px);
    background: var(--_surface);
    box-shadow: 0 2px 6px var(--_shadow), 0 18px 56px var(--_shadow);
    animation: rise 220ms cubic-bezier(0.2, 0.9, 0.3, 1);
  }
  :host([placement='start']) .panel { inset-inline: 0 auto; }
  .panel[hidden] { display: none; }
  @keyframes rise {
    from { opacity: 0; transform: translateY(12px); }
  }
  .quiet {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  /* The text keeps its own direction; its alignment follows the page's. */
  .panel :is(.status, .length, .notice span, .day span, .gap span, .divider span, .typing span, .tail, .reason, .meta time, .outcome) {
    unicode-bidi: plaintext;
  }
  .icon {
    inline-size: 20px;
    block-size: 20px;
    flex: none;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.9;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .icon.directed:dir(rtl) { transform: scaleX(-1); }
  .panel :focus-visible { outline: 2px solid var(--_accent-text); outline-offset: 2px; }

  .header {
    display: flex;
    align-items: flex-start;
    gap: 12px;
    padding-block: 14px 12px;
    padding-inline: 16px 10px;
    border-block-end: 1px solid var(--_line);
  }
  .mark {
    display: grid;
    place-items: center;
    flex: none;
    inline-size: 38px;
    block-size: 38px;
    border-radius: 12px;
    color: var(--_on-accent);
    background: linear-gradient(150deg, color-mix(in oklab, var(--_accent) 82%, white), var(--_accent) 70%);
  }
  .titles { flex: 1; min-inline-size: 0; align-self: center; }
  .heading {
    margin: 0;
    font-size: 16px;
    font-weight: 650;
    line-height: 1.3;
    letter-spacing: -0.01em;
    overflow-wrap: anywhere;
  }
  .connection {
    display: flex;
    align-items: baseline;
    gap: 7px;
    font-size: 12.5px;
    line-height: 1.35;
    color: var(--_muted);
  }
  .dot {
    flex: none;
    inline-size: 8px;
    block-size: 8px;
    border-radius: 50%;
    background: var(--_edge);
  }
  .good .dot { background: var(--_good); }
  .busy .dot { animation: breathe 1.4s ease-in-out infinite; }
  .warn .dot { background: var(--_warn); }
  .bad .dot { background: var(--_danger); }
  .warn .status { color: var(--_warn); }
  .bad .status { color: var(--_danger); }
  @keyframes breathe { 50% { opacity: 0.3; } }

  .notice {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 12px;
    min-block-size: 36px;
    padding-block: 5px;
    padding-inline: 16px 10px;
    border-block-end: 1px solid var(--_line);
    font-size: 13px;
    font-variant-numeric: tabular-nums;
    color: var(--_warn);
    background: var(--_warn-surface);
  }
  .notice .actions { display: flex; flex-wrap: wrap; justify-content: end; gap: 4px; }
  .notice.confirmation { display: block; padding-block: 10px; }
  .actions.after { display: flex; flex-wrap: wrap; justify-content: center; gap: 4px 8px; margin-block: 8px 6px; }
  .menu { position: relative; }
  .menu-items {
    position: absolute;
    inset-block-start: calc(100% + 4px);
    inset-inline-end: 0;
    z-index: 1;
    display: grid;
    inline-size: max-content;
    max-inline-size: 260px;
    padding: 6px;
    border: 1px solid var(--_line);
    border-radius: 14px;
    background: var(--_surface);
    box-shadow: 0 2px 6px var(--_shadow), 0 12px 32px var(--_shadow);
  }
  .menu-items[hidden] { display: none; }
  .menu-items button {
    min-block-size: 44px;
    margin: 0;
    padding: 8px 14px;
    border: 0;
    border-radius: 9px;
    font-size: 14px;
    text-align: start;
    color: var(--_text);
    background: transparent;
  }
  .menu-items button:hover { background: var(--_bubble); }
  .error, .refusal { color: var(--_danger); font-size: 13px; }
  .error:not(:empty) { padding: 8px 16px; background: var(--_danger-surface); }

  .panel button, .panel a.small { font: inherit; cursor: pointer; -webkit-tap-highlight-color: transparent; }
  .icon-button {
    display: grid;
    place-items: center;
    flex: none;
    inline-size: 36px;
    block-size: 36px;
    margin: 0;
    padding: 0;
    border: 1px solid transparent;
    border-radius: 50%;
    color: var(--_muted);
    background: transparent;
    transition: background-color 120ms ease;
  }
  .icon-button:hover { color: var(--_text); background: var(--_bubble); }
  .icon.bold { stroke-width: 3.2; }
  .panel a.small { display: inline-flex; align-items: center; font-size: 13px; font-weight: 600; text-decoration: none; }
  /* The target size is 44 px, even if the button looks smaller. */
  .icon-button, .small, .send { position: relative; }
  :is(.icon-button, .small, .send)::after { content: ''; position: absolute; inset: min(0px, (100% - 44px) / 2); }
  .panel .small {
    min-block-size: 28px;
    margin: 0;
    padding: 2px 12px;
    border: 1px solid var(--_line);
    border-radius: 14px;
    font-size: 13px;
    font-weight: 600;
    color: var(--_accent-text);
    background: var(--_surface);
    transition: background-color 120ms ease;
  }
  .panel .small:hover { background: var(--_bubble); }
  .panel .small.plain { border-color: transparent; color: var(--_muted); background: transparent; }
  @media (pointer: coarse) {
    .icon-button { inline-size: 44px; block-size: 44px; }
    .panel .small { min-block-size: 44px; padding-inline: 16px; border-radius: 22px; }
  }

  @media (max-width: 479.98px), (max-height: 420px) {
    .panel {
      position: fixed;
      inset: var(--_window-top, 0) 0 auto 0;
      inline-size: auto;
      block-size: var(--_window-height, 100dvh);
      border: 0;
      border-radius: 0;
      box-shadow: none;
      padding-block: env(safe-area-inset-top, 0px) env(safe-area-inset-bottom, 0px);
      padding-inline: env(safe-area-inset-left, 0px) env(safe-area-inset-right, 0px);
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .panel, .panel *, .panel *::before, .panel *::after {
      animation: none !important;
      transition: none !important;
    }
  }
  @media (forced-colors: active) {
    .panel :focus-visible { outline-color: Highlight; }
    .mark, .avatar { border: 1px solid CanvasText; color: CanvasText; }
    .dot { border: 4px solid CanvasText; }
    .good .dot { border-color: Highlight; }
    .panel .small, .icon-button, .send, .jump { border-color: ButtonText; }
    .bubble { border: 1px solid CanvasText; }
    .row.visitor .bubble { border-color: Highlight; border-width: 2px; }
  }
`;
