import { css } from 'lit';

export const contentStyles = css`
  .extras {
    display: flex;
    flex-direction: column;
    align-items: flex-start;
    gap: 6px;
    max-inline-size: 100%;
    margin-block-start: 6px;
  }
  .visitor > .extras { align-items: flex-end; }
  .extras > a { max-inline-size: min(100%, 260px); }
  .extras a { color: var(--_accent-text); text-underline-offset: 2px; }
  .extras img {
    display: block;
    max-inline-size: 100%;
    max-block-size: 200px;
    margin-block-end: 6px;
    border-radius: 12px;
  }
  .extras img[hidden] { display: none; }
  .extras video { max-inline-size: 100%; max-block-size: 200px; border-radius: 12px; }
  .extras :is(button, label) img { max-block-size: 40px; margin-block-end: 0; border-radius: 8px; }
  .choices :is(button, a):has(> img) { display: inline-flex; flex-wrap: wrap; gap: 8px; align-items: center; }
  .extras .hint { font-size: 13px; color: var(--_muted); }
  .extras small { display: block; font-size: 12px; color: var(--_muted); }
  .plain-link { padding: 0; border: 0; color: var(--_accent-text); background: none; }
  .file {
    display: inline-flex;
    gap: 8px;
    align-items: baseline;
    padding: 6px 12px;
    border: 1px solid var(--_edge);
    border-radius: 12px;
    overflow-wrap: anywhere;
  }
  .choices { display: flex; flex-wrap: wrap; gap: 6px; align-items: center; }
  .choices.column { flex-direction: column; align-items: stretch; }
  .choices button { text-align: start; }
  .cards {
    display: flex;
    gap: 8px;
    max-inline-size: 100%;
    margin: 0;
    padding: 0 0 4px;
    overflow-x: auto;
    list-style: none;
    scroll-snap-type: x proximity;
  }
  .card {
    display: flex;
    flex: 0 0 auto;
    flex-direction: column;
    gap: 6px;
    inline-size: min(240px, 100%);
    padding: 12px;
    border: 1px solid var(--_edge);
    border-radius: 14px;
    scroll-snap-align: start;
    overflow-wrap: anywhere;
  }
  .cards > :only-child { flex-shrink: 1; }
`;
