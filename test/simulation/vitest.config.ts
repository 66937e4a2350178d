import { defineConfig } from 'vitest/config';

// `npm run simulate`: a storm of faults by seed, not a part of `npm test` yet (docs/simulation.md).
export default defineConfig({ test: { include: ['test/simulation/*.test.ts'] } });
