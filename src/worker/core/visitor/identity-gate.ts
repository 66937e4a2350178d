import type { SharedSnapshot } from '../../../protocol/snapshot.ts';
import type { StepContext } from '../context.ts';
import type { OutboxItem } from '../outbox/state.ts';
import { setVisitorSlice } from './state.ts';

/**
 * On a computer that people share, what the browser keeps may be somebody else's than who sits there
 * now. Where the site wants it, nothing of it is shown before the broker has said who the visitor is.
 */

/** The broker has named the visitor, and everything else than theirs has been wiped. */
export function confirmIdentity(context: StepContext): void {
  if (context.state.isConfirmed) return;
  setVisitorSlice(context, { isConfirmed: true });
  context.change({ reset: true });
}

/** The broker says that the session is over: nothing is shown until somebody is there again. */
export function revokeIdentity(context: StepContext): void {
  if (context.state.settings.history === 'at-once' || !context.state.isConfirmed) return;
  setVisitorSlice(context, { isConfirmed: false, hiddenOutbox: context.state.lastOutboxOrdinal });
  context.change({ reset: true });
}

/** What waits and may be shown: before the visitor is known, only what was written since. */
export function shownOutbox(context: StepContext): readonly OutboxItem[] {
  const { isConfirmed, outbox, hiddenOutbox } = context.state;
  return isConfirmed ? outbox : outbox.filter(({ ordinal }) => ordinal > hiddenOutbox);
}

/** Of a snapshot, what says nothing of what was before. */
export function hidePrevious(context: StepContext, shared: SharedSnapshot): SharedSnapshot {
  if (context.state.isConfirmed) return shared;
  return { ...shared, conversation: null, unread: 0, typing: null, draft: '', routing: null };
}

/** What waits from before is hidden until the visitor is known. */
export function hideOutbox(context: StepContext): void {
  setVisitorSlice(context, { hiddenOutbox: context.state.lastOutboxOrdinal });
}
