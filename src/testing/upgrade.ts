import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

/** Answers an upgrade request with an HTTP error. `retryAfter` in seconds. */
export function refuseUpgrade(raw: Socket, status: number, retryAfter?: number): void {
  // The other side may be gone before it hears the refusal; there is nobody left to tell.
  raw.on('error', () => raw.destroy());
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Refused'}`,
    'Connection: close',
    'Content-Length: 0',
    ...(retryAfter === undefined ? [] : [`Retry-After: ${retryAfter}`]),
  ];
  raw.end(`${lines.join('\r\n')}\r\n\r\n`);
}
