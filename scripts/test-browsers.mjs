import { pathToFileURL } from 'node:url';
import { findFirefox, findWebKit } from '../test/browsers/installed.mjs';
import { build } from './build.mjs';
import { ensureDependencies, main, run, StageError, say } from './setup.mjs';

const engines = [
  ['Firefox', findFirefox(), 'firefox-esr'],
  ['WebKitGTK', findWebKit(), 'webkit2gtk-driver and xvfb'],
];

/**
 * The cases that Firefox and WebKitGTK run too, in those that are installed.
 *
 * @param {string | null} report where the results are written as JSON
 */
function testBrowsers(report) {
  for (const [name, found, packages] of engines) {
    if (found) say(`Running the common cases in ${name}`);
    else say(`${name} is not installed (Debian: ${packages}): its cases are skipped`);
  }
  run('npx', [
    'vitest',
    'run',
    '--config=test/browsers/vitest.config.ts',
    '--reporter=default',
    ...(report ? ['--reporter=json', `--outputFile.json=${report}`] : []),
  ]);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  // With the file for a report, as a stage of `npm test`: all is built.
  const [, , report = null] = process.argv;
  await main(() => {
    if (report === null) {
      // As a stage of `npm test`, it reports skipped browsers; run alone, it fails without them.
      if (engines.every(([, found]) => !found)) {
        throw new StageError('Neither Firefox nor WebKitGTK is installed: nothing is tested.');
      }
      ensureDependencies();
      build();
    }
    testBrowsers(report);
  });
}
