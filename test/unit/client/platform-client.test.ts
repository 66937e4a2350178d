import { expect, it, onTestFinished, vi } from 'vitest';
import { HubRpc } from '../../../src/client/calls/hub-rpc.ts';
import { PlatformClient } from '../../../src/client/calls/platform-client.ts';
import type { ErrorCode } from '../../../src/protocol/errors.ts';
import type { CallAnswer } from '../../../src/protocol/port.ts';
import { chatOf } from '../ui/chat.ts';
import { snapshot } from '../ui/fixtures.ts';

const context = { triggeringAction: { id: 'a', actionMap: { id: 'm' } } };

/** A page whose hub takes every call. */
function page() {
  const asked: unknown[] = [];
  const listeners = new Set<() => void>();
  let current = snapshot();
  const rpc = new HubRpc();
  let boot = 'boot-1';
  let refusal: ErrorCode | null = null;
  const hub = () => ({
    call: async (call: unknown): Promise<CallAnswer> => {
      asked.push(call);
      if (refusal !== null)
        return { ok: false, epoch: `${boot}.0`, problem: { code: refusal, message: '' } };
      return { ok: true, epoch: `${boot}.0`, value: null };
    },
    probe: () => {},
  });
  const chat = {
    ...chatOf(() => current),
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  /** A hub names the visitor, and its first snapshot arrives. */
  const meets = (name: string, visitor: string | null, resetCount = 0) => {
    boot = name;
    rpc.onVisitor({ visitor, resetCount });
    rpc.onAttached(hub());
    current = { ...current, hub: { ...current.hub, epoch: `${boot}.0` } };
    for (const listener of listeners) listener();
  };
  meets(boot, 'ada');
  const refuses = (code: ErrorCode) => {
    refusal = code;
  };
  return { platform: new PlatformClient(chat, rpc), asked, meets, refuses, listeners };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));
const journey = { type: 'platform', step: 'journey', context };

it('asks the hub who is there', async () => {
  const { platform, asked } = page();
  await platform.signIn();
  expect(asked).toEqual([{ type: 'identify' }]);
});

it('gives the journey context to the hub, and to each one that follows, once', async () => {
  const { platform, asked, meets, listeners } = page();
  await platform.setJourneyContext(context);
  expect(asked).toEqual([journey]);
  meets('boot-1', 'ada');
  expect(asked).toHaveLength(1);
  // A new hub may not know the visitor at first.
  meets('boot-2', null);
  await settle();
  meets('boot-2', 'ada');
  await settle();
  expect(asked).toEqual([journey, journey]);
  await platform.setJourneyContext(null);
  expect(listeners.size).toBe(1);
  meets('boot-3', 'ada');
  await settle();
  expect(asked.at(-1)).toEqual({ ...journey, context: null });
});

it.each([
  ['another visitor', 'bob', 0],
  ['whoever comes after a reset', 'ada', 1],
])('is not given for %s', async (_, visitor, resetCount) => {
  const { platform, asked, meets } = page();
  await platform.setJourneyContext(context);
  meets('boot-2', visitor, resetCount);
  meets('boot-3', 'ada', resetCount);
  await settle();
  expect(asked).toHaveLength(1);
});

it.each([
  ['unavailable', 1],
  ['signed-out', 0],
] as const)('warns when the next hub refuses the journey context: %s', async (code, count) => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  onTestFinished(() => warn.mockRestore());
  const { platform, asked, meets, refuses } = page();
  await platform.setJourneyContext(context);
  refuses(code);
  meets('boot-2', 'ada');
  await settle();
  expect(asked).toHaveLength(2);
  expect(warn).toHaveBeenCalledTimes(count);
});

it('rejects with a code what can’t be sent to the hub', async () => {
  const { platform, asked } = page();
  const refused = platform.setJourneyContext({ customer: () => 7 });
  await expect(refused).rejects.toMatchObject({ code: 'invalid-call' });
  expect(asked).toEqual([]);
});
