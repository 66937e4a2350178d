import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, listening } from './ports.ts';

const nginx = '/usr/sbin/nginx';

/** Whether this machine has an nginx for the tests. */
export const hasNginx = existsSync(nginx);

export interface Nginx {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * A real nginx on a port of its own.
 *
 * @param locations what its server holds
 * @param upstreams what stands beside the server
 */
export async function startNginx(locations: string, upstreams = ''): Promise<Nginx> {
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
       ${upstreams}
       server {
         listen 127.0.0.1:${port};
         ${locations}
       }
     }`,
  );
  const child = spawn(nginx, ['-c', configuration, '-p', folder], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await listening(port);
  return {
    port,
    close: async () => {
      child.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
