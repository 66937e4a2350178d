export interface Place {
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}
export interface Mutant {
  readonly id: string;
  readonly mutatorName: string;
  readonly replacement: string;
  readonly status: string;
  readonly location: { readonly start: Place; readonly end: Place };
}
interface Report {
  readonly files: Readonly<
    Record<string, { readonly source: string; readonly mutants: readonly Mutant[] }>
  >;
}
export function applyMutant(text: string, mutant: Mutant): string;
export function summarize(
  report: Report,
  isExplained: (file: string, mutant: Mutant, source: string) => boolean,
  refused?: ReadonlySet<string>,
): { areas: Record<string, number>; text: string; survivors: string };
export const leastScore: number;
export function tellLow(areas: Readonly<Record<string, number>>): string | null;
