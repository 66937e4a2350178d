import type { Events } from './events.ts';
import type { FaultCounts, FaultKind } from './faults.ts';
import type { FeatureInteractions } from './interactions.ts';
import type { Profile } from './profile.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';
import type { Trace } from './trace.ts';

/** What all models share. */
export interface SimContext {
  readonly seed: number;
  readonly random: Random;
  readonly events: Events;
  readonly scheduler: Scheduler;
  readonly profile: Profile;
  readonly trace: Trace;
  readonly faults: FaultCounts;
  readonly interactions: FeatureInteractions;
  /** `false` in the calm: no faults any more. */
  isStormy: boolean;
}

export function count({ faults, interactions, scheduler }: SimContext, kind: FaultKind): void {
  faults[kind] = (faults[kind] ?? 0) + 1;
  interactions.happens(kind, scheduler.now);
}

/** Whether a fault occurs now. */
export function strikes(context: SimContext, kind: FaultKind, probability: number): boolean {
  if (!context.isStormy || !context.events.strikes(kind, probability)) return false;
  count(context, kind);
  return true;
}

/** The one-way latency of the network, in ms. */
export function latency({ events, profile }: SimContext): number {
  const [least, most] = profile.latency;
  return events.latencies.between(least, most);
}
