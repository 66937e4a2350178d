import { Stryker } from '@stryker-mutator/core';
import { ensureDependencies, main, root, StageError } from '../../scripts/setup.mjs';
import { areas } from './areas.mjs';

/**
 * `npm run mutation -- server`: breaks the sources of an area one place at a time and runs the unit layer
 * for each. `npm run mutation -- src/server/limiter.ts` takes a file or a pattern instead; none, every area.
 */
await main(async () => {
  ensureDependencies();
  process.chdir(root);
  const [, , ...names] = process.argv;
  const patterns = (names.length > 0 ? names : Object.keys(areas)).flatMap(
    (name) => areas[name] ?? [name],
  );
  const folder = '.partyline/mutation';
  const results = await new Stryker({
    mutate: patterns,
    testRunner: 'vitest',
    vitest: { configFile: 'test/mutation/vitest.config.ts', related: false },
    plugins: ['@stryker-mutator/vitest-runner', `${root}/test/mutation/ignore-words.mjs`],
    ignorers: ['words'],
    mutator: { excludedMutations: ['StringLiteral', 'ObjectLiteral', 'OptionalChaining'] },
    inPlace: false,
    ignorePatterns: ['dist', 'docs', '.partyline', 'test-results', 'test/browser', 'test/browsers'],
    concurrency: Number(process.env.PARTYLINE_JOBS ?? 2),
    coverageAnalysis: 'perTest',
    ignoreStatic: true,
    // A mutant that was judged before is judged anew only when it, or a test of it, has changed.
    incremental: true,
    incrementalFile: `${folder}/incremental.json`,
    timeoutMS: 4_000,
    timeoutFactor: 1.5,
    reporters: ['clear-text', 'html', 'json', 'progress-append-only'],
    clearTextReporter: { allowColor: false, reportTests: false, logTests: false },
    htmlReporter: { fileName: `${folder}/report.html` },
    jsonReporter: { fileName: `${folder}/report.json` },
    tempDirName: `.partyline/stryker`,
    allowConsoleColors: false,
    // Rewritten with TypeScript's JavaScript interface, which version 7 no longer has; nothing here reads it.
    tsconfigFile: 'none.json',
  }).runMutationTest();
  if (results.length === 0) throw new StageError('Nothing was mutated: is the pattern right?');
});
