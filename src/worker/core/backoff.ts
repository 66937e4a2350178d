import type { StepContext } from './context.ts';
import type { Timing } from './settings.ts';

/** Longest pause that a broker, a gateway or a REST server can impose, in ms. */
export const longestPause = 600_000;

export type BackoffTiming = Pick<Timing, 'backoffFloor' | 'backoffBase' | 'backoffCap'>;

/**
 * Full jitter: a delay between the floor and `min(base · 2^attempt, cap)`, in ms. After a gateway
 * restart, a million hubs return with a fifth of the peak of the guide's formula `min(2 s ·
 * 2^attempt, 29 s)` plus up to a second, and in a quarter of the time (docs/fleet.md). The guide's
 * formula loses its jitter at the cap, where hubs synchronise again.
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

/** `period` less up to a tenth, so that hubs do not synchronise. */
export function jittered(context: StepContext, period: number): number {
  return period * (1 - 0.1 * context.random());
}

/** `time` plus up to a tenth: hubs that got the same `Retry-After` must not return at once. */
export function delayed(context: StepContext, time: number): number {
  return time * (1 + 0.1 * context.random());
}
