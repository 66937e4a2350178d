import { Server } from 'node:http';
import type { TokenBroker } from './broker.ts';

export interface ServeOptions {
  /** @default 0: any free port */
  readonly port?: number;
  /** @default '127.0.0.1' */
  readonly host?: string;
}

export interface ServedBroker {
  readonly port: number;
  /** Fails the health check, finishes pending requests, and stops the server. */
  close(): Promise<void>;
}

/**
 * Serves the broker's paths as a server of its own. Several brokers can run behind a load balancer: apart
 * from the routing log, they share no state. Needs the package `@hono/node-server`. Rejects with Node's
 * `EADDRINUSE` if the port is in use.
 */
export async function serveBroker(
  broker: TokenBroker,
  options: ServeOptions = {},
): Promise<ServedBroker> {
  const { createAdaptorServer } = await import('@hono/node-server');
  const server = createAdaptorServer({
    fetch: async (request, { incoming }) => {
      const response = await broker.fetch(request, { address: incoming.socket.remoteAddress });
      // The rest of the body is still arriving, so the connection can't be reused.
      if (response.status === 413 || response.status === 408) {
        response.headers.set('Connection', 'close');
      }
      return response;
    },
  });
  if (server instanceof Server) {
    // Limits how long a slow client can hold a connection.
    server.headersTimeout = 10_000;
    server.requestTimeout = 20_000;
    // Longer than that of load balancers (60 s usually): if the server closed an idle connection first,
    // the balancer could send a request into it.
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
