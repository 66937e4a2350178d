import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type RedisRateLimitsOptions, redisRateLimits } from '../../../src/server/index.ts';

// What a site gives to `redisRateLimits` is in what its Redis hears. What a real one makes of it is
// limits.test.ts. The types see to it that no option is without a case.

/** The first whole command of a text, as RESP writes it: `*2\r\n$3\r\nGET\r\n$1\r\na\r\n`. */
function firstCommand(text: string): { words: string[]; rest: string } | null {
  const [start, count] = /^\*(\d+)\r\n/.exec(text) ?? [];
  if (start === undefined) return null;
  let at = start.length;
  const words: string[] = [];
  for (let index = 0; index < Number(count); index += 1) {
    const [head, length] = /^\$(\d+)\r\n/.exec(text.slice(at)) ?? [];
    if (head === undefined) return null;
    const from = at + head.length;
    words.push(text.slice(from, from + Number(length)));
    at = from + Number(length) + 2;
  }
  return at <= text.length ? { words, rest: text.slice(at) } : null;
}

/** A Redis that finds everything good and every bucket full. */
async function startRedis() {
  const commands: string[][] = [];
  const bytes: number[] = [];
  const server = createServer((socket) => {
    let heard = '';
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      bytes.push(...data);
      heard += data.toString();
      for (let next = firstCommand(heard); next; next = firstCommand(heard)) {
        heard = next.rest;
        commands.push(next.words);
        socket.write(next.words[0] === 'EVAL' ? ':0\r\n' : '+OK\r\n');
      }
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('the server has no port');
  return { host: `127.0.0.1:${address.port}`, commands, bytes };
}

function storeOf(options: RedisRateLimitsOptions) {
  const store = redisRateLimits(options);
  onTestFinished(() => store.close());
  return store;
}

/** The commands that Redis received after a token was taken. */
async function told(optionsAt: (host: string) => RedisRateLimitsOptions): Promise<string[][]> {
  const { host, commands } = await startRedis();
  const store = storeOf(optionsAt(host));
  // Whoever asks before it is connected has to ask again.
  await vi.waitFor(() => store.take('token:a', 7), 4_000);
  return commands;
}

const options = {
  url: async () => {
    const commands = await told((host) => ({ url: `redis://site:secret@${host}/7` }));
    expect(commands[0]).toEqual(['HELLO', '3', 'AUTH', 'site', 'secret']);
    expect(commands).toContainEqual(['SELECT', '7']);
    // TLS begins with a handshake record, 22.
    const { host, bytes } = await startRedis();
    storeOf({ url: `rediss://${host}` });
    await vi.waitFor(() => expect(bytes[0]).toBe(22), 4_000);
  },
  prefix: async () => {
    const key = async (more: Omit<RedisRateLimitsOptions, 'url'>) => {
      const commands = await told((host) => ({ url: `redis://${host}`, ...more }));
      return commands.at(-1)?.slice(2);
    };
    expect(await key({})).toEqual(['1', 'partyline:rate:token:a', '7']);
    expect(await key({ prefix: 'shop:' })).toEqual(['1', 'shop:token:a', '7']);
  },
} satisfies Record<keyof RedisRateLimitsOptions, () => Promise<void>>;

describe('an option of the shared rate limits is in what the Redis hears', () => {
  it.each(Object.entries(options))('%s', (_, check) => check());
});
