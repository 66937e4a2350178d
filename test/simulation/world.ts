import type { Profile } from './profile.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';
import type { Trace } from './trace.ts';

/** What every model shares. */
export interface World {
  readonly seed: number;
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly profile: Profile;
  readonly trace: Trace;
  /** While it is false nothing fails any more, and everything must come right. */
  isStormy: boolean;
}

/** A fault's probability now. */
export function now(world: World, probability: number): boolean {
  return world.isStormy && world.random.chance(probability);
}

/** One way through the network, in ms. */
export function latency({ random, profile }: World): number {
  const [least, most] = profile.latency;
  return random.between(least, most);
}
