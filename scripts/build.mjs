import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureDependencies, main, root, run, say } from './setup.mjs';

const shared = ['package-lock.json', 'tsconfig.base.json'];

const parts = [
  {
    name: 'library',
    what: 'the library, into dist/',
    inputs: ['src', 'package.json', ...shared],
    outputs: [
      'dist/client/index.js',
      'dist/worker/index.js',
      'dist/ui/index.js',
      'dist/inspector/index.js',
      'dist/frameworks/react.js',
      'dist/frameworks/vue.js',
      'dist/server/index.js',
      'dist/testing/index.js',
    ],
    run() {
      const page = ['protocol', 'client', 'ui', 'frameworks'];
      const projects = [...page, 'worker/core', 'worker', 'inspector', 'server', 'testing'];
      run('npx', ['tsc', '-b', ...projects.map((project) => `src/${project}`)]);
    },
  },
  {
    name: 'server',
    what: 'the demo’s server, into demo/build/server/',
    inputs: ['demo/server', 'src', ...shared],
    outputs: ['demo/build/server/index.js'],
    run: () => run('npx', ['tsc', '-b', 'demo/server']),
  },
  {
    name: 'site',
    what: 'the demo’s site, into demo/build/site/',
    inputs: ['demo', 'src', 'vite.config.ts', ...shared],
    outputs: ['demo/build/site/index.html', 'demo/build/site/build.json'],
    run: () => run('npx', ['vite', 'build', '--logLevel', 'warn']),
  },
  {
    name: 'sizes',
    what: 'a minimal site with four bundlers, to measure what it loads',
    inputs: ['src', 'scripts/sizes.mjs', 'scripts/sizes', 'package.json', ...shared],
    outputs: [],
    // In a process of its own: `npm start` comes here before it has installed the bundlers.
    run: () => run('node', ['scripts/sizes.mjs']),
  },
];

function filesOf(path) {
  if (!statSync(`${root}/${path}`).isDirectory()) return [path];
  return readdirSync(`${root}/${path}`)
    .filter((name) => name !== 'build')
    .sort()
    .flatMap((name) => filesOf(`${path}/${name}`));
}

function hashOf(inputs) {
  const hash = createHash('sha256');
  for (const file of inputs.flatMap(filesOf)) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(`${root}/${file}`))
      .update('\0');
  }
  return hash.digest('hex');
}

/**
 * Builds what has changed since the last build: the library, and the demo's server and site.
 *
 * @param {{ weighs?: boolean, only?: readonly string[] }} options `weighs`: fails as well when a page
 *   loads more than it may; `only`: the parts to build, by name
 */
export function build({ weighs = true, only } = {}) {
  for (const part of parts) {
    if (part.name === 'sizes' && !weighs) continue;
    if (only && !only.includes(part.name)) continue;
    const stamp = `${root}/.partyline/build/${part.name}`;
    const hash = hashOf(part.inputs);
    const isBuilt = part.outputs.every((output) => existsSync(`${root}/${output}`));
    if (isBuilt && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) continue;
    say(`Building ${part.what}`);
    if (!isBuilt) forgetTscState(part.name);
    part.run();
    mkdirSync(dirname(stamp), { recursive: true });
    writeFileSync(stamp, hash);
  }
}

/** tsc trusts its notes more than the folder: without this it would not write a file again. */
function forgetTscState(name) {
  const folders = { library: 'dist', server: 'demo/build', site: null };
  const folder = folders[name];
  if (!folder || !existsSync(`${root}/${folder}`)) return;
  for (const file of readdirSync(`${root}/${folder}`)) {
    if (file.endsWith('.tsbuildinfo')) rmSync(`${root}/${folder}/${file}`);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await main(() => {
    ensureDependencies();
    build();
    console.log('\nThe build is up to date.');
  });
}
