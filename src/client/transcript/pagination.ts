import { PartylineError } from '../../protocol/errors.ts';
import type { Message } from '../../protocol/message.ts';
import type { Call } from '../../protocol/port.ts';
import type { ChatSnapshot } from '../../protocol/snapshot.ts';
import type { HubRpc } from '../calls/hub-rpc.ts';
import { type PageClock, pageClock } from '../clock.ts';
import { isEarlier } from '../validation/port-validators.ts';
import { readAs } from '../validation/read-as.ts';
import { applyRefreshed, prependEarlier } from './refresh-rows.ts';

/** In ms. The hub may have to fetch the rows from the gateway. */
const deadline = 20_000;

/** Pause before rows are read again that could not be had, in ms. */
const refreshDelay = 30_000;

/** The largest page that the hub allows. */
const maximumCount = 500;

/** A page's rows, and what is needed to see whether an answer still fits them. */
export interface TranscriptRows {
  readonly current: () => RowsState;
  readonly update: (snapshot: ChatSnapshot) => void;
}

interface RowsState {
  readonly snapshot: ChatSnapshot;
  readonly epoch: string | null;
  /** Counts changes above the last row. */
  readonly insertions: number;
  /** Counts the hub's snapshots. */
  readonly snapshots: number;
}

function earlierThan(first: Message | undefined, count: number): Call {
  const before = first ? { position: first.position, messageId: first.messageId } : null;
  return { type: 'load-earlier', before, conversationId: first?.conversationId ?? null, count };
}

/** @returns whether there are more. @throws {PartylineError} as `HubRpc.call` */
export async function loadEarlier(
  rpc: HubRpc,
  rows: TranscriptRows,
  count: number,
): Promise<boolean> {
  const before = rows.current();
  const [first] = before.snapshot.messages;
  const { value, epoch } = await rpc.call(earlierThan(first, count), deadline);
  const earlier = readAs(isEarlier, value);
  const after = rows.current();
  // The rows were read before an insertion that may belong among them.
  if (epoch === after.epoch && before.insertions !== after.insertions) {
    return loadEarlier(rpc, rows, count);
  }
  // If the visitor or the first row has changed, the rows do not join the transcript.
  if (epoch === after.epoch && after.snapshot.messages[0]?.messageId === first?.messageId) {
    rows.update(prependEarlier(after.snapshot, earlier));
  }
  return rows.current().snapshot.hasEarlier;
}

/**
 * Reads the rows above `below` again, page by page: they may have changed while the page was away.
 * Rows that can't be had now are tried again later, until the next snapshot, which starts anew.
 *
 * @param signal ends the pause before the next attempt, and makes none
 */
export async function refreshRows(
  rpc: HubRpc,
  rows: TranscriptRows,
  below: Message,
  signal: AbortSignal,
  clock: PageClock = pageClock,
): Promise<void> {
  const { snapshots } = rows.current();
  let messageId: string | undefined = below.messageId;
  for (;;) {
    const before = rows.current();
    const kept = before.snapshot.messages.findIndex((row) => row.messageId === messageId);
    // Its position may have changed since: a pending message gets its final one when it is sent.
    const first = before.snapshot.messages[kept];
    if (!first || kept === 0) return;
    const call = earlierThan(first, Math.min(kept, maximumCount));
    const answer = await rpc.call(call, deadline).catch(nullIfUnavailable);
    if (answer === null) {
      await pause(refreshDelay, signal, clock);
      if (signal.aborted || rows.current().snapshots !== snapshots) return;
      continue;
    }
    const { value, epoch } = answer;
    const after = rows.current();
    if (epoch !== after.epoch) return;
    // As in `loadEarlier`.
    if (before.insertions !== after.insertions) continue;
    const above = readAs(isEarlier, value);
    rows.update(applyRefreshed(after.snapshot, first, above));
    messageId = above.messages[0]?.messageId;
  }
}

/** Resolves after `delay` ms, or when the signal aborts. */
function pause(delay: number, signal: AbortSignal, clock: PageClock): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const cancel = clock.after(delay, finish);
    signal.addEventListener('abort', finish);
    function finish(): void {
      cancel();
      signal.removeEventListener('abort', finish);
      resolve();
    }
  });
}

/** Neither the hub nor its store has the rows, and the gateway could not be asked. */
function nullIfUnavailable(error: unknown): null {
  if (error instanceof PartylineError && error.code === 'unavailable') return null;
  throw error;
}
