import { isDerivedId } from '../../../protocol/derived-id.ts';
import type { Problem } from '../../../protocol/errors.ts';
import type { GatewayMessage } from '../../../protocol/gateway/messages.ts';
import type { RestCall, RestResult } from '../../../protocol/gateway/rest.ts';
import {
  comparePlaces,
  comparePositions,
  type Message,
  type Place,
  placeIndex,
} from '../../../protocol/message.ts';
import type { Earlier } from '../../../protocol/port.ts';
import { request } from '../connection/rest-requests.ts';
import type { StepContext } from '../context.ts';
import { isSameMessage } from './derived-messages.ts';
import { normalizeAll } from './normalize.ts';
import { rowOf } from './rows.ts';
import { type PaginationRequest, setTranscriptSlice } from './state.ts';
import { withTies } from './ties.ts';

/** Older messages for one tab: from memory, then from the store, then from REST. */

/** Maximum of concurrent REST requests, across tabs. */
const maximumWaiting = 4;

/** Maximum length of a page of the gateway's history. */
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
    answerCall(context, callId, rows, hasEarlier || end > count);
    return;
  }
  const from = rows[0] ?? before;
  const pagination = { callId, before, conversationId, count, rows, requestId: null };
  setTranscriptSlice(context, { paginations: [...context.state.paginations, pagination] });
  context.emit({ type: 'read-earlier', callId, before: from, count: count - rows.length });
}

/** The store has answered. */
export function onEarlierRead(
  context: StepContext,
  callId: number,
  messages: readonly Message[],
  hasEarlier: boolean,
): void {
  const pagination = context.state.paginations.find((other) => other.callId === callId);
  if (!pagination) return;
  const { before } = pagination;
  // The store compares a tie below 0 as higher than none.
  const older = before ? messages.filter((row) => comparePlaces(row, before) < 0) : messages;
  const rows = [...older, ...pagination.rows];
  const call =
    hasEarlier || rows.length >= pagination.count ? null : callFor(context, pagination, rows);
  if (!call || context.state.connection.phase === 'signed-out') {
    completePagination(context, pagination, rows, hasEarlier || hasOlder(rows[0]));
    return;
  }
  if (
    context.state.paginations.filter((other) => other.requestId !== null).length >= maximumWaiting
  ) {
    completePagination(context, pagination, rows, true);
    return;
  }
  const requestId = request(context, call);
  const waiting = { ...pagination, rows, requestId };
  setTranscriptSlice(context, {
    paginations: context.state.paginations.map((other) => (other === pagination ? waiting : other)),
  });
}

/** The call for messages before the oldest row; `null` when there can be none. */
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
  const [ordinal, sequence, isUnsequenced, timestamp] = position;
  // A pending message has no place yet.
  if (ordinal > context.state.lastOrdinal) return null;
  if (isUnsequenced === 0) {
    if (sequence <= 1 + (oldest?.missingBefore ?? 0)) return null;
    return { type: 'history-before', conversationId, before: { sequence } };
  }
  // Several messages can have the same millisecond.
  return { type: 'history-before', conversationId, before: { instant: timestamp + 1 } };
}

/** REST has answered. The messages are too old to be kept: only the tab that asked gets them. */
export function onEarlierFetched(
  context: StepContext,
  requestId: number,
  result: RestResult,
): void {
  const pagination = context.state.paginations.find((other) => other.requestId === requestId);
  if (!pagination) return;
  if (!result.ok || result.value.type !== 'history') {
    if (pagination.rows.length > 0) completePagination(context, pagination, pagination.rows, true);
    else failPagination(context, pagination);
    return;
  }
  const end = pagination.rows[0] ?? pagination.before;
  const ordinal = end?.position[0] ?? 0;
  const conversationId = end
    ? (pagination.rows[0]?.conversationId ?? pagination.conversationId)
    : null;
  const messages = normalizeAll(context, result.value.messages, conversationId ?? '');
  const older = messagesBefore(messages, end)
    .filter(
      (message, index, page) =>
        page.findIndex(({ messageId }) => messageId === message.messageId) === index &&
        !isKnown(context, pagination, message),
    )
    .map((message) => toRow(message, ordinal))
    .sort((a, b) => comparePositions(a.position, b.position));
  const placed = withTies(older, end).filter((row) => !end || comparePlaces(row, end) < 0);
  const { nextCursor } = result.value;
  if (placed.length === 0 && nextCursor !== null && fetchNextPage(context, pagination, nextCursor))
    return;
  const rows = [...placed, ...pagination.rows];
  const [oldest] = placed;
  const hasMore = oldest?.sequence === null ? placed.length >= pageLength - 1 : hasOlder(oldest);
  completePagination(context, pagination, rows, hasMore);
}

/** Whether the tab that asked already has the message, under another id. */
function isKnown(
  context: StepContext,
  pagination: PaginationRequest,
  message: GatewayMessage,
): boolean {
  if (context.policy) return context.policy.isKnown(context, pagination, message);
  if (!isDerivedId(message.messageId)) return false;
  const { rows, before } = pagination;
  if ([...context.state.window, ...rows].some((row) => isSameMessage(row, message))) return true;
  // Only the place of the tab's first row is known, and its id may be another one.
  return rows.length === 0 && message.timestamp === before?.position[3];
}

/**
 * The page is newer than the requested rows. Gateways whose history starts at the newest message
 * may have them on the next page.
 */
function fetchNextPage(
  context: StepContext,
  pagination: PaginationRequest,
  cursor: string,
): boolean {
  const call = callFor(context, pagination, pagination.rows);
  if (call?.type !== 'history-before' || context.state.settings.traits.history !== 'newest')
    return false;
  const requestId = request(context, { ...call, cursor });
  const waiting = { ...pagination, requestId };
  setTranscriptSlice(context, {
    paginations: context.state.paginations.map((other) => (other === pagination ? waiting : other)),
  });
  return true;
}

/** Without those that the history lists behind the row, at the same time. */
function messagesBefore(
  messages: readonly GatewayMessage[],
  end: Place | null | undefined,
): readonly GatewayMessage[] {
  const found = messages.findIndex((message) => message.messageId === end?.messageId);
  if (found < 0) return messages;
  return messages.filter(
    ({ timestamp }, index) => index < found || timestamp !== messages[found]?.timestamp,
  );
}

function toRow(message: GatewayMessage, ordinal: number): Message {
  const { sequence, timestamp } = message;
  return rowOf(message, sequence === null ? [ordinal, 0, 1, timestamp] : [ordinal, sequence, 0, 0]);
}

/** Whether the gateway must have messages before this one: sequences start at 1. */
export function hasOlder(row: Message | undefined): boolean {
  return row !== undefined && row.sequence !== null && row.sequence > 1 + row.missingBefore;
}

function completePagination(
  context: StepContext,
  pagination: PaginationRequest,
  rows: readonly Message[],
  hasEarlier: boolean,
): void {
  setTranscriptSlice(context, {
    paginations: context.state.paginations.filter((other) => other !== pagination),
  });
  answerCall(context, pagination.callId, rows, hasEarlier);
}

function answerCall(
  context: StepContext,
  callId: number,
  messages: readonly Message[],
  hasEarlier: boolean,
): void {
  const earlier: Earlier = { messages: [...messages], hasEarlier };
  context.resolve(callId, earlier);
}

export function failPaginations(context: StepContext, problem: Problem): void {
  for (const { callId } of context.state.paginations) {
    context.answer(callId, { ok: false, problem });
  }
  setTranscriptSlice(context, { paginations: [] });
}

function failPagination(context: StepContext, pagination: PaginationRequest): void {
  setTranscriptSlice(context, {
    paginations: context.state.paginations.filter((other) => other !== pagination),
  });
  context.reject(pagination.callId, 'unavailable', 'Older messages could not be loaded.');
}
