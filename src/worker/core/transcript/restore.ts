import type { StepContext } from '../context.ts';
import { noUnread, type Restored } from '../records.ts';
import { setTranscriptSlice } from './state.ts';
import { isLookup } from './window.ts';

/** Restores the transcript at boot. */
export function restoreTranscript(
  context: StepContext,
  { persistent, messages, unread, hasEarlier }: Restored,
): void {
  setTranscriptSlice(context, {
    isRestored: true,
    isPersistent: persistent,
    window: messages,
    hasEarlier,
    unread,
  });
}

/** The store has changed its backend. */
export function setPersistent(context: StepContext, isPersistent: boolean): void {
  setTranscriptSlice(context, { isPersistent });
}

/**
 * The conversation was cleared at the visitor's request. No answer of the store may count or show
 * its rows again, so the lookups of this tick are not written.
 */
export function clearTranscript(context: StepContext): void {
  const { operations } = context.state.changes;
  context.change({ operations: operations.filter((operation) => !isLookup(operation)) });
  setTranscriptSlice(context, { window: [], hasEarlier: false, lookups: [], unread: noUnread });
}
