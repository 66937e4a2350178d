import { Crossings } from '../../simulation/crossings.ts';
import { Events } from '../../simulation/events.ts';
import { Machine } from '../../simulation/model/machine.ts';
import { profileOf } from '../../simulation/profile.ts';
import { Random } from '../../simulation/random.ts';
import { Scheduler } from '../../simulation/scheduler.ts';
import { Trace } from '../../simulation/trace.ts';
import type { World } from '../../simulation/world.ts';

/** The simulation's world without a hub in it, in which nothing goes wrong by chance. */
export function quietWorld(seed = 1): World & { readonly machine: Machine } {
  const scheduler = new Scheduler();
  const world: World = {
    seed,
    random: new Random(seed),
    events: new Events(seed, new Set()),
    scheduler,
    profile: profileOf(seed, { profile: { storeLatency: 5 } }),
    trace: new Trace(() => scheduler.now, 0),
    faults: {},
    crossings: new Crossings(),
    isStormy: false,
  };
  return { ...world, machine: new Machine(world) };
}
