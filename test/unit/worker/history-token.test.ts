import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { GatewayEvent, GatewayProblem } from '../../../src/protocol/gateway/events.ts';
import { genesysCloud } from '../../../src/protocol/genesys-cloud/index.ts';
import { requestIds } from '../../../src/protocol/genesys-cloud/request-ids.ts';
import { Rest } from '../../../src/worker/edges/rest.ts';
import { HistoryTokens } from '../../../src/worker/genesys-cloud/history-token.ts';

const taken = (token: string) => ({ type: 'rest-token', token, expiresAt: null }) as const;
const problem = (part: Partial<GatewayProblem>): GatewayEvent => ({
  type: 'problem',
  problem: {
    kind: 'other',
    code: '',
    message: '',
    conversationId: null,
    messageId: null,
    retryAfter: null,
    ...part,
  },
});
const call = { type: 'history-since', conversationId: 'c', since: 0, cursor: null } as const;

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('a token for the history', () => {
  it('is asked for once for all who want it, and kept for less than its minute', async () => {
    let asked = 0;
    const tokens = new HistoryTokens(() => {
      asked += 1;
      return true;
    });
    expect(await tokens.get(false)).toBeNull();
    tokens.onSessionOpen();
    const both = [tokens.get(false), tokens.get(false)];
    tokens.onToken(taken('one'));
    expect(await Promise.all(both)).toEqual(['one', 'one']);
    expect(await tokens.get(false)).toBe('one');
    expect(asked).toBe(1);
    await vi.advanceTimersByTimeAsync(50_000);
    void tokens.get(false);
    expect(asked).toBe(2);
  });

  it.each([
    ['400', 'invalid-frame'],
    ['403', 'forbidden'],
    ['404', 'other'],
    ['4000', 'forbidden'],
    ['503', 'unavailable'],
  ] as const)(
    'that an error without a name may be about costs no message (%s)',
    async (code, kind) => {
      const tokens = new HistoryTokens(() => true);
      tokens.onSessionOpen();
      const unnamed = problem({ code, kind });
      expect(tokens.onEvent(unnamed)).toBe(unnamed);
      const token = tokens.get(false);
      expect(tokens.onEvent(unnamed)).toEqual(problem({ code, kind, messageId: requestIds.jwt }));
      expect(await token).toBeNull();
      expect(tokens.onEvent(unnamed)).toBe(unnamed);
    },
  );

  it.each([
    ['4011', 'message-too-long'],
    ['409', 'conversation-ended'],
    ['4029', 'rate-limited'],
    ['403', 'unavailable'],
  ] as const)('is waited for when the error is about something else (%s)', async (code, kind) => {
    const tokens = new HistoryTokens(() => true);
    tokens.onSessionOpen();
    const token = tokens.get(false);
    const unnamed = problem({ code, kind });
    expect(tokens.onEvent(unnamed)).toBe(unnamed);
    const others = problem({ code: '400', kind: 'invalid-frame', messageId: 'm' });
    expect(tokens.onEvent(others)).toBe(others);
    tokens.onToken(taken('one'));
    expect(await token).toBe('one');
  });

  it('that is refused, or not given in time, is waited for no longer', async () => {
    const tokens = new HistoryTokens(() => true);
    tokens.onSessionOpen();
    const refused = tokens.get(false);
    tokens.onEvent(problem({ kind: 'rate-limited', messageId: requestIds.jwt }));
    expect(await refused).toBeNull();
    const overdue = tokens.get(false);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await overdue).toBeNull();
    const lost = tokens.get(false);
    tokens.onConnectionClosed();
    expect(await lost).toBeNull();
  });

  it('is requested on an open connection only, and again as soon as there is one', async () => {
    let hasLine = false;
    let asked = 0;
    const tokens = new HistoryTokens(() => {
      asked += 1;
      return hasLine;
    });
    expect(await tokens.get(false)).toBeNull();
    expect(asked).toBe(0);
    tokens.onSessionOpen();
    expect(await tokens.get(false)).toBeNull();
    expect(asked).toBe(1);
    hasLine = true;
    const token = tokens.get(false);
    tokens.onToken(taken('one'));
    expect(await token).toBe('one');
  });

  it('lives for 50 s from the moment it was asked for, however late it came', async () => {
    let asked = 0;
    const tokens = new HistoryTokens(() => {
      asked += 1;
      return true;
    });
    tokens.onSessionOpen();
    const slow = tokens.get(false);
    await vi.advanceTimersByTimeAsync(9_000);
    tokens.onToken(taken('slow'));
    expect(await slow).toBe('slow');
    // One that comes again, or late, is nobody's.
    tokens.onToken(taken('other'));
    await vi.advanceTimersByTimeAsync(40_999);
    expect(await tokens.get(false)).toBe('slow');
    await vi.advanceTimersByTimeAsync(1);
    void tokens.get(false);
    expect(asked).toBe(2);
  });

  it('that was refused is not given again', async () => {
    let asked = 0;
    const tokens = new HistoryTokens(() => {
      asked += 1;
      return true;
    });
    tokens.onSessionOpen();
    const first = tokens.get(false);
    tokens.onToken(taken('one'));
    await first;
    const second = tokens.get(true);
    expect(asked).toBe(2);
    tokens.onToken(taken('two'));
    expect(await second).toBe('two');
    expect(await tokens.get(false)).toBe('two');
  });

  it('has no deadline after it arrived, and is dropped with its connection', async () => {
    const tokens = new HistoryTokens(() => true);
    tokens.onSessionOpen();
    const first = tokens.get(false);
    tokens.onToken(taken('one'));
    await first;
    expect(vi.getTimerCount()).toBe(0);
    tokens.onConnectionClosed();
    expect(await tokens.get(false)).toBeNull();
    tokens.onSessionOpen();
    const second = tokens.get(false);
    await vi.advanceTimersByTimeAsync(9_999);
    tokens.onToken(taken('two'));
    expect(await second).toBe('two');
  });

  it('is none of an event’s that is no problem', async () => {
    const tokens = new HistoryTokens(() => true);
    tokens.onSessionOpen();
    const token = tokens.get(false);
    const pong = { type: 'pong' } as const;
    expect(tokens.onEvent(pong)).toBe(pong);
    tokens.onToken(taken('one'));
    expect(await token).toBe('one');
  });

  it('that the history refuses is replaced with the next call, not in the same', async () => {
    const wanted: boolean[] = [];
    const rest = new Rest(genesysCloud({ deploymentId: 'd', region: 'eu-west-1' }), (isRefused) => {
      wanted.push(isRefused);
      return 'token';
    });
    const fetched = vi
      .spyOn(globalThis, 'fetch')
      .mockImplementation(async () => new Response('{}', { status: 401 }));
    expect(await rest.call(call)).toMatchObject({ failure: { kind: 'unavailable' } });
    expect(fetched).toHaveBeenCalledTimes(1);
    fetched.mockImplementation(async () => Response.json({ entities: [], total: 0 }));
    expect(await rest.call(call)).toMatchObject({ ok: true });
    await rest.call(call);
    expect(wanted).toEqual([false, true, false]);
    // The next visitor's token is not the one that was refused.
    fetched.mockImplementation(async () => new Response('{}', { status: 401 }));
    await rest.call(call);
    rest.abortAll();
    await rest.call(call);
    expect(wanted.slice(3)).toEqual([false, false]);
  });

  it('that comes after the visitor has changed is not used for the call that asked for it', async () => {
    let gives: (token: string) => void = () => {};
    const rest = new Rest(genesysCloud({ deploymentId: 'd', region: 'eu-west-1' }), () => {
      return new Promise((resolve) => {
        gives = resolve;
      });
    });
    const fetched = vi.spyOn(globalThis, 'fetch').mockResolvedValue(Response.json({}));
    const former = rest.call(call);
    rest.abortAll();
    gives('token of the next visitor');
    expect(await former).toMatchObject({ failure: { kind: 'network' } });
    expect(fetched).not.toHaveBeenCalled();
  });
});
