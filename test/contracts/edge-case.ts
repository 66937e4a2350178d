/**
 * What holds at a seam between the core and the context, whoever stands at the other side of it: the
 * simulation's model, or the real thing. Knows no runner, so that a browser can run it too.
 */
export interface EdgeCase<Bench> {
  readonly name: string;
  run(bench: Bench, expect: EdgeExpect): Promise<void>;
}

export interface EdgeExpect {
  /** By content. */
  equal(actual: unknown, expected: unknown, what?: string): void;
}

export const numbers = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);

/** Texts that an encoding, a copy or an address may lose something of. */
export const oddTexts: readonly string[] = [
  ' ',
  '\u0000',
  'a\nb\r\n\tc',
  '"quoted" \\ and \u2028',
  '<b>&amp;</b>',
  'a+b&c=d#e%20f/g?h',
  '__proto__',
  'constructor',
  'é e\u0301',
  '🎉 👩‍👩‍👧',
  'مرحبا',
];
