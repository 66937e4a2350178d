import type { PartialMessage } from '../gateway/messages.ts';
import type {
  HttpRequest,
  HttpResponse,
  RestCall,
  RestFailureKind,
  RestResult,
} from '../gateway/rest.ts';
import { parseRetryAfter } from '../retry-after.ts';
import { toEvents } from './messages.ts';
import * as schema from './schemas.ts';

const pageSize = 25;

/**
 * A catch-up looks so far behind what it has, in ms: the order of arrival is not promised, so a
 * message can be older than one that was there before it.
 */
const overlap = 60_000;

/** @param token the JWT of `rest-token` */
export function encodeRequest(apiUrl: string, call: RestCall, token: string): HttpRequest {
  const { page } = placeOf(call);
  return {
    method: 'GET',
    url: `${apiUrl}/api/v2/webmessaging/messages?pageNumber=${page}&pageSize=${pageSize}`,
    headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
    body: null,
  };
}

/** A cursor is the page, and how many messages there were when the one before it was told. */
function placeOf(call: RestCall): { readonly page: number; readonly total: number | null } {
  const [page = '1', total] = ('cursor' in call ? (call.cursor ?? '1') : '1').split(' ');
  return { page: Number(page), total: total === undefined ? null : Number(total) };
}

export function decodeResponse(call: RestCall, response: HttpResponse): RestResult {
  const body = parseJson(response.body);
  if (response.status < 200 || response.status >= 300) {
    const error = schema.restErrorBody.safeParse(body);
    const message = error.success ? (error.data.message ?? error.data.code) : null;
    return failure(
      failureKind(response.status),
      message ?? `the platform answered ${response.status}`,
      parseRetryAfter(response.retryAfter),
    );
  }
  if (call.type !== 'history-since' && call.type !== 'history-before') {
    return failure('rejected', 'the platform knows no such call', null);
  }
  const history = schema.historyBody.safeParse(body);
  if (!history.success || (history.data.entities ?? history.data.total) === null) {
    return failure('invalid', 'a misshapen list of messages', null);
  }
  const entities = history.data.entities ?? [];
  const { messages, invalidCount } = toMessages(entities);
  const { page: number, total: before } = placeOf(call);
  const count = entities.length;
  const { pageCount, total } = history.data;
  if (before !== null && total !== null && total < before) {
    // Another copy of it answers, which is behind: what has moved to a page before this one is missed.
    return failure('unavailable', 'the history has become shorter', null);
  }
  const isLast =
    count === 0 ||
    (pageCount === null ? count < (history.data.pageSize ?? pageSize) : number >= pageCount);
  const next = total === null ? `${number + 1}` : `${number + 1} ${total}`;
  const nextCursor = isLast || reaches(call, messages) ? null : next;
  const wanted = messages.filter((message) => isWanted(call, message));
  return { ok: true, value: { type: 'history', messages: wanted, nextCursor, invalidCount } };
}

/** A page brings more than was asked for: what is older was read before, maybe as another conversation's. */
function isWanted(call: RestCall, { timestamp }: PartialMessage): boolean {
  return call.type !== 'history-since' || timestamp === null || timestamp >= call.since - overlap;
}

/** Whether the page goes back as far as was asked for. */
function reaches(call: RestCall, messages: readonly PartialMessage[]): boolean {
  const oldest = messages[0]?.timestamp ?? null;
  if (oldest === null) return false;
  if (call.type === 'history-since') return oldest < call.since - overlap;
  if (call.type !== 'history-before' || !('instant' in call.before)) return true;
  return oldest < call.before.instant;
}

/** Ascending, and each with a time: one that is not told is that of the message before it. */
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
  // What is refused is the minute's token, never the session: that one the socket tells of.
  if (status === 401 || status === 403 || status === 404) return 'unavailable';
  return status >= 500 || status === 408 ? 'unavailable' : 'rejected';
}

function failure(kind: RestFailureKind, message: string, retryAfter: number | null): RestResult {
  return { ok: false, failure: { kind, message, retryAfter } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A proxy's HTML page is no JSON; what that means is said by the status and the shape.
    return undefined;
  }
}
