import { expect, it } from 'vitest';
import { fuzzGateway } from '../fuzz/gateway.ts';

// All of it: `npm run fuzz`, with another seed each time; the seed is printed.
const frames = Number(process.env.PARTYLINE_FUZZ_FRAMES ?? 3_000);
const seed = Number(process.env.PARTYLINE_FUZZ_SEED ?? 1);

it(`a hostile gateway neither crashes nor fills the hub (${frames} frames, seed ${seed})`, {
  timeout: 1_800_000,
}, () => {
  expect(fuzzGateway({ frames, seed }).frames).toBeGreaterThanOrEqual(frames * 0.6);
});
