import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { createTokenBroker } from '../../src/server/index.ts';
import type { Gateway } from '../../src/testing/index.ts';
import { siteFolder } from './site-build.ts';

export interface Site {
  readonly origin: string;
  close(): Promise<void>;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};

const headers = {
  // An isolated page is given a clock of 5 µs instead of 100.
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** A site from memory, with its broker for one visitor. Its port makes it an origin of its own. */
export async function startSite(gateway: Gateway, subject: string): Promise<Site> {
  const files = await readFiles();
  const { socketUrl, apiUrl, oauthUrl, clientId, clientSecret } = gateway;
  files.set('/config.js', {
    body: Buffer.from(
      `export const socketUrl = ${JSON.stringify(socketUrl)};\n` +
        `export const apiUrl = ${JSON.stringify(apiUrl)};\n`,
    ),
    type: '.js',
  });
  const broker = createTokenBroker({
    oauthUrl,
    clientId,
    clientSecret,
    session: async () => ({ subject }),
    limits: { tokensPerMinute: 100_000 },
    // A gateway that is away is a part of the measurement.
    logger: { info: () => {}, warn: () => {}, error: () => {} },
  });

  const answer = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url);
    if (pathname === '/chat/token') return broker.token(request);
    const file = files.get(pathname);
    if (!file) return new Response('There is nothing here.', { status: 404, headers });
    // A site has its gateway's address in its bundle: ours must not be asked for at every start.
    const isForGood = pathname.startsWith('/assets/') || pathname === '/config.js';
    return new Response(new Uint8Array(file.body), {
      headers: {
        ...headers,
        'Content-Type': types[file.type] ?? 'application/octet-stream',
        'Cache-Control': isForGood ? 'public, max-age=31536000, immutable' : 'no-cache',
      },
    });
  };

  const server = createServer(getRequestListener(answer));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('the site has no port');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readFiles(): Promise<Map<string, { body: Buffer; type: string }>> {
  const paths = await readdir(siteFolder, { recursive: true, withFileTypes: true });
  const files = new Map<string, { body: Buffer; type: string }>();
  for (const entry of paths) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const url = path.slice(siteFolder.length).replaceAll('\\', '/');
    files.set(url, { body: await readFile(path), type: extname(path) });
  }
  return files;
}
