import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from './build.mjs';
import { main, StageError } from './setup.mjs';
import { bundlers } from './sizes/bundlers.mjs';
import { makeSite } from './sizes/site.mjs';

const kilobyte = 1_024;

/** What may be loaded, in bytes of gzip. */
const budgets = {
  page: 10 * kilobyte,
  panel: 48 * kilobyte,
  worker: 48 * kilobyte,
  sessionWorker: 64 * kilobyte,
};

/**
 * What the workers and one page weigh beyond their budgets, in KB of gzip, since the gateways were followed
 * as they really are. They may not grow further: see decision 94.
 */
const exceptions = {
  Vite: { worker: 52, sessionWorker: 69 },
  Rollup: { worker: 52, sessionWorker: 69 },
  webpack: { worker: 54, sessionWorker: 72 },
  esbuild: { page: 10.5, worker: 55, sessionWorker: 72 },
};

const bytesOf = (files) =>
  [...files.values()].reduce((sum, code) => sum + gzipSync(code, { level: 9 }).length, 0);

/** The files of one load that another one has not brought. */
const without = (files, ...loaded) =>
  new Map([...files].filter(([name]) => !loaded.some((others) => others.has(name))));

/** A module of the package, such as `ui/panel-host`. */
const moduleOf = (path) =>
  path
    .replaceAll('\\', '/')
    .replace(/^.*\/partyline\/dist\//, '')
    .replace(/\.js$/, '');

/**
 * What one bundler makes of the site in that folder. The bundler's own code, which a site that loads
 * anything later has without partyline, does not count for the page.
 */
async function measure(name, bundle, folder) {
  const site = await bundle(folder, 'page.js', 'hub.js');
  const session = await bundle(folder, 'session-page.js', 'session-hub.js');
  const empty = await bundle(folder, 'empty-page.js', null);
  const excepted = exceptions[name] ?? {};
  const budgetOf = (what) => (what in excepted ? excepted[what] * kilobyte : budgets[what]);
  const lazy = new Map([...site.lazy].map(([path, files]) => [moduleOf(path), files]));
  const panel = without(lazy.get('ui/panel-host') ?? new Map(), site.first);
  lazy.delete('ui/panel-host');
  for (const [path, files] of session.lazy) {
    lazy.set(moduleOf(path), without(files, session.worker));
  }
  const sizes = [
    {
      what: 'page, first load',
      bytes: bytesOf(site.first) - bytesOf(empty.first),
      budget: budgetOf('page'),
    },
    { what: 'panel', bytes: bytesOf(panel), budget: budgetOf('panel') },
    { what: 'worker, webchat', bytes: bytesOf(site.worker), budget: budgetOf('worker') },
    {
      what: 'worker, Genesys Cloud',
      bytes: bytesOf(session.worker),
      budget: budgetOf('sessionWorker'),
    },
  ];
  const parts = [...lazy].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [module, files] of parts) {
    sizes.push({
      what: `lazy: ${module}`,
      bytes: bytesOf(without(files, site.first, panel)),
      budget: null,
    });
  }
  return sizes.map((size) => ({ bundler: name, ...size }));
}

/**
 * What the pages of a site load, with the package as npm would publish it, in each bundler.
 *
 * @returns {Promise<readonly { bundler: string, what: string, bytes: number, budget: number | null }[]>}
 *   bytes of gzip; a budget of `null`: there is none
 */
async function measureSizes() {
  // Some packages have other code for development.
  process.env.NODE_ENV = 'production';
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'partyline-sizes-')));
  try {
    makeSite(folder);
    const sizes = [];
    for (const [name, bundle] of Object.entries(bundlers)) {
      sizes.push(...(await measure(name, bundle, folder)));
    }
    return sizes;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A size of nothing is one that was not found. */
const isWrong = ({ bytes, budget }) => budget !== null && (bytes <= 0 || bytes > budget);

/**
 * A table with a column for each bundler.
 *
 * @returns {{ table: string, problems: readonly string[] }} `problems`: a sentence for each size beyond its
 *   budget
 */
function report(sizes) {
  const kilobytes = (bytes) => (bytes / kilobyte).toFixed(1);
  const names = [...new Set(sizes.map(({ bundler }) => bundler))];
  const whats = [...new Set(sizes.map(({ what }) => what))];
  const width = Math.max(...whats.map((what) => what.length));
  const lines = whats.map((what) => {
    const row = sizes.filter((size) => size.what === what);
    const cells = names.map((name) => {
      const size = row.find(({ bundler }) => bundler === name);
      return (size ? kilobytes(size.bytes) : '–').padStart(8);
    });
    const budget = row.find(({ budget }) => budget !== null)?.budget ?? null;
    const limit = budget === null ? '' : `   of ${kilobytes(budget)}`;
    return `  ${what.padEnd(width)}${cells.join('')}${limit}`;
  });
  const head = `  ${'KB of gzip'.padEnd(width)}${names.map((name) => name.padStart(8)).join('')}`;
  const problems = sizes
    .filter(isWrong)
    .map(({ bundler, what, bytes, budget }) =>
      bytes <= 0
        ? `${bundler}: ${what}: nothing found.`
        : `${bundler}: ${what}: ${kilobytes(bytes)} KB exceed the budget of ${kilobytes(budget)} KB.`,
    );
  return { table: [head, ...lines].join('\n'), problems };
}

await main(async () => {
  build({ only: ['library'] });
  const { table, problems } = report(await measureSizes());
  console.log(table);
  if (problems.length > 0) throw new StageError(problems.join('\n'));
});
