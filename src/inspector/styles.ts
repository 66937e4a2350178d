import { css } from 'lit';

export const styles = css`
  :host {
    --_line: light-dark(#d8d8dc, #3c3c44);
    --_soft: light-dark(#55555e, #a9a9b4);
    --_tint: light-dark(#f3f3f6, #25252c);
    --_accent: light-dark(#3730a3, #a5b4fc);
    display: grid;
    gap: 16px;
    color-scheme: light dark;
    color: light-dark(#17171c, #f1f1f4);
    font: 14px/1.5 system-ui, sans-serif;
  }
  h2, h3 { margin: 0; font-size: 15px; }
  dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: 8px 16px; margin: 0; }
  dt { color: var(--_soft); font-size: 12px; }
  dd { margin: 0; font-weight: 600; overflow-wrap: anywhere; }
  .lists { display: grid; grid-template-columns: repeat(auto-fit, minmax(220px, 1fr)); gap: 16px; }
  ul { margin: 4px 0 0; padding: 0; list-style: none; font-size: 13px; }
  ul li { display: flex; justify-content: space-between; gap: 8px; border-block-end: 1px solid var(--_line); padding-block: 2px; }
  code { font: 12px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
  .soft { color: var(--_soft); }
  .tools { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; }
  button, select {
    min-block-size: 44px;
    padding-inline: 14px;
    border: 1px solid var(--_line);
    border-radius: 8px;
    background: var(--_tint);
    color: inherit;
    font: inherit;
  }
  :is(button, select, .steps, summary):focus-visible { outline: 3px solid var(--_accent); outline-offset: 2px; }
  .steps {
    max-block-size: 60vh;
    margin: 0;
    padding: 0;
    overflow: auto;
    border: 1px solid var(--_line);
    border-radius: 8px;
    list-style: none;
  }
  .steps li { padding: 2px 10px; border-block-end: 1px solid var(--_line); }
  summary { display: grid; grid-template-columns: 6ch 10ch minmax(0, 1fr) minmax(0, 1.4fr); gap: 8px; cursor: pointer; font: 12px/1.7 ui-monospace, monospace; }
  pre { margin: 4px 0 8px; white-space: pre-wrap; overflow-wrap: anywhere; font: 12px/1.5 ui-monospace, monospace; }
  @media (width < 600px) { summary { grid-template-columns: 6ch minmax(0, 1fr); } summary span:nth-child(2) { display: none; } summary span:nth-child(4) { grid-column: 2; } }
`;
