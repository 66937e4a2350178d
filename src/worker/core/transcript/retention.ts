import { jittered } from '../backoff.ts';
import type { StepContext } from '../context.ts';

/** What the browser keeps, and for how long. */

/** The first look comes when the boot is over, in ms. */
const firstPruneDelay = 60_000;

const day = 86_400_000;

export function schedulePruning(context: StepContext): void {
  context.setTimer(
    'prune',
    jittered(context, Math.min(firstPruneDelay, context.state.settings.timing.prune)),
  );
}

/** The `prune` timer: what is too old or too much goes, behind everybody's back. */
export function prune(context: StepContext): void {
  const { limits, timing } = context.state.settings;
  context.emit({
    type: 'prune',
    // What stands in memory is never taken away under it.
    keep: Math.max(limits.stored, limits.window),
    before: context.gatewayTime() - limits.storedDays * day,
  });
  context.setTimer('prune', jittered(context, timing.prune));
}
