import { Server } from 'node:http';
import type { TokenBroker } from './broker.ts';

export interface ServeOptions {
  /** @default 0: any free one */
  readonly port?: number;
  /** @default '127.0.0.1' */
  readonly host?: string;
}

export interface ServedBroker {
  readonly port: number;
  /** Tells balancers, finishes what is under way, and ends. */
  close(): Promise<void>;
}

/**
 * Serves the broker's paths by itself, behind whatever balancer: nothing is kept here that another
 * broker would need, but for the routing log. Needs the package `@hono/node-server`. Rejects with
 * Node's `EADDRINUSE` when the port is taken.
 */
export async function serveBroker(
  broker: TokenBroker,
  options: ServeOptions = {},
): Promise<ServedBroker> {
  const { createAdaptorServer } = await import('@hono/node-server');
  const server = createAdaptorServer({
    fetch: async (request, { incoming }) => {
      const response = await broker.fetch(request, { address: incoming.socket.remoteAddress });
      // The rest of the body is still on its way: nothing else can come on this connection.
      if (response.status === 413 || response.status === 408) {
        response.headers.set('Connection', 'close');
      }
      return response;
    },
  });
  if (server instanceof Server) {
    // A client that sends its head or body drop by drop holds a connection for no longer.
    server.headersTimeout = 10_000;
    server.requestTimeout = 20_000;
    // Longer than balancers keep theirs (60 s by custom): whoever closes first must not be us, or a
    // request that is under way meets a closed connection.
    server.keepAliveTimeout = 75_000;
  }
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, options.host ?? '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    async close() {
      await broker.close();
      await new Promise<void>((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        if ('closeIdleConnections' in server) server.closeIdleConnections();
      });
    },
  };
}
