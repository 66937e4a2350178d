import { increment } from './counts.ts';
import { Hubs, tick } from './hubs.ts';
import type { Policy } from './policies.ts';
import type { Scenario } from './scenarios.ts';

export interface Timeline {
  readonly scenario: Scenario;
  readonly policy: Policy;
  /** Connection attempts of each second since the drop. */
  readonly tries: Uint32Array;
  /** Accepted ones of each tick since the drop. */
  readonly accepted: Uint32Array;
}

export const ticksPerSecond = 1_000 / tick;

/** Seconds after the gateway's return by which every hub has to be back. */
const patience = 1_200;

/** One fleet through one scenario. Equal arguments give an equal timeline. */
export function simulate(policy: Policy, scenario: Scenario, seed = 1): Timeline {
  const seconds = scenario.down + patience;
  const hubs = new Hubs(policy, scenario.hubs, seconds * ticksPerSecond, seed);
  const tries = new Uint32Array(seconds);
  const accepted = new Uint32Array(seconds * ticksPerSecond);
  let away = scenario.hubs;
  for (let second = 0; away > 0; second += 1) {
    let room = second < scenario.down ? 0 : scenario.capacity;
    for (let part = 0; part < ticksPerSecond; part += 1) {
      const moment = second * ticksPerSecond + part;
      hubs.try(moment, () => {
        increment(tries, second);
        if (room === 0) return false;
        room -= 1;
        away -= 1;
        increment(accepted, moment);
        return true;
      });
    }
  }
  return { scenario, policy, tries, accepted };
}
