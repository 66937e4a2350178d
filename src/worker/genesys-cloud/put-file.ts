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

/** The type that is named to the gateway, too, if the browser knows none. */
export const unknownType = 'application/octet-stream';

/**
 * Uploads the bytes with the given headers and the file's `Content-Type`, as [MT] and the official web
 * client do. Uses `XMLHttpRequest`, since `fetch` reports no progress.
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
    // A header that is set twice would be sent with both values.
    const isTyped = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type');
    if (!isTyped) request.setRequestHeader('Content-Type', file.type || unknownType);
    request.send(file.slice(0, file.size, ''));
  });
  return sent.finally(() => signal.removeEventListener('abort', stop));
}
