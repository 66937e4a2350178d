import type { Endpoint } from 'comlink';
import {
  callChannel,
  hereSchema,
  hubChannel,
  type Knock,
  streamChannel,
} from '../protocol/channels.ts';

/** A way to a hub. */
export interface Route {
  /** For Comlink, and for the hub's first word. */
  readonly calls: Endpoint;
  readonly stream: StreamEnd;
  /** What the hub is given for its end of the stream; `null` when it opens that itself. */
  readonly handOver: MessagePort | null;
  close(): void;
}

export interface StreamEnd {
  postMessage(message: unknown): void;
  onmessage: ((event: MessageEvent<unknown>) => void) | null;
}

/** Calls `onError` when the worker's script can't be loaded or fails. */
export type OpenRoute = (tabId: string, onError: (reason: string) => void) => Route;

/** To the hub in the site's SharedWorker. */
export function throughSharedWorker(createWorker: () => SharedWorker): OpenRoute {
  return (_tabId, onError) => {
    const worker = createWorker();
    worker.onerror = () => onError('the worker’s script could not be loaded or failed');
    const { port } = worker;
    const { port1: stream, port2: handOver } = new MessageChannel();
    port.start();
    return {
      calls: port,
      stream,
      handOver,
      close: () => {
        worker.onerror = null;
        stream.close();
        port.close();
      },
    };
  };
}

/** To the hub in a dedicated Worker of whichever tab hosts it. */
export const throughChannels: OpenRoute = (tabId) => {
  const connectionId = crypto.randomUUID();
  const calls = new BroadcastChannel(callChannel(connectionId));
  const stream = new BroadcastChannel(streamChannel(tabId));
  const door = new BroadcastChannel(hubChannel);
  const knock = () => {
    const message: Knock = { type: 'partyline-knock', connectionId };
    door.postMessage(message);
  };
  door.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (hereSchema.safeParse(data).success) knock();
  };
  // Answered: another hub's arrival would be this one's end, which is seen by its lock.
  calls.addEventListener('message', () => door.close(), { once: true });
  knock();
  return {
    calls: calls as Endpoint,
    stream,
    handOver: null,
    close: () => {
      door.close();
      calls.close();
      stream.close();
    },
  };
};
