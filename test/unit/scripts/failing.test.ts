import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
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
  test: 'its stages, each below',
  build: 'below',
  check: 'below',
  format: 'mends; check complains',
  'test:unit': 'below',
  'test:browsers': 'runs vitest as test:unit does',
  'test:browser': 'below',
  bench: 'below',
  soak: 'runs Playwright as test:browser does',
  fleet: 'writes a page; test/simulation/fleet/fleet.test.ts checks what it says',
  simulate: 'below',
  fuzz: 'below',
  mutation: 'tells, and is read by a person; fails when it has nothing to tell of',
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
  copy.delete('scripts/broken.mjs');
  expect(linted.code).not.toBe(0);
  expect(linted.printed).toContain('scripts/broken.mjs');
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

test(
  'build fails where the sources do not compile, and where a page loads too much',
  slow,
  async () => {
    copy.write('src/protocol/broken.ts', "export const broken: number = 'text';\n");
    const built = await copy.run('npm run build');
    copy.delete('src/protocol/broken.ts');
    expect(built.code).not.toBe(0);
    expect(built.printed).toContain('src/protocol/broken.ts');

    copy.replace('scripts/sizes.mjs', 'page: 10 *', 'page: 1 *');
    const weighed = await copy.run('node scripts/sizes.mjs');
    copy.replace('scripts/sizes.mjs', 'page: 1 *', 'page: 10 *');
    expect(weighed.code).not.toBe(0);
    expect(weighed.printed).toContain('TOO LARGE');
  },
);

test('the dependencies’ check fails at a licence, and at a known hole', slow, async () => {
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

  const known = [{ package: 'lit', below: '99.0.0', id: 'GHSA-1' }];
  copy.write('scripts/known-advisories.json', JSON.stringify(known));
  const advised = await copy.run('node scripts/supply-chain.mjs', offline);
  expect(advised.code).not.toBe(0);
  expect(advised.printed).toContain('GHSA-1');
});

test(
  'simulate fails at a broken promise, at a mutant that survives, and at one that there is not',
  slow,
  async () => {
    const path = 'src/worker/core/transcript/transcript.ts';
    const find = 'return run.state.window.find(isIt);';
    copy.replace(path, find, 'return run.state.window.slice(0, 0).find(isIt);');
    const simulated = await copy.run('npm run simulate -- --seeds 200 --jobs 1');
    copy.replace(path, 'return run.state.window.slice(0, 0).find(isIt);', find);
    expect(simulated.code).toBe(1);
    expect(simulated.printed).toMatch(/seed \d+ breaks/);

    copy.replace('test/simulation/mutation.ts', 'seedsPerMutant = 3_000', 'seedsPerMutant = 5');
    copy.replace(
      'test/simulation/mutants.ts',
      "replace: 'return run.state.window.slice(0, 0).find(isIt);'",
      `replace: '${find} '`,
    );
    const survived = await copy.run('npm run simulate -- --mutants --only forgets-dedup --jobs 1');
    expect(survived.code).toBe(1);
    expect(survived.printed).toContain('**survived**');

    const unknown = await copy.run('npm run simulate -- --mutants --only forgets-nothing');
    expect(unknown.code).toBe(2);
  },
);

test.each([
  ['--without untold', 'there is no rule untold; there are addressed'],
  ['--set killing=3', 'there is no setting killing; there are minutes'],
  ['--mutants --only forgets-nothing', 'there is no mutant forgets-nothing; there are forgets-'],
  ['--only forgets-dedup', '--only goes with --mutants'],
])('simulate runs nothing with %s, and says what there is', slow, async (options, told) => {
  const { code, printed } = await copy.run(`npm run simulate -- --seeds 1 ${options}`);
  expect(code).toBe(2);
  expect(printed).toContain(told);
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

test('bench fails at a part that there is not', slow, async () => {
  const { code, printed } = await copy.run('npm run bench -- nonsense', {
    PARTYLINE_CHROMIUM: process.execPath,
  });
  expect(code).not.toBe(0);
  expect(printed).toContain('There is no part nonsense');
});
