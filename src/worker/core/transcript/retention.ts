import { jittered } from '../backoff.ts';
import type { StepContext } from '../context.ts';

/** Delay of the first pruning, so that it does not slow down the boot, in ms. */
const firstPruneDelay = 60_000;

const day = 86_400_000;

export function schedulePruning(context: StepContext): void {
  context.setTimer(
    'prune',
    jittered(context, Math.min(firstPruneDelay, context.state.settings.timing.prune)),
  );
}

/** The `prune` timer: deletes messages that are too old or too many. */
export function prune(context: StepContext): void {
  const { limits, timing } = context.state.settings;
  context.emit({
    type: 'prune',
    // Rows that are in memory must stay in the store.
    keep: Math.max(limits.stored, limits.window),
    before: context.gatewayTime() - limits.storedDays * day,
  });
  context.setTimer('prune', jittered(context, timing.prune));
}
