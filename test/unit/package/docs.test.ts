import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { root, sourceFiles } from '../scripts/copy.ts';

const files = sourceFiles();
const names = new Set(files.map((path) => basename(path)));
const pages = [
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
];

function read(page: string): string {
  return readFileSync(join(root, page), 'utf8');
}

/** Paths from the root, such as `src/worker/core/step.ts`, `core/step.ts` or `src/worker/core/{tabs,outbox}`. */
function pathsIn(page: string): string[] {
  const text = page.replaceAll(/`core\//g, '`src/worker/core/');
  const found = text.matchAll(/(?<![\w/.-])(?:src|test|demo|scripts)\/[\w./{},-]*[\w}/]/g);
  return [...found].flatMap(([path]) => {
    const [, before = '', choices, after = ''] = /^(.*)\{(.*)\}(.*)$/.exec(path) ?? [];
    return choices ? choices.split(',').map((one) => before + one + after) : [path];
  });
}

/** The anchor that GitHub gives a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

function anchorsIn(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading));
}

describe.each(pages)('%s', (page) => {
  const text = read(page);

  it('names only files that there are', () => {
    const missing = pathsIn(text).filter(
      (path) => !/^demo\/build\b/.test(path) && !existsSync(join(root, path)),
    );
    expect(missing).toEqual([]);
    const bare = [...text.matchAll(/`([\w-]+\.(?:ts|mjs|spec\.ts|test\.ts))`/g)];
    expect(bare.map(([, name = '']) => name).filter((name) => !names.has(name))).toEqual([]);
  });

  it('links only to what there is', () => {
    const links = [...text.matchAll(/\]\((?!\w+:)([^)\s]+)\)/g)].map(([, link = '']) => link);
    const broken = links.filter((link) => {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : join(dirname(page), path);
      if (!existsSync(join(root, target))) return true;
      return anchor !== undefined && !anchorsIn(read(target)).includes(anchor);
    });
    expect(broken).toEqual([]);
  });
});

it('CONTRIBUTING.md has a line for each npm script', () => {
  const { scripts } = z
    .object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(read('package.json')));
  const text = read('CONTRIBUTING.md');
  const missing = Object.keys(scripts).filter(
    (name) => !text.includes(`| \`npm run ${name}\` |`) && !text.includes(`| \`npm ${name}\` |`),
  );
  expect(missing).toEqual([]);
});

it('the glossary explains each word once', () => {
  const words = [...read('docs/glossary.md').matchAll(/^\| (\*\*.*?) \|/gm)].map(
    ([, word]) => word,
  );
  expect(words.length).toBeGreaterThan(30);
  expect(new Set(words).size).toBe(words.length);
});
