import {
  type ConnectRequest,
  callChannel,
  type HubReady,
  hubChannel,
  streamChannel,
} from '../protocol/channels.ts';
import type { Transport } from './transport.ts';
import { oneOf, shape } from './validator.ts';

const isHere = shape<HubReady>({ type: oneOf('partyline-hub-ready') });

/** To the hub in a dedicated Worker of whichever tab hosts it. */
export function throughChannels(tabId: string): Transport {
  const connectionId = crypto.randomUUID();
  const calls = new BroadcastChannel(callChannel(connectionId));
  const stream = new BroadcastChannel(streamChannel(tabId));
  const door = new BroadcastChannel(hubChannel);
  const knock = () => {
    const message: ConnectRequest = { type: 'partyline-connect-request', connectionId };
    door.postMessage(message);
  };
  door.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (isHere(data)) knock();
  };
  // Answered: another hub's arrival would be this one's end, which is seen by its lock.
  calls.addEventListener('message', () => door.close(), { once: true });
  knock();
  return {
    calls,
    stream,
    handOver: null,
    close: () => {
      door.close();
      calls.close();
      stream.close();
    },
  };
}
