import { css } from 'lit';

/** The scroller, and the dividers and notices between the messages. */
export const feedStyles = css`
  .viewport { position: relative; display: flex; flex: 1; min-block-size: 0; }
  .scroller {
    flex: 1;
    min-inline-size: 0;
    overflow: hidden auto;
    overflow-anchor: none;
    overscroll-behavior: contain;
    scrollbar-width: thin;
    scrollbar-color: var(--_edge) transparent;
    scroll-padding-block: 12px;
  }
  .content {
    display: flex;
    flex-direction: column;
    min-block-size: 100%;
    padding: 12px 16px 10px;
  }
  .feed { min-block-size: 1px; margin-block-start: auto; }

  /* Margins don't collapse, so that a row's height includes them. */
  .item { display: flow-root; }
  .day, .gap, .divider, .tail, .earlier { text-align: center; font-size: 12.5px; color: var(--_muted); }
  .day { margin-block: 18px 10px; }
  .day span { font-weight: 600; }
  .gap, .divider { display: flex; align-items: center; gap: 10px; margin-block: 14px; }
  .gap { color: var(--_warn); }
  .divider.unread { font-weight: 600; color: var(--_accent-text); }
  :is(.gap, .divider)::before, :is(.gap, .divider)::after { content: ''; flex: 1; border-block-start: 1px solid currentColor; opacity: 0.4; }
  .gap::before, .gap::after { border-block-start-style: dashed; }
  .tail:not(:empty) { margin-block: 12px 4px; text-wrap: balance; }
  .earlier { display: grid; justify-items: center; gap: 4px; margin-block-end: 4px; }
  .earlier .reason { color: var(--_danger); }

  .welcome { margin: auto; padding: 24px 20px; text-align: center; color: var(--_muted); text-wrap: balance; }
  .welcome p { margin: 4px 0 0; }
  .welcome .welcome-title { font-size: 18px; font-weight: 650; letter-spacing: -0.01em; color: var(--_text); }
  .welcome-mark {
    display: inline-grid;
    place-items: center;
    inline-size: 64px;
    block-size: 64px;
    margin-block-end: 12px;
    border-radius: 22px;
    color: var(--_accent-text);
    background: color-mix(in oklab, var(--_accent) 13%, var(--_surface));
  }
  .welcome-mark .icon { inline-size: 32px; block-size: 32px; stroke-width: 1.6; }

  .typing {
    display: flex;
    align-items: center;
    gap: 10px;
    margin-block-start: 10px;
    font-size: 12.5px;
    color: var(--_muted);
  }
  .dots {
    display: inline-flex;
    gap: 4px;
    margin-inline-start: 36px;
    padding: 11px 13px;
    border-radius: 18px;
    background: var(--_bubble);
  }
  .dots i {
    inline-size: 6px;
    block-size: 6px;
    border-radius: 50%;
    background: var(--_muted);
    animation: dot 1.2s ease-in-out infinite;
  }
  .dots i:nth-child(2) { animation-delay: 0.15s; }
  .dots i:nth-child(3) { animation-delay: 0.3s; }
  @keyframes dot {
    0%, 60%, 100% { opacity: 0.45; transform: none; }
    30% { opacity: 1; transform: translateY(-3px); }
  }

  .jump {
    position: absolute;
    inset-block-end: 12px;
    inset-inline: 0;
    inline-size: fit-content;
    margin: 0 auto;
    display: flex;
    align-items: center;
    gap: 6px;
    min-block-size: 36px;
    padding-block: 4px;
    padding-inline: 10px 14px;
    border: 1px solid var(--_line);
    border-radius: 22px;
    color: var(--_text);
    background: var(--_surface);
    box-shadow: 0 1px 2px var(--_shadow), 0 6px 20px var(--_shadow);
    animation: rise 160ms ease-out;
  }
  .panel .jump { font-size: 13px; font-weight: 600; }
  .jump .icon { inline-size: 16px; block-size: 16px; color: var(--_accent-text); }
  .jump .count {
    padding: 1px 8px;
    border-radius: 10px;
    font-size: 12px;
    color: var(--_on-accent);
    background: var(--_accent);
  }
  @media (pointer: coarse) { .jump { min-block-size: 44px; } }
  @media (forced-colors: active) { .dots i { background: CanvasText; } }
`;
