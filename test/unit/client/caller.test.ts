import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HubRpc, type RpcHub } from '../../../src/client/hub-rpc.ts';
import type { Identity } from '../../../src/client/identity.ts';
import type { SideCall } from '../../../src/protocol/deployment.ts';
import { type ErrorCode, PartylineError } from '../../../src/protocol/errors.ts';
import type { Call, CallAnswer } from '../../../src/protocol/port.ts';

const ada = { visitor: 'ada', resetCount: 0 };
const grace = { visitor: 'grace', resetCount: 1 };

const send = (text: string): Call => ({ type: 'send', messageId: text, text });
const texts = (caller: HubRpc) =>
  caller.unsettled.map(({ call }) => ('text' in call ? call.text : call.type));

/** A call that no hub has answered, and the code that it is given up with; `null`: it still waits. */
function ask(caller: HubRpc, ...call: Parameters<HubRpc['call']>) {
  const asked = { problem: null as unknown };
  caller.call(...call).catch(({ code }) => {
    asked.problem = code;
  });
  return asked;
}

/** And lets everybody hear of it. */
async function meet(caller: HubRpc, identity: Identity): Promise<void> {
  caller.meet(identity);
  await Promise.resolve();
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('a call that is made before anybody is known', () => {
  it('is for whoever is met first', async () => {
    const caller = new HubRpc();
    const mine = ask(caller, send('mine'));
    await meet(caller, grace);
    expect(mine.problem).toBeNull();
    expect(caller.unsettled).toEqual([{ call: send('mine'), whose: grace, wasSent: false }]);
  });

  it('is not given up with those of the page before', async () => {
    const caller = new HubRpc();
    const former = ask(caller, send('former'), undefined, ada);
    const mine = ask(caller, send('mine'));
    await meet(caller, grace);
    expect(former.problem).toBe('signed-out');
    expect(mine.problem).toBeNull();
    expect(texts(caller)).toEqual(['mine']);
  });
});

describe('a call whose answer never comes', () => {
  it.each([
    [new PartylineError('unreachable', 'a part is missing'), 'unreachable'],
    [new TypeError('a misshapen answer'), 'unknown-outcome'],
  ])('is given up with what is known of it (%s)', async (error, code) => {
    const caller = new HubRpc();
    caller.attached({ call: () => Promise.reject(error), probe: () => {} });
    await expect(caller.call({ type: 'end' })).rejects.toMatchObject({ code });
    expect(caller.unsettled).toEqual([]);
  });
});

describe('a call that is made for one visitor', () => {
  it('is not done for another, but for signing out', async () => {
    const caller = new HubRpc();
    caller.meet(ada);
    const sent = ask(caller, send('sent'));
    const signedOut = ask(caller, { type: 'sign-out' });
    await meet(caller, ada);
    expect(sent.problem).toBeNull();
    await meet(caller, grace);
    expect(sent.problem).toBe('signed-out');
    expect(signedOut.problem).toBeNull();
    expect(texts(caller)).toEqual(['sign-out']);
  });

  it('is kept while nothing more is known of them, and then bears their name', () => {
    const caller = new HubRpc();
    caller.meet({ visitor: null, resetCount: 0 });
    ask(caller, send('early'));
    caller.meet(ada);
    expect(caller.unsettled).toEqual([{ call: send('early'), whose: ada, wasSent: false }]);
  });
});

/** A hub that answers when the test says so. */
class TestHub implements RpcHub {
  readonly asked: Call[] = [];
  readonly answer: ((answer: CallAnswer) => void)[] = [];
  readonly break: ((error: unknown) => void)[] = [];
  probes = 0;

  call(call: Call | SideCall): Promise<CallAnswer> {
    if (call.type === 'file' || call.type === 'platform') throw new Error(call.type);
    this.asked.push(call);
    return new Promise((resolve, reject) => {
      this.answer.push(resolve);
      this.break.push(reject);
    });
  }

  probe(): void {
    this.probes += 1;
  }
}

const done = (value: unknown = null): CallAnswer => ({ ok: true, epoch: 'a.0', value });
const refused = (code: ErrorCode): CallAnswer => ({
  ok: false,
  epoch: 'a.0',
  problem: { code, message: code },
});
const heard = () => vi.advanceTimersByTimeAsync(0);

describe('while the hub does not say whether the same visitor is there', () => {
  const nobody = { visitor: null, resetCount: 0 };

  it('a call is made, and stays theirs', async () => {
    const caller = new HubRpc();
    caller.meet(ada);
    const asked = ask(caller, send('mine'));
    await meet(caller, nobody);
    const hub = new TestHub();
    caller.attached(hub);
    expect(hub.asked).toEqual([send('mine')]);
    await meet(caller, { visitor: 'grace', resetCount: 0 });
    expect(asked.problem).toBe('signed-out');
  });

  it('the page still knows who was there last', () => {
    const caller = new HubRpc();
    expect(caller.lastKnown).toBeNull();
    void ask(caller, send('of the page before'), undefined, ada);
    expect(caller.lastKnown).toEqual(ada);
    caller.meet(nobody);
    expect(caller.lastKnown).toEqual(ada);
    caller.meet({ visitor: 'grace', resetCount: 0 });
    expect(caller.lastKnown).toEqual({ visitor: 'grace', resetCount: 0 });
  });
});

describe('a call that nobody answers', () => {
  it('is given up after ten seconds where there is no hub, and may be made again', async () => {
    const asked = ask(new HubRpc(), send('hi'));
    await vi.advanceTimersByTimeAsync(9_999);
    expect(asked.problem).toBeNull();
    await vi.advanceTimersByTimeAsync(1);
    expect(asked.problem).toBe('unreachable');
  });

  it('has the hub probed after ten seconds, and its successor fifteen more to answer', async () => {
    const caller = new HubRpc();
    const hub = new TestHub();
    caller.attached(hub);
    const asked = ask(caller, send('hi'));
    await vi.advanceTimersByTimeAsync(9_999);
    expect(hub.probes).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(hub.probes).toBe(1);
    await vi.advanceTimersByTimeAsync(14_999);
    expect(asked.problem).toBeNull();
    await vi.advanceTimersByTimeAsync(1);
    expect(asked.problem).toBe('timeout');
    expect(hub.probes).toBe(1);
    expect(caller.unsettled).toEqual([]);
  });

  it('has its own deadline where it needs longer', async () => {
    const caller = new HubRpc();
    const hub = new TestHub();
    caller.attached(hub);
    void ask(caller, { type: 'end' }, 60_000);
    await vi.advanceTimersByTimeAsync(59_999);
    expect(hub.probes).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(hub.probes).toBe(1);
  });

  it('may still be done where a hub had it, and that hub is gone', async () => {
    const caller = new HubRpc();
    caller.attached(new TestHub());
    const asked = ask(caller, send('hi'));
    caller.detached();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked.problem).toBe('timeout');
  });
});

describe('a call that is answered', () => {
  it('has the answer, its epoch, and no probe afterwards', async () => {
    const caller = new HubRpc();
    const hub = new TestHub();
    caller.attached(hub);
    const asked = caller.call({ type: 'end' });
    hub.answer[0]?.(done('value'));
    expect(await asked).toEqual({ value: 'value', epoch: 'a.0' });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(hub.probes).toBe(0);
  });

  it('is refused with the hub’s own code', async () => {
    const caller = new HubRpc();
    const hub = new TestHub();
    caller.attached(hub);
    const asked = ask(caller, { type: 'retry', messageId: 'm' });
    hub.answer[0]?.(refused('not-failed'));
    await heard();
    expect(asked.problem).toBe('not-failed');
  });

  it('each with its own answer, in whatever order they come', async () => {
    const caller = new HubRpc();
    const hub = new TestHub();
    caller.attached(hub);
    const asked = [caller.call(send('a')), caller.call(send('b')), caller.call(send('c'))];
    for (const index of [2, 0, 1]) hub.answer[index]?.(done(index));
    expect((await Promise.all(asked)).map(({ value }) => value)).toEqual([0, 1, 2]);
  });

  it('by something that can’t be read says that its outcome is unknown', async () => {
    const caller = new HubRpc();
    const hub = new TestHub();
    caller.attached(hub);
    const asked = ask(caller, send('hi'));
    hub.break[0]?.(new TypeError('a misshapen answer'));
    await heard();
    expect(asked.problem).toBe('unknown-outcome');
  });
});

describe('a call whose hub dies', () => {
  it('is made again of its successor, which is told so where that matters', async () => {
    const caller = new HubRpc();
    const hub = new TestHub();
    const next = new TestHub();
    const calls: Call[] = [send('hi'), { type: 'end' }];
    const early = caller.call(send('early'));
    caller.attached(hub);
    const asked = calls.map((call) => caller.call(call));
    expect(hub.asked).toEqual([send('early'), ...calls]);
    caller.detached();
    caller.attached(next);
    expect(next.asked).toEqual([
      { ...send('early'), isRepeat: true },
      { ...send('hi'), isRepeat: true },
      { type: 'end' },
    ]);
    for (const answer of next.answer) answer(done());
    await Promise.all([early, ...asked]);
  });

  it.each([false, true])(
    'takes no answer of the former one’s, whether or not there is another: %s',
    async (isReplaced) => {
      const caller = new HubRpc();
      const hub = new TestHub();
      caller.attached(hub);
      const asked = ask(caller, send('hi'));
      caller.detached();
      if (isReplaced) caller.attached(new TestHub());
      hub.answer[0]?.(refused('rejected'));
      await heard();
      expect(asked.problem).toBeNull();
      expect(texts(caller)).toEqual(['hi']);
    },
  );

  it.each([
    [{ type: 'retry', messageId: 'm' }, 'not-failed'],
    [{ type: 'discard', messageId: 'm' }, 'unknown-message'],
  ] as const)('was done the first time when nothing is left to do: %j', async (call, code) => {
    const caller = new HubRpc();
    caller.attached(new TestHub());
    const asked = caller.call(call);
    caller.detached();
    const next = new TestHub();
    caller.attached(next);
    next.answer[0]?.(refused(code));
    expect(await asked).toEqual({ value: null, epoch: 'a.0' });
  });

  it.each([
    [{ type: 'retry', messageId: 'm' }, 'unknown-message'],
    [{ type: 'discard', messageId: 'm' }, 'not-failed'],
    [send('m'), 'unknown-message'],
  ] as const)('is refused a second time as it is the first: %j, %s', async (call, code) => {
    const caller = new HubRpc();
    caller.attached(new TestHub());
    const asked = ask(caller, call);
    caller.detached();
    const next = new TestHub();
    caller.attached(next);
    next.answer[0]?.(refused(code));
    await heard();
    expect(asked.problem).toBe(code);
  });

  it('is not made twice of the same hub', () => {
    const caller = new HubRpc();
    const hub = new TestHub();
    void ask(caller, send('hi'));
    caller.attached(hub);
    caller.attached(hub);
    expect(hub.asked).toHaveLength(1);
  });
});

describe('a chat that is closed', () => {
  it('answers what waits, and everything after, by saying so', async () => {
    const caller = new HubRpc();
    const before = ask(caller, send('before'));
    caller.close();
    const after = ask(caller, send('after'));
    await heard();
    expect([before.problem, after.problem]).toEqual(['closed', 'closed']);
    expect(vi.getTimerCount()).toBe(0);
  });
});
