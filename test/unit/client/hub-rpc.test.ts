import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CallTarget, HubRpc } from '../../../src/client/calls/hub-rpc.ts';
import type { Identity } from '../../../src/client/session/identity.ts';
import type { SideCall } from '../../../src/protocol/deployment.ts';
import { type ErrorCode, PartylineError } from '../../../src/protocol/errors.ts';
import type { Call, CallAnswer } from '../../../src/protocol/port.ts';

const ada = { visitor: 'ada', resetCount: 0 };
const grace = { visitor: 'grace', resetCount: 1 };

const send = (text: string): Call => ({ type: 'send', messageId: text, text });
const texts = (rpc: HubRpc) =>
  rpc.pendingCalls.map(({ call }) => ('text' in call ? call.text : call.type));

/** Makes a call. `problem` is the code that it was rejected with; `null`: it is pending. */
function ask(rpc: HubRpc, ...call: Parameters<HubRpc['call']>) {
  const asked = { problem: null as unknown };
  rpc.call(...call).catch(({ code }) => {
    asked.problem = code;
  });
  return asked;
}

/** Lets rejections arrive. */
async function changeVisitor(rpc: HubRpc, identity: Identity): Promise<void> {
  rpc.onVisitor(identity);
  await Promise.resolve();
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('a call that is made before the visitor is known', () => {
  it('belongs to the first visitor', async () => {
    const rpc = new HubRpc();
    const mine = ask(rpc, send('mine'));
    await changeVisitor(rpc, grace);
    expect(mine.problem).toBeNull();
    expect(rpc.pendingCalls).toEqual([{ call: send('mine'), identity: grace, isSent: false }]);
  });

  it('is kept when calls of the previous page are rejected', async () => {
    const rpc = new HubRpc();
    const previous = ask(rpc, send('previous'), undefined, ada);
    const mine = ask(rpc, send('mine'));
    await changeVisitor(rpc, grace);
    expect(previous.problem).toBe('signed-out');
    expect(mine.problem).toBeNull();
    expect(texts(rpc)).toEqual(['mine']);
  });
});

it('a call that was prepared for a previous visitor is not made', async () => {
  const rpc = new HubRpc();
  await changeVisitor(rpc, ada);
  await changeVisitor(rpc, grace);
  const late = ask(rpc, send('of Ada'), undefined, ada);
  await Promise.resolve();
  expect(late.problem).toBe('signed-out');
  expect(rpc.pendingCalls).toEqual([]);
});

describe('a call that the hub’s connection rejects', () => {
  it.each([
    [new PartylineError('unreachable', 'script failed to load'), 'unreachable'],
    [new TypeError('invalid answer'), 'unknown-outcome'],
  ])('rejects with the known code (%s)', async (error, code) => {
    const rpc = new HubRpc();
    rpc.onAttached({ call: () => Promise.reject(error), probe: () => {} });
    await expect(rpc.call({ type: 'end' })).rejects.toMatchObject({ code });
    expect(rpc.pendingCalls).toEqual([]);
  });
});

describe('a call that is made for one visitor', () => {
  it('is rejected when the visitor changes, unless it is a sign-out', async () => {
    const rpc = new HubRpc();
    rpc.onVisitor(ada);
    const sent = ask(rpc, send('sent'));
    const signedOut = ask(rpc, { type: 'sign-out' });
    await changeVisitor(rpc, ada);
    expect(sent.problem).toBeNull();
    await changeVisitor(rpc, grace);
    expect(sent.problem).toBe('signed-out');
    expect(signedOut.problem).toBeNull();
    expect(texts(rpc)).toEqual(['sign-out']);
  });

  it('is told of a deletion, and not to sign in, when the same visitor’s conversation was deleted', async () => {
    const rpc = new HubRpc();
    rpc.onVisitor({ visitor: null, resetCount: 0 });
    const sent = ask(rpc, send('sent'));
    rpc.onVisitor({ visitor: null, resetCount: 1 }, true);
    await Promise.resolve();
    expect(sent.problem).toBe('conversation-deleted');
    const next = ask(rpc, send('next'));
    rpc.onVisitor({ visitor: null, resetCount: 2 });
    await Promise.resolve();
    expect(next.problem).toBe('signed-out');
  });

  it('gets the visitor’s id once it is known', () => {
    const rpc = new HubRpc();
    rpc.onVisitor({ visitor: null, resetCount: 0 });
    ask(rpc, send('early'));
    rpc.onVisitor(ada);
    expect(rpc.pendingCalls).toEqual([{ call: send('early'), identity: ada, isSent: false }]);
  });
});

/** A hub that answers when the test does. */
class TestHub implements CallTarget {
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
const settled = () => vi.advanceTimersByTimeAsync(0);

describe('while the hub does not know the visitor', () => {
  const nobody = { visitor: null, resetCount: 0 };

  it('a call is sent, and still belongs to the last visitor', async () => {
    const rpc = new HubRpc();
    rpc.onVisitor(ada);
    const asked = ask(rpc, send('mine'));
    await changeVisitor(rpc, nobody);
    const hub = new TestHub();
    rpc.onAttached(hub);
    expect(hub.asked).toEqual([send('mine')]);
    await changeVisitor(rpc, { visitor: 'grace', resetCount: 0 });
    expect(asked.problem).toBe('signed-out');
  });

  it('lastKnownIdentity is the last visitor with an id', () => {
    const rpc = new HubRpc();
    expect(rpc.lastKnownIdentity).toBeNull();
    void ask(rpc, send('of the page before'), undefined, ada);
    expect(rpc.lastKnownIdentity).toEqual(ada);
    rpc.onVisitor(nobody);
    expect(rpc.lastKnownIdentity).toEqual(ada);
    rpc.onVisitor({ visitor: 'grace', resetCount: 0 });
    expect(rpc.lastKnownIdentity).toEqual({ visitor: 'grace', resetCount: 0 });
  });
});

describe('a call without an answer', () => {
  it('rejects with “unreachable” after 10 s without a hub', async () => {
    const asked = ask(new HubRpc(), send('hi'));
    await vi.advanceTimersByTimeAsync(9_999);
    expect(asked.problem).toBeNull();
    await vi.advanceTimersByTimeAsync(1);
    expect(asked.problem).toBe('unreachable');
  });

  it('probes the hub after 10 s, and rejects with “timeout” 15 s later', async () => {
    const rpc = new HubRpc();
    const hub = new TestHub();
    rpc.onAttached(hub);
    const asked = ask(rpc, send('hi'));
    await vi.advanceTimersByTimeAsync(9_999);
    expect(hub.probes).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(hub.probes).toBe(1);
    await vi.advanceTimersByTimeAsync(14_999);
    expect(asked.problem).toBeNull();
    await vi.advanceTimersByTimeAsync(1);
    expect(asked.problem).toBe('timeout');
    expect(hub.probes).toBe(1);
    expect(rpc.pendingCalls).toEqual([]);
  });

  it('can have a longer deadline', async () => {
    const rpc = new HubRpc();
    const hub = new TestHub();
    rpc.onAttached(hub);
    void ask(rpc, { type: 'end' }, 60_000);
    await vi.advanceTimersByTimeAsync(59_999);
    expect(hub.probes).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(hub.probes).toBe(1);
  });

  it('rejects with “timeout” when the hub that received it is gone', async () => {
    const rpc = new HubRpc();
    rpc.onAttached(new TestHub());
    const asked = ask(rpc, send('hi'));
    rpc.onDetached();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked.problem).toBe('timeout');
  });
});

describe('a draft', () => {
  const draft = { type: 'draft', text: 'hi' } as const;

  it('says how long it has waited for a hub, each time it is sent', () => {
    const rpc = new HubRpc();
    const [first, second] = [new TestHub(), new TestHub()];
    void ask(rpc, draft);
    vi.advanceTimersByTime(200);
    expect(rpc.pendingCalls[0]?.call).toEqual({ ...draft, age: 200 });
    rpc.onAttached(first);
    rpc.onDetached();
    vi.advanceTimersByTime(300);
    rpc.onAttached(second);
    expect([...first.asked, ...second.asked]).toEqual([
      { ...draft, age: 200 },
      { ...draft, age: 500 },
    ]);
  });

  it('of the tab’s previous page is older still', () => {
    const rpc = new HubRpc();
    const hub = new TestHub();
    void ask(rpc, { ...draft, age: 200 });
    vi.advanceTimersByTime(300);
    rpc.onAttached(hub);
    expect(hub.asked).toEqual([{ ...draft, age: 500 }]);
  });

  it('that is sent at once has no age', () => {
    const rpc = new HubRpc();
    const hub = new TestHub();
    rpc.onAttached(hub);
    void ask(rpc, draft);
    expect(hub.asked).toEqual([draft]);
  });
});

describe('a call with an answer', () => {
  it('resolves with value and epoch, and causes no probe later', async () => {
    const rpc = new HubRpc();
    const hub = new TestHub();
    rpc.onAttached(hub);
    const asked = rpc.call({ type: 'end' });
    hub.answer[0]?.(done('value'));
    expect(await asked).toEqual({ value: 'value', epoch: 'a.0' });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(hub.probes).toBe(0);
  });

  it('rejects with the hub’s code', async () => {
    const rpc = new HubRpc();
    const hub = new TestHub();
    rpc.onAttached(hub);
    const asked = ask(rpc, { type: 'retry', messageId: 'm' });
    hub.answer[0]?.(refused('not-failed'));
    await settled();
    expect(asked.problem).toBe('not-failed');
  });

  it('gets its own answer, in whatever order the answers come', async () => {
    const rpc = new HubRpc();
    const hub = new TestHub();
    rpc.onAttached(hub);
    const asked = [rpc.call(send('a')), rpc.call(send('b')), rpc.call(send('c'))];
    for (const index of [2, 0, 1]) hub.answer[index]?.(done(index));
    expect((await Promise.all(asked)).map(({ value }) => value)).toEqual([0, 1, 2]);
  });

  it('rejects with “unknown-outcome” when the answer is invalid', async () => {
    const rpc = new HubRpc();
    const hub = new TestHub();
    rpc.onAttached(hub);
    const asked = ask(rpc, send('hi'));
    hub.break[0]?.(new TypeError('invalid answer'));
    await settled();
    expect(asked.problem).toBe('unknown-outcome');
  });
});

describe('a call whose hub stops', () => {
  it('is repeated to the successor, and a message is marked as repeated', async () => {
    const rpc = new HubRpc();
    const hub = new TestHub();
    const next = new TestHub();
    const calls: Call[] = [send('hi'), { type: 'end' }];
    const early = rpc.call(send('early'));
    rpc.onAttached(hub);
    const asked = calls.map((call) => rpc.call(call));
    expect(hub.asked).toEqual([send('early'), ...calls]);
    rpc.onDetached();
    rpc.onAttached(next);
    expect(next.asked).toEqual([
      { ...send('early'), isRepeat: true },
      { ...send('hi'), isRepeat: true },
      { type: 'end' },
    ]);
    for (const answer of next.answer) answer(done());
    await Promise.all([early, ...asked]);
  });

  it.each([false, true])(
    'ignores the previous hub’s answer (successor attached: %s)',
    async (isReplaced) => {
      const rpc = new HubRpc();
      const hub = new TestHub();
      rpc.onAttached(hub);
      const asked = ask(rpc, send('hi'));
      rpc.onDetached();
      if (isReplaced) rpc.onAttached(new TestHub());
      hub.answer[0]?.(refused('rejected'));
      await settled();
      expect(asked.problem).toBeNull();
      expect(texts(rpc)).toEqual(['hi']);
    },
  );

  it.each([
    [{ type: 'retry', messageId: 'm' }, 'not-failed'],
    [{ type: 'discard', messageId: 'm' }, 'unknown-message'],
  ] as const)('succeeds if the repeat shows that the first call did: %j', async (call, code) => {
    const rpc = new HubRpc();
    rpc.onAttached(new TestHub());
    const asked = rpc.call(call);
    rpc.onDetached();
    const next = new TestHub();
    rpc.onAttached(next);
    next.answer[0]?.(refused(code));
    expect(await asked).toEqual({ value: null, epoch: 'a.0' });
  });

  it.each([
    [{ type: 'retry', messageId: 'm' }, 'unknown-message'],
    [{ type: 'discard', messageId: 'm' }, 'not-failed'],
    [send('m'), 'unknown-message'],
  ] as const)('rejects if the repeat is refused for another reason: %j, %s', async (call, code) => {
    const rpc = new HubRpc();
    rpc.onAttached(new TestHub());
    const asked = ask(rpc, call);
    rpc.onDetached();
    const next = new TestHub();
    rpc.onAttached(next);
    next.answer[0]?.(refused(code));
    await settled();
    expect(asked.problem).toBe(code);
  });

  it('is sent once to the same hub', () => {
    const rpc = new HubRpc();
    const hub = new TestHub();
    void ask(rpc, send('hi'));
    rpc.onAttached(hub);
    rpc.onAttached(hub);
    expect(hub.asked).toHaveLength(1);
  });
});

describe('HubRpc.close', () => {
  it('rejects pending and later calls with “closed”', async () => {
    const rpc = new HubRpc();
    const before = ask(rpc, send('before'));
    rpc.close();
    const after = ask(rpc, send('after'));
    await settled();
    expect([before.problem, after.problem]).toEqual(['closed', 'closed']);
    expect(vi.getTimerCount()).toBe(0);
  });
});
