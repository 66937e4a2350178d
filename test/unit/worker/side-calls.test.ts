import { wrap } from 'comlink';
import { afterEach, expect, it } from 'vitest';
import type { CallAnswer, HubCalls } from '../../../src/protocol/port.ts';
import { protocolVersion } from '../../../src/protocol/version.ts';
import { type ServedHub, serve } from '../../../src/worker/host/ports.ts';

const cleanUps: (() => void)[] = [];

afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

const problem = { code: 'invalid-call', message: expect.any(String) };

/** A tab's connection to a hub whose dialect answers what is about files, and nothing else. */
function connected() {
  const asked: unknown[] = [];
  const hub: ServedHub = {
    epoch: 'boot.0',
    portMessages: 20,
    hello: async () => ({
      type: 'partyline-hello',
      epoch: 'boot.0',
      protocolVersion,
      build: '1',
      name: '',
    }),
    attach: async () => {},
    detach: () => {},
    tabInput: () => {},
    answerExtensionCall: (tabId, call) => {
      if (Object(call).type !== 'file') return null;
      asked.push([tabId, call]);
      return Promise.resolve({ ok: true, epoch: 'boot.0', value: 'of the dialect' });
    },
    call: async (): Promise<CallAnswer> => ({ ok: true, epoch: 'boot.0', value: 'of the core' }),
  };
  const notes: unknown[] = [];
  const { port1, port2 } = new MessageChannel();
  const stream = new MessageChannel();
  serve(port2, hub, { note: (note) => notes.push(note) }, () => {});
  const calls = wrap<HubCalls>(port1);
  port1.start();
  cleanUps.push(() => {
    for (const port of [port1, port2, stream.port1, stream.port2]) port.close();
  });
  const attach = () => {
    const known = { conversationId: null, visitor: null, resetCount: 0 };
    const attach = { protocolVersion, tabId: 'tab', visible: true, ...known };
    port1.postMessage({ type: 'partyline-attach', attach, stream: stream.port2 }, [stream.port2]);
  };
  return { calls, asked, notes, attach };
}

const file = { type: 'file', step: 'rules' };

it('what only its dialect knows is answered by that, for the tab that asks', async () => {
  const { calls, asked, notes, attach } = connected();
  attach();
  expect(await calls.call(file, 'boot.0')).toMatchObject({ value: 'of the dialect' });
  expect(asked).toEqual([['tab', file]]);
  expect(await calls.call({ type: 'end' }, 'boot.0')).toMatchObject({ value: 'of the core' });
  expect(asked).toHaveLength(1);
  expect(notes).toEqual([]);
});

it('what no dialect knows is refused, and noted unless every panel asks it', async () => {
  const { calls, notes, attach } = connected();
  attach();
  expect(await calls.call({ type: 'platform' }, 'boot.0')).toMatchObject({ ok: false, problem });
  expect(notes).toEqual([]);
  expect(await calls.call({ type: 'other' }, 'boot.0')).toMatchObject({ ok: false, problem });
  expect(notes).toMatchObject([{ kind: 'invalid' }]);
});

it('nothing is answered before a tab has attached', async () => {
  const { calls, asked } = connected();
  for (const call of [file, { type: 'end' }]) {
    expect(await calls.call(call, 'boot.0')).toMatchObject({ ok: false, problem });
  }
  expect(asked).toEqual([]);
});
