import { defineConfig } from 'vitest/config';

/** One engine after the other: two cores are few for two browsers. */
export default defineConfig({
  test: {
    include: ['test/browsers/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
