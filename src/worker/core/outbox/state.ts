import type { StepContext } from '../context.ts';
import type { OutboxRecord } from '../records.ts';

/** Where an outgoing message stands. */
export type OutboxStage =
  /** Not durable yet. */
  | {
      readonly stage: 'storing';
      readonly writeId: number | null;
      readonly callId: number | null;
      /** The page has asked for it before, and has not heard whether it was taken in. */
      readonly isRepeat: boolean;
    }
  /** `wasSent`: it goes out again, since a history did not have it, which may have been behind. */
  | { readonly stage: 'queued'; readonly wasSent?: boolean }
  | { readonly stage: 'sent' }
  | { readonly stage: 'sending-by-rest'; readonly requestId: number }
  /** It may have arrived: a catch-up that began later must have been made first. */
  | { readonly stage: 'unconfirmed'; readonly catchUpId: number; readonly wasSent: boolean }
  /** The gateway has it; the transcript waits for a message before it. */
  | { readonly stage: 'acknowledged' }
  | { readonly stage: 'failed' };

export interface OutboxItem extends OutboxRecord {
  readonly at: OutboxStage;
}

/** What the visitor has sent and the transcript does not have yet. */
export interface OutboxSlice {
  readonly outbox: readonly OutboxItem[];
  readonly lastOutboxOrdinal: number;
  /** Nothing is sent before this, because the gateway said so, or enough has been sent. */
  readonly pausedUntil: number | null;
  /** Calls that a durable write answers. */
  readonly storeCalls: readonly { readonly writeId: number | null; readonly callId: number }[];
}

export const initialOutboxSlice: OutboxSlice = {
  outbox: [],
  lastOutboxOrdinal: 0,
  pausedUntil: null,
  storeCalls: [],
};

/** Nothing stays. */
export function onVisitorChange(): OutboxSlice {
  return { outbox: [], lastOutboxOrdinal: 0, pausedUntil: null, storeCalls: [] };
}

/** Timers of this slice that a change of visitor clears. */
export const visitorTimers = ['rate'] as const;

/** For the files of this folder alone. */
export function setOutboxSlice(context: StepContext, part: Partial<OutboxSlice>): void {
  context.write(part);
}
