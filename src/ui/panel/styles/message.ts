import { css } from 'lit';

export const messageStyles = css`
  .row {
    position: relative;
    display: flex;
    flex-direction: column;
    align-items: flex-start;
    margin-block-start: 3px;
    padding-inline-start: 36px;
    border-radius: 12px;
  }
  .row.opens { margin-block-start: 14px; }
  .row.visitor { align-items: flex-end; padding-inline: 36px 0; }
  .row.system { align-items: center; margin-block: 12px; padding-inline: 24px; }
  .row:focus-visible { outline-offset: 3px; }

  .name { margin-block-end: 3px; margin-inline-start: 13px; font-size: 12.5px; font-weight: 600; color: var(--_muted); }
  .system .name { display: none; }
  .avatar { display: none; }
  .closes > .avatar {
    position: absolute;
    inset-inline-start: 0;
    inset-block-end: 22px;
    display: grid;
    place-items: center;
    inline-size: 28px;
    block-size: 28px;
    border-radius: 50%;
    font-size: 11px;
    font-weight: 700;
    color: var(--_accent-text);
    background: color-mix(in oklab, var(--_accent) 15%, var(--_surface));
  }
  .avatar > img {
    position: absolute;
    inset: 0;
    inline-size: 100%;
    block-size: 100%;
    border-radius: 50%;
    object-fit: cover;
  }
  /* In the style, so that it isn't part of the article's text. */
  .avatar::before { content: attr(data-initials); }

  .bubble {
    max-inline-size: 100%;
    padding: 8px 13px;
    border-radius: 18px;
    border-start-start-radius: 6px;
    border-end-start-radius: 6px;
    background: var(--_bubble);
    transition: background-color 200ms ease, opacity 200ms ease;
  }
  .opens > .bubble { border-start-start-radius: 18px; }
  .closes > .bubble { border-end-start-radius: 4px; }
  .visitor > .bubble {
    border-radius: 18px;
    border-start-end-radius: 6px;
    border-end-end-radius: 6px;
    color: var(--_on-accent);
    background: var(--_accent);
  }
  .visitor.opens > .bubble { border-start-end-radius: 18px; }
  .visitor.closes > .bubble { border-end-end-radius: 4px; }
  .visitor.pending > .bubble { background: color-mix(in oklab, var(--_accent) 78%, var(--_edge)); }
  .visitor.failed > .bubble {
    color: var(--_text);
    background: var(--_danger-surface);
    box-shadow: inset 0 0 0 1px color-mix(in oklab, var(--_danger) 45%, transparent);
  }
  .system > .bubble {
    padding: 0;
    border-radius: 0;
    font-size: 13px;
    text-align: center;
    color: var(--_muted);
    background: none;
    text-wrap: balance;
  }
  .text {
    display: block;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
    unicode-bidi: plaintext;
    /* Stacked combining marks can't wrap and would cover other rows. The margin leaves room for focus rings. */
    overflow: clip;
    overflow-clip-margin: 6px;
  }
  .text :is(ol, ul) { margin: 4px 0; padding: 0; padding-inline-start: 24px; }
  .text ol { padding-inline-start: 30px; }
  .text > :is(ol, ul):first-child { margin-block-start: 0; }
  .text > :is(ol, ul):last-child { margin-block-end: 0; }
  .text li { unicode-bidi: plaintext; }
  .text li li { margin-block: 0; }
  .text strong { font-weight: 650; }
  .text a { color: inherit; text-decoration: underline; text-underline-offset: 2px; }
  .agent .text a, .bot .text a { color: var(--_accent-text); }
  .visitor .text a:focus-visible { outline-color: currentColor; }

  .meta {
    display: flex;
    align-items: center;
    gap: 6px;
    min-block-size: 18px;
    margin-block-start: 3px;
    margin-inline: 13px;
    font-size: 11.5px;
    line-height: 1.3;
    color: var(--_muted);
  }
  .visitor > .meta { margin-inline: 0 4px; }
  .row:not(.shows-meta) > .meta {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    min-block-size: 0;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .system > .meta { margin: 0; }
  .outcome { display: inline-flex; align-items: center; gap: 3px; }
  .outcome .icon { inline-size: 14px; block-size: 14px; stroke-width: 2.2; }
  .outcome.read { color: var(--_accent-text); }
  .failed .outcome { font-weight: 600; color: var(--_danger); }
  .failure {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: flex-end;
    gap: 4px;
    max-inline-size: 100%;
    margin-block: 4px 6px;
  }
  .failure .reason {
    flex-basis: 100%;
    font-size: 12.5px;
    text-align: end;
    color: var(--_danger);
    overflow-wrap: anywhere;
  }
`;
