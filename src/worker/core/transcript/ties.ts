import type { GatewayMessage } from '../../../protocol/gateway/messages.ts';
import {
  isTied,
  type Message,
  type Place,
  type Position,
  tieOf,
  withTie,
} from '../../../protocol/message.ts';
import type { StepContext } from '../context.ts';
import { isSame } from './rows.ts';
import { reorderRows } from './window.ts';

// Messages without a sequence that have the same time: by arrival, until the history tells their order.

/**
 * The position, behind the rows that have the same one. If some of those are below the window, the message
 * may be one of them: then its place is below the window, where the store tells.
 */
export function behindTied(
  { state: { window, hasEarlier } }: StepContext,
  position: Position,
): Position {
  const [first] = window;
  if (first && hasEarlier && isTied(first.position, position) && tieOf(first.position) > 0)
    return position;
  const last = window.findLast((row) => isTied(row.position, position));
  return last ? withTie(position, tieOf(last.position) + 1) : position;
}

/**
 * A page of the history with the visitor's own messages of one time in the order in which they were
 * sent, which a gateway's clock and a gateway's history may not know.
 */
export function inOrderOfSending(
  context: StepContext,
  messages: readonly GatewayMessage[],
): readonly GatewayMessage[] {
  const ordered = [...messages];
  for (const group of tiedGroups(messages)) {
    const own = group.flatMap((index) => {
      const message = messages[index];
      const order = message ? orderOfSending(context, message) : null;
      return message && order !== null ? [{ index, message, order }] : [];
    });
    const sent = own.toSorted((a, b) => a.order - b.order);
    own.forEach(({ index }, nth) => {
      const message = sent[nth]?.message;
      if (message) ordered[index] = message;
    });
  }
  return ordered;
}

/** `null` when it is unknown: the message is not the visitor's, or was sent elsewhere. */
function orderOfSending(context: StepContext, message: GatewayMessage): number | null {
  if (message.from.role !== 'visitor') return null;
  const { window, outbox } = context.state;
  const shown = window.findIndex((row) => isSame(context, row, message));
  if (shown >= 0) return shown;
  const ids = [message.messageId, ...(message.aliases ?? [])];
  const byId = outbox.findIndex((item) => ids.includes(item.messageId));
  // A history may not keep the ids with which messages were sent.
  const waiting = byId >= 0 ? byId : outbox.findIndex((item) => item.text === message.text);
  return waiting < 0 ? null : window.length + waiting;
}

/** The indexes of messages without a sequence that have the same time, of which there are several. */
function tiedGroups(messages: readonly GatewayMessage[]): readonly (readonly number[])[] {
  const groups = new Map<number, number[]>();
  for (const [index, { sequence, timestamp }] of messages.entries()) {
    if (sequence !== null) continue;
    const group = groups.get(timestamp);
    if (group) group.push(index);
    else groups.set(timestamp, [index]);
  }
  return [...groups.values()].filter(({ length }) => length > 1);
}

/**
 * Orders shown rows of the same time as the history lists them. Rows that it does not list keep their
 * places.
 *
 * @param page a page of the history, ascending
 * @param tied what this function has returned for the page before
 */
export function orderTies(
  context: StepContext,
  page: readonly GatewayMessage[],
  tied: readonly GatewayMessage[],
): readonly GatewayMessage[] {
  const startsAtNewest = context.state.settings.traits.history === 'newest';
  const messages = startsAtNewest ? [...page, ...tied] : [...tied, ...page];
  for (const group of tiedGroups(messages)) {
    // A row that came without its time may stand elsewhere.
    const places = new Map<string, Set<Message>>();
    for (const index of group) {
      const message = messages[index];
      const row = message && context.state.window.find((shown) => isSame(context, shown, message));
      if (!row || row.sequence !== null) continue;
      const key = withTie(row.position, 0).join();
      places.set(key, (places.get(key) ?? new Set()).add(row));
    }
    for (const rows of places.values()) orderRows(context, [...rows]);
  }
  const border = startsAtNewest ? page[0] : page.at(-1);
  return messages.filter(
    ({ sequence, timestamp }) => sequence === null && timestamp === border?.timestamp,
  );
}

function orderRows(context: StepContext, rows: readonly Message[]): void {
  const positions = rows.map((row) => row.position).sort((a, b) => tieOf(a) - tieOf(b));
  const moved = rows.flatMap((row, index) => {
    const position = positions[index];
    return position && tieOf(position) !== tieOf(row.position) ? [{ ...row, position }] : [];
  });
  if (moved.length > 0) reorderRows(context, moved);
}

/**
 * Rows of the history above one that is loaded, in its order, with ties. Those of the same time as the
 * loaded one get ties below its own.
 */
export function withTies(
  rows: readonly Message[],
  end: Place | null | undefined,
): readonly Message[] {
  const next = new Map<string, number>();
  return rows.map((row, index) => {
    if (row.sequence !== null) return row;
    if (end && isTied(row.position, end.position)) {
      return { ...row, position: withTie(row.position, tieOf(end.position) - rows.length + index) };
    }
    const key = withTie(row.position, 0).join();
    const tie = next.get(key) ?? 0;
    next.set(key, tie + 1);
    return { ...row, position: withTie(row.position, tie) };
  });
}
