/**
 * What the core relies on of a seam, written down once. The same cases hold for the real edge in a
 * browser's worker and for the model that the simulation puts in its place: no runner is named here.
 */
export interface Case<Bench> {
  readonly name: string;
  run(bench: Bench, check: Check): Promise<void>;
}

export interface Check {
  /** By content, as plain data: a key that is there with `undefined` is another than one that is not. */
  equal(actual: unknown, expected: unknown, what?: string): void;
}

export function check(isTrue: boolean, reported: () => string): void {
  if (!isTrue) throw new Error(reported());
}

export const range = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);

/** In another order, the same one each time. */
export function shuffled<T>(list: readonly T[]): T[] {
  const mixed = [...list];
  let seed = 1;
  for (let index = mixed.length - 1; index > 0; index -= 1) {
    seed = (seed * 48_271) % 2_147_483_647;
    const other = seed % (index + 1);
    [mixed[index], mixed[other]] = [mixed[other], mixed[index]] as [T, T];
  }
  return mixed;
}

/** Names of locks and of deployments that are alike, or hold what an encoding may lose. */
export const oddNames: readonly string[] = [
  'a',
  'A',
  'a ',
  'a-1',
  'a-10',
  'a/b?c#d%20',
  '"a"',
  '<b>&amp;',
  '__proto__',
  'constructor',
  'é',
  'e\u0301',
  '🎉',
  'x'.repeat(2_000),
];
