import { Events } from '../../simulation/events.ts';
import { FeatureInteractions } from '../../simulation/interactions.ts';
import { Machine } from '../../simulation/model/machine.ts';
import { profileOf } from '../../simulation/profile.ts';
import { Random } from '../../simulation/random.ts';
import { Scheduler } from '../../simulation/scheduler.ts';
import type { SimContext } from '../../simulation/sim-context.ts';
import { Trace } from '../../simulation/trace.ts';

/** The simulation's context without a hub in it, in which nothing goes wrong by chance. */
export function quietWorld(seed = 1): SimContext & { readonly machine: Machine } {
  const scheduler = new Scheduler();
  const context: SimContext = {
    seed,
    random: new Random(seed),
    events: new Events(seed, new Set()),
    scheduler,
    profile: profileOf(seed, { profile: { storeLatency: 5 } }),
    trace: new Trace(() => scheduler.now, 0),
    faults: {},
    interactions: new FeatureInteractions(),
    isStormy: false,
  };
  return { ...context, machine: new Machine(context) };
}
