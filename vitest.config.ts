import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/unit/**/*.test.ts', 'test/simulation/**/*.test.ts'],
    setupFiles: ['test/unit/consoles.ts'],
    // A process a file would take three quarters of the time, to read the same modules again.
    isolate: false,
    maxWorkers: '100%',
  },
});
