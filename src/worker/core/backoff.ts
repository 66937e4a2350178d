import type { Run } from './run.ts';

/**
 * `min(base · 2^attempt, cap) + random · jitter`: at least 2 s, at most 30 s, and never without
 * jitter. The article's own formula loses its jitter at the cap, where a herd would meet again.
 */
export function retryDelay(run: Run, attempt: number): number {
  const { backoffBase, backoffCap, backoffJitter } = run.state.settings.timing;
  return (
    Math.min(backoffBase * 2 ** Math.max(0, attempt), backoffCap) + run.random() * backoffJitter
  );
}

/** `period` less up to a tenth: no two hubs keep step. */
export function jittered(run: Run, period: number): number {
  return period * (1 - 0.1 * run.random());
}
