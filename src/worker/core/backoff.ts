import type { Run } from './run.ts';
import type { Timing } from './settings.ts';

export type BackoffTiming = Pick<Timing, 'backoffBase' | 'backoffCap' | 'backoffJitter'>;

/**
 * `min(base · 2^attempt, cap) + random · jitter`, in ms: at least 2 s, at most 30 s, and never without
 * jitter. The article's own formula loses its jitter at the cap, where a herd would meet again.
 *
 * @param attempt from 0
 * @param random in [0, 1)
 */
export function backoff(timing: BackoffTiming, attempt: number, random: number): number {
  const { backoffBase, backoffCap, backoffJitter } = timing;
  return Math.min(backoffBase * 2 ** Math.max(0, attempt), backoffCap) + random * backoffJitter;
}

export function retryDelay(run: Run, attempt: number): number {
  return backoff(run.state.settings.timing, attempt, run.random());
}

/** `period` less up to a tenth: no two hubs keep step. */
export function jittered(run: Run, period: number): number {
  return period * (1 - 0.1 * run.random());
}
