import type { GatewayMessage } from '../../../protocol/gateway/messages.ts';
import type { Message, Place } from '../../../protocol/message.ts';
import type { StepContext } from '../context.ts';
import { noUnread, type UnreadState } from '../records.ts';

export interface CatchUps {
  /** The id of the last catch-up that has begun: they are numbered from 1. */
  readonly lastCatchUpId: number;
  readonly active: ActiveCatchUp | null;
  /** Another one starts as soon as the active one is done. */
  readonly isRequested: boolean;
  /** Failures in a row. */
  readonly failures: number;
  /** When the last one was completed, on the monotonic clock. */
  readonly completedAt: number | null;
}

export interface ActiveCatchUp {
  readonly requestId: number;
  readonly conversationId: string;
  readonly since: number;
  /** On the monotonic clock. */
  readonly begunAt: number;
  readonly cursor: string | null;
  readonly pages: number;
  /** Newest timestamp among the fetched messages. */
  readonly newest: number;
  /** Messages of the time at which the last page ended, in order: the next page may have more of them. */
  readonly tied: readonly GatewayMessage[];
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
 * The messages in memory, the catch-up, and the read position. Invariants, as in
 * docs/architecture.md:
 *
 * 1. Each message is shown once, however often and under however many ids it arrives.
 * 2. Rows are strictly ordered by position, which numbers those of one millisecond.
 * 3. A row with a sequence never moves, and nothing is put above it except into a gap with a
 *    marker.
 * 4. `missingBefore` is the size of the gap right above the row, at every step.
 * 5. Nothing is missing up to `completeUntil`, where each catch-up starts.
 * 6. A row older than the window counts as unread only when the store has answered.
 * 7. The read mark only moves forward.
 * 8. The window, the buffers and each page have limits.
 * 9. At most one catch-up is active, and ids of catch-ups grow.
 *
 * The order within one conversation (`next`, `gaps`, both buffers) is in `ConversationState`.
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
  /** This visitor's pending writes whose answers report rows older than the window. */
  readonly lookups: readonly number[];
}

export const initialCatchUps: CatchUps = {
  lastCatchUpId: 0,
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
    catchUps: { ...initialCatchUps, lastCatchUpId: state.catchUps.lastCatchUpId },
    paginations: [],
    lookups: [],
  };
}

/** Timers of this slice that a change of visitor clears. */
export const visitorTimers = ['rest-retry', 'reorder', 'unsequenced'] as const;

/** Only for files of this folder. */
export function setTranscriptSlice(context: StepContext, part: Partial<TranscriptSlice>): void {
  context.write(part);
}

/** The id of the next catch-up to begin. */
export function nextCatchUpId({ state }: StepContext): number {
  return state.catchUps.lastCatchUpId + 1;
}
