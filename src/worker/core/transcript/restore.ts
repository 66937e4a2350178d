import type { StepContext } from '../context.ts';
import { noUnread, type Restored } from '../records.ts';
import { setTranscriptSlice } from './state.ts';

/** What a boot finds in the store. */
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

/** The store has another backend than before. */
export function setPersistent(context: StepContext, isPersistent: boolean): void {
  setTranscriptSlice(context, { isPersistent });
}

/** The visitor has had everything deleted that was said. */
export function clearTranscript(context: StepContext): void {
  setTranscriptSlice(context, { window: [], hasEarlier: false, lookups: [], unread: noUnread });
}
