import type { SharedSnapshot } from '../../../protocol/snapshot.ts';
import type { StepContext } from '../context.ts';
import type { OutboxItem } from '../outbox/state.ts';
import { setVisitorSlice } from './state.ts';

// On a shared computer, stored history may belong to another person. If the site asks for it, nothing
// of it is shown before the broker has confirmed the visitor.

/** The broker has confirmed the visitor, and data of others has been deleted. */
export function confirmIdentity(context: StepContext): void {
  if (context.state.isConfirmed) return;
  setVisitorSlice(context, { isConfirmed: true });
  context.change({ needsSnapshot: true });
}

/** The session is over: history is hidden until a visitor is confirmed again. */
export function revokeIdentity(context: StepContext): void {
  if (context.state.settings.history === 'at-once' || !context.state.isConfirmed) return;
  setVisitorSlice(context, { isConfirmed: false, hiddenOutbox: context.state.lastOutboxOrdinal });
  context.change({ needsSnapshot: true });
}

/**
 * The part of the outbox that may be shown: until the visitor is confirmed, only what was written
 * since.
 */
export function shownOutbox(context: StepContext): readonly OutboxItem[] {
  const { isConfirmed, outbox, hiddenOutbox } = context.state;
  return isConfirmed ? outbox : outbox.filter(({ ordinal }) => ordinal > hiddenOutbox);
}

/** Removes what an unconfirmed visitor must not see. */
export function hidePrevious(context: StepContext, shared: SharedSnapshot): SharedSnapshot {
  if (context.state.isConfirmed) return shared;
  return { ...shared, conversation: null, unread: 0, typing: null, draft: '', routing: null };
}

/** Hides the restored outbox until the visitor is confirmed. */
export function hideOutbox(context: StepContext): void {
  setVisitorSlice(context, { hiddenOutbox: context.state.lastOutboxOrdinal });
}
