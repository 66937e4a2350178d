/**
 * The colors that a site can set, and those of the launcher. The panel's own are in panel/styles. Safari
 * before 17.5 has no `light-dark()` and gets the light colors.
 */
export const launcherPalette = `
.frame {
  --_accent: var(--partyline-accent, #4a3fdb);
  --_on-accent: var(--partyline-on-accent, #fff);
  --_surface: var(--partyline-surface, #fff);
  --_text: var(--partyline-text, #16181f);
  --_shadow: rgb(24 26 51 / 0.16);
}
@supports (color: light-dark(red, red)) {
  .frame {
    --_accent: var(--partyline-accent, light-dark(#4a3fdb, #6258f0));
    --_surface: var(--partyline-surface, light-dark(#fff, #191a21));
    --_text: var(--partyline-text, light-dark(#16181f, #f2f3f7));
    --_shadow: light-dark(rgb(24 26 51 / 0.16), rgb(0 0 0 / 0.55));
  }
}
.auto-scheme { color-scheme: light dark; }
`;
