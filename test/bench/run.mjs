import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';
import { runnerImport } from 'vite';
import { ensureBrowser, ensureDependencies, main, root, StageError } from '../../scripts/setup.mjs';

await main(async () => {
  ensureDependencies();
  // Playwright knows where its browser is; it does not drive it here.
  const executable = ensureBrowser({ whole: true }) ?? chromium.executablePath();
  const { module } = await runnerImport(fileURLToPath(new URL('./bench.ts', import.meta.url)), {
    root,
    configFile: false,
  });
  if (!(await module.bench(executable, process.argv.slice(2)))) {
    throw new StageError(
      'The chat is slower than it should be, or this machine is too busy to tell.',
    );
  }
});
