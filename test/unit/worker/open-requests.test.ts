import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { GatewayCommand, GatewayEvent } from '../../../src/protocol/gateway.ts';
import { requestIds } from '../../../src/protocol/genesys-cloud/request-ids.ts';
import { OpenRequests } from '../../../src/worker/open-requests.ts';

const says = (messageId: string): GatewayCommand => ({
  type: 'send-message',
  conversationId: 'c',
  messageId,
  text: 'hi',
});

const problem = (messageId: string | null): GatewayEvent => ({
  type: 'problem',
  problem: { kind: 'other', message: '', conversationId: null, messageId, retryAfter: null },
});

let requests = new OpenRequests();

beforeEach(() => {
  vi.useFakeTimers();
  requests = new OpenRequests();
});

afterEach(() => {
  vi.useRealTimers();
});

const ping: GatewayCommand = { type: 'ping' };

describe('an error without a name', () => {
  it('can be about the one request that is open, and about none but that', () => {
    requests.leaves(ping);
    expect(requests.isAlone(requestIds.echo)).toBe(true);
    expect(requests.isAlone('m-1')).toBe(false);
    requests.leaves(says('m-1'));
    expect(requests.isAlone(requestIds.echo)).toBe(false);
    expect(requests.isAlone('m-1')).toBe(false);
    requests.hear({ type: 'pong' });
    expect(requests.isAlone('m-1')).toBe(true);
    requests.hear(problem('m-1'));
    expect(requests.isAlone('m-2')).toBe(true);
  });

  it('is about nothing that left ten seconds ago', () => {
    requests.leaves(says('m-1'));
    vi.advanceTimersByTime(9_999);
    requests.leaves(ping);
    expect(requests.isAlone(requestIds.echo)).toBe(false);
    vi.advanceTimersByTime(1);
    expect(requests.isAlone(requestIds.echo)).toBe(true);
  });

  it('names nothing, and so answers nothing', () => {
    requests.leaves(says('m-1'));
    requests.hear(problem(null));
    expect(requests.isAlone(requestIds.echo)).toBe(false);
  });

  it('of another line is about nothing that was asked on the last', () => {
    requests.leaves(says('m-1'));
    requests.forget();
    expect(requests.isAlone(requestIds.echo)).toBe(true);
  });

  it.each([
    [{ type: 'typing', conversationId: 'c', isTyping: true }, false],
    [{ type: 'typing', conversationId: 'c', isTyping: false }, true],
    [{ type: 'mark-read', conversationId: 'c', messageId: 'm' }, true],
    [{ type: 'answer-ping', payload: 1 }, true],
    [{ type: 'close-session', closesAll: false }, true],
    [{ type: 'authenticate' }, false],
    [{ type: 'resume-conversation', conversationId: 'c' }, false],
    [{ type: 'clear-conversation' }, false],
    [{ type: 'end-conversation' }, false],
    [{ type: 'rest-token' }, false],
    [{ type: 'configuration' }, false],
    [{ type: 'refresh-attachment', attachmentId: 'a' }, false],
  ] as const)('may be about %j, or not', (command, isAlone) => {
    requests.leaves(command);
    expect(requests.isAlone(requestIds.echo)).toBe(isAlone);
  });
});
