import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { main, root, StageError } from './setup.mjs';

const kilobyte = 1_024;

/** What may be loaded, in bytes of gzip. */
const budgets = { page: 10 * kilobyte, panel: 48 * kilobyte, worker: 48 * kilobyte };

const entries = {
  page: `export { connect } from '${root}/src/client/index.ts';
    import '${root}/src/ui/index.ts';`,
  worker: `import { genesysWebchat, startHub } from '${root}/src/worker/index.ts';
    startHub({ gateway: genesysWebchat({ socketUrl: 'wss://gateway/', apiUrl: 'https://api' }) });`,
};

/** One entry as a site's bundler makes it, less what is the bundler's own. */
async function bundle(name) {
  const id = `entry:${name}`;
  const { output } = await build({
    root,
    configFile: false,
    logLevel: 'warn',
    plugins: [
      {
        name: 'entry',
        resolveId: (asked) => (asked === id ? id : null),
        load: (asked) => (asked === id ? entries[name] : null),
      },
      {
        name: 'plain-imports',
        enforce: 'pre',
        load: (asked) =>
          asked === '\0vite/preload-helper.js'
            ? 'export const __vitePreload = (load) => load();'
            : null,
      },
    ],
    build: {
      write: false,
      target: 'es2022',
      modulePreload: false,
      rolldownOptions: { input: id, preserveEntrySignatures: 'allow-extension' },
    },
  });
  return new Map(
    output.filter(({ type }) => type === 'chunk').map((chunk) => [chunk.fileName, chunk]),
  );
}

/** Chunks, and what they import at once. */
function withImports(chunks, names, seen = new Set()) {
  for (const name of names) {
    const chunk = chunks.get(name);
    if (!chunk || seen.has(name)) continue;
    seen.add(name);
    withImports(chunks, chunk.imports, seen);
  }
  return seen;
}

function bytesOf(chunks, names) {
  const codes = [...names].map((name) => chunks.get(name).code);
  return codes.reduce((sum, code) => sum + gzipSync(code, { level: 9 }).length, 0);
}

/** A language of the panel's. A visitor loads one of them at most. */
function isLanguage({ facadeModuleId }) {
  return /\/src\/ui\/languages\/[a-z-]+\.ts$/.test(facadeModuleId ?? '');
}

/**
 * What a site's pages load, bundled and minified as a site would have it.
 *
 * @returns {Promise<readonly { what: string, bytes: number, budget: number }[]>} bytes of gzip
 */
async function measureSizes() {
  const page = await bundle('page');
  const worker = await bundle('worker');
  const isEntry = ([, chunk]) => chunk.isEntry;
  const entry = [...page].filter(isEntry).map(([name]) => name);
  const first = withImports(page, entry);
  const panelHost = [...page.keys()].filter((name) => name.includes('/panel-host-'));
  const panel = [...withImports(page, panelHost)].filter((name) => !first.has(name));
  const languages = [...page.keys()].filter((name) => isLanguage(page.get(name)));
  const language = Math.max(0, ...languages.map((name) => bytesOf(page, [name])));
  return [
    {
      what: 'a page, at first: client and launcher',
      bytes: bytesOf(page, first),
      budget: budgets.page,
    },
    {
      what: 'the panel, when idle or wanted, in another language than English',
      bytes: bytesOf(page, panel) + language,
      budget: budgets.panel,
    },
    { what: 'the worker', bytes: bytesOf(worker, worker.keys()), budget: budgets.worker },
  ];
}

/**
 * Prints what a site's pages load.
 *
 * @throws {StageError} when something is beyond its budget
 */
async function printSizes() {
  const kilobytes = (bytes) => `${(bytes / kilobyte).toFixed(1)} KB`;
  const sizes = await measureSizes();
  for (const { what, bytes, budget } of sizes) {
    const remark = bytes > budget ? ': TOO LARGE' : '';
    console.log(`  ${what}: ${kilobytes(bytes)} of ${kilobytes(budget)} (gzip)${remark}`);
  }
  if (sizes.some(({ bytes, budget }) => bytes > budget)) {
    throw new StageError('A visitor would load more than the budgets allow.');
  }
}

// By itself: in a test's process, bundlers take what is for development.
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await main(async () => {
    if (process.argv[2] === '--json') console.log(JSON.stringify(await measureSizes()));
    else await printSizes();
  });
}
