import type { PartialMessage } from '../gateway/messages.ts';
import {
  type HttpRequest,
  type HttpResponse,
  type RestCall,
  type RestFailureKind,
  type RestResult,
  restFailure,
} from '../gateway/rest.ts';
import { parseJson } from '../json.ts';
import { parseRetryAfter } from '../retry-after.ts';
import { toEvents } from './messages.ts';
import * as schema from './schemas.ts';

const pageSize = 25;

/**
 * How far a catch-up goes back beyond the newest known message, in ms: messages may arrive out of order,
 * so one that is missing can be older than one that is known.
 */
const overlap = 60_000;

/** @param token the JWT of `rest-token` */
export function encodeRequest(apiUrl: string, call: RestCall, token: string): HttpRequest {
  const { page } = parseCursor(call);
  return {
    method: 'GET',
    url: `${apiUrl}/api/v2/webmessaging/messages?pageNumber=${page}&pageSize=${pageSize}`,
    headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
    body: null,
  };
}

/** A cursor is `<page> <total>`: a page number, and the number of messages when the previous page was read. */
function parseCursor(call: RestCall): { readonly page: number; readonly total: number | null } {
  const [page = '1', total] = ('cursor' in call ? (call.cursor ?? '1') : '1').split(' ');
  return { page: Number(page), total: total === undefined ? null : Number(total) };
}

export function decodeResponse(call: RestCall, response: HttpResponse): RestResult {
  // Where it is not JSON, such as a proxy's HTML page, the status or the schema determines the error.
  const body = parseJson(response.body);
  if (response.status < 200 || response.status >= 300) {
    const error = schema.restErrorBody.safeParse(body);
    const message = error.success ? (error.data.message ?? error.data.code) : null;
    return restFailure(
      failureKind(response.status),
      message ?? `The gateway returned status ${response.status}.`,
      parseRetryAfter(response.retryAfter),
    );
  }
  if (call.type !== 'history-since' && call.type !== 'history-before') {
    return restFailure('rejected', 'The gateway does not support this call.');
  }
  const history = schema.historyBody.safeParse(body);
  if (!history.success || (history.data.entities ?? history.data.total) === null) {
    return restFailure('invalid', 'Invalid message list from gateway.');
  }
  const entities = history.data.entities ?? [];
  const { messages, invalidCount } = toMessages(entities);
  const { page: number, total: before } = parseCursor(call);
  const count = entities.length;
  const { pageCount, total } = history.data;
  if (before !== null && total !== null && total < before) {
    // A replica that lags behind answered; messages that moved to an earlier page would be missed.
    return restFailure('unavailable', 'The gateway returned an outdated history.');
  }
  const isLast =
    count === 0 ||
    (pageCount === null ? count < (history.data.pageSize ?? pageSize) : number >= pageCount);
  const next = total === null ? `${number + 1}` : `${number + 1} ${total}`;
  const nextCursor = isLast || isComplete(call, messages) ? null : next;
  const requested = messages.filter((message) => isRequested(call, message));
  return { ok: true, value: { type: 'history', messages: requested, nextCursor, invalidCount } };
}

/** Drops messages older than requested: they were read before, possibly in a previous conversation. */
function isRequested(call: RestCall, { timestamp }: PartialMessage): boolean {
  return call.type !== 'history-since' || timestamp === null || timestamp >= call.since - overlap;
}

/** Whether the page goes back as far as requested. */
function isComplete(call: RestCall, messages: readonly PartialMessage[]): boolean {
  const oldest = messages[0]?.timestamp ?? null;
  if (oldest === null) return false;
  if (call.type === 'history-since') return oldest < call.since - overlap;
  if (call.type !== 'history-before' || !('instant' in call.before)) return true;
  return oldest < call.before.instant;
}

/** In ascending order. A message without a time gets that of the message before it. */
function toMessages(entities: readonly unknown[]): {
  messages: PartialMessage[];
  invalidCount: number;
} {
  const messages: PartialMessage[] = [];
  let invalidCount = 0;
  for (const entity of entities.toReversed()) {
    for (const event of toEvents(entity, null)) {
      if (event.type === 'message') messages.push(event.message);
      else if (event.type === 'invalid') invalidCount += 1;
    }
  }
  let time = messages.find(({ timestamp }) => timestamp !== null)?.timestamp ?? null;
  const timed = messages.map((message): PartialMessage => {
    time = message.timestamp ?? time;
    return { ...message, timestamp: time };
  });
  return { messages: timed, invalidCount };
}

function failureKind(status: number): RestFailureKind {
  if (status === 429) return 'rate-limited';
  // The short-lived REST token was refused; only the socket reports that a session has ended.
  if (status === 401 || status === 403 || status === 404) return 'unavailable';
  return status >= 500 || status === 408 ? 'unavailable' : 'rejected';
}
