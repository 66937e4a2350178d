import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Proxy {
  /** The gateway's socket by way of the proxy. */
  readonly socketUrl: string;
  close(): Promise<void>;
}

const nginx = '/usr/sbin/nginx';

export const hasNginx = existsSync(nginx);

/** A real nginx before the socket, as the README recommends it but for the idle time-out. */
export async function startNginx(socketUrl: string, idleSeconds: number): Promise<Proxy> {
  const folder = await mkdtemp(join(tmpdir(), 'partyline-nginx-'));
  const port = await freePort();
  const configuration = join(folder, 'nginx.conf');
  await writeFile(
    configuration,
    `daemon off;
     worker_processes 1;
     pid ${folder}/nginx.pid;
     error_log stderr;
     events { worker_connections 64; }
     http {
       access_log off;
       client_body_temp_path ${folder}; proxy_temp_path ${folder};
       fastcgi_temp_path ${folder}; uwsgi_temp_path ${folder}; scgi_temp_path ${folder};
       server {
         listen 127.0.0.1:${port};
         location /webchat {
           proxy_pass http://${new URL(socketUrl).host};
           proxy_http_version 1.1;
           proxy_set_header Upgrade $http_upgrade;
           proxy_set_header Connection "upgrade";
           proxy_read_timeout ${idleSeconds}s;
           proxy_send_timeout ${idleSeconds}s;
         }
       }
     }`,
  );
  const child = spawn(nginx, ['-c', configuration, '-p', folder], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await listening(port);
  return {
    socketUrl: socketUrl.replace(/:\d+\//, `:${port}/`),
    close: async () => {
      child.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
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

/** Free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  if (typeof address !== 'object' || !address) throw new Error('no free port');
  return address.port;
}

async function listening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const probe = connect(port, '127.0.0.1');
      probe.once('connect', () => {
        probe.destroy();
        resolve(true);
      });
      probe.once('error', () => setTimeout(() => resolve(false), 50));
    });
    if (isOpen) return;
  }
  throw new Error(`nothing listens on port ${port}`);
}
