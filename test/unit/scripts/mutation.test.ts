import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import equivalents from '../../mutation/equivalents.json' with { type: 'json' };
import { applyMutant, summarize, tellLow } from '../../mutation/summary.mjs';

const source = 'const a = 1;\nif (a > 0) go();\n';

function mutant(id: string, status: string) {
  return {
    id,
    status,
    mutatorName: 'EqualityOperator',
    replacement: 'a >= 0',
    location: { start: { line: 2, column: 5 }, end: { line: 2, column: 10 } },
  };
}

describe('a mutation report', () => {
  it('puts a mutant exactly where it belongs', () => {
    expect(applyMutant(source, mutant('1', 'Survived'))).toBe('const a = 1;\nif (a >= 0) go();\n');
  });

  it('counts what was killed among what could have been', () => {
    const mutants = [
      mutant('1', 'Killed'),
      mutant('2', 'Timeout'),
      mutant('3', 'Killed'),
      mutant('4', 'Survived'),
      mutant('5', 'NoCoverage'),
      mutant('6', 'Survived'),
      mutant('7', 'Ignored'),
    ];
    const report = { files: { 'src/server/a.ts': { source, mutants } } };
    const isExplained = (_file: string, { id }: { id: string }) => id === '5';
    const { areas, survivors } = summarize(report, isExplained, new Set(['src/server/a.ts#6']));
    expect(areas).toEqual({ 'src/server': 75 });
    expect(survivors.match(/src\/server\/a\.ts:2/g)).toHaveLength(1);
  });

  it.each([
    [[85, 85.01, 100], null],
    [[84.99, 85, 12.34], 'src/a (84.9 %), src/c (12.3 %)'],
    [[0], 'src/a (0 %)'],
  ])('names the folders whose score is below 85 %%: %j', (scores, named) => {
    const areas = Object.fromEntries(scores.map((score, index) => [`src/${'abc'[index]}`, score]));
    expect(tellLow(areas)).toBe(
      named === null ? null : `Below 85 % of the mutants are killed in ${named}.`,
    );
  });
});

describe('the mutants that change nothing', () => {
  it.each(equivalents)('in $file stand where they were read: $line', ({ file, line }) => {
    const source = readFileSync(join(import.meta.dirname, '../../..', file), 'utf8');
    expect(source.split('\n').map((one) => one.trim())).toContain(line);
  });
});
