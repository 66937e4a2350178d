import { defineConfig } from '@playwright/test';

const executablePath = process.env.PARTYLINE_CHROMIUM;

export default defineConfig({
  projects: [
    { name: 'browser', testDir: './test/browser' },
    // Minutes of random faults: `npm run soak`, not a part of `npm test`.
    { name: 'soak', testDir: './test/soak' },
  ],
  outputDir: './test-results',
  // Two cores: more workers would only make each other slow.
  workers: 2,
  fullyParallel: true,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 20_000 },
  use: {
    viewport: { width: 1280, height: 800 },
    launchOptions: {
      ...(executablePath ? { executablePath } : {}),
      args: [
        '--no-sandbox',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
