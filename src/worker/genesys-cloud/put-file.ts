import type { GatewayEvent } from '../../protocol/gateway/events.ts';

export type UploadTarget = Pick<
  Extract<GatewayEvent, { type: 'upload-target' }>,
  'url' | 'headers'
>;

interface PutOptions {
  readonly signal: AbortSignal;
  /** @param share of its bytes, 0 to 1 */
  readonly onProgress: (share: number) => void;
}

/**
 * The bytes, with exactly the headers that were asked for: a file's own type would be one more. By
 * `XMLHttpRequest`, since `fetch` tells nobody how many bytes have left.
 *
 * @throws the signal's reason when it is aborted, else an `Error` that says what was answered
 */
export function putFile(
  { url, headers }: UploadTarget,
  file: File,
  { signal, onProgress }: PutOptions,
): Promise<void> {
  const request = new XMLHttpRequest();
  const stop = () => request.abort();
  const sent = new Promise<void>((resolve, reject) => {
    request.onload = () => {
      const { status } = request;
      if (status >= 200 && status < 300) resolve();
      else reject(new Error(`the file's place answered ${status}`));
    };
    request.onerror = () => reject(new Error("the file's place is out of reach"));
    request.onabort = () => reject(signal.reason);
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 1);
    signal.throwIfAborted();
    signal.addEventListener('abort', stop);
    request.open('PUT', url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.send(file.slice(0, file.size, ''));
  });
  return sent.finally(() => signal.removeEventListener('abort', stop));
}
