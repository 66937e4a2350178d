import type { StepContext } from '../context.ts';
import { noUnread, type Restored } from '../records.ts';
import { setTranscriptSlice } from './state.ts';

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

/** The conversation was cleared at the visitor's request. */
export function clearTranscript(context: StepContext): void {
  setTranscriptSlice(context, { window: [], hasEarlier: false, lookups: [], unread: noUnread });
}
