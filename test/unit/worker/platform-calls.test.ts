import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { GatewayCommand } from '../../../src/protocol/gateway/commands.ts';
import type { GatewayEvent, GatewayProblem } from '../../../src/protocol/gateway/events.ts';
import { requestIds } from '../../../src/protocol/genesys-cloud/request-ids.ts';
import { DeploymentSettings } from '../../../src/worker/genesys-cloud/deployment.ts';
import { PlatformCalls } from '../../../src/worker/genesys-cloud/platform-calls.ts';
import { sessionEvent } from '../session-event.ts';

const noPage = { set: () => {} };

const over = { type: 'session-over', reason: 'cleared', message: 'cleared' } as const;
const opened = sessionEvent({ isNew: true });
const refused = {
  type: 'problem',
  problem: {
    kind: 'unavailable',
    code: '403',
    message: 'Presence events Conversation Clear are not supported',
    conversationId: null,
    messageId: null,
    retryAfter: null,
  },
} as const;

describe('clearing', () => {
  const sent: GatewayCommand[] = [];
  let calls: PlatformCalls;
  /** Nothing else was asked for. */
  let isAlone = true;
  let isOnline = true;
  /** The end of the conversation was asked for. */
  let isEnding = false;

  const hub = () => ({
    epoch: 'boot',
    send(command: GatewayCommand) {
      if (isOnline) sent.push(command);
      return isOnline;
    },
    call: () => Promise.reject(new Error('not called')),
    logError: () => {},
  });

  beforeEach(() => {
    vi.useFakeTimers();
    sent.length = 0;
    isAlone = true;
    isOnline = true;
    isEnding = false;
    calls = new PlatformCalls(
      hub(),
      new DeploymentSettings('http://127.0.0.1:9/', () => {}),
      {
        isOnlyPending: (id) => id !== 'm' && isAlone,
        isPending: (id) => id === requestIds.end && isEnding,
      },
      noPage,
    );
    calls.onEvent(opened);
    return () => vi.useRealTimers();
  });

  const clear = () => calls.answer({ type: 'platform', step: 'clear' });

  it('is done when the platform says so', async () => {
    const answer = clear();
    expect(sent).toEqual([{ type: 'clear-conversation' }]);
    expect(calls.onEvent(over)).toBe(over);
    expect(await answer).toEqual({ ok: true, epoch: 'boot', value: null });
  });

  const named = (part: Partial<GatewayProblem>): GatewayEvent => ({
    type: 'problem',
    problem: { ...refused.problem, messageId: requestIds.clear, ...part },
  });
  const unnamed = (part: Partial<GatewayProblem>) => named({ ...part, messageId: null });

  it('that the deployment does not allow is rejected without side effects', async () => {
    // Whatever else was asked for: the words are about nothing else.
    isAlone = false;
    const answer = clear();
    expect(calls.onEvent(refused)).toEqual(named({}));
    expect(await answer).toMatchObject({ ok: false, problem: { code: 'forbidden' } });
    expect(calls.onEvent(refused)).toBe(refused);
  });

  it.each([
    ['rate-limited', '4029', 'rate-limited'],
    ['conversation-ended', '409', 'conversation-ended'],
    ['forbidden', '4000', 'forbidden'],
    ['forbidden', '403', 'forbidden'],
    ['invalid-frame', '400', 'unavailable'],
    ['unavailable', '500', 'unavailable'],
    ['other', '4999', 'unavailable'],
  ] as const)(
    'that is refused is told at once, by name or alone (%s %s)',
    async (kind, code, own) => {
      const problem = { kind, code, message: 'Request failed: x' };
      isAlone = false;
      const byName = clear();
      expect(calls.onEvent(named(problem))).toEqual(named(problem));
      expect(await byName).toMatchObject({ ok: false, problem: { code: own } });
      isAlone = true;
      const byBeingAlone = clear();
      // The core, which hears of it next, charges it to no message.
      expect(calls.onEvent(unnamed(problem))).toEqual(named(problem));
      const answer = await byBeingAlone;
      expect(answer).toMatchObject({ ok: false, problem: { code: own } });
      // The platform's words are for the log.
      expect(JSON.stringify(answer)).not.toContain('Request failed');
    },
  );

  it.each(['expired', 'not-found', 'signed-in'] as const)(
    'is not done because the session is over for another reason (%s)',
    async (reason) => {
      const answer = clear();
      const event = { ...over, reason };
      expect(calls.onEvent(event)).toBe(event);
      expect(await answer).toMatchObject({ ok: false, problem: { code: 'conversation-ended' } });
    },
  );

  const ended = {
    type: 'conversation',
    conversation: { conversationId: null, status: 'ended' },
  } as const;

  it('is not refused by the end of the conversation, which the platform may report first', async () => {
    const answer = clear();
    expect(calls.onEvent(ended)).toBe(ended);
    calls.onEvent(over);
    expect(await answer).toMatchObject({ ok: true });
  });

  it('is not done when the conversation has ended and nothing follows', async () => {
    const overdue = clear();
    calls.onEvent(ended);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await overdue).toMatchObject({ problem: { code: 'conversation-ended' } });
    const next = clear();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await next).toMatchObject({ problem: { code: 'timeout' } });
  });

  it('is not meant by an error without a name that may be about something else', async () => {
    const answer = clear();
    const others = [
      { kind: 'message-too-long', code: '4011', message: 'too long' },
      { kind: 'rejected', code: '4013', message: 'too large' },
    ] as const;
    for (const other of others) {
      const event = unnamed(other);
      expect(calls.onEvent(event)).toBe(event);
    }
    isAlone = false;
    for (const code of ['400', '4000', '500', '403']) {
      const event = unnamed({ code, message: 'Turn on the Feature Toggle' });
      expect(calls.onEvent(event)).toBe(event);
    }
    const about = named({ messageId: 'm' });
    expect(calls.onEvent(about)).toBe(about);
    calls.onEvent(over);
    expect(await answer).toMatchObject({ ok: true });
  });

  it('shares its errors with an end: one without a name is about the end that alone is awaited', async () => {
    isEnding = true;
    const about = (id: string) => named({ messageId: id });
    expect(calls.onEvent(refused)).toEqual(about(requestIds.end));
    const busy = { kind: 'rate-limited', code: '4029', message: 'slow down' } as const;
    expect(calls.onEvent(unnamed(busy))).toEqual(named({ ...busy, messageId: requestIds.end }));
    isAlone = false;
    expect(calls.onEvent(unnamed(busy))).toEqual(unnamed(busy));
    expect(calls.onEvent(about('m'))).toEqual(about('m'));
    const answer = clear();
    expect(calls.onEvent(about(requestIds.end))).toEqual(about(requestIds.end));
    calls.onEvent(over);
    expect(await answer).toMatchObject({ ok: true });
  });

  it('without a connection or an answer is reported', async () => {
    const overdue = clear();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await overdue).toMatchObject({ ok: false, problem: { code: 'timeout' } });
    calls.onConnectionClosed();
    expect(await clear()).toMatchObject({ ok: false, problem: { code: 'network' } });
  });

  it('is requested once: a repeated call is answered, and the earlier one rejected', async () => {
    const previous = clear();
    const next = clear();
    expect(await previous).toMatchObject({ problem: { code: 'timeout' } });
    // The deadline of the previous one does not apply to the next.
    calls.onEvent(over);
    expect(await next).toMatchObject({ ok: true });
    const third = clear();
    await vi.advanceTimersByTimeAsync(9_999);
    const fourth = clear();
    await vi.advanceTimersByTimeAsync(9_999);
    let isTold = false;
    void fourth?.then(() => {
      isTold = true;
    });
    await vi.advanceTimersByTimeAsync(0);
    expect(isTold).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await third).toMatchObject({ problem: { code: 'timeout' } });
    expect(await fourth).toMatchObject({ problem: { code: 'timeout' } });
  });

  it('is not requested on a connection without a session, or on a closed one', async () => {
    const fresh = new PlatformCalls(
      hub(),
      new DeploymentSettings('http://x/', () => {}),
      {
        isOnlyPending: () => true,
        isPending: () => false,
      },
      noPage,
    );
    const early = fresh.answer({ type: 'platform', step: 'clear' });
    expect(await early).toMatchObject({ problem: { code: 'network' } });
    calls.onEvent({ ...opened, isConnected: false });
    expect(await clear()).toMatchObject({ problem: { code: 'network' } });
    expect(sent).toEqual([]);
    calls.onEvent(opened);
    isOnline = false;
    expect(await clear()).toMatchObject({ problem: { code: 'network' } });
  });

  it('is given up with its connection, and later events do not affect it', async () => {
    const answer = clear();
    calls.onConnectionClosed();
    expect(await answer).toMatchObject({ problem: { code: 'timeout' } });
    expect(calls.onEvent(refused)).toBe(refused);
  });

  it('lasts as long as the conversation, whatever else is reported', async () => {
    const answer = clear();
    const going = { conversationId: null, status: 'connected' } as const;
    for (const event of [
      { type: 'conversation', conversation: going },
      { type: 'pong' },
      opened,
    ] as const) {
      expect(calls.onEvent(event)).toBe(event);
    }
    calls.onEvent(over);
    expect(await answer).toMatchObject({ ok: true });
  });

  it.each(['message-too-long', 'rejected', 'attachment'] as const)(
    'has nothing that could be found fault with (%s)',
    async (kind) => {
      const answer = clear();
      const event = unnamed({ kind, code: '4011', message: 'no' });
      expect(calls.onEvent(event)).toBe(event);
      calls.onEvent(over);
      expect(await answer).toMatchObject({ ok: true });
    },
  );

  it('fails with a neutral text for an unknown reason', async () => {
    vi.spyOn(sent, 'push').mockImplementation(() => {
      throw new RangeError('odd');
    });
    const answer = await clear();
    expect(answer).toMatchObject({
      ok: false,
      epoch: 'boot',
      problem: { code: 'unknown-outcome' },
    });
    vi.restoreAllMocks();
  });

  it('takes no other call for its own', async () => {
    expect(calls.answer({ type: 'send' })).toBeNull();
    expect(calls.answer(null)).toBeNull();
    expect(await calls.answer({ type: 'platform', step: 'dance' })).toMatchObject({
      problem: { code: 'invalid-call' },
    });
  });
});

describe('a deployment’s settings', () => {
  it('are asked for once, and after a failure not again for a minute', async () => {
    const errors: unknown[] = [];
    const fetched = vi.spyOn(globalThis, 'fetch').mockRejectedValue(new TypeError('no network'));
    const settings = new DeploymentSettings('http://x/', (_what, cause) => errors.push(cause));
    expect(await Promise.all([settings.get(), settings.get()])).toEqual([null, null]);
    await settings.get();
    expect(fetched).toHaveBeenCalledTimes(1);
    expect(errors).toHaveLength(1);
    vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 60_001);
    fetched.mockResolvedValue(Response.json({ languages: ['de'] }));
    expect(await settings.get()).toMatchObject({ languages: ['de'] });
    await settings.get();
    expect(fetched).toHaveBeenCalledTimes(2);
    vi.restoreAllMocks();
  });
});

it('says in the log what was wrong when it is not known whether something was done', async () => {
  const logged: unknown[] = [];
  const settings = new DeploymentSettings('http://x/', () => {});
  const fault = new TypeError('odd');
  const reading = vi.spyOn(settings, 'get').mockRejectedValue(fault);
  onTestFinished(() => reading.mockRestore());
  const hub = {
    epoch: 'boot',
    send: () => false,
    call: () => Promise.reject(new Error('not called')),
    logError: (_what: string, cause: unknown) => void logged.push(cause),
  };
  const calls = new PlatformCalls(
    hub,
    settings,
    {
      isOnlyPending: () => true,
      isPending: () => false,
    },
    noPage,
  );
  expect(await calls.answer({ type: 'platform', step: 'deployment' })).toMatchObject({
    ok: false,
    problem: { code: 'unknown-outcome' },
  });
  expect(logged).toEqual([fault]);
  // A rejection goes to the caller, and is not logged.
  await calls.answer({ type: 'platform', step: 'nonsense' });
  expect(logged).toEqual([fault]);
});

describe('the journey context of a page', () => {
  const customer = { id: 'crm-7', idType: 'external', extra: [1, null, true] };
  const triggeringAction = { id: 'a', actionMap: { id: 'm', version: 2 } };
  const taken: unknown[] = [];

  async function set(context: unknown): Promise<unknown> {
    taken.length = 0;
    const hub = {
      epoch: 'boot',
      send: () => false,
      call: () => Promise.reject(new Error('not called')),
      logError: () => {},
    };
    const settings = new DeploymentSettings('http://x/', () => {});
    const page = { set: (given: unknown) => void taken.push(given) };
    const calls = new PlatformCalls(
      hub,
      settings,
      { isOnlyPending: () => true, isPending: () => false },
      page,
    );
    return calls.answer({ type: 'platform', step: 'journey', context });
  }

  it.each([[{ customer }], [{ triggeringAction, more: 'x' }], [{}], [null]])(
    'is taken: %j',
    async (context) => {
      expect(await set(context)).toMatchObject({ ok: true, value: null });
      expect(taken).toEqual([context]);
    },
  );

  it.each<[string, unknown]>([
    ['context', undefined],
    ['context', 'cookie'],
    ['context', [customer]],
    ['context.customer.id', { customer: { id: 7, idType: 'cookie' } }],
    ['context.customer.idType', { customer: { id: '7' } }],
    ['context.customer', { customer: null }],
    ['context.customerSession.type', { customerSession: { id: '' } }],
    ['context.triggeringAction.actionMap', { triggeringAction: { id: 'a' } }],
    ['JSON', { when: new Date() }],
    ['JSON', { many: Number.NaN }],
    ['4096', { long: 'ä'.repeat(2_048) }],
  ])('is refused with a word about %s', async (named, context) => {
    expect(await set(context)).toMatchObject({
      ok: false,
      problem: { code: 'invalid-call', message: expect.stringContaining(named) },
    });
    expect(taken).toEqual([]);
  });
});
