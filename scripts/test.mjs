import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { build } from './build.mjs';
import { ensureBrowser, ensureDependencies, main, root, run, say } from './setup.mjs';

const results = `${root}/.partyline/results`;

function readResults(name) {
  return JSON.parse(readFileSync(`${results}/${name}.json`, 'utf8'));
}

/** Sets up what is missing and runs every test; stops at the first stage that fails. */
await main(() => {
  ensureDependencies();
  rmSync(results, { recursive: true, force: true });
  mkdirSync(results, { recursive: true });

  say('Checking the code (biome, tsc)');
  run('npx', ['biome', 'check', '.']);
  run('npx', ['tsc', '-b']);

  say('Running the unit tests (vitest)');
  run('npx', [
    'vitest',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${results}/vitest.json`,
  ]);

  build();

  const browser = ensureBrowser();
  say(`Running the browser tests (Playwright${browser ? ` with ${browser}` : ''})`);
  run('npx', ['playwright', 'test', '--reporter=list,json'], {
    env: {
      PLAYWRIGHT_JSON_OUTPUT_FILE: `${results}/playwright.json`,
      ...(browser ? { PARTYLINE_CHROMIUM: browser } : {}),
    },
  });

  const unit = readResults('vitest');
  const { expected, unexpected, flaky, skipped } = readResults('playwright').stats;
  const passed = unit.numPassedTests + expected;
  const failed = unit.numFailedTests + unexpected + flaky;
  const left = unit.numPendingTests + skipped;
  console.log(`\n${passed} passed, ${failed} failed, ${left} skipped`);
});
