import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const source = join(import.meta.dirname, '../../../src');

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}

/** The folders of src that a file imports from, and the packages. */
function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, specifier = '']) =>
    specifier.startsWith('.')
      ? join(file, '..', specifier).slice(source.length + 1)
      : `package:${specifier}`,
  );
}

function offenders(folder: string, allowed: (imported: string) => boolean): string[] {
  return filesBelow(join(source, folder)).flatMap((file) =>
    importsOf(file)
      .filter((imported) => !allowed(imported))
      .map((imported) => `${file.slice(source.length + 1)} → ${imported}`),
  );
}

describe('imports run one way', () => {
  it('core imports protocol alone', () => {
    const allowed = (imported: string) =>
      imported.startsWith('worker/core/') || imported.startsWith('protocol/');
    expect(offenders('worker/core', allowed)).toEqual([]);
  });

  it('protocol imports nothing but zod', () => {
    const allowed = (imported: string) =>
      imported.startsWith('protocol/') || imported === 'package:zod/mini';
    expect(offenders('protocol', allowed)).toEqual([]);
  });

  it('worker knows neither client nor ui, client knows neither worker nor ui', () => {
    const none =
      (...folders: string[]) =>
      (imported: string) =>
        !folders.some((folder) => imported.startsWith(`${folder}/`));
    expect(offenders('worker', none('client', 'ui', 'server', 'testing'))).toEqual([]);
    expect(offenders('client', none('worker', 'ui', 'server', 'testing'))).toEqual([]);
    expect(offenders('ui', none('worker', 'server', 'testing'))).toEqual([]);
  });
});

describe('the core is pure', () => {
  it('names no clock, no randomness and no global of a browser', () => {
    const impure =
      /Date\.now|new Date\(\)|Math\.random|performance\.|setTimeout|setInterval|crypto\.|navigator\.|indexedDB|\bfetch\(|new WebSocket|\bself\./;
    const found = filesBelow(join(source, 'worker/core')).filter((file) =>
      impure.test(readFileSync(file, 'utf8')),
    );
    expect(found).toEqual([]);
  });
});
