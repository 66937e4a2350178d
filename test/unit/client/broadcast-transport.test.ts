import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openBroadcastTransport } from '../../../src/client/connection/broadcast-transport.ts';
import type { Transport } from '../../../src/client/connection/transport.ts';
import { callChannel, streamChannel } from '../../../src/protocol/channels.ts';
import { hubChannel } from '../../../src/protocol/hub-name.ts';

const tabId = 'tab';
let cleanUps: (() => void)[] = [];
/** Messages on the channel that all tabs and hubs share. */
let requests: { readonly type: unknown; readonly connectionId: string }[] = [];
let lobby: BroadcastChannel;
let transport: Transport;

function channel(name: string): BroadcastChannel {
  const opened = new BroadcastChannel(name);
  cleanUps.push(() => opened.close());
  return opened;
}

/** Waits until all messages, and those that they caused, have arrived. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

interface Words {
  readonly calls: unknown[];
  readonly stream: unknown[];
}

const hubReady = { type: 'partyline-hub-ready' };

beforeEach(async () => {
  cleanUps = [];
  requests = [];
  lobby = channel(hubChannel(''));
  lobby.onmessage = ({ data }) => requests.push(data);
  transport = openBroadcastTransport(tabId, hubChannel(''));
  cleanUps.push(() => transport.close());
  await settled();
});

afterEach(() => {
  for (const cleanUp of cleanUps) cleanUp();
});

/** The name of the tab's channel for calls. */
const itsCalls = () => callChannel(requests[0]?.connectionId ?? 'nothing');

describe('openBroadcastTransport', () => {
  it('requests a connection with an id of its own', async () => {
    const connectionId = expect.stringMatching(/^[\w-]{36}$/);
    expect(requests).toEqual([{ type: 'partyline-connect-request', connectionId }]);
    cleanUps.push(openBroadcastTransport('another', hubChannel('')).close);
    await settled();
    expect(requests).toHaveLength(2);
    expect(requests[1]?.connectionId).not.toBe(requests[0]?.connectionId);
  });

  it('repeats the request with the same id when a hub is ready', async () => {
    lobby.postMessage(hubReady);
    await settled();
    expect(requests).toHaveLength(2);
    expect(requests[1]).toEqual(requests[0]);
  });

  it('does not repeat the request for any other message', async () => {
    const another = { type: 'partyline-connect-request', connectionId: 'another' };
    for (const word of [another, null, 'partyline-hub-ready', {}, { type: 'here' }, [hubReady]]) {
      lobby.postMessage(word);
    }
    await settled();
    expect(requests).toHaveLength(1);
  });

  it('does not repeat the request once a hub has answered', async () => {
    channel(itsCalls()).postMessage('hello');
    await settled();
    lobby.postMessage(hubReady);
    await settled();
    expect(requests).toHaveLength(1);
  });

  it('carries calls and the stream on separate channels, both ways', async () => {
    const heard: Words = { calls: [], stream: [] };
    transport.calls.onmessage = ({ data }) => heard.calls.push(data);
    transport.stream.onmessage = ({ data }) => heard.stream.push(data);
    const [calls, stream] = [channel(itsCalls()), channel(streamChannel(tabId))];
    const came: Words = { calls: [], stream: [] };
    calls.onmessage = ({ data }) => came.calls.push(data);
    stream.onmessage = ({ data }) => came.stream.push(data);
    calls.postMessage('an answer');
    stream.postMessage('a patch');
    transport.calls.postMessage('a call');
    transport.stream.postMessage('an ack');
    await settled();
    expect(heard).toEqual({ calls: ['an answer'], stream: ['a patch'] });
    expect(came).toEqual({ calls: ['a call'], stream: ['an ack'] });
  });

  it('has no hubStream: the hub opens its channel by name', () => {
    expect(transport.hubStream).toBeNull();
  });

  it('sends and receives nothing after close', async () => {
    const heard: unknown[] = [];
    transport.calls.onmessage = ({ data }) => heard.push(data);
    transport.stream.onmessage = ({ data }) => heard.push(data);
    transport.close();
    channel(itsCalls()).postMessage('an answer');
    channel(streamChannel(tabId)).postMessage('a patch');
    lobby.postMessage(hubReady);
    await settled();
    expect(requests).toHaveLength(1);
    expect(heard).toEqual([]);
  });
});
