import type { CallEnd } from './hub-handshake.ts';

/** A way to a hub. */
export interface Transport {
  /** For calls, and for the hub's first word. */
  readonly calls: CallEnd;
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
export type OpenTransport = (
  tabId: string,
  onError: (reason: string) => void,
) => Transport | Promise<Transport>;

/** To the hub in the site's SharedWorker. */
export function throughSharedWorker(
  createWorker: () => Pick<SharedWorker, 'port' | 'onerror'>,
): OpenTransport {
  return (_tabId, onError) => {
    const worker = createWorker();
    worker.onerror = () => onError('the worker’s script can’t be loaded');
    const { port } = worker;
    const { port1: stream, port2: handOver } = new MessageChannel();
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
