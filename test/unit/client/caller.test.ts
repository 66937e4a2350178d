import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Caller } from '../../../src/client/caller.ts';
import type { Identity } from '../../../src/client/identity.ts';
import type { Call } from '../../../src/protocol/port.ts';

const ada = { visitor: 'ada', wipes: 0 };
const grace = { visitor: 'grace', wipes: 1 };

const send = (text: string): Call => ({ type: 'send', messageId: text, text });
const texts = (caller: Caller) =>
  caller.unsettled.map(({ call }) => ('text' in call ? call.text : call.type));

/** A call that no hub has answered, and the code that it is given up with; `null`: it still waits. */
function ask(caller: Caller, ...call: Parameters<Caller['call']>) {
  const asked = { problem: null as unknown };
  caller.call(...call).catch(({ code }) => {
    asked.problem = code;
  });
  return asked;
}

/** And lets everybody hear of it. */
async function meet(caller: Caller, identity: Identity): Promise<void> {
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
    const caller = new Caller();
    const mine = ask(caller, send('mine'));
    await meet(caller, grace);
    expect(mine.problem).toBeNull();
    expect(caller.unsettled).toEqual([{ call: send('mine'), whose: grace, wasSent: false }]);
  });

  it('is not given up with those of the page before', async () => {
    const caller = new Caller();
    const former = ask(caller, send('former'), undefined, ada);
    const mine = ask(caller, send('mine'));
    await meet(caller, grace);
    expect(former.problem).toBe('signed-out');
    expect(mine.problem).toBeNull();
    expect(texts(caller)).toEqual(['mine']);
  });
});

describe('a call that is made for one visitor', () => {
  it('is not done for another, but for signing out', async () => {
    const caller = new Caller();
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
    const caller = new Caller();
    caller.meet({ visitor: null, wipes: 0 });
    ask(caller, send('early'));
    caller.meet(ada);
    expect(caller.unsettled).toEqual([{ call: send('early'), whose: ada, wasSent: false }]);
  });
});
