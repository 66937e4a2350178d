import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin } from 'vite';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** One deliberate fault in the sources. */
export interface Mutation {
  /** From the repository's root. */
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly find: string;
  readonly replace: string;
}

export interface Bundle {
  readonly url: URL;
  remove(): Promise<void>;
}

/** Bundles the pool's worker into one file, so that it runs at full speed. */
export async function bundle(mutations: readonly Mutation[] = []): Promise<Bundle> {
  const folder = await mkdtemp(join(tmpdir(), 'partyline-simulation-'));
  await build({
    configFile: false,
    root,
    logLevel: 'warn',
    plugins: [mutate(mutations)],
    ssr: { noExternal: true },
    build: {
      ssr: join(import.meta.dirname, 'worker.ts'),
      outDir: folder,
      emptyOutDir: false,
      target: 'node20',
      minify: false,
      rolldownOptions: { output: { entryFileNames: 'worker.mjs' } },
    },
  });
  return {
    url: pathToFileURL(join(folder, 'worker.mjs')),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** How often a mutation's text occurs in the current sources. */
export async function occurrences({ file, find }: Mutation): Promise<number> {
  return (await readFile(join(root, file), 'utf8')).split(find).length - 1;
}

function mutate(mutations: readonly Mutation[]): Plugin {
  return {
    name: 'mutate',
    enforce: 'pre',
    transform(code, id) {
      const mine = mutations.filter(({ file }) => id === join(root, file));
      return mine.reduce((text, { find, replace }) => text.replace(find, () => replace), code);
    },
  };
}
