/** Colour by colour: what the site may set, and our own value on light and on dark. */
const palette: Readonly<Record<string, readonly [light: string, dark: string]>> = {
  accent: ['#4a3fdb', '#6258f0'],
  'on-accent': ['#ffffff', '#ffffff'],
  surface: ['#ffffff', '#191a21'],
  text: ['#16181f', '#f2f3f7'],
};

/** Follow from the above, or carry a meaning that a brand should not repaint. */
const derived: typeof palette = {
  'accent-text': ['var(--_accent)', 'color-mix(in oklab, var(--_accent) 55%, white)'],
  bubble: [
    'color-mix(in oklab, var(--_surface) 94.5%, #3d4363)',
    'color-mix(in oklab, var(--_surface) 91%, #dfe2ff)',
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
  danger: ['#b42318', '#ff9d94'],
  'danger-surface': ['#fef1ef', '#351d1d'],
  shadow: ['rgb(24 26 51 / 0.16)', 'rgb(0 0 0 / 0.55)'],
};

function declarations(value: (light: string, dark: string) => string): string {
  const own = Object.entries(palette).map(
    ([name, [light, dark]]) => `--_${name}: var(--partyline-${name}, ${value(light, dark)});`,
  );
  const others = Object.entries(derived).map(
    ([name, [light, dark]]) => `--_${name}: ${value(light, dark)};`,
  );
  return [...own, ...others].join('\n');
}

/** Safari before 17.5 knows no `light-dark()`, and gets the light colours. */
export const paletteRules = `
  .frame { ${declarations((light) => light)} }
  @supports (color: light-dark(red, red)) {
    .frame { ${declarations((light, dark) => (light === dark ? light : `light-dark(${light}, ${dark})`))} }
  }
  .auto-scheme { color-scheme: light dark; }
`;
