import { defineConfig } from 'vitest/config';
import { z } from 'zod';

/** The tests of an area, as test/mutation/run.mjs hands them over. */
const include = z.array(z.string()).parse(JSON.parse(process.env.PARTYLINE_TESTS ?? '[]'));

/** The unit layer as `npm run mutation` runs it: once a mutant, so the simulation is a short one. */
export default defineConfig({
  test: {
    include,
    setupFiles: ['test/unit/consoles.ts'],
    env: { PARTYLINE_SEEDS: '10' },
    isolate: false,
    testTimeout: 20_000,
  },
});
