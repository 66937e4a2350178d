import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HubRpc } from '../../../src/client/hub-rpc.ts';
import type { Identity } from '../../../src/client/identity.ts';
import { resendPending } from '../../../src/client/pending-handoff.ts';
import { PartylineError } from '../../../src/protocol/errors.ts';
import type { Call } from '../../../src/protocol/port.ts';

/** What was asked of the hub, and how it answers. */
class TestCaller extends HubRpc {
  readonly asked: Call[] = [];
  readonly askedFor: (Identity | null)[] = [];
  answers: (PartylineError | null)[] = [];

  override async call(
    call: Call,
    _deadline?: number,
    whose: Identity | null = this.identity,
  ): Promise<{ value: unknown; epoch: string }> {
    this.asked.push(call);
    this.askedFor.push(whose);
    const refusal = this.answers.shift();
    if (refusal) throw refusal;
    return { value: null, epoch: 'boot.1' };
  }
}

const drafts: string[] = [];
let draft = 'and this';
const chat = {
  getSnapshot: () => ({ draft }),
  setDraft: (text: string) => void drafts.push(text),
};

const kept = new Map<string, string>();
const storage = {
  getItem: (key: string) => kept.get(key) ?? null,
  setItem: (key: string, value: string) => kept.set(key, value),
  removeItem: (key: string) => kept.delete(key),
};

const key = 'partyline.unsent';
const identity = { visitor: 'visitor-1', resetCount: 2 };
const send = (messageId: string, text: string) => ({ type: 'send', messageId, text });
const unsettled = (call: object, wasSent = false, whose: unknown = identity) => ({
  call,
  whose,
  wasSent,
});

beforeEach(() => {
  vi.stubGlobal('sessionStorage', storage);
  vi.stubGlobal('localStorage', storage);
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  drafts.length = 0;
  draft = 'and this';
  kept.clear();
  kept.set(key, 'something');
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function say(...calls: readonly unknown[]) {
  const caller = new TestCaller();
  resendPending(JSON.stringify(calls), chat, caller);
  return caller;
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('what a page has left unsaid', () => {
  it('is said again in its order, under the same ids, for the same visitor', () => {
    const caller = say(
      unsettled({ type: 'start', routing: { skillGroups: ['Billing'] } }),
      unsettled({ type: 'draft', text: 'h' }),
      unsettled({ type: 'draft', text: 'hi' }),
      unsettled(send('m-1', 'hi'), true),
      unsettled({ type: 'load-earlier', count: 50 }),
      unsettled({ type: 'sign-out' }),
    );
    expect(caller.asked).toEqual([
      { type: 'start', routing: { skillGroups: ['Billing'] } },
      { type: 'draft', text: 'hi' },
      { ...send('m-1', 'hi'), isRepeat: true },
    ]);
    expect(caller.askedFor).toEqual([identity, identity, identity]);
    expect(kept.has(key)).toBe(false);
  });

  it('leaves out a draft that the hub has been given', () => {
    const caller = say(unsettled({ type: 'draft', text: 'old' }, true));
    expect(caller.asked).toEqual([]);
  });

  it('is asked for until a hub has answered', async () => {
    const caller = new TestCaller();
    const late = new PartylineError('unreachable', 'late');
    caller.answers = [late, new PartylineError('timeout', 'later'), null];
    resendPending(JSON.stringify([unsettled(send('m-1', 'hi'))]), chat, caller);
    await settled();
    expect(caller.asked).toHaveLength(3);
    expect(drafts).toEqual([]);
  });

  it('is the visitor’s to see again when it is refused, and nobody’s once another one is there', async () => {
    for (const [code, shown] of [
      ['no-conversation', ['hi\nand this']],
      ['signed-out', []],
      ['closed', []],
    ] as const) {
      drafts.length = 0;
      const caller = new TestCaller();
      caller.answers = [new PartylineError(code, code)];
      resendPending(JSON.stringify([unsettled(send('m-1', 'hi'))]), chat, caller);
      await settled();
      expect(drafts).toEqual(shown);
    }
  });

  it('stands alone in an empty textbox', async () => {
    draft = '';
    const caller = new TestCaller();
    caller.answers = [new PartylineError('no-conversation', 'over')];
    resendPending(JSON.stringify([unsettled(send('m-1', 'hi'))]), chat, caller);
    await settled();
    expect(drafts).toEqual(['hi']);
  });

  it('is not asked for again once another one is there', async () => {
    const caller = new TestCaller();
    caller.answers = [new PartylineError('unreachable', 'late')];
    resendPending(JSON.stringify([unsettled(send('m-1', 'hi'))]), chat, caller);
    caller.meet({ visitor: 'visitor-2', resetCount: 2 });
    await settled();
    expect(caller.asked).toHaveLength(1);
    expect(drafts).toEqual([]);
  });

  it('is asked for once where it is no message', async () => {
    const caller = new TestCaller();
    caller.answers = [new PartylineError('unreachable', 'late')];
    const start = { type: 'start', routing: { skillGroups: ['Billing'] } };
    resendPending(JSON.stringify([unsettled(start)]), chat, caller);
    await settled();
    expect(caller.asked).toHaveLength(1);
    expect(drafts).toEqual([]);
  });

  it('is said for somebody without a name, too, as long as nothing was wiped', () => {
    const nobody = { visitor: null, resetCount: 2 };
    for (const [resetCount, askedFor] of [
      [2, [nobody]],
      [3, []],
    ] as const) {
      const caller = new TestCaller();
      caller.meet({ visitor: 'visitor-2', resetCount });
      resendPending(JSON.stringify([unsettled(send('m-1', 'hi'), false, nobody)]), chat, caller);
      expect(caller.askedFor).toEqual(askedFor);
    }
  });

  it('is anybody’s where the page did not know whose it was', () => {
    for (const whose of [null, 'x', { visitor: 7, resetCount: 2 }, { visitor: 'x' }]) {
      expect(say(unsettled(send('m-1', 'hi'), false, whose)).askedFor).toEqual([null]);
    }
  });

  it('that can’t be read is of no use, and is not kept', () => {
    for (const read of ['null', '{}', '[7]', '[{"call":{"type":"send"}}]']) {
      const caller = new TestCaller();
      resendPending(read, chat, caller);
      expect(caller.asked).toEqual([]);
    }
    expect(() => resendPending('nonsense', chat, new TestCaller())).toThrow(SyntaxError);
    expect(kept.has(key)).toBe(false);
  });
});
