import type { Endpoint } from 'comlink';

/** A way to exchange messages with a hub. */
export interface Transport {
  /** For calls, and for the hub's hello. */
  readonly calls: CallEndpoint;
  readonly stream: StreamEndpoint;
  /** The hub's end of the stream, sent with the attach; `null`: the hub opens its own. */
  readonly hubStream: MessagePort | null;
  close(): void;
}

export interface CallEndpoint extends Endpoint {
  onmessage: ((event: MessageEvent<unknown>) => void) | null;
}

export interface StreamEndpoint {
  postMessage(message: unknown): void;
  onmessage: ((event: MessageEvent<unknown>) => void) | null;
}

/** @param onError the worker's script can't be loaded, or threw */
export type OpenTransport = (
  tabId: string,
  onError: (reason: string) => void,
) => Transport | Promise<Transport>;

/** Connects to the hub in a SharedWorker. */
export function openSharedWorkerTransport(
  createWorker: () => Pick<SharedWorker, 'port' | 'onerror'>,
): OpenTransport {
  return (_tabId, onError) => {
    const worker = createWorker();
    worker.onerror = () => onError('the worker script failed to load');
    const { port } = worker;
    const { port1: stream, port2: hubStream } = new MessageChannel();
    return {
      calls: port,
      stream,
      hubStream,
      close: () => {
        worker.onerror = null;
        stream.close();
        port.close();
      },
    };
  };
}
