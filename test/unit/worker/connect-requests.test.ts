import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openBroadcastTransport } from '../../../src/client/connection/broadcast-transport.ts';
import { callChannel } from '../../../src/protocol/channels.ts';
import { hubChannel } from '../../../src/protocol/hub-name.ts';
import type { Note } from '../../../src/worker/core/effect.ts';
import { acceptConnections, type Port } from '../../../src/worker/host/ports.ts';

let notes: Note[] = [];
let served: { readonly port: Port; readonly onGone: () => void }[] = [];
let cleanUps: (() => void)[] = [];

beforeEach(() => {
  notes = [];
  served = [];
  cleanUps = [];
});

afterEach(() => {
  for (const cleanUp of cleanUps) cleanUp();
});

/** A hub in some tab: it says hello on each connection. */
function open(): void {
  acceptConnections(
    (port, onGone) => {
      served.push({ port, onGone });
      cleanUps.push(() => port.close());
      port.postMessage('hello');
    },
    { note: (note) => notes.push(note) },
    channel(hubChannel('')),
  );
}

function channel(name: string): BroadcastChannel {
  const opened = new BroadcastChannel(name);
  cleanUps.push(() => opened.close());
  return opened;
}

/** Everything that was posted before has arrived, with what it brought about. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const knock = (connectionId: unknown) => ({ type: 'partyline-connect-request', connectionId });

describe('the door of a hub without SharedWorker', () => {
  it('lets a tab in once, however often it knocks', async () => {
    open();
    const calls = channel(callChannel('one'));
    const heard: unknown[] = [];
    calls.onmessage = ({ data }) => heard.push(data);
    const door = channel(hubChannel(''));
    for (let times = 0; times < 3; times += 1) door.postMessage(knock('one'));
    await settled();
    expect(served).toHaveLength(1);
    expect(heard).toEqual(['hello']);
  });

  it('lets the tabs in that were there before the hub', async () => {
    const route = openBroadcastTransport('tab', hubChannel(''));
    cleanUps.push(route.close);
    const heard: unknown[] = [];
    route.calls.onmessage = ({ data }) => heard.push(data);
    await settled();
    expect(served).toHaveLength(0);
    open();
    await settled();
    expect(served).toHaveLength(1);
    expect(heard).toEqual(['hello']);
  });

  it('is not knocked at again by a tab that was let in', async () => {
    open();
    const route = openBroadcastTransport('tab', hubChannel(''));
    cleanUps.push(route.close);
    await settled();
    expect(served).toHaveLength(1);
    // Another hub arrives: the tab belongs to the previous one until that has left.
    open();
    await settled();
    expect(served).toHaveLength(1);
  });

  it('lets two tabs in that hear nothing of each other', async () => {
    open();
    const routes = [
      openBroadcastTransport('one', hubChannel('')),
      openBroadcastTransport('two', hubChannel('')),
    ];
    const heard: unknown[][] = [[], []];
    for (const [index, route] of routes.entries()) {
      cleanUps.push(route.close);
      route.calls.onmessage = ({ data }) => heard[index]?.push(data);
    }
    await settled();
    expect(served).toHaveLength(2);
    served[0]?.port.postMessage('for one');
    await settled();
    expect(heard).toEqual([['hello', 'for one'], ['hello']]);
  });

  it('stays shut for what is no knock', async () => {
    open();
    const door = channel(hubChannel(''));
    for (const data of [
      null,
      7,
      'partyline-connect-request',
      {},
      knock(''),
      knock(7),
      knock(undefined),
    ]) {
      door.postMessage(data);
    }
    door.postMessage({ type: 'partyline-hub-ready' });
    door.postMessage(knock('x'.repeat(129)));
    await settled();
    expect(served).toHaveLength(0);
    door.postMessage(knock('x'.repeat(128)));
    await settled();
    expect(served).toHaveLength(1);
  });

  it('forgets a tab that has gone, whose answers go nowhere', async () => {
    open();
    const door = channel(hubChannel(''));
    const calls = channel(callChannel('one'));
    const heard: unknown[] = [];
    calls.onmessage = ({ data }) => heard.push(data);
    door.postMessage(knock('one'));
    await settled();
    served[0]?.onGone();
    served[0]?.port.postMessage('late');
    door.postMessage(knock('one'));
    await settled();
    expect(served).toHaveLength(2);
    expect(heard).toEqual(['hello', 'hello']);
  });

  it('lets a thousand in, and one more when one has gone', { timeout: 20_000 }, async () => {
    open();
    const door = channel(hubChannel(''));
    for (let number = 1; number <= 1_000; number += 1) door.postMessage(knock(`tab ${number}`));
    await settled();
    expect(served).toHaveLength(1_000);
    expect(notes).toEqual([]);
    door.postMessage(knock('one more'));
    await settled();
    expect(served).toHaveLength(1_000);
    expect(notes).toEqual([{ kind: 'invalid', detail: expect.any(String) }]);
    served[0]?.onGone();
    door.postMessage(knock('one more'));
    await settled();
    expect(served).toHaveLength(1_001);
  });
});
