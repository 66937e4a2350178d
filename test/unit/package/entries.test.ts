import { describe, expect, it } from 'vitest';
import manifest from '../../../package.json' with { type: 'json' };

const entries = Object.entries(manifest.exports).flatMap(([name, target]) =>
  typeof target === 'string' ? [] : [[name, target.default] as const],
);

describe('in Node, without a browser', () => {
  it('knows all entries', () => {
    expect(entries.map(([name]) => name)).toEqual([
      '.',
      './worker',
      './ui',
      './rich-text',
      './inspector',
      './inspector/worker',
      './react',
      './vue',
      './svelte',
      './server',
      './testing',
    ]);
  });

  it.each(entries)('%s can be imported', async (_name, built) => {
    expect(typeof document).toBe('undefined');
    const source = built.replace('./dist/', '../../../src/').replace(/\.js$/, '.ts');
    await expect(import(/* @vite-ignore */ source)).resolves.toBeDefined();
  });
});
