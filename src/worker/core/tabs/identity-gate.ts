import type { SharedSnapshot } from '../../../protocol/snapshot.ts';
import type { Run } from '../context.ts';
import type { OutboxItem } from '../state.ts';

/**
 * On a computer that people share, what the browser keeps may be somebody else's than who sits there
 * now. Where the site wants it, nothing of it is shown before the broker has said who the visitor is.
 */

/** The broker has named the visitor, and everything else than theirs has been wiped. */
export function confirm(run: Run): void {
  if (run.state.isConfirmed) return;
  run.set({ isConfirmed: true });
  run.change({ reset: true });
}

/** The broker says that the session is over: nothing is shown until somebody is there again. */
export function unconfirm(run: Run): void {
  if (run.state.settings.history === 'at-once' || !run.state.isConfirmed) return;
  run.set({ isConfirmed: false, hiddenOutbox: run.state.lastOutboxOrdinal });
  run.change({ reset: true });
}

/** What waits and may be shown: before the visitor is known, only what was written since. */
export function shownOutbox(run: Run): readonly OutboxItem[] {
  const { isConfirmed, outbox, hiddenOutbox } = run.state;
  return isConfirmed ? outbox : outbox.filter(({ ordinal }) => ordinal > hiddenOutbox);
}

/** Of a snapshot, what says nothing of what was before. */
export function hideFormer(run: Run, shared: SharedSnapshot): SharedSnapshot {
  if (run.state.isConfirmed) return shared;
  return { ...shared, conversation: null, unread: 0, typing: null, draft: '', routing: null };
}
