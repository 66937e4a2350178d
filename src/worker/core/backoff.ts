import type { StepContext } from './context.ts';
import type { Timing } from './settings.ts';

export type BackoffTiming = Pick<Timing, 'backoffFloor' | 'backoffBase' | 'backoffCap'>;

/**
 * Full jitter: anything between the floor and `min(base · 2^attempt, cap)`, in ms. When a gateway
 * restarts, a million hubs come back with a fifth of the peak of `min(2 s · 2^attempt, 29 s)` plus up
 * to a second, and all are back in a quarter of the time (docs/fleet.md). The guide's own formula
 * loses its jitter at the cap, where the herd meets again.
 *
 * @param attempt from 0
 * @param random in [0, 1)
 */
export function backoff(timing: BackoffTiming, attempt: number, random: number): number {
  const { backoffFloor, backoffBase, backoffCap } = timing;
  const bound = Math.min(backoffBase * 2 ** Math.max(0, attempt), backoffCap);
  return backoffFloor + random * Math.max(0, bound - backoffFloor);
}

export function retryDelay(context: StepContext, attempt: number): number {
  return backoff(context.state.settings.timing, attempt, context.random());
}

/** `period` less up to a tenth: no two hubs keep step. */
export function jittered(context: StepContext, period: number): number {
  return period * (1 - 0.1 * context.random());
}

/** `time` and up to a tenth more: those who were told the same must not come back at once. */
export function delayed(context: StepContext, time: number): number {
  return time * (1 + 0.1 * context.random());
}
