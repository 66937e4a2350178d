import type { GatewayEvent } from '../../protocol/gateway/events.ts';

export type UploadTarget = Pick<
  Extract<GatewayEvent, { type: 'upload-target' }>,
  'url' | 'headers'
>;

interface PutOptions {
  readonly signal: AbortSignal;
  /** @param share the uploaded share, 0 to 1 */
  readonly onProgress: (share: number) => void;
}

/**
 * Uploads the bytes with exactly the given headers: a `File` with a type would add one. Uses
 * `XMLHttpRequest`, since `fetch` reports no progress.
 *
 * @throws the signal's reason when it aborts, otherwise an `Error` with the response's status
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
      else reject(new Error(`the upload server returned ${status}`));
    };
    request.onerror = () => reject(new Error('the upload server is unreachable'));
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
