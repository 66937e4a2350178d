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
import {
  conversationSchema,
  errorBodySchema,
  historySchema,
  messageSchema,
  postedSchema,
  skillCoverageSchema,
  skillGroupsSchema,
} from './schemas.ts';
import { toConversation, toMessage } from './socket.ts';

const pageLimit = 50;

export function encodeRequest(apiUrl: string, call: RestCall, token: string): HttpRequest {
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
  const conversations = `${apiUrl}/api/v2/conversations`;
  switch (call.type) {
    case 'history-since': {
      const query = queryString([
        ['conversationId', call.conversationId],
        ['since', new Date(call.since).toISOString()],
        ['limit', String(pageLimit)],
        ...(call.cursor === null ? [] : [['cursor', call.cursor] as const]),
      ]);
      return { method: 'GET', url: `${conversations}/messages?${query}`, headers, body: null };
    }
    case 'history-before': {
      const { before } = call;
      const query = queryString([
        ['conversationId', call.conversationId],
        [
          'before',
          'sequence' in before ? String(before.sequence) : new Date(before.instant).toISOString(),
        ],
        ['limit', String(pageLimit)],
      ]);
      return { method: 'GET', url: `${conversations}/messages?${query}`, headers, body: null };
    }
    case 'send-message':
      return {
        method: 'POST',
        url: `${conversations}/messages`,
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify({
          conversationId: call.conversationId,
          messageId: call.messageId,
          text: call.text,
        }),
      };
    case 'conversation':
      return {
        method: 'GET',
        url: `${conversations}/${encodeURIComponent(call.conversationId)}`,
        headers,
        body: null,
      };
    case 'skill-groups':
      return {
        method: 'GET',
        url: `${apiUrl}/api/v2/routing/skillgroups`,
        headers,
        body: null,
      };
    case 'skill-coverage': {
      const query = queryString([['skillGroups', call.skillGroups.join(',')]]);
      const url = `${apiUrl}/api/v2/workforcemanagement/skillcoverage?${query}`;
      return { method: 'GET', url, headers, body: null };
    }
  }
}

// Not `URLSearchParams`, because the protocol uses no API of a browser or Node.
function queryString(pairs: readonly (readonly [string, string])[]): string {
  return pairs.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join('&');
}

export function decodeResponse(call: RestCall, response: HttpResponse): RestResult {
  // Where it is not JSON, such as a proxy's HTML page, the status or the schema determines the error.
  const body = parseJson(response.body);
  if (response.status >= 200 && response.status < 300) return decodeValue(call, body);
  const error = errorBodySchema.safeParse(body);
  const code = error.success ? error.data.code : null;
  const message = error.success ? error.data.message : null;
  return restFailure(
    failureKind(response.status, code),
    message ?? `The gateway returned status ${response.status}.`,
    parseRetryAfter(response.retryAfter),
  );
}

function decodeValue(call: RestCall, body: unknown): RestResult {
  switch (call.type) {
    case 'history-since':
    case 'history-before': {
      const history = historySchema.safeParse(body);
      if (!history.success) return restFailure('invalid', 'Invalid message list from gateway.');
      const messages: PartialMessage[] = [];
      let invalidCount = 0;
      for (const entity of history.data.entities) {
        const message = messageSchema.safeParse(entity);
        if (message.success && isOrNull(message.data.conversationId, call.conversationId)) {
          messages.push(toMessage(message.data));
        } else invalidCount += 1;
      }
      const nextCursor = history.data.nextPage ?? null;
      return { ok: true, value: { type: 'history', messages, nextCursor, invalidCount } };
    }
    case 'send-message': {
      const posted = postedSchema.safeParse(body);
      if (
        !posted.success ||
        !isOrNull(posted.data.messageId, call.messageId) ||
        !isOrNull(posted.data.conversationId, call.conversationId)
      ) {
        return restFailure('invalid', 'Invalid message from gateway.');
      }
      const { conversationId } = call;
      const text = posted.data.text ?? call.text;
      const message = toMessage({ ...posted.data, conversationId, text });
      return { ok: true, value: { type: 'message', message } };
    }
    case 'conversation': {
      const conversation = conversationSchema.safeParse(body);
      if (!conversation.success)
        return restFailure('invalid', 'Invalid conversation from gateway.');
      const conversationId = conversation.data.conversationId ?? call.conversationId;
      return {
        ok: true,
        value: {
          type: 'conversation',
          conversation: toConversation({ ...conversation.data, conversationId }),
        },
      };
    }
    case 'skill-groups': {
      const groups = skillGroupsSchema.safeParse(body);
      if (!groups.success) return restFailure('invalid', 'Invalid skill group list from gateway.');
      const names = groups.data.entities.map(({ name }) => name);
      return { ok: true, value: { type: 'skill-groups', names } };
    }
    case 'skill-coverage': {
      const report = skillCoverageSchema.safeParse(body);
      if (!report.success) return restFailure('invalid', 'Invalid skill coverage from gateway.');
      // Only the requested groups: agents of others must not count.
      const coverage = report.data.entities.filter(({ skillGroup }) =>
        call.skillGroups.includes(skillGroup),
      );
      return { ok: true, value: { type: 'skill-coverage', coverage } };
    }
  }
}

/** What a gateway leaves out of an answer is as it was asked for. */
function isOrNull(value: string | null, expected: string): boolean {
  return value === null || value === expected;
}

function failureKind(status: number, code: string | null): RestFailureKind {
  if (code === 'CONVERSATION_ENDED' || status === 409) return 'ended';
  if (code === 'MESSAGE_TOO_LONG') return 'too-long';
  if (status === 401) return 'unauthorized';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not-found';
  if (status === 429) return 'rate-limited';
  if (status >= 500 || status === 408) return 'unavailable';
  return 'rejected';
}
