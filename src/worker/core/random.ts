/**
 * Returns the next seed and a number in [0, 1): mulberry32. The seed is part of the state, so that
 * a run can be replayed.
 */
export function nextRandom(seed: number): { seed: number; value: number } {
  const next = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(next ^ (next >>> 15), 1 | next);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return { seed: next, value: ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296 };
}
