import { unsafeCSS } from 'lit';

/** Colors derived from the site's, and colors with a fixed meaning. */
const palette: Readonly<Record<string, readonly [light: string, dark: string]>> = {
  'accent-text': [
    'var(--partyline-accent-text, var(--_accent))',
    'var(--partyline-accent-text, color-mix(in oklab, var(--_accent) 55%, white))',
  ],
  danger: ['#b42318', '#ff9d94'],
  bubble: [
    'var(--partyline-bubble, color-mix(in oklab, var(--_surface) 94.5%, #3d4363))',
    'var(--partyline-bubble, color-mix(in oklab, var(--_surface) 91%, #dfe2ff))',
  ],
  line: [
    'color-mix(in oklab, var(--_surface) 89%, #3d4363)',
    'color-mix(in oklab, var(--_surface) 85%, #dfe2ff)',
  ],
  edge: ['#858999', '#757a8c'],
  muted: [
    'color-mix(in oklab, var(--_text) 70%, var(--_surface))',
    'color-mix(in oklab, var(--_text) 66%, var(--_surface))',
  ],
  good: ['#168a50', '#4ccf8c'],
  warn: ['#8a5300', '#f4c678'],
  'warn-surface': ['#fff6e3', '#2e2617'],
  'danger-surface': ['#fef1ef', '#351d1d'],
};

function declarations(value: (light: string, dark: string) => string): string {
  return Object.entries(palette)
    .map(([name, [light, dark]]) => `--_${name}: ${value(light, dark)};`)
    .join('');
}

/** Safari before 17.5 has no `light-dark()` and gets the light colors. */
export const paletteStyles = unsafeCSS(`
  .frame { ${declarations((light) => light)} }
  @supports (color: light-dark(red, red)) {
    .frame { ${declarations((light, dark) => (light === dark ? light : `light-dark(${light}, ${dark})`))} }
  }
`);
