import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { build } from './build.mjs';
import { ensureBrowser, ensureDependencies, main, root, run, runBeside, say } from './setup.mjs';
import { checkSupplyChain } from './supply-chain.mjs';

const results = `${root}/.partyline/results`;

async function stages() {
  ensureDependencies();
  rmSync(results, { recursive: true, force: true });
  mkdirSync(results, { recursive: true });

  say('Checking the code (biome, tsc)');
  run('npx', ['biome', 'check', '.']);
  run('npx', ['tsc', '-b']);

  say('Checking the dependencies (licences, checksums, advisories)');
  checkSupplyChain();

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
  say('Running the common cases in other browsers meanwhile');
  const others = runBeside(
    process.execPath,
    ['scripts/test-browsers.mjs', `${results}/browsers.json`],
    `${results}/browsers.log`,
  );
  say(`Running the browser tests (Playwright${browser ? ` with ${browser}` : ''})`);
  const projects = ['browser', 'panel', 'without-shared-worker'].map((name) => `--project=${name}`);
  try {
    run('npx', ['playwright', 'test', ...projects, '--reporter=list,json'], {
      env: {
        PLAYWRIGHT_JSON_OUTPUT_FILE: `${results}/playwright.json`,
        ...(browser ? { PARTYLINE_CHROMIUM: browser } : {}),
      },
    });
  } finally {
    await others();
  }
}

/** What a runner wrote, or zeros when the run did not come to it. */
function countsOf(name, read) {
  const file = `${results}/${name}.json`;
  if (!existsSync(file)) return { passed: 0, failed: 0, skipped: 0 };
  return read(JSON.parse(readFileSync(file, 'utf8')));
}

function countsOfVitest(name) {
  return countsOf(name, (report) => ({
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests,
  }));
}

function summary() {
  const unit = countsOfVitest('vitest');
  const others = countsOfVitest('browsers');
  const browser = countsOf('playwright', ({ stats }) => ({
    passed: stats.expected,
    // A test that passed at its second try is not sound.
    failed: stats.unexpected + stats.flaky,
    skipped: stats.skipped,
  }));
  const sum = (key) => unit[key] + browser[key] + others[key];
  return [
    `${sum('passed')} passed, ${sum('failed')} failed`,
    ...(sum('skipped') > 0 ? [`${sum('skipped')} skipped`] : []),
  ].join(', ');
}

/** Sets up what is missing and runs every test; stops at the first stage that fails. */
await main(async () => {
  try {
    await stages();
  } finally {
    console.log(`\n${summary()}`);
  }
});
