import { writeFileSync } from 'node:fs';
import { Stryker } from '@stryker-mutator/core';
import { ensureDependencies, main, root, StageError } from '../../scripts/setup.mjs';
import { areaOf, areas } from './areas.mjs';
import { isEquivalent } from './equivalents.mjs';
import { readReport, summarize, tellLow } from './summary.mjs';

const folder = '.partyline/mutation';

const everyTest = Object.values(areas).flatMap(({ tests }) => tests);

/** Options that are not named here are Stryker's own. */
function optionsFor(patterns) {
  return {
    mutate: patterns,
    testRunner: 'vitest',
    vitest: { configFile: 'test/mutation/vitest.config.ts', related: false },
    plugins: ['@stryker-mutator/vitest-runner', `${root}/test/mutation/ignore-words.mjs`],
    ignorers: ['words'],
    // The type checker refuses nearly all that these make.
    mutator: { excludedMutations: ['StringLiteral', 'ObjectLiteral', 'OptionalChaining'] },
    ignorePatterns: ['dist', 'docs', '.partyline', 'test-results', 'test/browser', 'test/browsers'],
    concurrency: Number(process.env.PARTYLINE_JOBS ?? 2),
    coverageAnalysis: 'perTest',
    ignoreStatic: true,
    // A mutant that was judged before is judged anew only when it, or a test of it, has changed.
    incremental: true,
    incrementalFile: `${folder}/incremental.json`,
    // A busy machine is slow, which must not be taken for a loop: that counts as killed.
    timeoutMS: 8_000,
    timeoutFactor: 1.5,
    reporters: ['html', 'json', 'progress-append-only'],
    htmlReporter: { fileName: `${folder}/report.html` },
    jsonReporter: { fileName: `${folder}/report.json` },
    tempDirName: '.partyline/stryker',
    allowConsoleColors: false,
    // Stryker rewrites it through TypeScript's JavaScript API, which version 7 no longer has.
    tsconfigFile: 'none.json',
  };
}

/** Tables on the screen, what is left in a file. @throws {StageError} A folder is below the least score. */
function tell() {
  const { areas: scores, text, survivors } = summarize(readReport(), isEquivalent);
  writeFileSync(`${root}/${folder}/survivors.txt`, `${survivors}\n`);
  console.log(`\n${text}\n\nThe mutants that are left stand in ${folder}/survivors.txt.`);
  const low = tellLow(scores);
  if (low !== null) throw new StageError(low);
}

/**
 * `npm run mutation -- server` breaks the sources of an area one place at a time and runs the unit layer
 * for each. A file or a pattern does instead of an area's name; without any, all areas are run. `--report`
 * tells the last run's results once more. Both fail where a folder is below the least score.
 */
await main(async () => {
  ensureDependencies();
  process.chdir(root);
  const names = process.argv.slice(2);
  if (names.includes('--report')) {
    tell();
    return;
  }
  const chosen = (names.length > 0 ? names : Object.keys(areas)).map(
    (name) => areas[name] ?? { mutate: [name], tests: areaOf(name)?.tests ?? everyTest },
  );
  process.env.PARTYLINE_TESTS = JSON.stringify(chosen.flatMap(({ tests }) => tests));
  const patterns = chosen.flatMap(({ mutate }) => mutate);
  const results = await new Stryker(optionsFor(patterns)).runMutationTest();
  if (results.length === 0) throw new StageError('No mutants: is the pattern right?');
  tell();
});
