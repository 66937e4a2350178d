import { Events } from '../../simulation/events.ts';
import { FeatureInteractions } from '../../simulation/interactions.ts';
import { Machine } from '../../simulation/model/machine.ts';
import { chosenProfile, type Profile } from '../../simulation/profile.ts';
import { Random } from '../../simulation/random.ts';
import { Scheduler } from '../../simulation/scheduler.ts';
import type { SimContext } from '../../simulation/sim-context.ts';
import { Trace } from '../../simulation/trace.ts';

/** A context of the simulation's in which nothing fails by chance. */
export function calmContext(part: Partial<Profile> = {}): {
  context: SimContext;
  machine: Machine;
} {
  const random = new Random(1);
  const scheduler = new Scheduler();
  const context: SimContext = {
    seed: 1,
    random,
    events: new Events(1, new Set()),
    scheduler,
    profile: chosenProfile(1, random, part),
    trace: new Trace(() => scheduler.now, 0),
    faults: {},
    interactions: new FeatureInteractions(),
    isStormy: false,
  };
  return { context, machine: new Machine(context) };
}
