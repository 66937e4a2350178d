import { subscribe } from 'node:diagnostics_channel';
import { Socket } from 'node:net';

export interface Traffic {
  /** In both directions, on all connections so far: sockets and REST. */
  bytes(): number;
}

const servers = new Map<number, Set<Socket>>();

// Node tells of every connection that one of its servers accepts, so the gateway needs no counter for us.
subscribe('net.server.socket', (message) => {
  if (typeof message !== 'object' || message === null || !('socket' in message)) return;
  const { socket } = message;
  if (socket instanceof Socket) servers.get(socket.localPort ?? 0)?.add(socket);
});

/** Counts what goes through a port of this process from now on. */
export function countTraffic(port: number): Traffic {
  const sockets = new Set<Socket>();
  servers.set(port, sockets);
  return {
    bytes: () => {
      let sum = 0;
      for (const { bytesRead, bytesWritten } of sockets) sum += bytesRead + bytesWritten;
      return sum;
    },
  };
}
