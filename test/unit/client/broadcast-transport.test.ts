import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openBroadcastTransport } from '../../../src/client/connection/broadcast-transport.ts';
import type { Transport } from '../../../src/client/connection/transport.ts';
import { callChannel, hubChannel, streamChannel } from '../../../src/protocol/channels.ts';

const tabId = 'tab';
let cleanUps: (() => void)[] = [];
/** What is said on the channel that all know. */
let said: { readonly type: unknown; readonly connectionId: string }[] = [];
let door: BroadcastChannel;
let route: Transport;

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

interface Words {
  readonly calls: unknown[];
  readonly stream: unknown[];
}

const here = { type: 'partyline-hub-ready' };

beforeEach(async () => {
  cleanUps = [];
  said = [];
  door = channel(hubChannel);
  door.onmessage = ({ data }) => said.push(data);
  route = openBroadcastTransport(tabId);
  cleanUps.push(() => route.close());
  await settled();
});

afterEach(() => {
  for (const cleanUp of cleanUps) cleanUp();
});

/** The name of the channel that the tab has told. */
const itsCalls = () => callChannel(said[0]?.connectionId ?? 'nothing');

describe('a tab’s way to a hub in another tab', () => {
  it('begins with a knock that names a channel of its own', async () => {
    const connectionId = expect.stringMatching(/^[\w-]{36}$/);
    expect(said).toEqual([{ type: 'partyline-connect-request', connectionId }]);
    cleanUps.push(openBroadcastTransport('another').close);
    await settled();
    expect(said).toHaveLength(2);
    expect(said[1]?.connectionId).not.toBe(said[0]?.connectionId);
  });

  it('is knocked for again, by the same name, when a hub says that it is there', async () => {
    door.postMessage(here);
    await settled();
    expect(said).toHaveLength(2);
    expect(said[1]).toEqual(said[0]);
  });

  it('is not knocked for when another tab knocks, or at any other word', async () => {
    const another = { type: 'partyline-connect-request', connectionId: 'another' };
    for (const word of [another, null, 'partyline-hub-ready', {}, { type: 'here' }, [here]]) {
      door.postMessage(word);
    }
    await settled();
    expect(said).toHaveLength(1);
  });

  it('is not knocked for again once a hub has answered', async () => {
    channel(itsCalls()).postMessage('hello');
    await settled();
    door.postMessage(here);
    await settled();
    expect(said).toHaveLength(1);
  });

  it('carries calls and the stream, each on its own channel, both ways', async () => {
    const heard: Words = { calls: [], stream: [] };
    route.calls.onmessage = ({ data }) => heard.calls.push(data);
    route.stream.onmessage = ({ data }) => heard.stream.push(data);
    const [calls, stream] = [channel(itsCalls()), channel(streamChannel(tabId))];
    const came: Words = { calls: [], stream: [] };
    calls.onmessage = ({ data }) => came.calls.push(data);
    stream.onmessage = ({ data }) => came.stream.push(data);
    calls.postMessage('an answer');
    stream.postMessage('a patch');
    route.calls.postMessage('a call');
    route.stream.postMessage('an ack');
    await settled();
    expect(heard).toEqual({ calls: ['an answer'], stream: ['a patch'] });
    expect(came).toEqual({ calls: ['a call'], stream: ['an ack'] });
  });

  it('has nothing to hand over: the hub opens its end by name', () => {
    expect(route.hubStream).toBeNull();
  });

  it('is over when it is closed: it knocks no more and hears nothing', async () => {
    const heard: unknown[] = [];
    route.calls.onmessage = ({ data }) => heard.push(data);
    route.stream.onmessage = ({ data }) => heard.push(data);
    route.close();
    channel(itsCalls()).postMessage('an answer');
    channel(streamChannel(tabId)).postMessage('a patch');
    door.postMessage(here);
    await settled();
    expect(said).toHaveLength(1);
    expect(heard).toEqual([]);
  });
});
