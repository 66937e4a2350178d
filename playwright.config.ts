import { defineConfig } from '@playwright/test';
import type { Options } from './test/browser/support/fixtures.ts';
import { chromiumArguments } from './test/support/chromium.ts';

const executablePath = process.env.PARTYLINE_CHROMIUM;

const at = (path: string) => `**/test/browser/${path}`;

/** What runs no hub and opens one page a test: the panel, over a chat that the test plays. */
const onePage = ['panel/**', 'react/**'].map(at);

/** What runs no hub, or is about a browser without SharedWorker by itself. */
const withoutHub = [...onePage, ...['store/**', 'fallback.spec.ts'].map(at)];

const launchOptions = (...more: readonly string[]) => ({
  ...(executablePath ? { executablePath } : {}),
  args: [...chromiumArguments, ...more],
});

export default defineConfig<Options>({
  projects: [
    { name: 'browser', testDir: './test/browser', testIgnore: onePage },
    {
      name: 'panel',
      testDir: './test/browser',
      testMatch: onePage.map((path) => `${path}.spec.ts`),
      // A process a page is half of what it costs to load one. Tabs that share a chat have each its own,
      // as a customer's have.
      use: {
        launchOptions: launchOptions('--renderer-process-limit=1'),
        contextOptions: { reducedMotion: 'no-preference' },
      },
    },
    {
      // Everything once more where the hub runs in a tab.
      name: 'without-shared-worker',
      testDir: './test/browser',
      testIgnore: withoutHub,
      // What a SharedWorker alone can do, and what is the same wherever the hub runs.
      grepInvert: /@shared-worker|@either-host/,
      use: { withoutSharedWorker: true },
    },
    // Minutes of random faults: `npm run soak`, not a part of `npm test`.
    { name: 'soak', testDir: './test/soak' },
  ],
  outputDir: './test-results',
  // Made anew by each run, and compared in it.
  snapshotPathTemplate: '{testDir}/../../.partyline/pictures/{arg}{ext}',
  // More of them take longer in all: a browser keeps a core busy, and two of other makers run beside.
  workers: '100%',
  fullyParallel: true,
  forbidOnly: true,
  // For what hangs: a slow machine takes three times as long as a good one.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  use: {
    // A site's own; where it matters, the tests allow it (offline, policy).
    serviceWorkers: 'block',
    viewport: { width: 1280, height: 800 },
    // A tenth of the processor goes into frames that move, and nothing depends on them but the panel.
    contextOptions: { reducedMotion: 'reduce' },
    launchOptions: launchOptions(),
  },
});
