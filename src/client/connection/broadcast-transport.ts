import {
  type ConnectRequest,
  callChannel,
  type HubReady,
  streamChannel,
} from '../../protocol/channels.ts';
import type { Transport } from './transport.ts';

const hubReady: HubReady['type'] = 'partyline-hub-ready';

/**
 * Connects to the hub in a dedicated Worker, whichever tab runs it.
 *
 * @param channelName the `hubChannel`
 */
export function openBroadcastTransport(tabId: string, channelName: string): Transport {
  const connectionId = crypto.randomUUID();
  const calls = new BroadcastChannel(callChannel(connectionId));
  const stream = new BroadcastChannel(streamChannel(tabId));
  const hub = new BroadcastChannel(channelName);
  const requestConnection = () => {
    const message: ConnectRequest = { type: 'partyline-connect-request', connectionId };
    hub.postMessage(message);
  };
  // A hub that starts later has missed the first request.
  hub.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (Object(data).type === hubReady) requestConnection();
  };
  // A hub has answered. Its end is noticed by its lock, not by another hub's `hub-ready`.
  calls.addEventListener('message', () => hub.close(), { once: true });
  requestConnection();
  return {
    calls,
    stream,
    hubStream: null,
    close: () => {
      hub.close();
      calls.close();
      stream.close();
    },
  };
}
