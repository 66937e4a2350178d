import { readFileSync } from 'node:fs';

/**
 * Mutants that change nothing that anybody could see, each with its reason: read one by one. `line` is the
 * source line as it stands, trimmed; `to` the replacement, `null` for every mutant of that line.
 *
 * @type {readonly { file: string, line: string, to: string | null, why: string }[]}
 */
export const equivalents = JSON.parse(
  readFileSync(new URL('./equivalents.json', import.meta.url), 'utf8'),
);

export function isEquivalent(file, { location, replacement }, source) {
  const line = source.split('\n')[location.start.line - 1]?.trim();
  return equivalents.some(
    (one) => one.file === file && one.line === line && (one.to === null || one.to === replacement),
  );
}
