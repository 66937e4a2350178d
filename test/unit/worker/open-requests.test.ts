import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { GatewayCommand } from '../../../src/protocol/gateway/commands.ts';
import type { GatewayEvent, GatewayProblem } from '../../../src/protocol/gateway/events.ts';
import { requestIds } from '../../../src/protocol/genesys-cloud/request-ids.ts';
import { OpenRequests } from '../../../src/worker/genesys-cloud/open-requests.ts';
import { sessionEvent } from '../session-event.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const problem = (messageId: string | null): GatewayProblem => ({
  kind: 'other',
  message: '',
  conversationId: null,
  messageId,
  retryAfter: null,
});
const from = { id: 'a', name: '', role: 'visitor' } as const;
const life = { duration: null, expiresAt: null };
const session = sessionEvent();
const message: GatewayEvent = {
  type: 'message',
  message: { conversationId: null, messageId: 'm', sequence: null, from, text: '', timestamp: 1 },
};
const routing = { skillGroups: [] };

/** What leaves, and what answers it; without an answer, only time does. */
const pairs: readonly (readonly [string, GatewayCommand, GatewayEvent | null])[] = [
  ['a message', { type: 'send-message', conversationId: 'c', messageId: 'm', text: '' }, message],
  [
    'a message that is refused',
    { type: 'send-message', conversationId: 'c', messageId: 'm', text: '' },
    { type: 'problem', problem: problem('m') },
  ],
  [
    'a file’s place',
    { type: 'request-upload', attachmentId: 'a', name: '', mime: '', size: 1 },
    { type: 'upload-target', attachmentId: 'a', url: '', headers: {} },
  ],
  [
    'a file’s place that is refused by its name',
    { type: 'request-upload', attachmentId: 'a', name: '', mime: '', size: 1 },
    { type: 'attachment-failed', attachmentId: 'a', problem: problem(null) },
  ],
  [
    'a file’s place that is refused by its request',
    { type: 'request-upload', attachmentId: 'a', name: '', mime: '', size: 1 },
    { type: 'attachment-failed', attachmentId: null, problem: problem('a') },
  ],
  [
    'a fresh address',
    { type: 'refresh-attachment', attachmentId: 'a' },
    { type: 'attachment-url', attachmentId: 'a', url: '' },
  ],
  [
    'letting a file go',
    { type: 'delete-attachment', attachmentId: 'a' },
    { type: 'attachment-deleted', attachmentId: 'a' },
  ],
  ['typing', { type: 'typing', conversationId: 'c', isTyping: true }, null],
  ['a ping', { type: 'ping' }, { type: 'pong' }],
  ['joining', { type: 'join', routing }, { type: 'problem', problem: problem(requestIds.join) }],
  ['an end', { type: 'end-conversation' }, { type: 'problem', problem: problem(requestIds.end) }],
  ['a token for REST', { type: 'rest-token' }, { type: 'rest-token', token: 't', expiresAt: null }],
  ['a session', { type: 'authenticate' }, session],
  ['a new conversation', { type: 'open-conversation', routing }, session],
  ['the conversation', { type: 'resume-conversation', conversationId: 'c' }, session],
  ['the configuration', { type: 'configuration' }, { type: 'configuration', life, uploads: null }],
  ['a token of the line', { type: 'resume-token' }, null],
];

describe('an error without a name may be about', () => {
  it.each(pairs)('%s, until that is answered', (_, command, answer) => {
    const requests = new OpenRequests();
    requests.onSent({ type: 'clear-conversation' });
    expect(requests.isOnlyPending(requestIds.clear)).toBe(true);
    requests.onSent(command);
    expect(requests.isOnlyPending(requestIds.clear)).toBe(false);
    // Neither another event nor an error without a name answers it.
    requests.onEvent({ type: 'typing', conversationId: null, from, isTyping: true });
    requests.onEvent({ type: 'problem', problem: problem(null) });
    requests.onEvent({ type: 'attachment-failed', attachmentId: null, problem: problem(null) });
    expect(requests.isOnlyPending(requestIds.clear)).toBe(false);
    if (answer) requests.onEvent(answer);
    else vi.advanceTimersByTime(10_000);
    expect(requests.isOnlyPending(requestIds.clear)).toBe(true);
  });

  it.each([
    { type: 'mark-read', conversationId: 'c', messageId: 'm' },
    { type: 'answer-ping', payload: null },
    { type: 'close-session', closesAll: true },
    { type: 'typing', conversationId: 'c', isTyping: false },
  ] as const)('nothing that no frame asks for ($type)', (command) => {
    const requests = new OpenRequests();
    requests.onSent(command);
    expect(requests.isOnlyPending(requestIds.clear)).toBe(true);
  });

  it('what left less than 10 s ago', () => {
    const requests = new OpenRequests();
    requests.onSent({ type: 'ping' });
    vi.advanceTimersByTime(9_999);
    expect(requests.isOnlyPending(requestIds.clear)).toBe(false);
    // The same again counts from then on.
    requests.onSent({ type: 'ping' });
    vi.advanceTimersByTime(9_999);
    expect(requests.isOnlyPending(requestIds.clear)).toBe(false);
    vi.advanceTimersByTime(1);
    expect(requests.isOnlyPending(requestIds.clear)).toBe(true);
  });

  it('nothing of a closed connection', () => {
    const requests = new OpenRequests();
    requests.onSent({ type: 'ping' });
    requests.onConnectionClosed();
    expect(requests.isOnlyPending(requestIds.clear)).toBe(true);
  });
});
