import { jittered } from '../backoff.ts';
import type { StepContext } from '../context.ts';
import { recordOf } from '../conversation/previous-conversations.ts';
import { recordOfItem } from '../outbox/outbox.ts';
import type { ConversationState } from '../state.ts';
import { clearReorderBuffer } from './transcript.ts';

/** What the browser keeps, and for how long. */

/** The first look comes when the boot is over, in ms. */
const firstLook = 60_000;

const day = 86_400_000;

export function schedulePruning(context: StepContext): void {
  context.setTimer(
    'prune',
    jittered(context, Math.min(firstLook, context.state.settings.timing.prune)),
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

/** The database was deleted and is there again, empty: everything that memory has goes back in. */
export function rewrite(context: StepContext): void {
  forgetHolesBelow(context);
  const { window, conversation, previousConversations, outbox, unread } = context.state;
  // What was written since, below the window, would stand alone.
  context.store({ type: 'wipe' });
  for (const message of window) context.store({ type: 'put-message', message });
  for (const former of previousConversations)
    context.store({ type: 'put-conversation', record: recordOf(former) });
  for (const item of outbox) context.store({ type: 'put-outbox', record: recordOfItem(item) });
  // Set to nothing first, since a write that was under way may have counted already.
  context.store({ type: 'put-read', readUntil: unread.readUntil });
  context.change({
    unread: unread.unread,
    meta: true,
    conversation: conversation !== null,
    durable: true,
  });
}

/** What stood below the window is gone: a row that fills a hole there would stand alone. */
function forgetHolesBelow(context: StepContext): void {
  const { conversation, previousConversations, window } = context.state;
  function without(one: ConversationState): ConversationState {
    const first = window.find((row) => row.position[0] === one.ordinal);
    const lowest = first ? first.position[1] : one.next;
    // The one right below it is told at the first row, and still looked for.
    return { ...one, gaps: one.gaps.filter(({ to }) => to >= lowest - 1) };
  }
  context.set({
    conversation: conversation && without(conversation),
    previousConversations: previousConversations.map(without),
  });
  clearReorderBuffer(context);
}
