import type { Problem } from '../../../protocol/errors.ts';
import type { GatewayMessage } from '../../../protocol/gateway/messages.ts';
import type { RestCall, RestResult } from '../../../protocol/gateway/rest.ts';
import { comparePlaces, type Message, type Place, placeIndex } from '../../../protocol/message.ts';
import type { Earlier } from '../../../protocol/port.ts';
import { request } from '../connection/rest-requests.ts';
import type { StepContext } from '../context.ts';
import { normalizeAll } from './normalize.ts';
import { type PaginationRequest, setTranscriptSlice } from './state.ts';
import { rowOf } from './transcript.ts';

/** Older messages for one tab: from memory, then from the store, then from REST. */

/** Calls of all tabs together that may wait for REST. */
const maximumWaiting = 4;

/** A page of the gateway's history, at most. */
const pageLength = 50;

export function loadEarlier(
  context: StepContext,
  callId: number,
  before: Place | null,
  conversationId: string | null,
  count: number,
): void {
  const { window, hasEarlier } = context.state;
  const end = before ? placeIndex(window, before) : window.length;
  const rows = window.slice(Math.max(0, end - count), end);
  if (rows.length === count) {
    answer(context, callId, rows, hasEarlier || end > count);
    return;
  }
  const from = rows[0] ?? before;
  const wanted = { callId, before, conversationId, count, rows, requestId: null };
  setTranscriptSlice(context, { paginations: [...context.state.paginations, wanted] });
  context.emit({ type: 'read-earlier', callId, before: from, count: count - rows.length });
}

/** What the store has. */
export function onEarlierRead(
  context: StepContext,
  callId: number,
  messages: readonly Message[],
  hasEarlier: boolean,
): void {
  const wanted = context.state.paginations.find((one) => one.callId === callId);
  if (!wanted) return;
  const rows = [...messages, ...wanted.rows];
  const call = hasEarlier || rows.length >= wanted.count ? null : callFor(context, wanted, rows);
  if (!call || context.state.connection.phase === 'signed-out') {
    settle(context, wanted, rows, hasEarlier || hasOlder(rows[0]));
    return;
  }
  if (context.state.paginations.filter((one) => one.requestId !== null).length >= maximumWaiting) {
    settle(context, wanted, rows, true);
    return;
  }
  const requestId = request(context, call);
  const waiting = { ...wanted, rows, requestId };
  setTranscriptSlice(context, {
    paginations: context.state.paginations.map((one) => (one === wanted ? waiting : one)),
  });
}

/** The question for what stands before the oldest row; `null` where nothing can. */
function callFor(
  context: StepContext,
  { before, conversationId: named }: PaginationRequest,
  rows: readonly Message[],
): RestCall | null {
  const [oldest] = rows;
  const conversationId = oldest?.conversationId ?? named;
  const position = oldest?.position ?? before?.position;
  if (conversationId === null || !position) return null;
  if (context.policy?.canRead(context, conversationId) === false) return null;
  const [ordinal, sequence, isWithout, timestamp] = position;
  // A pending message stands nowhere yet.
  if (ordinal > context.state.lastOrdinal) return null;
  if (isWithout === 0) {
    if (sequence <= 1 + (oldest?.missingBefore ?? 0)) return null;
    return { type: 'history-before', conversationId, before: { sequence } };
  }
  // More than one message can bear the same millisecond.
  return { type: 'history-before', conversationId, before: { instant: timestamp + 1 } };
}

/** What REST has, for the eyes of the one who asked: it is too old to be kept. */
export function onEarlierFetched(
  context: StepContext,
  requestId: number,
  result: RestResult,
): void {
  const wanted = context.state.paginations.find((one) => one.requestId === requestId);
  if (!wanted) return;
  if (!result.ok || result.value.type !== 'history') {
    if (wanted.rows.length > 0) settle(context, wanted, wanted.rows, true);
    else fail(context, wanted);
    return;
  }
  const end = wanted.rows[0] ?? wanted.before;
  const ordinal = end?.position[0] ?? 0;
  const conversationId = end ? (wanted.rows[0]?.conversationId ?? wanted.conversationId) : null;
  const older = normalizeAll(context, result.value.messages, conversationId ?? '')
    .filter((message) => !context.policy?.isKnown(context, wanted, message))
    .map((message) => toRow(message, ordinal))
    .filter((row) => !end || comparePlaces(row, end) < 0)
    .sort(comparePlaces);
  const { nextCursor } = result.value;
  if (older.length === 0 && nextCursor !== null && goOn(context, wanted, nextCursor)) return;
  const rows = [...older, ...wanted.rows];
  const [oldest] = older;
  const isMore = oldest?.sequence === null ? older.length >= pageLength - 1 : hasOlder(oldest);
  settle(context, wanted, rows, isMore);
}

/** The page was newer than what is wanted: where only the newest can be asked for, the next one may do. */
function goOn(context: StepContext, wanted: PaginationRequest, cursor: string): boolean {
  const call = callFor(context, wanted, wanted.rows);
  if (call?.type !== 'history-before' || context.state.settings.traits.history !== 'newest')
    return false;
  const requestId = request(context, { ...call, cursor });
  const waiting = { ...wanted, requestId };
  setTranscriptSlice(context, {
    paginations: context.state.paginations.map((one) => (one === wanted ? waiting : one)),
  });
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
  context: StepContext,
  wanted: PaginationRequest,
  rows: readonly Message[],
  hasEarlier: boolean,
): void {
  setTranscriptSlice(context, {
    paginations: context.state.paginations.filter((one) => one !== wanted),
  });
  answer(context, wanted.callId, rows, hasEarlier);
}

function answer(
  context: StepContext,
  callId: number,
  messages: readonly Message[],
  hasEarlier: boolean,
): void {
  const earlier: Earlier = { messages: [...messages], hasEarlier };
  context.resolve(callId, earlier);
}

/** Nobody who asked is left waiting. */
export function failPaginations(context: StepContext, problem: Problem): void {
  for (const { callId } of context.state.paginations) {
    context.answer(callId, { ok: false, problem });
  }
  setTranscriptSlice(context, { paginations: [] });
}

function fail(context: StepContext, wanted: PaginationRequest): void {
  setTranscriptSlice(context, {
    paginations: context.state.paginations.filter((one) => one !== wanted),
  });
  context.reject(wanted.callId, 'unavailable', 'Older messages can’t be fetched at the moment.');
}
