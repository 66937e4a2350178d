import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const source = join(import.meta.dirname, '../../../src');

/** Static imports and re-exports, except those of types only: these are gone at runtime. */
function runtimeImports(text: string): string[] {
  const statements = text.matchAll(
    /^(?:import|export)\s+(?:([\w$*\s,{}]+?)\s+from\s+)?'(\.[^']+)'/gm,
  );
  return [...statements].flatMap(([, clause = '', specifier = '']) =>
    isTypesOnly(clause) ? [] : specifier,
  );
}

function isTypesOnly(clause: string): boolean {
  if (/^type\s+[^,\s]/.test(clause)) return true;
  const names = /^\{([^}]*)\}$/.exec(clause)?.[1];
  if (names === undefined) return false;
  return names
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .every((name) => name.startsWith('type '));
}

/** What each file imports at runtime, by paths relative to `src`. */
function importGraph(): Map<string, string[]> {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.ts'));
  return new Map(
    files.map((file) => [
      file,
      runtimeImports(readFileSync(join(source, file), 'utf8')).map((specifier) =>
        relative(source, join(source, file, '..', specifier)).replaceAll('\\', '/'),
      ),
    ]),
  );
}

/** The groups of files that import each other, directly or through others (Tarjan's algorithm). */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = [];
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];

  function visit(file: string): number {
    const index = order.size;
    order.set(file, index);
    low.set(file, index);
    stack.push(file);
    let lowest = index;
    for (const imported of graph.get(file) ?? []) {
      if (!order.has(imported)) lowest = Math.min(lowest, visit(imported));
      else if (stack.includes(imported)) lowest = Math.min(lowest, order.get(imported) ?? lowest);
    }
    if (lowest === index) {
      const group = stack.splice(stack.indexOf(file));
      if (group.length > 1 || graph.get(file)?.includes(file)) found.push(group.sort());
    }
    return lowest;
  }

  for (const file of graph.keys()) if (!order.has(file)) visit(file);
  return found;
}

describe('no runtime import circles in src', () => {
  it('sees a circle through a third file, and none through types', () => {
    const graph = new Map([
      ['a', runtimeImports("import { b } from './b';")],
      ['./b', runtimeImports("import {\n  type A,\n  c,\n} from './c';")],
      ['./c', runtimeImports("export * from './b';\nimport type { A } from 'a';")],
      ['./d', runtimeImports("import { type E } from './e';\nexport type { E } from './e';")],
      ['./e', runtimeImports("import './d';")],
    ]);
    expect(circles(graph)).toEqual([['./b', './c']]);
  });

  it('finds none', () => {
    expect(circles(importGraph())).toEqual([]);
  });
});
