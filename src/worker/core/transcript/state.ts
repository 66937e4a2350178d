import type { Message, Place } from '../../../protocol/message.ts';
import type { StepContext } from '../context.ts';
import { noUnread, type UnreadState } from '../records.ts';

export interface CatchUps {
  /** Catch-ups begun. */
  readonly begun: number;
  readonly active: CatchUpRun | null;
  /** Another one starts as soon as the active one is done. */
  readonly isRequested: boolean;
  /** Failures in a row. */
  readonly failures: number;
  /** When the last one was completed, on the monotonic clock. */
  readonly completedAt: number | null;
}

export interface CatchUpRun {
  readonly requestId: number;
  readonly conversationId: string;
  readonly since: number;
  /** On the monotonic clock. */
  readonly begunAt: number;
  readonly cursor: string | null;
  readonly pages: number;
  /** Newest timestamp among the fetched messages. */
  readonly newest: number;
}

/** A tab's request for older messages than memory has. */
export interface PaginationRequest {
  readonly callId: number;
  readonly before: Place | null;
  /** The conversation of the tab's oldest row; `null` when unknown. */
  readonly conversationId: string | null;
  readonly count: number;
  /** Rows from memory and store so far, ascending. */
  readonly rows: readonly Message[];
  /** The pending REST request; `null` while the store is read. */
  readonly requestId: number | null;
}

/**
 * The messages in memory, the catch-up, and the read position.
 *
 * 1. Each message is shown once.
 * 2. Rows are in order of their positions. A row with a sequence keeps its place.
 * 3. A new row appears above known ones only where a gap marker announces it.
 * 4. `missingBefore` is exactly the size of the gap above the row; without a marker nothing is
 *    missing.
 * 5. At most `limits.window` rows are in memory. Rows leave at the upper end only.
 * 6. `unread` counts the messages of the other side after `readUntil`.
 * 7. At most one catch-up is active.
 * 8. The `hold` timer is set only while a gap or a buffered frame of the current conversation
 *    waits. A buffered frame always has this timer, or a catch-up that is active, scheduled, or due
 *    with the next connection.
 * 9. The `short-hold` timer is set while the unsequenced buffer is not empty.
 */
export interface TranscriptSlice {
  /** Whether the store has been read. */
  readonly isRestored: boolean;
  /** Whether the store survives a restart of the browser. */
  readonly isPersistent: boolean;
  /** The newest messages in order, without the outbox. */
  readonly window: readonly Message[];
  readonly hasEarlier: boolean;
  readonly unread: UnreadState;
  /** The read receipt still to be sent: a message id. */
  readonly receiptDue: string | null;
  readonly catchUps: CatchUps;
  readonly paginations: readonly PaginationRequest[];
  /** This visitor's pending writes whose answers report rows below the window. */
  readonly lookups: readonly number[];
}

export const initialCatchUps: CatchUps = {
  begun: 0,
  active: null,
  isRequested: false,
  failures: 0,
  completedAt: null,
};

export const initialTranscriptSlice: TranscriptSlice = {
  isRestored: false,
  isPersistent: true,
  window: [],
  hasEarlier: false,
  unread: noUnread,
  receiptDue: null,
  catchUps: initialCatchUps,
  paginations: [],
  lookups: [],
};

/** Clears the transcript. Catch-up ids go on, so that none is mistaken for a previous one. */
export function onVisitorChange(state: TranscriptSlice): TranscriptSlice {
  return {
    isRestored: state.isRestored,
    isPersistent: state.isPersistent,
    window: [],
    hasEarlier: false,
    unread: noUnread,
    receiptDue: null,
    catchUps: { ...initialCatchUps, begun: state.catchUps.begun },
    paginations: [],
    lookups: [],
  };
}

/** Timers of this slice that a change of visitor clears. */
export const visitorTimers = ['rest-retry', 'hold', 'short-hold'] as const;

/** Only for files of this folder. */
export function setTranscriptSlice(context: StepContext, part: Partial<TranscriptSlice>): void {
  context.write(part);
}

/** The id of the next catch-up to begin. */
export function nextCatchUpId({ state }: StepContext): number {
  return state.catchUps.begun + 1;
}
