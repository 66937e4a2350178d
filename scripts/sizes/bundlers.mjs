import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';
import * as esbuild from 'esbuild-wasm';
import { rollup } from 'rollup';
import { build as vite } from 'vite';
import webpack from 'webpack';

/**
 * Files by name.
 *
 * @typedef {Map<string, string | Uint8Array>} Files
 */

/**
 * What a bundler made of a page and the hub that it starts.
 *
 * @typedef {object} Bundle
 * @property {Files} first what the page loads at once
 * @property {Map<string, Files>} lazy what both load later, by the module that is imported
 * @property {Files} worker the hub
 */

/**
 * @typedef {object} Chunk
 * @property {string | Uint8Array} code
 * @property {readonly string[]} imports the chunks that it needs at once
 * @property {string | null} module the module that an `import()` names
 */

/** @param {Map<string, Chunk>} chunks */
function withImports(chunks, file, files = new Map()) {
  const chunk = chunks.get(file);
  if (!chunk || files.has(file)) return files;
  files.set(file, chunk.code);
  for (const imported of chunk.imports) withImports(chunks, imported, files);
  return files;
}

/** @param {Map<string, Chunk>} chunks */
function lazyParts(chunks) {
  const named = [...chunks].filter(([, { module }]) => module !== null);
  return new Map(named.map(([file, { module }]) => [module, withImports(chunks, file)]));
}

/** Of Rollup, and of Vite, which has the same output. */
function chunksOf(output) {
  const chunks = output.filter(({ type }) => type === 'chunk');
  return new Map(
    chunks.map(({ fileName, code, imports, isDynamicEntry, name, moduleIds }) => {
      // A chunk that others import from as well has no `facadeModuleId`.
      const module = moduleIds.find((id) => basename(id, '.js') === name);
      return [fileName, { code, imports, module: isDynamicEntry ? (module ?? name) : null }];
    }),
  );
}

const entryOf = (output) => output.find(({ isEntry }) => isEntry)?.fileName;

async function withVite(folder, page, hub) {
  const { output } = await vite({
    root: folder,
    configFile: false,
    logLevel: 'error',
    build: { write: false, rolldownOptions: { input: join(folder, page) } },
    // As in the README: otherwise the worker would contain its own lazy parts.
    worker: { format: 'es' },
  });
  const chunks = chunksOf(output);
  const { worker, lazy } = workerOf(output, hub);
  return {
    first: withImports(chunks, entryOf(output)),
    lazy: new Map([...lazyParts(chunks), ...lazy]),
    worker,
  };
}

/** A worker is an asset to Vite: its chunks have no modules, but are named after them. */
function workerOf(output, hub) {
  const scripts = output.filter(({ type, fileName }) => type === 'asset' && /\.js$/.test(fileName));
  const entry = scripts.find(({ fileName }) =>
    fileName.includes(`/${basename(hub ?? '', '.js')}-`),
  );
  const chunks = new Map(
    scripts.map(({ fileName, source }) => {
      const imports = [...source.matchAll(/(?:from|import) ?["'`]\.\/([^"'`]+)/g)];
      const module = fileName === entry?.fileName ? null : fileName.replace(/^.*\/|-[^-]+$/g, '');
      return [
        fileName,
        { code: source, imports: imports.map(([, name]) => `assets/${name}`), module },
      ];
    }),
  );
  return { worker: withImports(chunks, entry?.fileName), lazy: lazyParts(chunks) };
}

/** Rollup and esbuild do not build the worker that a page names: a site builds the hub by itself. */
async function separately(load, page, hub) {
  const { first, lazy } = await load(page);
  if (!hub) return { first, lazy, worker: new Map() };
  const worker = await load(hub);
  return { first, lazy: new Map([...lazy, ...worker.lazy]), worker: worker.first };
}

/** `@tanstack/virtual-core` asks for it; the other bundlers replace it by themselves. */
const environment = {
  name: 'environment',
  transform: (code) => code.replaceAll('process.env.NODE_ENV', "'production'"),
};

function withRollup(folder, page, hub) {
  return separately(
    async (entry) => {
      const plugins = [environment, nodeResolve(), terser()];
      const build = await rollup({ input: join(folder, entry), plugins, logLevel: 'silent' });
      const { output } = await build.generate({ format: 'es' });
      await build.close();
      const chunks = chunksOf(output);
      return { first: withImports(chunks, entryOf(output)), lazy: lazyParts(chunks) };
    },
    page,
    hub,
  );
}

function withEsbuild(folder, page, hub) {
  return separately(
    async (entry) => {
      const { outputFiles, metafile } = await esbuild.build({
        absWorkingDir: folder,
        entryPoints: [entry],
        bundle: true,
        splitting: true,
        minify: true,
        format: 'esm',
        target: 'es2022',
        outdir: 'out',
        metafile: true,
        write: false,
        logLevel: 'error',
      });
      const codes = new Map(outputFiles.map(({ path, contents }) => [path, contents]));
      const chunks = new Map(
        Object.entries(metafile.outputs).map(([file, { imports, entryPoint = entry }]) => [
          file,
          {
            code: codes.get(join(folder, file)),
            imports: imports.flatMap(({ kind, path }) => (kind === 'import-statement' ? path : [])),
            module: entryPoint === entry ? null : join(folder, entryPoint),
          },
        ]),
      );
      return { first: withImports(chunks, `out/${entry}`), lazy: lazyParts(chunks) };
    },
    page,
    hub,
  );
}

async function withWebpack(folder, page) {
  const path = join(folder, `webpack-${page}`);
  const compiler = webpack({
    mode: 'production',
    context: folder,
    target: ['web', 'es2022'],
    entry: `./${page}`,
    output: { path },
    performance: false,
  });
  const stats = await promisify((done) => compiler.run(done))();
  await promisify((done) => compiler.close(done))();
  if (stats.hasErrors()) throw new Error(stats.toString('errors-only'));

  const { chunkGraph, chunkGroups, entrypoints, asyncEntrypoints } = stats.compilation;
  const filesOf = ({ chunks }) => {
    const files = chunks.flatMap((chunk) => [...chunk.files]);
    return new Map(files.map((file) => [file, readFileSync(join(path, file))]));
  };
  const [main] = entrypoints.values();
  const [hub] = asyncEntrypoints;
  const lazy = chunkGroups
    .filter((group) => group !== main && group !== hub)
    .map((group) => {
      const [root] = group.chunks.flatMap((chunk) => [...chunkGraph.getChunkRootModules(chunk)]);
      return [(root.rootModule ?? root).resource, filesOf(group)];
    });
  return {
    first: filesOf(main),
    lazy: new Map(lazy),
    worker: hub ? filesOf(hub) : new Map(),
  };
}

/**
 * Each bundles a page of a site, and the hub that it starts, with as few settings as a site can have.
 *
 * @type {Record<string, (folder: string, page: string, hub: string | null) => Promise<Bundle>>}
 */
export const bundlers = {
  Vite: withVite,
  Rollup: withRollup,
  webpack: withWebpack,
  esbuild: withEsbuild,
};
