import type { GatewayMessage, RestCall, RestResult } from '../../../protocol/gateway.ts';
import { comparePlaces, type Message, type Place, placeIndex } from '../../../protocol/message.ts';
import type { Earlier } from '../../../protocol/port.ts';
import { request } from '../connection/rest-requests.ts';
import type { Run } from '../context.ts';
import type { EarlierWanted } from '../state.ts';
import { completeAll } from './normalize.ts';
import { rowOf } from './transcript.ts';

/** Older messages for one tab: from memory, then from the store, then from REST. */

/** Calls of all tabs together that may wait for REST. */
const maximumWaiting = 4;

/** A page of the gateway's history, at most. */
const pageLength = 50;

export function loadEarlier(
  run: Run,
  callId: number,
  before: Place | null,
  conversationId: string | null,
  count: number,
): void {
  const { window, hasEarlier } = run.state;
  const end = before ? placeIndex(window, before) : window.length;
  const rows = window.slice(Math.max(0, end - count), end);
  if (rows.length === count) {
    answer(run, callId, rows, hasEarlier || end > count);
    return;
  }
  const from = rows[0] ?? before;
  const wanted = { callId, before, conversationId, count, rows, requestId: null };
  run.set({ earlier: [...run.state.earlier, wanted] });
  run.emit({ type: 'read-earlier', callId, before: from, count: count - rows.length });
}

/** What the store has. */
export function onEarlierRead(
  run: Run,
  callId: number,
  messages: readonly Message[],
  hasEarlier: boolean,
): void {
  const wanted = run.state.earlier.find((one) => one.callId === callId);
  if (!wanted) return;
  const rows = [...messages, ...wanted.rows];
  const call = hasEarlier || rows.length >= wanted.count ? null : callFor(run, wanted, rows);
  if (!call || run.state.link.phase === 'signed-out') {
    settle(run, wanted, rows, hasEarlier || hasOlder(rows[0]));
    return;
  }
  if (run.state.earlier.filter((one) => one.requestId !== null).length >= maximumWaiting) {
    settle(run, wanted, rows, true);
    return;
  }
  const requestId = request(run, call);
  const waiting = { ...wanted, rows, requestId };
  run.set({ earlier: run.state.earlier.map((one) => (one === wanted ? waiting : one)) });
}

/** The question for what stands before the oldest row; `null` where nothing can. */
function callFor(
  run: Run,
  { before, conversationId: named }: EarlierWanted,
  rows: readonly Message[],
): RestCall | null {
  const [oldest] = rows;
  const conversationId = oldest?.conversationId ?? named;
  const position = oldest?.position ?? before?.position;
  if (conversationId === null || !position) return null;
  if (run.rules?.canRead(run, conversationId) === false) return null;
  const [ordinal, sequence, isWithout, timestamp] = position;
  // A pending message stands nowhere yet.
  if (ordinal > run.state.lastOrdinal) return null;
  if (isWithout === 0) {
    if (sequence <= 1 + (oldest?.missingBefore ?? 0)) return null;
    return { type: 'history-before', conversationId, before: { sequence } };
  }
  // More than one message can bear the same millisecond.
  return { type: 'history-before', conversationId, before: { instant: timestamp + 1 } };
}

/** What REST has, for the eyes of the one who asked: it is too old to be kept. */
export function onEarlierFetched(run: Run, requestId: number, result: RestResult): void {
  const wanted = run.state.earlier.find((one) => one.requestId === requestId);
  if (!wanted) return;
  if (!result.ok || result.value.type !== 'history') {
    if (wanted.rows.length > 0) settle(run, wanted, wanted.rows, true);
    else fail(run, wanted);
    return;
  }
  const end = wanted.rows[0] ?? wanted.before;
  const ordinal = end?.position[0] ?? 0;
  const conversationId = end ? (wanted.rows[0]?.conversationId ?? wanted.conversationId) : null;
  const older = completeAll(run, result.value.messages, conversationId ?? '')
    .filter((message) => !run.rules?.isKnown(run, wanted, message))
    .map((message) => toRow(message, ordinal))
    .filter((row) => !end || comparePlaces(row, end) < 0)
    .sort(comparePlaces);
  const { nextCursor } = result.value;
  if (older.length === 0 && nextCursor !== null && goOn(run, wanted, nextCursor)) return;
  const rows = [...older, ...wanted.rows];
  const [oldest] = older;
  const isMore = oldest?.sequence === null ? older.length >= pageLength - 1 : hasOlder(oldest);
  settle(run, wanted, rows, isMore);
}

/** The page was newer than what is wanted: where only the newest can be asked for, the next one may do. */
function goOn(run: Run, wanted: EarlierWanted, cursor: string): boolean {
  const call = callFor(run, wanted, wanted.rows);
  if (call?.type !== 'history-before' || run.state.settings.traits.history !== 'newest')
    return false;
  const requestId = request(run, { ...call, cursor });
  const waiting = { ...wanted, requestId };
  run.set({ earlier: run.state.earlier.map((one) => (one === wanted ? waiting : one)) });
  return true;
}

function toRow(message: GatewayMessage, ordinal: number): Message {
  const { sequence, timestamp } = message;
  return rowOf(message, sequence === null ? [ordinal, 0, 1, timestamp] : [ordinal, sequence, 0, 0]);
}

/** Messages count from 1: whether the gateway must have older ones than this. */
export function hasOlder(row: Message | undefined): boolean {
  return row !== undefined && row.sequence !== null && row.sequence > 1 + row.missingBefore;
}

function settle(
  run: Run,
  wanted: EarlierWanted,
  rows: readonly Message[],
  hasEarlier: boolean,
): void {
  run.set({ earlier: run.state.earlier.filter((one) => one !== wanted) });
  answer(run, wanted.callId, rows, hasEarlier);
}

function answer(run: Run, callId: number, messages: readonly Message[], hasEarlier: boolean): void {
  const earlier: Earlier = { messages: [...messages], hasEarlier };
  run.resolve(callId, earlier);
}

function fail(run: Run, wanted: EarlierWanted): void {
  run.set({ earlier: run.state.earlier.filter((one) => one !== wanted) });
  run.reject(wanted.callId, 'unavailable', 'Older messages can’t be fetched at the moment.');
}
