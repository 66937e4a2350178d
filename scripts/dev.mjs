import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from './build.mjs';
import {
  dialectOf,
  ensureDependencies,
  isHelpWanted,
  main,
  root,
  StageError,
  say,
} from './setup.mjs';

const help = `npm run dev: serves the demo with hot reload, and the emulator beside it.

A change in src/ or demo/ shows at once. The demo's own server, src/server and src/testing are built when
the command starts: start it again after a change there. There is no Content-Security-Policy and no
service worker here; npm start has both.

  npm run dev -- --dialect genesys-cloud   the emulator speaks Genesys Cloud's own API

PORT, GATEWAY_PORT and the other variables are those of npm start (npm start -- --help).
`;

/** The sources that the hub's worker is made of. */
const hubSources = /^(src\/(worker|protocol|inspector)\/|demo\/hub\.ts$)/;

/** It takes the place of the one that `npm start` may have left on this port, and keeps nothing. */
const emptyServiceWorker = `addEventListener('install', () => skipWaiting());`;

/** What the demo's own server answers; Vite serves the rest. */
const serverPaths = /^\/(config\.js|healthz|session|chat\/|desk\/routing-log|policy-reports)/;

/** Vite itself would say so only after the build. @throws {StageError} when the port is taken */
function ensurePortIsFree(port) {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', () => {
      const words = `Port ${port} is taken by another program: choose another with PORT=….`;
      reject(new StageError(words));
    });
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve()));
  });
}

/** The demo's server needs a built site. Here it only answers what is not a file. */
function placeholderSite() {
  const folder = `${root}/.partyline/dev-site`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/build.json`, JSON.stringify({ build: '0' }));
  writeFileSync(`${folder}/index.html`, '');
  writeFileSync(`${folder}/404.html`, '');
  return folder;
}

/**
 * A running SharedWorker keeps its code through reloads. So each change of the hub's sources gives the
 * worker another address and a higher build: the new hub takes over, as after a deploy.
 */
function freshHub() {
  let version = Date.now();
  return [
    {
      name: 'hub-build',
      enforce: 'pre',
      transform: (code, id) =>
        id.split('?')[0].endsWith('/demo/hub.ts')
          ? code.replace('__BUILD__', `'${version}'`)
          : null,
      configureServer({ watcher, moduleGraph, ws }) {
        watcher.on('change', (file) => {
          if (!hubSources.test(relative(root, file).split(sep).join('/'))) return;
          version = Date.now();
          moduleGraph.invalidateAll();
          ws.send({ type: 'full-reload' });
        });
      },
    },
    {
      name: 'hub-address',
      // Behind the plugin of Vite's that writes the address.
      enforce: 'post',
      transform: (code) =>
        code.includes('hub.ts?worker_file')
          ? code.replaceAll('hub.ts?worker_file', `hub.ts?version=${version}&worker_file`)
          : null,
    },
  ];
}

/** @param server where the demo's own server listens */
function besideServer(server) {
  return {
    name: 'beside-server',
    enforce: 'pre',
    // The demo's server, which knows the gateway's addresses, answers it: nothing is to be transformed.
    resolveId: (id) => (id === '/config.js' ? id : null),
    load: (id) => (id === '/config.js' ? '' : null),
    configureServer({ middlewares }) {
      middlewares.use(async (request, response, next) => {
        const { pathname } = new URL(request.url ?? '/', 'http://localhost');
        if (pathname === '/service-worker.js') {
          response.setHeader('Content-Type', 'text/javascript').end(emptyServiceWorker);
          return;
        }
        const { accept = '', cookie = '' } = request.headers;
        if (request.method === 'GET' && accept.includes('text/html')) {
          // The account page draws its own views.
          if (/^\/account\/./.test(pathname)) request.url = '/account/';
          // A newcomer becomes a visitor with the first page.
          const { headers } = await fetch(`${server}/session`, { headers: { cookie } });
          const made = headers.get('set-cookie');
          if (made !== null) response.setHeader('Set-Cookie', made);
        }
        next();
      });
    },
  };
}

async function serve(port) {
  const { startServer } = await import(pathToFileURL(`${root}/demo/build/server/start.js`).href);
  const server = await startServer({
    ...process.env,
    ...dialectOf(),
    PORT: '0',
    PARTYLINE_SITE: placeholderSite(),
  }).catch((error) => {
    throw error?.name === 'SettingsError' ? new StageError(error.message) : error;
  });

  const vite = await import('vite');
  const site = await vite.createServer({
    configFile: `${root}/vite.config.ts`,
    cacheDir: `${root}/.partyline/vite`,
    logLevel: 'warn',
    plugins: [freshHub(), besideServer(server.url)],
    appType: 'mpa',
    optimizeDeps: { entries: ['**/*.html', 'hub.ts', '!build/**'] },
    server: {
      host: '127.0.0.1',
      port,
      strictPort: true,
      fs: { allow: [root] },
      proxy: {
        '^/': {
          target: server.url,
          bypass: ({ method, url }) =>
            serverPaths.test(url) || (method !== 'GET' && method !== 'HEAD') ? undefined : url,
        },
      },
    },
  });
  await site.listen();
  console.log(`
  The shop            http://127.0.0.1:${site.config.server.port}/
  The gateway         ${server.gateway.socketUrl}

  Changes in src/ and demo/ show at once. Press Ctrl+C to stop
`);
  const stop = async () => {
    await site.close();
    await server.close();
    process.exit(0);
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

await main(async () => {
  if (isHelpWanted()) {
    console.log(help);
    return;
  }
  const port = Number(process.env.PORT ?? 8080);
  await ensurePortIsFree(port);
  ensureDependencies();
  build({ only: ['library', 'server'] });
  say('Starting the emulator and Vite');
  await serve(port);
});
