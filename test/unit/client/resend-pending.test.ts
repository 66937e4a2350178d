import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HubRpc } from '../../../src/client/calls/hub-rpc.ts';
import { resendPending } from '../../../src/client/calls/resend-pending.ts';
import type { Identity } from '../../../src/client/session/identity.ts';
import { PartylineError } from '../../../src/protocol/errors.ts';
import type { Call } from '../../../src/protocol/port.ts';

/** Records calls, and answers as the test says. */
class TestRpc extends HubRpc {
  readonly asked: Call[] = [];
  readonly askedFor: (Identity | null)[] = [];
  answers: (PartylineError | null)[] = [];

  override async call(
    call: Call,
    _deadline?: number,
    identity: Identity | null = this.identity,
  ): Promise<{ value: unknown; epoch: string }> {
    this.asked.push(call);
    this.askedFor.push(identity);
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

const ada = { visitor: 'visitor-1', resetCount: 2 };
const send = (messageId: string, text: string) => ({ type: 'send', messageId, text });
const pending = (call: object, isSent = false, identity: unknown = ada) => ({
  call,
  identity,
  isSent,
});

beforeEach(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  drafts.length = 0;
  draft = 'and this';
});

afterEach(() => {
  vi.restoreAllMocks();
});

function resend(...calls: readonly unknown[]) {
  const rpc = new TestRpc();
  resendPending(JSON.stringify(calls), chat, rpc);
  return rpc;
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('resendPending', () => {
  it('repeats calls in order, with their ids and their visitor', () => {
    const rpc = resend(
      pending({ type: 'start', routing: { skillGroups: ['Billing'] } }),
      pending({ type: 'draft', text: 'h' }),
      pending({ type: 'draft', text: 'hi' }),
      pending(send('m-1', 'hi'), true),
      pending({ type: 'load-earlier', count: 50 }),
      pending({ type: 'sign-out' }),
    );
    expect(rpc.asked).toEqual([
      { type: 'start', routing: { skillGroups: ['Billing'] } },
      { type: 'draft', text: 'hi' },
      { ...send('m-1', 'hi'), isRepeat: true },
    ]);
    expect(rpc.askedFor).toEqual([ada, ada, ada]);
  });

  it('repeats a draft with its age', () => {
    const rpc = resend(pending({ type: 'draft', text: 'hi', age: 200 }));
    expect(rpc.asked).toEqual([{ type: 'draft', text: 'hi', age: 200 }]);
  });

  it('does not repeat a draft that the hub received', () => {
    const rpc = resend(pending({ type: 'draft', text: 'old' }, true));
    expect(rpc.asked).toEqual([]);
  });

  it('repeats a message until a hub answers', async () => {
    const rpc = new TestRpc();
    const late = new PartylineError('unreachable', 'late');
    rpc.answers = [late, new PartylineError('timeout', 'later'), null];
    resendPending(JSON.stringify([pending(send('m-1', 'hi'))]), chat, rpc);
    await settled();
    expect(rpc.asked).toHaveLength(3);
    expect(drafts).toEqual([]);
  });

  it('puts a refused message into the draft, unless the visitor has changed', async () => {
    for (const [code, shown] of [
      ['no-conversation', ['hi\nand this']],
      ['signed-out', []],
      ['closed', []],
    ] as const) {
      drafts.length = 0;
      const rpc = new TestRpc();
      rpc.answers = [new PartylineError(code, code)];
      resendPending(JSON.stringify([pending(send('m-1', 'hi'))]), chat, rpc);
      await settled();
      expect(drafts).toEqual(shown);
    }
  });

  it('becomes the draft where there is none', async () => {
    draft = '';
    const rpc = new TestRpc();
    rpc.answers = [new PartylineError('no-conversation', 'over')];
    resendPending(JSON.stringify([pending(send('m-1', 'hi'))]), chat, rpc);
    await settled();
    expect(drafts).toEqual(['hi']);
  });

  it('does not repeat a message once the visitor has changed', async () => {
    const rpc = new TestRpc();
    rpc.answers = [new PartylineError('unreachable', 'late')];
    resendPending(JSON.stringify([pending(send('m-1', 'hi'))]), chat, rpc);
    rpc.onVisitor({ visitor: 'visitor-2', resetCount: 2 });
    await settled();
    expect(rpc.asked).toHaveLength(1);
    expect(drafts).toEqual([]);
  });

  it('repeats a start once', async () => {
    const rpc = new TestRpc();
    rpc.answers = [new PartylineError('unreachable', 'late')];
    const start = { type: 'start', routing: { skillGroups: ['Billing'] } };
    resendPending(JSON.stringify([pending(start)]), chat, rpc);
    await settled();
    expect(rpc.asked).toHaveLength(1);
    expect(drafts).toEqual([]);
  });

  it('repeats the call of an unknown visitor unless there was a reset', () => {
    const nobody = { visitor: null, resetCount: 2 };
    for (const [resetCount, askedFor] of [
      [2, [nobody]],
      [3, []],
    ] as const) {
      const rpc = new TestRpc();
      rpc.onVisitor({ visitor: 'visitor-2', resetCount });
      resendPending(JSON.stringify([pending(send('m-1', 'hi'), false, nobody)]), chat, rpc);
      expect(rpc.askedFor).toEqual(askedFor);
    }
  });

  it('makes a call without a visitor for the present one', () => {
    for (const identity of [null, 'x', { visitor: 7, resetCount: 2 }, { visitor: 'x' }]) {
      expect(resend(pending(send('m-1', 'hi'), false, identity)).askedFor).toEqual([null]);
    }
  });

  it('drops what it can’t read', () => {
    for (const read of ['null', '{}', '[7]', '[{"call":{"type":"send"}}]']) {
      const rpc = new TestRpc();
      resendPending(read, chat, rpc);
      expect(rpc.asked).toEqual([]);
    }
    expect(() => resendPending('nonsense', chat, new TestRpc())).toThrow(SyntaxError);
  });
});
