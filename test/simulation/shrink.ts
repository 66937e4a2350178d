import { type Profile, profileOf } from './profile.ts';
import { type Options, type Outcome, Simulation } from './simulation.ts';

/** A smaller schedule that violates the same rule. */
export interface Shrunk {
  readonly options: Options;
  readonly outcome: Outcome;
  /** Number of simulations run. */
  readonly tries: number;
}

const maximumTries = 2_000;

/** Parts of a profile that can be switched off independently. */
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
  { tooManyConnections: 0 },
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
  { interactions: 0 },
  { hurries: false },
  { confirms: false },
  { sessionLife: 259_200 },
  { unsequenced: 0 },
  { keepsIds: true },
  { namelessLive: 0 },
  { evictions: 0 },
  { clears: 0 },
  { timelessLive: 0 },
  { farewells: 0 },
  { agentMessages: 0 },
  { lingers: false },
  { burst: 3 },
  { burst: 1 },
  { tabs: 2 },
  { tabs: 1 },
  { latency: [20, 20] },
  { storeLatency: 1 },
];

/**
 * Looks for a smaller schedule that violates the same rule: whole kinds of faults are switched off, the storm is made
 * shorter, then single events are left out, in halves, quarters and so on; and again, as long as that
 * makes it smaller. Each kind of event has its own random stream, so leaving one out changes little of the
 * rest; a removal after which the rule holds is undone.
 */
export async function shrink(
  seed: number,
  given: Options,
  simulate: (options: Options) => Outcome | Promise<Outcome> = (options) =>
    new Simulation(seed, options).run(),
): Promise<Shrunk> {
  const first = await simulate(given);
  const rule = first.violation?.rule;
  let best: Shrunk = { options: given, outcome: first, tries: 0 };
  let tries = 0;

  async function attempt(options: Options): Promise<boolean> {
    if (tries >= maximumTries) return false;
    tries += 1;
    const outcome = await simulate(options);
    if (outcome.violation?.rule !== rule) return false;
    best = { options, outcome, tries };
    return true;
  }

  async function attemptProfile(part: Partial<Profile>): Promise<boolean> {
    if (isSo(profileOf(seed, best.options), part)) return false;
    return attempt({ ...best.options, profile: { ...best.options.profile, ...part } });
  }

  async function leaveOutKinds(): Promise<void> {
    for (const part of switches) await attemptProfile(part);
    for (const share of [0.3, 0.7, 0.9]) {
      let { minutes } = profileOf(seed, best.options);
      while (minutes > 0.05 && (await attemptProfile({ minutes: minutes * share }))) {
        minutes *= share;
      }
    }
  }

  async function leaveOutEvents(): Promise<void> {
    for (let size = best.outcome.events.length; size >= 1; size = Math.floor(size / 2)) {
      let index = 0;
      while (index < best.outcome.events.length) {
        const out = best.outcome.events.slice(index, index + size);
        const suppressed = new Set([...(best.options.suppressed ?? []), ...out]);
        if (!(await attempt({ ...best.options, suppressed }))) index += size;
      }
    }
  }

  for (let before = Number.POSITIVE_INFINITY; sizeOf(best) < before && tries < maximumTries; ) {
    before = sizeOf(best);
    await leaveOutKinds();
    await leaveOutEvents();
  }
  return { ...best, tries };
}

/** The size of what a person has to read. */
function sizeOf({ outcome }: Shrunk): number {
  return outcome.events.length + outcome.steps;
}

function isSo(profile: Profile, part: Partial<Profile>): boolean {
  const is = new Map<string, unknown>(Object.entries(profile));
  return Object.entries(part).every(([name, value]) => {
    return JSON.stringify(is.get(name)) === JSON.stringify(value);
  });
}
