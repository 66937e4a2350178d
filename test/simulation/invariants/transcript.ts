import { comparePlaces, comparePositions, type Message } from '../../../src/protocol/message.ts';
import type { Gap } from '../../../src/worker/core/records.ts';
import type { HubState } from '../../../src/worker/core/state.ts';
import type { ModelGateway } from '../model/gateway.ts';
import type { Step } from '../model/hub.ts';
import type { ModelTab } from '../model/tab.ts';
import { check } from '../violation.ts';
import { type Difference, differenceOf } from './difference.ts';

/**
 * No duplicates, in order, and rows are inserted only into marked gaps. Checks only the rows that changed,
 * since the others were checked before.
 */
export class TranscriptInvariants {
  readonly #gateway: ModelGateway;
  readonly #hub = new WatchedRows('hub');
  readonly #tabs = new Map<ModelTab, WatchedRows>();
  /** The gaps for which all markers in the window were checked. */
  #checkedGaps: readonly Gap[] = [];

  constructor(gateway: ModelGateway) {
    this.#gateway = gateway;
  }

  step({ before, after, input }: Step): void {
    if (before.conversation !== after.conversation) keepsReadMark(before, after);
    if (before.window === after.window) return;
    const difference = this.#hub.see(before.window, after.window);
    this.#checkMarkers(after, difference);
    this.#checkGaps(after, difference);
    if (input.type !== 'restored' && before.generation === after.generation) {
      rowsAreStable(before.window, after.window, difference);
    }
  }

  tab(tab: ModelTab): void {
    let watched = this.#tabs.get(tab);
    if (!watched) {
      watched = new WatchedRows(tab.name);
      this.#tabs.set(tab, watched);
    }
    const rows = tab.snapshot?.messages ?? [];
    if (rows !== watched.rows) watched.see(watched.rows, rows);
  }

  /** The row after each gap has a marker, and no other row has. */
  #checkMarkers({ conversation, window }: HubState, { from, to }: Difference): void {
    if (!conversation) return;
    const { gaps, ordinal } = conversation;
    const isAsBefore = gaps === this.#checkedGaps;
    this.#checkedGaps = gaps;
    const missing = new Map(gaps.map((gap) => [gap.to + 1, gap.to - gap.from + 1]));
    const end = isAsBefore ? to : window.length;
    for (let index = isAsBefore ? from : 0; index < end; index += 1) {
      const row = window[index];
      if (!row || row.position[0] !== ordinal || row.sequence === null) continue;
      const should = missing.get(row.sequence) ?? 0;
      check(row.missingBefore === should, 'gap markers', () => {
        return `${row.messageId}#${row.sequence} says ${row.missingBefore}, should say ${should}`;
      });
    }
  }

  /**
   * Every gap between two rows of the hub is marked. In a tab, unmarked gaps are possible
   * while it refreshes the older rows that it kept above a snapshot.
   */
  #checkGaps({ window, outbox }: HubState, { from, to }: Difference): void {
    for (let index = Math.max(1, from); index <= Math.min(to, window.length - 1); index += 1) {
      const [above, row] = [window[index - 1], window[index]];
      if (!above || !row || above.sequence === null || row.sequence === null) continue;
      if (above.conversationId !== row.conversationId) continue;
      const { sequence, missingBefore, conversationId } = row;
      const missing = sequence - above.sequence - 1;
      if (missing <= missingBefore) continue;
      // A message that was sent again has its one row in the later conversation.
      const elsewhere = this.#gateway
        .idsOf(conversationId ?? '')
        .slice(above.sequence, sequence - 1)
        .filter((messageId) =>
          [...window, ...outbox].some(
            (one) => one.messageId === messageId && one.conversationId !== conversationId,
          ),
        );
      check(missing - elsewhere.length <= missingBefore, 'no unmarked gap', () => {
        return `the hub shows #${above.sequence} above #${sequence}, which marks ${missingBefore}`;
      });
    }
  }
}

/** The agent's read mark never moves back. */
function keepsReadMark(before: HubState, after: HubState): void {
  const was = before.conversation?.readMark;
  const is = after.conversation?.readMark;
  if (!was || before.conversation?.ordinal !== after.conversation?.ordinal) return;
  check(!!is && comparePositions(is.position, was.position) >= 0, 'read receipts', () => {
    return `read up to ${is?.position}, after ${was.position} was`;
  });
}

/** The rows that the hub or a tab shows, with their ids. */
class WatchedRows {
  rows: readonly Message[] = [];
  readonly #ids = new Set<string>();
  readonly #who: string;

  constructor(who: string) {
    this.#who = who;
  }

  see(before: readonly Message[], after: readonly Message[]): Difference {
    // The rows of another hub.
    if (this.rows !== before) {
      this.#ids.clear();
      for (const { messageId } of before) this.#ids.add(messageId);
    }
    const difference = differenceOf(before, after);
    this.rows = after;
    const { gone, from, to } = difference;
    for (const { messageId } of gone) this.#ids.delete(messageId);
    for (let index = from; index < to; index += 1) {
      const id = after[index]?.messageId ?? '';
      check(!this.#ids.has(id), 'no duplicates', () => `${this.#who} shows ${id} twice`);
      this.#ids.add(id);
    }
    for (let index = Math.max(1, from); index <= Math.min(to, after.length - 1); index += 1) {
      const [above, row] = [after[index - 1], after[index]];
      if (!above || !row) continue;
      check(comparePlaces(above, row) < 0, 'in order', () => {
        return `${this.#who} shows ${above.messageId} above ${row.messageId}`;
      });
    }
    return difference;
  }
}

function rowsAreStable(
  before: readonly Message[],
  after: readonly Message[],
  { gone, goneFrom, from, to }: Difference,
): void {
  const old = new Map(gone.map((row) => [row.messageId, row]));
  const changed = after.slice(from, to);
  const kept = new Set(changed.map((row) => row.messageId));
  const lost = gone.find((row) => row.sequence !== null && !kept.has(row.messageId));
  if (lost) noRowIsLost(before, after, goneFrom);
  changed.forEach((row, index) => {
    const known = old.get(row.messageId);
    if (known) {
      check(
        known.sequence === null || comparePlaces(known, row) === 0,
        'stable rows',
        () => `${row.messageId} has moved`,
      );
      return;
    }
    if (row.sequence === null) return;
    const below = changed.slice(index + 1).find((other) => old.has(other.messageId));
    const shown = below ? old.get(below.messageId) : after[to];
    if (!shown || shown.conversationId !== row.conversationId || shown.sequence === null) return;
    check(shown.missingBefore > 0, 'stable rows', () => {
      return `${row.messageId} is inserted above ${shown.messageId}, which had no gap marker`;
    });
  });
}

/** Only the oldest rows may leave the window. */
function noRowIsLost(before: readonly Message[], after: readonly Message[], from: number): void {
  const kept = new Map(after.map((row) => [row.messageId, row]));
  // A row that got its sequence late may have moved, so it can't be the first.
  const firstKept = before.findIndex((row) => {
    const now = kept.get(row.messageId);
    return now !== undefined && comparePlaces(now, row) === 0;
  });
  if (firstKept < 0) return;
  for (let index = Math.max(from, firstKept); index < before.length; index += 1) {
    const row = before[index];
    if (!row || row.sequence === null) continue;
    check(kept.has(row.messageId), 'stable rows', () => `${row.messageId} is no longer shown`);
  }
}
