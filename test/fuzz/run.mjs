import { main, run } from '../../scripts/setup.mjs';

// npm run fuzz [frames] [seed]
const [frames = '100000', seed = String(Math.floor(Math.random() * 2 ** 31))] =
  process.argv.slice(2);

await main(() =>
  run('npx', ['vitest', 'run', 'test/unit/fuzz.test.ts'], {
    env: { PARTYLINE_FUZZ_FRAMES: frames, PARTYLINE_FUZZ_SEED: seed },
  }),
);
