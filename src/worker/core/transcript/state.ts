import type { Message, Place } from '../../../protocol/message.ts';
import type { StepContext } from '../context.ts';
import { noUnread, type UnreadState } from '../records.ts';

/** The catch-up by REST. */
export interface CatchUps {
  /** Catch-ups begun. */
  readonly begun: number;
  readonly active: CatchUpRun | null;
  /** Another one is wanted as soon as this one is done. */
  readonly isRequested: boolean;
  /** Failures in a row. */
  readonly failures: number;
  /** When the last one was completed. */
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
  /** Newest timestamp among what it brought. */
  readonly newest: number;
}

/** A tab wants older messages than memory has. */
export interface PaginationRequest {
  readonly callId: number;
  readonly before: Place | null;
  /** Whose oldest row the tab has; `null` when it does not say. */
  readonly conversationId: string | null;
  readonly count: number;
  /** What memory and store have given so far, ascending. */
  readonly rows: readonly Message[];
  /** The REST request that is waited for; `null` while the store is read. */
  readonly requestId: number | null;
}

/** The messages in memory, and what is known of those that are not. */
export interface TranscriptSlice {
  /** The store has been read. */
  readonly isRestored: boolean;
  /** The store outlives the browser. */
  readonly isPersistent: boolean;
  /** The newest messages in order, without the outbox. */
  readonly window: readonly Message[];
  readonly hasEarlier: boolean;
  readonly unread: UnreadState;
  /** The newest message of the others that the gateway must still be told was read. */
  readonly receiptDue: string | null;
  readonly catchUps: CatchUps;
  readonly paginations: readonly PaginationRequest[];
  /** Writes of this visitor's whose answers tell of rows below the window. */
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

/** Nothing that was said stays; the numbers of catch-ups go on, so that none is taken for a former one. */
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

/** For the files of this folder alone. */
export function setTranscriptSlice(context: StepContext, part: Partial<TranscriptSlice>): void {
  context.write(part);
}

/** The number of the first catch-up that will have begun after now. */
export function nextCatchUpId({ state }: StepContext): number {
  return state.catchUps.begun + 1;
}
