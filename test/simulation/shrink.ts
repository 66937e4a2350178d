import { drawProfile, type Profile } from './profile.ts';
import { Random } from './random.ts';
import { type Options, type Outcome, Simulation } from './simulation.ts';

/** A smaller schedule that breaks the same rule. */
export interface Shrunk {
  readonly options: Options;
  readonly outcome: Outcome;
  /** Simulations that it took. */
  readonly tries: number;
}

const maximumTries = 3_000;

/** What can be switched off without changing what the rest means. */
const switches: readonly Partial<Profile>[] = [
  { loss: 0 },
  { double: 0 },
  { swap: 0 },
  { connectFails: 0 },
  { restarts: 0, outages: 0 },
  { cuts: 0 },
  { authRefused: 0 },
  { tokenLife: 3_600 },
  { rateLimited: 0 },
  { internalErrors: 0 },
  { crowded: 0 },
  { restFails: 0 },
  { restHangs: 0 },
  { restBusy: 0 },
  { restUnauthorized: 0 },
  { restLag: 0 },
  { brokerFails: 0 },
  { brokerBusy: 0 },
  { brokerSignedOut: 0 },
  { kills: 0 },
  { powerCuts: 0 },
  { sleeps: 0 },
  { clockJumps: 0 },
  { offlines: 0 },
  { freezes: 0 },
  { otherActions: 0 },
  { visitorEnds: 0 },
  { agentEnds: 0 },
  { forgets: 0 },
  { deletions: 0 },
  { visitorChanges: 0 },
  { newerBuilds: 0 },
  { unsequenced: 0 },
  { agentMessages: 0 },
  { tabs: 1 },
  { latency: [20, 20] },
  { storeLatency: 1 },
];

/**
 * Looks for less that breaks the same rule: whole kinds of faults are switched off, the storm is made
 * shorter, then single events are left out, in halves, quarters and so on. Each source of chance has
 * its own stream, so what is left out moves little of the rest; what no longer fails is put back.
 */
export function shrink(seed: number, first: Outcome, given: Options): Shrunk {
  const rule = first.violation?.rule;
  let best: Shrunk = { options: given, outcome: first, tries: 0 };
  let tries = 0;

  function attempt(options: Options): boolean {
    if (tries >= maximumTries) return false;
    tries += 1;
    const outcome = new Simulation(seed, options).run();
    if (outcome.violation?.rule !== rule) return false;
    best = { options, outcome, tries };
    return true;
  }

  const withProfile = (part: Partial<Profile>): Options => ({
    ...best.options,
    profile: { ...best.options.profile, ...part },
  });
  for (let round = 0; round < 2; round += 1) {
    for (const part of switches) attempt(withProfile(part));
  }
  let minutes = best.options.profile?.minutes ?? drawProfile(new Random(seed)).minutes;
  while (minutes > 0.05 && attempt(withProfile({ minutes: minutes * 0.7 }))) minutes *= 0.7;

  for (let size = best.outcome.events.length; size >= 1; size = Math.floor(size / 2)) {
    let index = 0;
    while (index < best.outcome.events.length) {
      const out = best.outcome.events.slice(index, index + size);
      const suppressed = new Set([...(best.options.suppressed ?? []), ...out]);
      if (!attempt({ ...best.options, suppressed })) index += size;
    }
  }
  return { ...best, tries };
}
