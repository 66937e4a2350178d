import { connect, createServer, type Socket } from 'node:net';
import { startNginx } from '../../support/nginx.ts';

export interface Proxy {
  /** The gateway's socket by way of the proxy. */
  readonly socketUrl: string;
  close(): Promise<void>;
}

/** A real nginx before the socket, as the README recommends it but for the idle time-out. */
export async function proxyByNginx(socketUrl: string, idleSeconds: number): Promise<Proxy> {
  const { port, close } = await startNginx(`
    location /webchat {
      proxy_pass http://${new URL(socketUrl).host};
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection "upgrade";
      proxy_read_timeout ${idleSeconds}s;
      proxy_send_timeout ${idleSeconds}s;
    }`);
  return { socketUrl: socketUrl.replace(/:\d+\//, `:${port}/`), close };
}

export interface SwallowingProxy extends Proxy {
  /** From now on every byte vanishes, in both directions, while TCP stays open. New lines work. */
  swallow(): void;
}

/** A middlebox that forgets a connection without telling anybody. */
export async function startSwallowingProxy(socketUrl: string): Promise<SwallowingProxy> {
  const lines = new Set<{ client: Socket; upstream: Socket; isDead: boolean }>();
  const server = createServer((client) => {
    const upstream = connect(Number(new URL(socketUrl).port), '127.0.0.1');
    const line = { client, upstream, isDead: false };
    lines.add(line);
    client.on('data', (chunk) => line.isDead || upstream.write(chunk));
    upstream.on('data', (chunk) => line.isDead || client.write(chunk));
    client.on('close', () => line.isDead || upstream.destroy());
    upstream.on('close', () => line.isDead || client.destroy());
    for (const end of [client, upstream]) end.on('error', () => end.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    socketUrl: socketUrl.replace(/:\d+\//, `:${port}/`),
    swallow: () => {
      for (const line of lines) line.isDead = true;
    },
    close: async () => {
      for (const { client, upstream } of lines) {
        client.destroy();
        upstream.destroy();
      }
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
