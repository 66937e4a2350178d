import { describe, expect, it } from 'vitest';
import type { GatewayProblem } from '../../../src/protocol/gateway/events.ts';
import {
  errorOf,
  fileLost,
  linkError,
  refusal,
} from '../../../src/worker/genesys-cloud/upload-errors.ts';

const problem = (kind: GatewayProblem['kind'], code: string): GatewayProblem => ({
  kind,
  code,
  message: 'in the platform’s words',
  conversationId: null,
  messageId: null,
  retryAfter: null,
});

describe('why a file is not sent', () => {
  it.each([
    ['file-type', 'This type of file can’t be sent here.'],
    ['file-size', 'This file is too large.'],
    ['file-empty', 'This file is empty.'],
    ['file-name', 'This file can’t be sent.'],
  ] as const)('is told in words: %s', (fault, words) => {
    expect(refusal(fault)).toMatchObject({ code: fault, message: words });
  });

  it.each([
    ['attachment', '4003', 'file-content'],
    ['rate-limited', '4029', 'rate-limited'],
    ['conversation-ended', '409', 'conversation-ended'],
    ['forbidden', '4000', 'forbidden'],
    ['invalid-frame', '400', 'file-lost'],
    ['other', '', 'file-lost'],
  ] as const)('is told by its own code: %s %s', (kind, code, own) => {
    const error = errorOf(problem(kind, code));
    expect(error.code).toBe(own);
    expect(error.message).not.toContain('platform');
  });

  it('keeps the cause for the log', () => {
    const cause = new Error('403');
    expect(fileLost(cause).cause).toBe(cause);
  });
});

describe('why a file can’t be opened', () => {
  it.each([
    ['rate-limited', '4029', 'rate-limited'],
    ['conversation-ended', '409', 'conversation-ended'],
    ['forbidden', '4000', 'file-gone'],
    ['attachment', '4008', 'file-gone'],
    ['attachment', '4010', 'file-gone'],
    ['other', '404', 'file-gone'],
    ['other', '405', 'unavailable'],
    ['unavailable', '503', 'unavailable'],
    ['attachment', '4001', 'unavailable'],
  ] as const)('is told by its own code: %s %s', (kind, code, own) => {
    expect(linkError(problem(kind, code)).code).toBe(own);
  });
});
