import { css } from 'lit';

export const composerStyles = css`
  .composer { padding: 8px 12px 12px; }
  .refusal:not(:empty) {
    margin-block-end: 8px;
    padding: 8px 12px;
    border-radius: 12px;
    background: var(--_danger-surface);
    overflow-wrap: anywhere;
  }
  .files { display: grid; gap: 6px; max-block-size: 30vh; margin: 0 0 8px; padding: 0; overflow-y: auto; list-style: none; }
  .files li {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 8px;
    align-items: center;
    padding-block: 4px;
    padding-inline: 12px 4px;
    border: 1px solid var(--_edge);
    border-radius: 12px;
    font-size: 13px;
  }
  .files .failed { border-color: var(--_danger); background: var(--_danger-surface); }
  .files .named { flex: 1; min-inline-size: 0; }
  .files small { color: var(--_muted); white-space: nowrap; }
  .files .reason { flex-basis: 100%; }
  .files progress { inline-size: 100%; block-size: 4px; margin-block-end: 4px; accent-color: var(--_accent); }
  .attach { color: var(--_muted); }
  .drop {
    position: absolute;
    inset: 8px;
    display: grid;
    place-items: center;
    border: 2px dashed var(--_accent-text);
    border-radius: 14px;
    font-weight: 600;
    color: var(--_accent-text);
    background: color-mix(in oklab, var(--_surface) 88%, transparent);
    pointer-events: none;
  }
  .field {
    display: flex;
    align-items: flex-end;
    gap: 4px;
    padding: 4px;
    border: 1px solid var(--_edge);
    border-radius: 24px;
    background: var(--_surface);
    transition: border-color 120ms ease, box-shadow 120ms ease;
  }
  .field:focus-within { border-color: var(--_accent-text); box-shadow: 0 0 0 1px var(--_accent-text); }
  .field:has([aria-invalid='true']) { border-color: var(--_danger); box-shadow: 0 0 0 1px var(--_danger); }
  .input {
    flex: 1;
    min-inline-size: 0;
    field-sizing: content;
    /* Six lines of 22 px. */
    min-block-size: 36px;
    max-block-size: 146px;
    margin: 0;
    padding-block: 7px;
    padding-inline: 12px 8px;
    border: 0;
    resize: none;
    overflow-y: auto;
    overflow-wrap: anywhere;
    scrollbar-width: thin;
    font: inherit;
    line-height: 22px;
    color: inherit;
    background: transparent;
  }
  .input::placeholder { color: var(--_muted); opacity: 1; }
  /* The focus ring is on the whole field. */
  .panel .input:focus-visible { outline: none; }
  .send {
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
    background: var(--_bubble);
    transition: background-color 140ms ease, color 140ms ease, transform 140ms ease;
  }
  .send.ready { color: var(--_on-accent); background: var(--_accent); }
  .send.ready:hover { filter: brightness(1.08); }
  .send:active { transform: scale(0.94); }
  .length { padding: 6px 12px 0; font-size: 12px; font-variant-numeric: tabular-nums; text-align: end; color: var(--_muted); }
  .length.over { font-weight: 600; color: var(--_danger); }
  @media (pointer: coarse) {
    .send { inline-size: 44px; block-size: 44px; }
    /* iOS zooms in on text below 16 px. */
    .input { min-block-size: 44px; padding-block: 11px; font-size: 16px; }
  }
  @media (forced-colors: active) {
    .field:focus-within { border-color: Highlight; outline: 2px solid Highlight; }
  }
`;
