import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';
import type { Faults } from '../faults/faults.ts';
import { FaultySocket } from '../faults/faulty-socket.ts';

/** A server without a port of its own. `maxPayload` in bytes. */
export function createSocketServer(
  maxPayload: number,
  options: Pick<ServerOptions, 'handleProtocols'> = {},
): WebSocketServer {
  return new WebSocketServer({
    ...options,
    noServer: true,
    maxPayload,
    perMessageDeflate: false,
    clientTracking: false,
  });
}

/** Answers an upgrade request with an HTTP error. `retryAfter` in seconds. */
export function refuseUpgrade(raw: Socket, status: number, retryAfter?: number): void {
  // The client may disconnect before it receives the response.
  raw.on('error', () => raw.destroy());
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Refused'}`,
    'Connection: close',
    'Content-Length: 0',
    ...(retryAfter === undefined ? [] : [`Retry-After: ${retryAfter}`]),
  ];
  raw.end(`${lines.join('\r\n')}\r\n\r\n`);
}

/** Accepts a socket, unless a fault refuses it. */
export function takeUpgrade(
  server: WebSocketServer,
  faults: Faults,
  { request, raw, head }: { request: IncomingMessage; raw: Socket; head: Buffer },
  onSocket: (socket: WebSocket, faultySocket: FaultySocket) => void,
): void {
  const refusal = faults.takeRefusal();
  switch (refusal?.how) {
    case 'http':
      refuseUpgrade(raw, refusal.status ?? 503, refusal.retryAfter);
      return;
    case 'tcp':
      raw.resetAndDestroy();
      return;
    case 'hang':
      raw.on('error', () => raw.destroy());
      raw.resume();
      return;
    default:
      break;
  }
  const faultySocket = new FaultySocket(raw);
  server.handleUpgrade(request, faultySocket, head, (socket) => {
    if (refusal?.how === 'close') {
      socket.on('error', () => socket.terminate());
      socket.close(refusal.code);
    } else onSocket(socket, faultySocket);
  });
}
