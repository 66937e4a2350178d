import { defineConfig } from 'vitest/config';

/** The unit layer as `npm run mutation` runs it: once a mutant, so the simulation is a short one. */
export default defineConfig({
  test: {
    include: ['test/unit/**/*.test.ts', 'test/simulation/simulation.test.ts'],
    // These ask for the sources as they are, or run a build of them.
    exclude: ['test/unit/package/**', 'test/unit/sizes.test.ts', 'test/unit/scripts/**'],
    setupFiles: ['test/unit/consoles.ts'],
    env: { PARTYLINE_SEEDS: '10' },
    isolate: false,
    testTimeout: 20_000,
  },
});
