import { existsSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { Copy, root, sourceFiles } from './copy.ts';

// A check that can't fail checks nothing: each script is broken on purpose once, in a copy, and says so.

const scriptsSchema = z.object({ scripts: z.record(z.string(), z.string()) });
const projectSchema = z.object({ references: z.array(z.object({ path: z.string() })) });

function read(path: string): unknown {
  return JSON.parse(readFileSync(join(root, path), 'utf8'));
}

const projects = projectSchema
  .parse(read('tsconfig.json'))
  .references.map(({ path }) => path.replace('./', ''));

/** Written with the test that breaks it: here, or where a browser and a build are at hand. */
const broken: Readonly<Record<string, string>> = {
  start: 'test/browser/start.spec.ts',
  dev: 'below',
  test: 'below',
  build: 'below',
  check: 'below',
  format: 'below',
  sizes: 'below',
  'test:unit': 'below',
  'test:watch': 'runs what test:unit runs, until a person ends it',
  'test:browsers': 'below',
  'test:browser': 'below',
  bench: 'below',
  soak: 'below',
  fleet: 'below',
  simulate: 'below',
  fuzz: 'below',
  mutation: 'below',
};

let copy: Copy;

beforeAll(() => {
  copy = new Copy();
});

/** Each runs a compiler, or the like. */
const slow = { timeout: 180_000 };

afterAll(() => copy.remove(), slow.timeout);

test('each script is accounted for', () => {
  const { scripts } = scriptsSchema.parse(read('package.json'));
  expect(Object.keys(broken)).toEqual(Object.keys(scripts));
});

test('check fails at a type error in any project, and at what the linter finds', slow, async () => {
  for (const project of projects) {
    copy.write(`${project}/broken.ts`, "export const broken: number = 'text';\n");
  }
  const typed = await copy.run('npm run check');
  for (const project of projects) copy.delete(`${project}/broken.ts`);
  expect(typed.code).not.toBe(0);
  for (const project of projects) expect(typed.printed).toContain(`${project}/broken.ts`);

  copy.write('scripts/broken.mjs', 'var broken = 1\n');
  const linted = await copy.run('npm run check');
  const formatted = await copy.run('npm run format');
  copy.delete('scripts/broken.mjs');
  for (const { code, printed } of [linted, formatted]) {
    expect(code).not.toBe(0);
    expect(printed).toContain('scripts/broken.mjs');
  }
});

test('each project is a part of the solution', () => {
  const folders = sourceFiles()
    .filter((path) => /\/tsconfig\.json$/.test(path))
    .map((path) => dirname(path));
  expect(projects.toSorted()).toEqual(folders.toSorted());
});

test('each TypeScript file is in some project', slow, async () => {
  const checked = new Set<string>();
  for (const project of projects) {
    const { code, printed } = await copy.run(`npx tsc -p ${project} --listFilesOnly`);
    expect(code, printed).toBe(0);
    for (const line of printed.split('\n')) checked.add(line.trim());
  }
  const files = sourceFiles().filter((path) => /\.[cm]?tsx?$/.test(path));
  expect(files.length).toBeGreaterThan(400);
  expect(files.filter((path) => !checked.has(join(copy.folder, path)))).toEqual([]);
});

test(
  'test:unit fails at a failing test, at a secret and at an unexpected warning',
  slow,
  async () => {
    copy.write(
      'test/unit/broken.test.ts',
      `import { expect, test } from 'vitest';
     import { secrets } from '../support/secrets.ts';
     test('breaks a promise', () => expect(1).toBe(2));
     test('tells a secret', () => console.log(secrets.client));
     test('warns', () => console.warn('[partyline] something odd'));
     test('is in order', () => {});`,
    );
    const { code, printed } = await copy.run('npm run test:unit -- test/unit/broken.test.ts');
    copy.delete('test/unit/broken.test.ts');
    expect(code).not.toBe(0);
    expect(printed).toMatch(/3 failed \| 1 passed/);
  },
);

test('build fails where the sources do not compile', slow, async () => {
  copy.write('src/protocol/broken.ts', "export const broken: number = 'text';\n");
  const built = await copy.run('npm run build');
  copy.delete('src/protocol/broken.ts');
  expect(built.code).not.toBe(0);
  expect(built.printed).toContain('src/protocol/broken.ts');
});

test('sizes fails beyond a budget, and where nothing was measured', slow, async () => {
  // Bundling takes half a minute; here, a bundler only tells what it has made.
  copy.write('scripts/build.mjs', 'export const build = () => {};');
  copy.write('scripts/sizes/site.mjs', 'export const makeSite = () => {};');
  const sizes = (page: number, panel: string) => {
    copy.write(
      'scripts/sizes/bundlers.mjs',
      `import { randomBytes } from 'node:crypto';
      const files = (name, bytes) => new Map([[name, randomBytes(bytes)]]);
      const bundle = async (folder, page) => page === 'empty-page.js'
        ? { first: files('empty', 1000), lazy: new Map(), worker: new Map() }
        : {
            first: files('page', ${page}),
            lazy: new Map([['/site/node_modules/partyline/dist/ui/${panel}.js', files('panel', 2000)]]),
            worker: files('hub', 3000),
          };
      export const bundlers = { Imaginary: bundle };`,
    );
    return copy.run('npm run sizes');
  };
  const originals = ['scripts/build.mjs', 'scripts/sizes/site.mjs', 'scripts/sizes/bundlers.mjs'];
  const good = await sizes(11_000, 'panel-host');
  const large = await sizes(12_000, 'panel-host');
  const missing = await sizes(11_000, 'somewhere-else');
  for (const path of originals) copy.write(path, readFileSync(join(root, path), 'utf8'));
  expect(good, good.printed).toMatchObject({ code: 0 });
  expect(large.code).not.toBe(0);
  expect(large.printed).toContain('page, first load: 10.7 KB exceed the budget of 10.0 KB');
  expect(missing.code).not.toBe(0);
  expect(missing.printed).toContain('panel: nothing found');
});

test('the dependency check fails for a licence and for a known vulnerability', slow, async () => {
  const offline = { npm_config_registry: 'http://127.0.0.1:9', npm_config_fetch_retries: '0' };
  const good = await copy.run('node scripts/supply-chain.mjs', offline);
  expect(good, good.printed).toMatchObject({ code: 0 });
  const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');
  copy.write(
    'package-lock.json',
    lock.replace(/("node_modules\/comlink": [^}]*"license": )"[^"]+"/, '$1"GPL-3.0"'),
  );
  const licensed = await copy.run('node scripts/supply-chain.mjs', offline);
  copy.write('package-lock.json', lock);
  expect(licensed.code).not.toBe(0);
  expect(licensed.printed).toContain('licence GPL-3.0');

  const before = readFileSync(join(root, 'scripts/known-advisories.json'), 'utf8');
  const known = [{ package: 'lit', below: '99.0.0', id: 'GHSA-1' }];
  copy.write('scripts/known-advisories.json', JSON.stringify(known));
  const advised = await copy.run('node scripts/supply-chain.mjs', offline);
  copy.write('scripts/known-advisories.json', before);
  expect(advised.code).not.toBe(0);
  expect(advised.printed).toContain('GHSA-1');
});

test(
  'simulate fails when a rule is violated, a mutant survives or a mutant is unknown',
  slow,
  async () => {
    const path = 'src/worker/core/transcript/window.ts';
    const find = 'return context.state.window.find(predicate);';
    copy.replace(path, find, 'return context.state.window.slice(0, 0).find(predicate);');
    const simulated = await copy.run('npm run simulate -- --seeds 200 --jobs 1');
    copy.replace(path, 'return context.state.window.slice(0, 0).find(predicate);', find);
    expect(simulated.code).toBe(1);
    expect(simulated.printed).toMatch(/seed \d+ violates/);

    copy.replace('test/simulation/mutation.ts', 'seedsPerMutant = 3_000', 'seedsPerMutant = 5');
    copy.replace(
      'test/simulation/mutants.ts',
      "replace: 'return context.state.window.slice(0, 0).find(predicate);'",
      `replace: '${find} '`,
    );
    const survived = await copy.run(
      'npm run simulate -- --mutants --only no-deduplication --jobs 1',
    );
    expect(survived.code).toBe(1);
    expect(survived.printed).toContain('**survived**');

    const unknown = await copy.run('npm run simulate -- --mutants --only breaks-nothing');
    expect(unknown.code).toBe(2);
  },
);

test.each([
  ['--without untold', 'unknown rule untold; known: REST rate'],
  ['--set killing=3', 'unknown setting killing; known: minutes'],
  ['--mutants --only breaks-nothing', 'unknown mutant breaks-nothing; known: no-deduplication'],
  ['--only no-deduplication', '--only goes with --mutants'],
])('simulate rejects %s and lists the known names', slow, async (options, reported) => {
  const { code, printed } = await copy.run(`npm run simulate -- --seeds 1 ${options}`);
  expect(code).toBe(2);
  expect(printed).toContain(reported);
  expect(printed).not.toContain('1 schedules');
});

test('fuzz fails when a frame makes the hub throw', slow, async () => {
  const path = 'src/worker/core/step.ts';
  const begin = '): StepResult {';
  const thrown = `${begin}\n  if (input.type === 'gateway') throw new Error('the hub breaks');`;
  copy.replace(path, begin, thrown);
  const { code, printed } = await copy.run('npm run fuzz -- 1000 1');
  copy.replace(path, thrown, begin);
  expect(code).not.toBe(0);
  expect(printed).toContain('the hub breaks');
});

test('mutation fails where a folder has too few killed, and names it', slow, async () => {
  const path = 'src/server/limiter.ts';
  const source = readFileSync(join(root, path), 'utf8');
  const start = { line: 1, column: 1 };
  // The same text: the type checker lets it pass.
  const mutant = {
    mutatorName: 'BlockStatement',
    replacement: '',
    location: { start, end: start },
  };
  const tell = (statuses: readonly string[]) => {
    const mutants = statuses.map((status, id) => ({ ...mutant, id: String(id), status }));
    copy.write(
      '.partyline/mutation/report.json',
      JSON.stringify({ files: { [path]: { source, mutants } } }),
    );
    return copy.run('npm run mutation -- --report');
  };
  const good = await tell(['Killed']);
  expect(good, good.printed).toMatchObject({ code: 0 });
  const low = await tell(['Killed', 'Survived']);
  expect(low.code).toBe(1);
  expect(low.printed).toContain('Below 85 % of the mutants are killed in src/server (50 %).');
});

test('test:browser fails at a failing test', slow, async () => {
  copy.write(
    'test/browser/broken.spec.ts',
    `import { expect, test } from '@playwright/test';
     test('breaks a promise', () => expect(1).toBe(2));`,
  );
  const { code, printed } = await copy.run('npm run test:browser -- broken.spec.ts');
  copy.delete('test/browser/broken.spec.ts');
  expect(code).not.toBe(0);
  expect(printed).toContain('1 failed');
});

test('dev fails where its port is taken, and names the variable that chooses another', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const address = other.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const { code, printed } = await copy.run('npm run dev', { PORT: `${port}` });
  other.close();
  expect(code).not.toBe(0);
  expect(printed).toContain(`Port ${port} is taken by another program: choose another with PORT`);
});

test('bench rejects an unknown part', slow, async () => {
  const { code, printed } = await copy.run('npm run bench -- nonsense', {
    PARTYLINE_CHROMIUM: process.execPath,
  });
  expect(code).not.toBe(0);
  expect(printed).toContain('Unknown part nonsense');
});

/** What a part of the bench comes to without a browser: medians of the floor and of ours. */
function madeUpPart(medians: readonly (readonly [number, number])[]): string {
  const measures = medians.map(
    ([floor, ours]) => `{
      what: 'a message', unit: 'ms', aim: timesFloor(1.1),
      floor: summarize([${floor}]), ours: summarize([${ours}]),
    }`,
  );
  return `import { timesFloor } from '../measure.ts';
    import { summarize } from '../statistics.ts';
    export const latency = async () => [${measures.join()}];`;
}

test('bench fails for a missed target or an empty part', slow, async () => {
  copy.replace('test/bench/bench.ts', '  await buildSite();\n', '');
  copy.replace(
    'test/bench/bench.ts',
    'await Browser.launch(executable)',
    "{ version: 'a browser', close: async () => {} }",
  );
  const bench = (medians: readonly (readonly [number, number])[]) => {
    copy.write('test/bench/rows/latency.ts', madeUpPart(medians));
    return copy.run('npm run bench -- latency', { PARTYLINE_CHROMIUM: process.execPath });
  };
  const met = await bench([[100, 110]]);
  expect(met, met.printed).toMatchObject({ code: 0 });
  expect(met.printed).toContain('All targets are met.');

  const missed = await bench([
    [100, 110],
    [100, 111],
  ]);
  expect(missed.code).not.toBe(0);
  expect(missed.printed).toContain('1 targets are missed.');

  const silent = await bench([]);
  expect(silent.code).not.toBe(0);
  expect(silent.printed).toContain('latency returned no measures');
});

test('fleet fails where the hub does not wait as the page recommends', slow, async () => {
  const good = await copy.run('npm run fleet -- 2000');
  expect(good, good.printed).toMatchObject({ code: 0 });

  const path = 'src/worker/core/backoff.ts';
  copy.replace(path, 'Floor + random *', 'Floor + 0.5 *');
  const even = await copy.run('npm run fleet -- 2000');
  copy.replace(path, 'Floor + 0.5 *', 'Floor + random *');
  expect(even.code).not.toBe(0);
  expect(even.printed).toContain('does not wait as the page recommends');

  const none = await copy.run('npm run fleet -- many');
  expect(none.code).not.toBe(0);
});

test('soak fails at a doubled message, and at a time that is none', slow, async () => {
  copy.write(
    'test/soak/broken.spec.ts',
    `import { expect, test } from '@playwright/test';
     import { problemsOf } from './judge.ts';
     const texts = ['visitor 0', 'visitor 0', 'the end'];
     test('keeps its promises', () =>
       expect(problemsOf({ typed: 1, said: 0, texts, shown: [texts], faults: 1 })).toEqual([]));`,
  );
  const doubled = await copy.run('npm run soak -- broken.spec.ts');
  copy.delete('test/soak/broken.spec.ts');
  expect(doubled.code).not.toBe(0);
  expect(doubled.printed).toContain('1 failed');

  const timeless = await copy.run('npm run soak -- soak.spec.ts', { SOAK_MINUTES: 'ten' });
  expect(timeless.code).not.toBe(0);
  expect(timeless.printed).toContain('SOAK_MINUTES must be a number above 0');
});

/** A folder with these programs of the system alone, for PATH. */
function onlyPrograms(...names: readonly string[]): string {
  const folder = copy.make('.partyline/programs');
  const folders = (process.env.PATH ?? '').split(delimiter);
  for (const name of names) {
    const found = folders.map((one) => join(one, name)).find((file) => existsSync(file));
    if (found) symlinkSync(found, join(folder, name));
  }
  return folder;
}

test('test:browsers fails at a browser that does not start, and without any', slow, async () => {
  const PATH = onlyPrograms('node', 'npm', 'npx', 'sh');
  const without = await copy.run('npm run test:browsers', { PATH });
  expect(without.code).not.toBe(0);
  expect(without.printed).toContain('Neither Firefox nor WebKitGTK is installed');

  const dead = await copy.run('npm run test:browsers -- .partyline/browsers.json', {
    PATH,
    PARTYLINE_FIREFOX: '/bin/false',
  });
  expect(dead.code).not.toBe(0);
  expect(dead.printed).toContain('Failed to launch the browser process');
});

test('test fails where a stage of it does, and passes where all do', slow, async () => {
  // Each stage is a program of npx, and each is tested above: here they only end.
  const programs = copy.make('.partyline/stages');
  const npx = '#!/bin/sh\ncase "$*" in *"$BROKEN"*) exit 3;; esac\n';
  copy.write('.partyline/stages/npx', npx, 0o755);
  const sizes = readFileSync(join(root, 'scripts/sizes.mjs'), 'utf8');
  const test = (broken: string) =>
    copy.run('npm test', {
      PATH: [programs, process.env.PATH].join(delimiter),
      BROKEN: broken,
      PARTYLINE_CHROMIUM: process.execPath,
      npm_config_registry: 'http://127.0.0.1:9',
      npm_config_fetch_retries: '0',
    });

  // Built by a test above: it would not be built again.
  rmSync(join(copy.folder, 'demo/build/site/build.json'), { force: true });
  copy.write('scripts/sizes.mjs', '');
  const whole = await test('nothing');
  const stages = ['biome check', 'tsc -b', 'vitest run --rep', 'vite build', 'vitest run --config'];
  const results = [];
  for (const stage of [...stages, 'playwright test']) {
    results.push({ stage, code: (await test(stage)).code });
  }
  copy.write('scripts/sizes.mjs', 'process.exit(3);');
  results.push({ stage: 'sizes', code: (await test('nothing')).code });
  copy.write('scripts/sizes.mjs', sizes);
  expect(whole, whole.printed).toMatchObject({ code: 0 });
  expect(results.filter(({ code }) => code === 0)).toEqual([]);
});
