import { build } from './build.mjs';
import { ensureBrowser, ensureDependencies, main, run } from './setup.mjs';

/** Builds what has changed, finds a Chromium as `npm test` does, and runs Playwright with these arguments. */
await main(() => {
  ensureDependencies();
  const browser = ensureBrowser();
  build({ weighs: false });
  run('npx', ['playwright', 'test', ...process.argv.slice(2)], {
    env: browser ? { PARTYLINE_CHROMIUM: browser } : {},
  });
});
