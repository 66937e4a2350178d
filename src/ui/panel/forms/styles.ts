import { css } from 'lit';

/** Adopted when the first form is shown. */
export const formStyles = css`
  partyline-form { display: grid; gap: 6px; justify-items: start; max-inline-size: 100%; }
  partyline-form > .form { justify-self: stretch; }
  .extras:has(> partyline-form form), partyline-form:has(form) { inline-size: 100%; }
  .form {
    display: flex;
    flex-direction: column;
    gap: 14px;
    padding: 12px 14px 14px;
    border: 1px solid var(--_line);
    border-radius: 14px;
    background: var(--_surface);
  }
  .form strong { display: block; }
  .form-head { display: grid; gap: 2px; justify-items: start; }
  .form-step { font-size: 12.5px; font-variant-numeric: tabular-nums; color: var(--_muted); unicode-bidi: plaintext; }
  .form-field { display: grid; gap: 4px; min-inline-size: 0; }
  /* A text keeps its own direction; its alignment follows the page's. */
  .form-field > :is(label, .hint, .field-error) { justify-self: start; }
  .form-field > label, .options legend { font-size: 13.5px; font-weight: 600; }
  .required { font-weight: 400; color: var(--_muted); }
  .form-field :is(input, select, textarea) {
    inline-size: 100%;
    min-inline-size: 0;
    min-block-size: 44px;
    margin: 0;
    padding: 9px 12px;
    border: 1px solid var(--_edge);
    border-radius: 10px;
    font: inherit;
    color: inherit;
    background: var(--_surface);
  }
  .form-field textarea { resize: vertical; }
  /* Digits and addresses are left-to-right; their alignment follows the page's. */
  .form-field input:dir(ltr):is([type='email'], [type='tel'], [inputmode]) { text-align: start; }
  .form-field ::placeholder { color: var(--_muted); opacity: 1; }
  .form-field [aria-invalid='true'] { border-color: var(--_danger); box-shadow: 0 0 0 1px var(--_danger); }
  .form .field-error { font-size: 13px; color: var(--_danger); }
  .options { display: grid; min-inline-size: 0; margin: 0; padding: 0; border: 0; }
  .options legend { padding: 0; }
  .option {
    display: flex;
    gap: 10px;
    align-items: center;
    min-block-size: 44px;
    padding: 4px 2px;
    cursor: pointer;
  }
  .option input, .form-field .option input {
    flex: none;
    inline-size: 20px;
    min-block-size: 20px;
    margin: 0;
    padding: 0;
    accent-color: var(--_accent);
  }
  .option > span { min-inline-size: 0; overflow-wrap: anywhere; }
  .summary { display: grid; gap: 10px; margin: 0; }
  .summary dt { font-size: 12.5px; color: var(--_muted); }
  .summary dd { margin: 0; overflow-wrap: anywhere; white-space: pre-wrap; }
  .form-actions { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; justify-content: flex-end; }
  .form-actions .hint { flex: 1; min-inline-size: 0; }
  .panel .small.go { border-color: transparent; color: var(--_on-accent); background: var(--_accent); }
  .panel .small.go:hover { background: var(--_accent); filter: brightness(1.08); }
  .panel .small.go:is([aria-disabled='true'], :disabled) { color: var(--_muted); background: var(--_bubble); filter: none; cursor: default; }
  .panel .form-actions .small { min-block-size: 36px; padding-inline: 16px; border-radius: 18px; }
  @media (pointer: coarse) {
    .panel .form-actions .small { min-block-size: 44px; border-radius: 22px; }
    /* iOS zooms in on text below 16 px. */
    .form-field :is(input, select, textarea) { font-size: 16px; }
  }
`;
