import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, listening } from './ports.ts';
import { secrets } from './secrets.ts';

const program = ['/usr/bin/redis-server', '/usr/bin/valkey-server'].find((path) =>
  existsSync(path),
);

/** Whether this machine has a Redis or Valkey for the tests. */
export const hasRedis = program !== undefined;

export interface Redis {
  readonly url: string;
  stop(): Promise<void>;
  /** On the same port, empty. */
  start(): Promise<void>;
  /** Ends for good. */
  close(): Promise<void>;
}

/** A real server on 127.0.0.1, with a password and nothing on disk. */
export async function startRedis(): Promise<Redis> {
  if (!program) throw new Error('there is no redis-server here');
  const folder = await mkdtemp(join(tmpdir(), 'partyline-redis-'));
  const port = await freePort();
  let stopRunning = async () => {};
  const start = async () => {
    const options = ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder];
    const child = spawn(
      program,
      [...options, '--save', '', '--appendonly', 'no', '--requirepass', secrets.redis],
      { stdio: 'ignore' },
    );
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    stopRunning = async () => {
      child.kill('SIGTERM');
      await ended;
    };
    await listening(port);
  };
  await start();
  return {
    url: `redis://:${secrets.redis}@127.0.0.1:${port}`,
    start,
    stop: () => stopRunning(),
    close: async () => {
      await stopRunning();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
