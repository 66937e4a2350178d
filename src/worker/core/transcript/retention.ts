import { jittered } from '../backoff.ts';
import type { Run } from '../context.ts';
import { recordOf } from '../conversation/previous-conversations.ts';
import { recordOfItem } from '../outbox/outbox.ts';
import type { ConversationState } from '../state.ts';
import { forgetHold } from './transcript.ts';

/** What the browser keeps, and for how long. */

/** The first look comes when the boot is over, in ms. */
const firstLook = 60_000;

const day = 86_400_000;

export function schedulePruning(run: Run): void {
  run.setTimer('prune', jittered(run, Math.min(firstLook, run.state.settings.timing.prune)));
}

/** The `prune` timer: what is too old or too much goes, behind everybody's back. */
export function prune(run: Run): void {
  const { limits, timing } = run.state.settings;
  run.emit({
    type: 'prune',
    // What stands in memory is never taken away under it.
    keep: Math.max(limits.stored, limits.window),
    before: run.gatewayTime() - limits.storedDays * day,
  });
  run.setTimer('prune', jittered(run, timing.prune));
}

/** The database was deleted and is there again, empty: everything that memory has goes back in. */
export function rewrite(run: Run): void {
  forgetHolesBelow(run);
  const { window, conversation, formers, outbox, reading } = run.state;
  // What was written since, below the window, would stand alone.
  run.store({ type: 'wipe' });
  for (const message of window) run.store({ type: 'put-message', message });
  for (const former of formers) run.store({ type: 'put-conversation', record: recordOf(former) });
  for (const item of outbox) run.store({ type: 'put-outbox', record: recordOfItem(item) });
  // Set to nothing first, since a write that was under way may have counted already.
  run.store({ type: 'put-read', readUntil: reading.readUntil });
  run.change({
    unread: reading.unread,
    meta: true,
    conversation: conversation !== null,
    durable: true,
  });
}

/** What stood below the window is gone: a row that fills a hole there would stand alone. */
function forgetHolesBelow(run: Run): void {
  const { conversation, formers, window } = run.state;
  function without(one: ConversationState): ConversationState {
    const first = window.find((row) => row.position[0] === one.ordinal);
    const lowest = first ? first.position[1] : one.next;
    // The one right below it is told at the first row, and still looked for.
    return { ...one, holes: one.holes.filter(({ to }) => to >= lowest - 1) };
  }
  run.set({ conversation: conversation && without(conversation), formers: formers.map(without) });
  forgetHold(run);
}
