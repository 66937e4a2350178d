import type { StepContext } from '../context.ts';
import type { OutboxRecord } from '../records.ts';

/** The stage of an outgoing message. */
export type OutboxStage =
  | {
      readonly stage: 'storing';
      readonly writeId: number | null;
      readonly callId: number | null;
      /** The page repeats a call whose answer it has not received. */
      readonly isRepeat: boolean;
    }
  /** `isResend`: it is sent again because a history, possibly outdated, did not have it. */
  | { readonly stage: 'queued'; readonly isResend?: boolean }
  | { readonly stage: 'sent' }
  | { readonly stage: 'sending-by-rest'; readonly requestId: number }
  /** It may have arrived: it waits for the catch-up `catchUpId` or a later one. */
  | { readonly stage: 'unconfirmed'; readonly catchUpId: number; readonly isShownAsSent: boolean }
  /** The gateway has it; the transcript waits for an earlier message. */
  | { readonly stage: 'acknowledged' }
  | { readonly stage: 'failed' };

export interface OutboxItem extends OutboxRecord {
  readonly at: OutboxStage;
}

/**
 * The visitor's messages that are not in the transcript yet. Invariants, as in
 * docs/architecture.md:
 *
 * 1. A message is durable before its call is answered, and before it is sent.
 * 2. Its conversation is durable before it is sent.
 * 3. At most one message is in flight (`sent` or `sending-by-rest`), and messages are sent in the
 *    order of their ordinals.
 * 4. An unconfirmed message is sent again only after a complete catch-up that began later.
 * 5. A message leaves the outbox only when it is in the transcript, was discarded, or its visitor
 *    is gone.
 * 6. A message that waits for something that will not come fails, with a reason.
 * 7. Nothing is sent before `pausedUntil`.
 * 8. The `echo` timer is set exactly while a message is `sent`, and ends with the socket
 *    (`markAllUnconfirmed`); the `rate` timer exactly while
 *    `pausedUntil` is set.
 */
export interface OutboxSlice {
  readonly outbox: readonly OutboxItem[];
  readonly lastOutboxOrdinal: number;
  /** Sending is paused until then, by the gateway or by our rate limit. On the monotonic clock. */
  readonly pausedUntil: number | null;
  /** Calls that are answered when their write is durable. */
  readonly storeCalls: readonly { readonly writeId: number | null; readonly callId: number }[];
}

export const initialOutboxSlice: OutboxSlice = {
  outbox: [],
  lastOutboxOrdinal: 0,
  pausedUntil: null,
  storeCalls: [],
};

export function onVisitorChange(): OutboxSlice {
  return { outbox: [], lastOutboxOrdinal: 0, pausedUntil: null, storeCalls: [] };
}

/** Timers of this slice that a visitor change clears. */
export const visitorTimers = ['rate'] as const;

/** Only for files of this folder. */
export function setOutboxSlice(context: StepContext, part: Partial<OutboxSlice>): void {
  context.write(part);
}
