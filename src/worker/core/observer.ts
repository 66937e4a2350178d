import type { Effect } from './effect.ts';
import type { Clock, Input } from './input.ts';
import type { HubState } from './state.ts';

/** One step of a hub, with what is needed to replay it with the same core. */
export interface ObservedStep {
  readonly input: Input;
  readonly clock: Clock;
  readonly before: HubState;
  readonly after: HubState;
  readonly effects: readonly Effect[];
}

/** Sees every step right after it was taken: `inspectable()` of `partyline/inspector/worker`. */
export interface HubObserver {
  onStep(step: ObservedStep): void;
}
