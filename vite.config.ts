import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const root = here('./demo');
const pages = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.html') && !/^(build|public|partials)\//.test(path));

/** Puts the header and the footer that all pages share where `<!-- include: name -->` stands. */
function partials(): Plugin {
  return {
    name: 'partials',
    transformIndexHtml: {
      order: 'pre',
      handler: (html) =>
        html.replaceAll(/<!-- include: ([a-z-]+) -->/g, (_, name: string) =>
          readFileSync(here(`./demo/partials/${name}.html`), 'utf8').trim(),
        ),
    },
  };
}

/** Grows with every build, so that a hub can tell which of two is the newer. */
const build = process.env.PARTYLINE_BUILD ?? String(Date.now());

/** Tells the server which build it serves. */
function buildNumber(): Plugin {
  return {
    name: 'build-number',
    generateBundle() {
      const source = JSON.stringify({ build });
      this.emitFile({ type: 'asset', fileName: 'build.json', source });
    },
  };
}

/** No site needs Vite's preloading of what chunks import: here, they import nothing more. */
function plainImports(): Plugin {
  return {
    name: 'plain-imports',
    enforce: 'pre',
    load: (id) =>
      id === '\0vite/preload-helper.js' ? 'export const __vitePreload = (load) => load();' : null,
  };
}

const worker = 'service-worker.js';

/** What the service worker keeps: everything that a visitor of the shop can come to. */
function isKept(path: string): boolean {
  return (
    /\.(html|js|css|svg)$/.test(path) &&
    path !== worker &&
    !/(^|\/)(desk|inspector)\/|^404/.test(path)
  );
}

/** Tells the service worker all files of the build. A name with a hash is its own revision. */
function keptFiles(): Plugin {
  return {
    name: 'kept-files',
    writeBundle: {
      order: 'post',
      sequential: true,
      handler({ dir = '' }) {
        const files = readdirSync(dir, { recursive: true, encoding: 'utf8' })
          .map((path) => path.replaceAll('\\', '/'))
          .filter(isKept)
          .sort();
        const manifest = files.map((path) => ({
          url: `/${path}`,
          revision: path.startsWith('assets/')
            ? null
            : createHash('sha256')
                .update(readFileSync(`${dir}/${path}`))
                .digest('hex')
                .slice(0, 16),
        }));
        const code = readFileSync(`${dir}/${worker}`, 'utf8');
        writeFileSync(
          `${dir}/${worker}`,
          code.replace('self.__WB_MANIFEST', JSON.stringify(manifest)),
        );
      },
    },
  };
}

// Served by the demo's server, which alone knows the gateway's addresses.
const external = ['/config.js'];

export default defineConfig({
  root,
  plugins: [partials(), buildNumber(), plainImports(), keptFiles()],
  define: { __BUILD__: JSON.stringify(build) },
  resolve: {
    alias: [
      { find: /^partyline$/, replacement: here('./src/client/index.ts') },
      { find: /^partyline\/worker$/, replacement: here('./src/worker/index.ts') },
      { find: /^partyline\/inspector$/, replacement: here('./src/inspector/index.ts') },
      { find: /^partyline\/inspector\/worker$/, replacement: here('./src/inspector/worker.ts') },
      { find: /^partyline\/ui$/, replacement: here('./src/ui/index.ts') },
    ],
  },
  build: {
    outDir: here('./demo/build/site'),
    emptyOutDir: true,
    target: 'es2022',
    sourcemap: true,
    // An inlined asset would be a data: URL, which the site's CSP allows for images alone.
    assetsInlineLimit: 0,
    // Every browser with module SharedWorkers knows modulepreload.
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: {
        ...Object.fromEntries(
          pages.map((page) => [page.replace(/\.html$/, ''), `${root}/${page}`]),
        ),
        'service-worker': here('./demo/offline/service-worker.ts'),
      },
      output: {
        entryFileNames: ({ name }) =>
          name === 'service-worker' ? worker : 'assets/[name]-[hash].js',
      },
      external,
    },
  },
  worker: { format: 'es', rolldownOptions: { external } },
});
